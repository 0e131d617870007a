"""How many uploads at once the process has descriptors for: each takes two, and the rest of the program some."""

import resource
from contextlib import suppress

from tui_uploader.engine.port import MAX_PARALLEL

_REST = 64  # journal, log, the gateway's connections, a view or two


def slots_by_descriptors() -> int:
    """The most uploads at once, at least 1; the soft limit is raised first, as far as the hard one lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * MAX_PARALLEL + _REST
    if soft != resource.RLIM_INFINITY and soft < wanted:
        more = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (more, hard))
            soft = more
    return MAX_PARALLEL if soft == resource.RLIM_INFINITY else max(1, min((soft - _REST) // 2, MAX_PARALLEL))
