"""What the system knows of a socket: bytes on the way, bytes acknowledged, whether anything has come."""

import _socket  # its class alone: socket.socket is made in five times as long
import fcntl
import select
import socket
import sys
from array import array

_SIOCOUTQ = 0x5411  # Linux: bytes in the socket's send queue that the peer has not acknowledged
_ACKED = slice(120, 128)  # tcpi_bytes_acked in Linux's struct tcp_info


class SendQueue:
    """One connected TCP socket. `sealed`: by TLS, so that more bytes are on the way than were written."""

    def __init__(self, sock: socket.socket, *, sealed: bool) -> None:
        self.fd = sock.fileno()
        self._kind = (sock.family, sock.type, sock.proto)
        self._counts = sealed and sys.platform == "linux"
        self._answer = array("i", [0])
        self._mark = 0
        self._poll = select.poll()
        self._poll.register(self.fd, select.POLLIN)

    def pending(self) -> int:
        """Bytes that the peer has not acknowledged. Raises OSError where the system does not tell (not Linux)."""
        fcntl.ioctl(self.fd, _SIOCOUTQ, self._answer)
        return self._answer[0]

    def acknowledged(self) -> int:
        """Bytes that the peer has ever acknowledged under TLS; else, and before Linux 4.1, 0."""
        return self._taken() if self._counts else 0

    def mark(self) -> None:
        """A request begins of which it may be asked whether the peer took anything."""
        self._mark = self._taken()

    def untouched(self) -> bool:
        """Whether the peer took nothing since the mark, not even a head; True where the system does not tell."""
        try:
            return self._taken() == self._mark
        except OSError:
            return True

    def _taken(self) -> int:
        if sys.platform != "linux":
            return 0
        lent = _socket.socket(
            *self._kind, self.fd
        )  # uvloop's own getsockopt makes a second descriptor and closes it again
        try:
            info = lent.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 128)
        finally:
            lent.detach()
        return int.from_bytes(info[_ACKED], sys.byteorder)

    def quiet(self) -> bool:
        """Whether nothing waits to be read, not even the end."""
        return not self._poll.poll(0)
