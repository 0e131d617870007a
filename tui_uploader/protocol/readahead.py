"""Has files read from the disk before their turn: many small ones come together, and no sender waits for each."""

import os
from collections.abc import Sequence
from contextlib import suppress

from tui_uploader.protocol import deep_paths
from tui_uploader.protocol.body import BLOCK, FLAGS

_AT_ONCE = getattr(os, "RWF_NOWAIT", None)  # Linux alone says whether a read would wait for the disk

_SELDOM = 8  # groups between two looks where all lies in memory: a look gives the interpreter away three times


class Readahead:
    """Looks whether what is sent soon lies in memory, and asks the system to fetch what does not.

    It looks at one file of a group as long as all are found there; that is cheap beside what it saves. Nothing comes of
    a file that cannot be opened: whoever sends it says why. Not for file systems that may hang.
    """

    def __init__(self) -> None:
        self._cold = False  # something of the last group had to be fetched
        self._warm = self._passed = 0  # groups that lay in memory one after the other, and those not looked at since
        self._able = _AT_ONCE is not None
        self._byte = bytearray(1)

    def soon(self, paths: Sequence[bytes]) -> None:
        """These are read next. At most `BLOCK` bytes of each are fetched: what follows the kernel sees coming."""
        if not self._able or not paths:
            return
        self._passed += 1
        if self._passed < min(self._warm, _SELDOM):
            return
        self._passed = 0
        missing = self._fetched(paths[0])
        if missing or self._cold:
            for path in paths[1:]:
                missing = self._fetched(path) or missing
        self._cold, self._warm = missing, 0 if missing else self._warm + 1

    def _fetched(self, path: bytes) -> bool:
        """Whether a file had to be fetched; it is on its way then."""
        try:
            fd = deep_paths.open_file(path, FLAGS)
        except (OSError, ValueError):
            return False
        try:
            os.preadv(fd, (self._byte,), 0, _AT_ONCE or 0)
        except BlockingIOError:
            with suppress(OSError):
                os.posix_fadvise(fd, 0, BLOCK, os.POSIX_FADV_WILLNEED)
            return True
        except OSError:
            self._able = False  # a file system that does not say
        finally:
            os.close(fd)
        return False
