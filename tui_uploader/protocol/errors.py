"""What can go wrong between here and a peer, under the names that httpx gives it: `transport` hands it on as httpx's.

They are not httpx's own, which take longer to load than 300 objects take to send, and are needed by no upload.
"""


class TransportError(Exception):
    """An exchange came to nothing."""


class ConnectError(TransportError):
    """No connection: its cause says why."""


class ConnectTimeout(TransportError):
    """No connection in time."""


class ReadError(TransportError):
    """The connection ended while an answer was waited for."""


class ReadTimeout(TransportError):
    """No answer, or no whole one, in time."""


class WriteError(TransportError):
    """The connection ended, or was ended, while the request went out."""


class WriteTimeout(TransportError):
    """Nothing of the request was taken for too long."""


class ProxyError(TransportError):
    """The proxy cannot be reached, or did not open the way."""


class LocalProtocolError(TransportError):
    """What was to be sent cannot be."""


class RemoteProtocolError(TransportError):
    """What came, or its end, is not HTTP."""


def ours(error: Exception) -> Exception:
    """One of httpx's errors as ours of that name, with what it was caused by; any other exception as it is."""
    names = [kind.__name__ for kind in type(error).__mro__ if kind.__module__.partition(".")[0] == "httpx"]
    if "HTTPError" not in names:
        return error
    all_kinds: list[type[TransportError]] = [TransportError, *TransportError.__subclasses__()]
    kinds = {kind.__name__: kind for kind in all_kinds}
    made = next((kinds[name] for name in names if name in kinds), TransportError)(str(error))
    made.__cause__, made.__context__ = error.__cause__, error.__context__
    return made
