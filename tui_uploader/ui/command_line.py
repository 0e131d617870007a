"""The same plan as a `push` in a shell: paths and options where they say it exactly, else a list of paths and keys."""

import os
import shlex
from collections.abc import Callable, Collection, Iterable, Sequence

from tui_uploader.engine.plan_options import FOLLOW, PlanOptions
from tui_uploader.engine.port import OVERWRITE
from tui_uploader.model.files import Mark
from tui_uploader.model.keys import ESCAPE, SKIP
from tui_uploader.model.text import shown_path
from tui_uploader.ui.desk import Shell

LONGEST = 4000  # characters: a terminal takes 4095 in one line
MOST = 200  # paths that are put into words at every paint

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
    shell: Shell,
    if_exists: str = OVERWRITE,
    left_out: Collection[bytes] = (),
) -> str:
    """The command for bash or zsh; empty where one cannot say it or would be too long, so that it takes a list.

    `excluded` was unmarked in the tree, `left_out` taken out of the plan line by line. Keys are relative to the folder
    that a mark was made under: a nested path goes over `--files-from`, from there.
    """
    if len(marks) + len(excluded) + len(left_out) > MOST:
        return ""
    gone = frozenset(left_out)
    links = [mark.path for mark in marks if mark.link]  # by themselves: the walk around them does not meet them
    apart = [path for path in (*sorted(excluded), *sorted(gone), *links) if any(_holds(mark, path) for mark in marks)]
    words = [*_words(options, shell, if_exists), *(f"--leave-out {_word(path)}" for path in dict.fromkeys(apart))]
    marks = [mark for mark in marks if mark.path not in gone]
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
    return lines[0] if len(lines) == 1 and len(lines[0]) <= LONGEST else ""  # two commands would not see one key twice


def list_command(plan: str, shell: Shell, if_exists: str = OVERWRITE) -> str:
    """The command of a list of paths and keys, which lies at `plan`."""
    words = [*_program(shell), "--plan", _word(os.fsencode(plan))]
    return " ".join([*words, *(["--if-exists", if_exists] if if_exists != OVERWRITE else [])])


def _program(shell: Shell) -> list[str]:
    variables = (f"{name}={_word(os.fsencode(value))}" for name, value in shell.variables)
    return [*variables, "tui-uploader", "push", *map(shlex.quote, shell.service)]


def _words(options: PlanOptions, shell: Shell, if_exists: str) -> list[str]:
    words = _program(shell)
    words += ["--prefix", _word(os.fsencode(options.prefix))] if options.prefix or shell.prefix else []
    words += ["--key", _word(os.fsencode(options.key_template))] if options.key_template else []
    for name, values in (("--include", options.include), ("--exclude", options.exclude)):
        for value in values:
            words += [name, _word(os.fsencode(value))]
    words += ["--if-exists", if_exists] if if_exists != OVERWRITE else []
    for said, flag in _FLAGS:
        words += flag if said(options) else []
    return words


def _holds(mark: Mark, path: bytes) -> bool:
    return mark.folder and path.startswith(mark.path.rstrip(b"/") + b"/")


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
