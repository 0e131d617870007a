"""The keymap as a person may change it: by binding id; unknown ids, odd keys and clashes are found at load."""

import difflib
import re
from collections.abc import Iterator, Mapping

from textual.keys import Keys

from tui_uploader.ui import keys
from tui_uploader.ui.keys import Key

_NAMED = {key.value for key in Keys} | {
    "question_mark", "colon", "less_than_sign", "greater_than_sign", "full_stop", "tilde", "slash", "plus", "minus",
    "asterisk", "equals_sign", "apostrophe", "quotation_mark", "comma", "semicolon", "space", "underscore", "at",
    "number_sign", "dollar_sign", "percent_sign", "circumflex_accent", "ampersand", "left_parenthesis",
    "right_parenthesis", "left_square_bracket", "right_square_bracket", "backslash", "left_curly_bracket",
    "right_curly_bracket", "vertical_line", "grave_accent", "exclamation_mark",
}  # fmt: skip
_ONE = re.compile(r"(?:(?:ctrl|shift|alt)\+)*(?:[A-Za-z0-9]|f[1-9]|f1[0-9]|[a-z_]+)")
PANES = ("FILES", "QUEUE", "LOG")
_SHARED = ("EVERYWHERE", "MOVING", "APP", "SCREEN", "SHEET")


def groups() -> dict[str, tuple[Key, ...]]:
    """Every group of the keymap by its name in `keys`."""
    return {
        name: group
        for name, group in vars(keys).items()
        if isinstance(group, tuple) and group and all(isinstance(one, Key) for one in group)
    }


def every() -> dict[str, Key]:
    """Every binding by id."""
    return {key.id: key for group in groups().values() for key in group}


def contexts() -> Iterator[tuple[str, tuple[Key, ...]]]:
    """The bindings that work at one time: a pane with what works everywhere, a page with the keys of pages."""
    known = groups()
    app = known["APP"]
    for name, group in known.items():
        if name in PANES:
            yield name.lower(), (*group, *known["MOVING"], *known["EVERYWHERE"])
        elif name not in _SHARED:
            sheet = known["SHEET"] if name in ("PLAN", "DETAIL", "OBJECTS", "COPIED") else ()
            yield name.lower(), (*group, *sheet, *app)


def problems(given: Mapping[str, str]) -> list[str]:
    """What is wrong in a keymap, one sentence each beginning with the field; empty where it can be used."""
    known = every()
    wrong = []
    for name, text in given.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, 1, 0.4)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            wrong.append(f"keys.{name}: unknown binding{hint} (tui-uploader settings --keys lists them)")
            continue
        for key in text.split(","):
            if key.startswith("alt+") or "+alt+" in key:
                wrong.append(f"keys.{name}: {key!r}: Alt is Escape and a key in most terminals; take another")
            elif not _ONE.fullmatch(key) or (len(key.rpartition("+")[2]) > 1 and key.rpartition("+")[2] not in _NAMED):
                near = difflib.get_close_matches(key, _NAMED, 1, 0.5)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                wrong.append(f"keys.{name}: {key!r} is no key{hint}")
    return wrong or list(_clashes(given))


def _clashes(given: Mapping[str, str]) -> Iterator[str]:
    said = set()
    for where, group in contexts():
        taken: dict[str, str] = {}
        for binding in group:
            for key in given.get(binding.id, binding.keys).split(","):
                other = taken.setdefault(key, binding.id)
                mine = binding.id if binding.id in given else other
                if other != binding.id and (binding.id in given or other in given) and (key, mine) not in said:
                    said.add((key, mine))
                    rival = other if mine == binding.id else binding.id
                    yield f"keys.{mine}: {key!r} is the key of {rival} too ({where})"


def listing() -> list[str]:
    """The keymap as lines of TOML, a comment to each."""
    lines = ["[keys]"]
    for key in every().values():
        lines.append(f"# {key.tooltip}")
        lines.append(f'"{key.id}" = "{key.keys}"')
    return lines
