"""Whom TLS trusts: the system's authorities and a file of one's own. There is no way to switch checking off."""

import os
import re
import ssl
from collections.abc import Callable
from functools import cache
from weakref import WeakSet

Trust = ssl.SSLContext | Callable[[], ssl.SSLContext]
"""A context, or what makes it when the first TLS connection is opened."""
_HASHED = re.compile(r"[0-9a-f]{8}\.\d+")  # how OpenSSL finds an authority in a folder
_one_by_one: "WeakSet[ssl.SSLContext]" = WeakSet()  # contexts that have not read all authorities


def trust(ca_file: str | None = None) -> ssl.SSLContext:
    """A context that trusts the system's authorities and those in `ca_file` (PEM) as well.

    Raises OSError or ssl.SSLError where the file cannot be used.
    """
    context = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()
    if not any(path and os.path.exists(path) for path in (paths.cafile, paths.capath)):
        import certifi  # a Python built without the system's store: all others do without it

        context.load_verify_locations(certifi.where())
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


def trusting(ca_file: str | None = None) -> Callable[[], ssl.SSLContext]:
    """What gives such a context, always the same, made when it is first needed, for `dial`.

    Where the system keeps its authorities in a folder as OpenSSL finds them, each is read when it is met: to read all
    takes 20 ms and 3 MiB. `widen` reads the others. A file that is named is read now; raises as `trust` does.
    """
    if ca_file is None:
        return cache(_made)
    context = _made()
    context.load_verify_locations(ca_file)
    return lambda: context


def reads_one_by_one(context: ssl.SSLContext) -> bool:
    """Whether a context may believe somebody more when it is `widen`ed."""
    return context in _one_by_one


def widen(context: ssl.SSLContext) -> None:
    """Have a context read all authorities that the system has; nothing where it did.

    Raises OSError where no file can be opened now: whoever was not believed may be believed then.
    """
    os.close(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC))
    if context in _one_by_one:
        context.load_default_certs()
        _one_by_one.discard(context)


def _made() -> ssl.SSLContext:
    folder = ssl.get_default_verify_paths().capath
    named = "SSL_CERT_FILE" in os.environ or "SSL_CERT_DIR" in os.environ
    if named or not folder or not _is_hashed(folder):
        return trust()
    context = ssl.create_default_context(capath=folder)
    _one_by_one.add(context)
    return context


def _is_hashed(folder: str) -> bool:
    try:
        with os.scandir(folder) as found:
            return any(_HASHED.fullmatch(entry.name) for entry in found)
    except OSError:
        return False
