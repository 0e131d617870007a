"""An HTTP answer, whole and believed, and the error for what is not."""

from dataclasses import field

from tui_uploader.model.value import record
from tui_uploader.protocol.errors import RemoteProtocolError


class BadAnswer(RemoteProtocolError):
    """What came is not an HTTP answer that can be believed: cut, malformed, too large or unasked for.

    `unknown`: it was cut, so that nobody knows what became of the request; `partial` is what came behind a whole head.
    """

    def __init__(self, text: str, *, unknown: bool = False, partial: "Answer | None" = None) -> None:
        super().__init__(text)
        self.unknown = unknown
        self.partial = partial


@record
class Answer:
    """A whole answer. `early`: it was complete before the request's body had been written."""

    status: int
    headers: dict[str, str]
    body: bytes
    early: bool = False
    reason: bytes = b""
    raw_headers: list[tuple[bytes, bytes]] = field(default_factory=list)

    def header(self, name: str) -> str:
        """A header by lower-case name; the empty text where it did not come."""
        return self.headers.get(name, "")
