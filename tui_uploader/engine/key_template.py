"""Key templates: ``{host}/{date:%Y/%m/%d}/{relpath}`` instead of the path alone. Names stay bytes to the end."""

import os
import re
import socket
import string
import time

FIELDS = ("host", "date", "relpath", "name", "stem", "ext")
_PLAIN = "{relpath}"
_DATE = re.compile(r"(?=.*%[^%])(?:[^%]|%[-_0^#]?[aAbBcCdDeFgGhHIjklmMpPrRsStTuUVwWxXyYzZ%])+", re.DOTALL)
"""What strftime makes a date of, and not the same letters again."""


class KeyTemplate:
    """Makes the part of a key after the prefix. ``{ext}`` has its dot, so that ``{stem}{ext}`` is the name.

    `{date}` is the day of the plan in local time, `{date:...}` as strftime has it; `{host}` this machine's name. An
    empty template is ``{relpath}``. Raises ValueError naming the field or the form that is not known.
    """

    def __init__(self, text: str, now: float | None = None) -> None:
        self._parts: list[tuple[bytes, str]] = []  # fixed bytes, then the name of a field that depends on the file
        when = time.localtime(now)
        fixed = b""
        try:
            pieces = list(string.Formatter().parse(text or _PLAIN))
        except ValueError as error:
            raise ValueError(f"the key template {text!r} cannot be read: {error}") from None
        for literal, field, form, conversion in pieces:
            fixed += literal.encode("utf-8", "surrogateescape")
            if field is None:
                continue
            if field not in FIELDS or conversion or (form and field != "date"):
                typed = field + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
                raise ValueError(f"the key template has no {{{typed}}}: there are {', '.join(map(_braced, FIELDS))}")
            if field == "host":
                fixed += socket.gethostname().encode("utf-8", "surrogateescape")
            elif field == "date":
                if form and not _DATE.fullmatch(form):
                    raise ValueError(
                        f"the key template has no {{date:{form}}}: it is as {{date:%Y/%m/%d}}, or {{date}}"
                    )
                fixed += time.strftime(form or "%Y-%m-%d", when).encode("utf-8", "surrogateescape")
            else:
                self._parts.append((fixed, field))
                fixed = b""
        if not self._parts:
            raise ValueError(
                f"the key template {text!r} gives every file the same key: it needs {{relpath}}, {{name}} or {{stem}}"
            )
        self._rest = fixed
        self.plain = len(self._parts) == 1 and self._parts[0] == (b"", "relpath") and not fixed

    def key(self, relative: bytes) -> bytes:
        """The key for a relative path."""
        if self.plain:
            return relative
        name = os.path.basename(relative)
        stem, ext = os.path.splitext(name)
        values = {"relpath": relative, "name": name, "stem": stem, "ext": ext}
        return b"".join(fixed + values[field] for fixed, field in self._parts) + self._rest


def _braced(field: str) -> str:
    return f"{{{field}}}"
