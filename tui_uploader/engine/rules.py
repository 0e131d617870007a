"""Which names a walk leaves out: hidden files, ignore files, include and exclude patterns."""

import os
import re
import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec as Spec

IGNORE_FILE = b".tuiuploadignore"
GIT_IGNORE_FILE = b".gitignore"
MAX_IGNORE_FILE = 1024 * 1024


def compile_patterns(lines: Sequence[str]) -> "Spec":
    """Patterns of the command line, in gitignore syntax. Raises ValueError naming the one that cannot be read.

    Each stands for itself, with no order among them: so a leading ``!`` has nothing to take back and a leading ``#``
    is no comment, and both mean the character itself.
    """
    own = [f"\\{line}" if line.startswith(("!", "#")) else line for line in lines]
    for line, meant in zip(lines, own, strict=True):
        try:
            spec = _spec([meant])
        except ValueError as error:
            raise ValueError(f"the pattern {line!r} cannot be read: {error}") from None
        if not any(pattern.include for pattern in spec.patterns):
            raise ValueError(f"the pattern {line!r} matches nothing: is a ] missing? A [ itself is written \\[")
    return _spec(own)


def _spec(lines: Sequence[str]) -> "Spec":
    """Compiled lines. Raises ValueError for whatever cannot be compiled, and warns of nothing."""
    from pathspec import GitIgnoreSpec  # most walks meet no pattern

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return GitIgnoreSpec.from_lines(lines)
    except re.error as error:
        raise ValueError(str(error)) from None


def text_of(path: bytes) -> str:
    """A path for pattern matching: any bytes, reversibly."""
    return path.decode("utf-8", "surrogateescape")


class Filters:
    """`--include` and `--exclude`: an excluded name is out; where there are includes, a file must match one."""

    def __init__(self, include: Sequence[str], exclude: Sequence[str]) -> None:
        self._include = compile_patterns(include) if include else None
        self._exclude = compile_patterns(exclude) if exclude else None

    def verdict(self, relative: bytes, keyed: bytes, *, folder: bool) -> str | None:
        """``excluded`` where the name is left out, else None.

        A pattern may be meant relative to the walked folder or with that folder's name: either counts.
        """
        if self._include is None and self._exclude is None:
            return None
        tail = "/" if folder else ""
        names = {text_of(name) + tail for name in (relative, keyed) if name}
        if self._exclude is not None and any(self._exclude.match_file(name) for name in names):
            return "excluded"
        if self._include is not None and not folder and not any(self._include.match_file(name) for name in names):
            return "excluded"
        return None


class IgnoreRules:
    """The ignore files of the folders on the way down, the deepest one first to decide."""

    def __init__(self, names: Sequence[bytes], above: "IgnoreRules | None" = None) -> None:
        self._names = names
        self._above = above
        self._specs: list[tuple[bytes, Spec]] = []

    def enter(
        self, folder: bytes, relative: bytes, present: Callable[[bytes], bool], read: Callable[[bytes, int], bytes]
    ) -> "IgnoreRules":
        """The rules that hold inside `folder` (whose path from the start is `relative`); ignore files come by `read`.

        Raises OSError where one cannot be read: what it would leave out must not be uploaded by mistake.
        """
        mine = [name for name in self._names if present(name)]
        if not mine:
            return self
        inner = IgnoreRules(self._names, self)
        for name in mine:
            spec = _read_spec(os.path.join(folder, name), read)
            if spec is not None:
                inner._specs.append((relative, spec))
        return inner

    def ignores(self, relative: bytes, *, folder: bool) -> bool:
        """Whether the ignore files leave this path out; the last matching line of the deepest file decides."""
        rules: IgnoreRules | None = self
        while rules is not None:
            for base, spec in reversed(rules._specs):
                inside = relative[len(base) + 1 :] if base else relative
                answer = spec.check_file(text_of(inside) + ("/" if folder else "")).include
                if answer is not None:
                    return answer
            rules = rules._above
        return False


def _read_spec(path: bytes, read: Callable[[bytes, int], bytes]) -> "Spec | None":
    try:
        return _spec_of(read(path, MAX_IGNORE_FILE))
    except FileNotFoundError:
        return None


@lru_cache(maxsize=256)
def _spec_of(data: bytes) -> "Spec":
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return _spec([line for line in lines if _readable(line)])


def _readable(line: str) -> bool:
    """Whether a line is a pattern: as git does, one that is none is passed over and the others hold."""
    try:
        _spec([line])
    except ValueError:
        return False
    return True
