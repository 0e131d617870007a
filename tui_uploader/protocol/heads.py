"""Request heads as bytes, and the check that nothing in them begins a line of its own."""

from tui_uploader.protocol.errors import LocalProtocolError


def request_head(method: bytes, raw_path: bytes, headers: list[tuple[bytes, bytes]]) -> bytes:
    """A request head as bytes. Raises LocalProtocolError for a line break or a zero byte in a name or value."""
    lines = [b"%s %s HTTP/1.1" % (method, raw_path)]
    lines.extend(b"%s: %s" % header for header in headers)
    return checked_head(b"\r\n".join(lines) + b"\r\n\r\n", len(headers))


def checked_head(head: bytes, headers: int) -> bytes:
    """`head`, which should be that of a request with so many headers. Raises as `request_head` does."""
    if head.count(b"\n") != headers + 2 or head.count(b"\r") != headers + 2 or b"\0" in head:
        raise LocalProtocolError("a header holds a line break or a zero byte")
    return head
