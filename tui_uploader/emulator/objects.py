"""Objects on disk: any key works, a broken PUT leaves none, and what is stored can be counted and read back."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from typing import BinaryIO

from fastcrc.crc64 import xz


@dataclass(frozen=True, slots=True)
class Stored:
    """One object: its key, size in bytes, hex digests, and the file that holds it."""

    key: str
    size: int
    md5: str
    sha256: str
    crc64: int
    content_type: str
    file_id: str
    file: str


class Writer:
    """One object on its way in: bytes to a file of its own, digested meanwhile."""

    def __init__(self, folder: str) -> None:
        fd, self.file = tempfile.mkstemp(dir=folder, prefix="part-")
        self._out: BinaryIO = os.fdopen(fd, "wb", buffering=0)
        self.size = 0
        self.crc64 = 0
        self.md5 = hashlib.md5()
        self.sha256 = hashlib.sha256()

    def write(self, data: bytes) -> None:
        """Add some bytes."""
        self._out.write(data)
        self.size += len(data)
        self.crc64 = xz(data, self.crc64)
        self.md5.update(data)
        self.sha256.update(data)

    def close(self) -> None:
        """No more bytes."""
        self._out.close()

    def drop(self) -> None:
        """The object does not come about."""
        self._out.close()
        if os.path.exists(self.file):
            os.unlink(self.file)


class Objects:
    """The bucket's content, in `folder`; each object in a file named by its key's digest."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self._known: dict[str, Stored] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._known

    def get(self, key: str) -> Stored | None:
        """One object, or None."""
        return self._known.get(key)

    def all(self) -> dict[str, Stored]:
        """All objects by key."""
        return dict(self._known)

    def writer(self) -> Writer:
        """A place for an object's bytes."""
        return Writer(self.folder)

    def keep(self, key: str, writer: Writer, content_type: str, file_id: str) -> Stored:
        """Make what was written the object of `key`, in one step; an older one is gone then."""
        writer.close()
        file = os.path.join(self.folder, hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest())
        os.replace(writer.file, file)
        stored = Stored(
            key,
            writer.size,
            writer.md5.hexdigest(),
            writer.sha256.hexdigest(),
            writer.crc64,
            content_type,
            file_id,
            file,
        )
        self._known[key] = stored
        return stored

    def delete(self, key: str) -> bool:
        """Remove an object; False where there was none."""
        stored = self._known.pop(key, None)
        if stored is None:
            return False
        os.unlink(stored.file)
        return True
