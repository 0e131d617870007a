"""The same selection as a `push` in a shell: exact where it can be, and what it cannot say is said beside it."""

import os
import re
import shlex
from collections.abc import Callable, Collection, Iterable, Sequence

from tui_uploader.engine.plan_options import FOLLOW, PlanOptions
from tui_uploader.engine.port import OVERWRITE
from tui_uploader.model.files import Mark
from tui_uploader.model.keys import ESCAPE, SKIP
from tui_uploader.model.text import shown_path
from tui_uploader.ui.language import t
from tui_uploader.ui.words import plural

MOST = 50  # paths left out that a command still names
MOST_MARKS = 1000  # that fit into a line that somebody may still want to have

_FLAGS: tuple[tuple[Callable[[PlanOptions], bool], list[str]], ...] = (
    (lambda options: not options.hidden, ["--no-hidden"]),
    (lambda options: not options.ignore_file, ["--no-ignore"]),
    (lambda options: options.gitignore, ["--gitignore"]),
    (lambda options: options.symlinks == FOLLOW, ["--symlinks", FOLLOW]),
    (lambda options: options.names == ESCAPE, ["--names", ESCAPE]),
    (lambda options: options.names == SKIP, ["--names", SKIP]),
)


def command_line(
    marks: Sequence[Mark],
    excluded: Collection[bytes],
    options: PlanOptions,
    if_exists: str = OVERWRITE,
    left_out: Collection[bytes] = (),
    renamed: int = 0,
) -> str:
    """The command for bash or zsh. `excluded` was unmarked in the tree, `left_out` taken out of the plan line by line.

    Keys are relative to the folder that a mark was made under: a nested path goes over `--files-from`, from there.
    """
    if len(marks) > MOST_MARKS:
        return t("# too long for a command: mark the folder instead of {paths}", paths=plural(len(marks), "path"))
    gone = frozenset(left_out)
    marks = [mark for mark in marks if mark.path not in gone]
    inside = [path for path in left_out if any(_holds(mark, path) for mark in marks)]
    unsaid = len(excluded) + len(inside)
    patterns = _patterns(marks, [*sorted(excluded), *sorted(inside)]) if unsaid <= MOST else []
    unsaid -= len(patterns)
    words = [*_words(options, if_exists), *(f"--exclude {_word(pattern)}" for pattern in patterns)]
    flat: list[bytes] = []
    lines: list[str] = []
    for root in dict.fromkeys(mark.root for mark in marks):
        names = [(mark.path, os.path.relpath(mark.path, root)) for mark in marks if mark.root == root]
        if any(b"/" in name for _, name in names):  # only --files-from keeps a relative path in the key
            lines.append(_from_root(root, [name for _, name in names], words))
        else:  # a mark of the folder itself gives its contents, and so does a slash at the end
            flat += [path.rstrip(b"/") + b"/" if name == b"." else path for path, name in names]
    if flat:
        lines.insert(0, " ".join([*words, *map(_word, flat)]))
    notes = [t("without the {paths} left out here", paths=plural(unsaid, "path"))] if unsaid else []
    if renamed:
        notes.append(t("{keys} renamed here: push keeps the names", keys=plural(renamed, "key")))
    return " && ".join(lines) + ("   # " + ", ".join(notes) if notes else "")


def _words(options: PlanOptions, if_exists: str) -> list[str]:
    words = ["tui-uploader", "push"]
    words += ["--prefix", shlex.quote(options.prefix)] if options.prefix else []
    words += ["--key", shlex.quote(options.key_template)] if options.key_template else []
    for name, values in (("--include", options.include), ("--exclude", options.exclude)):
        for value in values:
            words += [name, _word(os.fsencode(value))]
    words += ["--if-exists", if_exists] if if_exists != OVERWRITE else []
    for said, flag in _FLAGS:
        words += flag if said(options) else []
    return words


def _holds(mark: Mark, path: bytes) -> bool:
    return mark.folder and path.startswith(mark.path.rstrip(b"/") + b"/")


def _patterns(marks: Sequence[Mark], paths: Sequence[bytes]) -> list[bytes]:
    """One anchored pattern for each path, as its key begins, but for those that no pattern can say."""
    patterns: list[bytes] = []
    for path in paths:
        owners = [mark for mark in marks if _holds(mark, path)]
        if len(owners) == 1 and not any(mark.path.startswith(path + b"/") for mark in marks):
            name = os.path.relpath(path, owners[0].root)
            escaped = re.sub(rb"([\\*?\[\]])", rb"\\\1", name)
            patterns.append(b"/" + _kept_end(escaped))
    return patterns


def _kept_end(pattern: bytes) -> bytes:
    """The pattern with the white space at its end, of whatever kind, spelled so that no reader strips it."""
    text = pattern.decode("utf-8", "surrogateescape")
    bare = text.rstrip()
    return (bare + "".join(f"[{char}]" for char in text[len(bare) :])).encode("utf-8", "surrogateescape")


def _from_root(root: bytes, names: Iterable[bytes], words: Sequence[str]) -> str:
    names = [b"./" if name == b"." else name for name in names]
    lines = not any(b"\n" in name or name.endswith(b"\r") for name in names)
    form, ends = ("'%s\\n'", "") if lines else ("'%s\\0'", " -0")
    given = " ".join(map(_word, names))
    return f"(cd {_word(root)} && printf {form} {given} | {' '.join(words)} --files-from -{ends})"


def _word(name: bytes) -> str:
    """A path as one word of a shell; of bytes that cannot be seen or typed, each by its number."""
    text = shown_path(name)
    if text.encode("utf-8", "replace") == name:
        return shlex.quote(text)
    numbered = "".join(chr(byte) if 0x20 <= byte < 0x7F and byte not in b"\\'" else f"\\{byte:03o}" for byte in name)
    return f"$'{numbered}'"
