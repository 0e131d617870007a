"""A failure as a value: its code, where it happened, and the catalogue's word on what to do about it."""

import errno
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import Enum

from tui_uploader.model.code_info import CodeInfo, RetryClass, Scope
from tui_uploader.model.redact import GONE, redacted
from tui_uploader.model.value import value

__all__ = [
    "LOCAL_LIMITS",
    "CodeInfo",
    "Failure",
    "Phase",
    "RetryClass",
    "Scope",
    "Witness",
    "bug",
    "info_of",
    "os_failure",
]


class Phase(Enum):
    """Where an item failed: `stage` in a JSON ``failed`` line (CLI)."""

    LOCAL = "local"
    INFO = "info"
    PUT = "put"
    VERIFY = "verify"


@value
class Failure:
    """Why something failed. Texts of the service are as it sent them and pass `printable` before they are shown.

    `http_status` is None where no answer came; `retry_after` is in seconds, as the service asked; `whole` marks
    an answer about the whole call and not about one object; `detail` is ours (``connection reset at 43 %``); `again`
    says when to retry where one code has several rows in FAULTS (an answer that is cut leaves the outcome unknown,
    one that never ends does not).
    """

    code: str
    phase: Phase
    message: str = ""
    http_status: int | None = None
    request_id: str = ""
    detail: str = ""
    retry_after: float | None = None
    whole: bool = False
    again: RetryClass | None = None

    @property
    def retry(self) -> RetryClass:
        """When to try again without being asked."""
        return self.again or self.info.retry

    @property
    def info(self) -> CodeInfo:
        """The catalogue's row for this code, or a row made from the status where the code is unknown."""
        return info_of(self.code, self.http_status)

    @property
    def retryable(self) -> bool:
        """Whether trying the same again can help without anybody doing anything else first."""
        return self.info.helps

    @property
    def sentence(self) -> str:
        """Meaning and next step in one sentence, ending in something a person can do."""
        info = self.info
        lead = f"{info.meaning} ({self.detail})" if self.detail else info.meaning
        return f"{lead}: {info.check}" if info.check else lead

    def without(self, known: Iterable[str]) -> "Failure":
        """The same failure where no text of the service says one of these secrets back."""
        values = tuple(known)
        code, message = redacted(self.code, values), redacted(self.message, values)
        own = "BAD_ANSWER" if GONE in code else self.code
        rest = redacted(self.request_id, values), redacted(self.detail, values)
        return replace(self, code=own, message=message, request_id=rest[0], detail=rest[1])

    def at(self, phase: Phase) -> "Failure":
        """The same failure in another phase."""
        return replace(self, phase=phase)


def info_of(code: str, http_status: int | None = None) -> CodeInfo:
    """The catalogue's row of `code`. A code that nobody wrote down gets the row of its HTTP status class.

    Errno names that the catalogue does not list are described by the system's own words.
    """
    from tui_uploader.model.codes import CATALOGUE  # here: the first failure loads it, not the start

    row = CATALOGUE.get(code)
    if row is not None:
        return row
    number = getattr(errno, code, None)
    if isinstance(number, int):
        return CodeInfo(
            code, RetryClass.NEVER, os.strerror(number).lower(), f"the system says: {os.strerror(number)}",
            "look at the file on the server, then press R",
        )  # fmt: skip
    if http_status is None and code.startswith("HTTP_") and code[5:].isdigit():
        http_status = int(code[5:])
    return _by_status(code, http_status)


def _by_status(code: str, status: int | None) -> CodeInfo:
    from tui_uploader.model.codes import CATALOGUE

    if status in (408, 425, 429) or (status is not None and status >= 500 and status != 501):
        what = f"the service answered {status}"
        return CodeInfo(
            code, RetryClass.BACKOFF, "service busy or down", what, "wait a little, then press R", Scope.SLOW
            if status in (429, 503)
            else Scope.OBJECT,
        )  # fmt: skip
    if status in (401, 402, 423, 451):
        return CodeInfo(
            code, RetryClass.NEVER, f"refused with status {status}", f"the service refused with status {status}",
            "check the token, the bill and the state of the environment", Scope.ALL,
        )  # fmt: skip
    if status is not None and status >= 400:
        return CodeInfo(
            code, RetryClass.NEVER, f"refused with status {status}", f"the service refused with status {status}",
            "read its message; a retry alone will not help", Scope.MAYBE,
        )  # fmt: skip
    if status is not None and status != 200:
        return CATALOGUE["BAD_ANSWER"]
    return CodeInfo(
        code, RetryClass.NEVER, "refused by the service", "the service refused this object with a code of its own",
        "read its message; give the request ID to support", Scope.MAYBE,
    )  # fmt: skip


LOCAL_LIMITS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
"""What this process or machine is out of: no file's fault and no server's (FAULTS row 94)."""


def os_failure(error: OSError, phase: Phase = Phase.LOCAL, detail: str = "") -> Failure:
    """An operating-system error as a failure under its errno name (``EACCES``, ``ENOENT``...).

    What is short on this machine is ``LOCAL_LIMIT``, with the errno name in the detail.
    """
    name = errno.errorcode.get(error.errno or 0, "EIO")
    if error.errno in LOCAL_LIMITS:
        return Failure("LOCAL_LIMIT", phase, message=os.strerror(error.errno or 0), detail=name)
    return Failure(name, phase, message=os.strerror(error.errno) if error.errno else str(error), detail=detail)


class Witness:
    """Who else hears of an error of ours: `seen` gives the id under which it was written down, or nothing."""

    seen: Callable[[BaseException], str] = staticmethod(lambda error: "")


def bug(error: BaseException) -> Failure:
    """An error of ours as a failure: its type and place, never its text or its variables, which may hold a secret."""
    crash_id = Witness.seen(error)
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    place = f" at {os.path.basename(where.tb_frame.f_code.co_filename)}:{where.tb_lineno}" if where is not None else ""
    known_as = f", id {crash_id}" if crash_id else ""
    return Failure("INTERNAL", Phase.LOCAL, detail=f"{type(error).__name__}{place}{known_as}")
