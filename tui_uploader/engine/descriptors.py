"""How many uploads at once the process has descriptors for: each takes two, and the rest of the program some."""

import os
import resource
from contextlib import suppress

from tui_uploader.engine.port import MAX_PARALLEL

_REST = 48  # what will be opened beside the uploads: journal, log, the gateway's connections, a view or two


def slots_by_descriptors() -> int:
    """The most uploads at once, at least 1; the soft limit is raised first, as far as the hard one lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    rest = _REST + _open_now()
    wanted = 2 * MAX_PARALLEL + rest
    if soft != resource.RLIM_INFINITY and soft < wanted:
        more = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (more, hard))
            soft = more
    return MAX_PARALLEL if soft == resource.RLIM_INFINITY else max(1, min((soft - rest) // 2, MAX_PARALLEL))


def _open_now() -> int:
    """Descriptors that are taken already, some by whoever started this process."""
    try:
        return len(os.listdir("/dev/fd"))
    except OSError:
        return 16
