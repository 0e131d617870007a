"""The files of each scenario and their CRC-64s, made in a temporary folder by a child (its memory is not ours)."""

import json
import os
import random
import subprocess
import sys
from dataclasses import dataclass

KIB, MIB = 1024, 1024 * 1024


@dataclass(frozen=True, slots=True)
class File:
    """One file: its path, its key in the cloud, its size in bytes, and its CRC-64 as decimal text."""

    path: str
    key: str
    size: int
    crc: str


@dataclass(frozen=True, slots=True)
class Samples:
    """A folder of files."""

    folder: str
    files: tuple[File, ...]

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(file.size for file in self.files)


def sizes(shape: str) -> list[int]:
    """The sizes of a shape: ``COUNTxKIB``, or ``mixed``, in the order of the keys."""
    if shape == "mixed":
        mixed = [4 * KIB] * 1000 + [MIB] * 100 + [64 * MIB] * 4 + [512 * MIB]
        random.Random(1).shuffle(mixed)
        return mixed
    count, _, each = shape.partition("x")
    return [int(each) * KIB] * int(count)


def make(folder: str, shapes: list[str]) -> str:
    """Make the files of all shapes; the path of one JSON map from key to CRC-64 for the gateways."""
    subprocess.run([sys.executable, "-m", "tests.bench.samples", folder, *shapes], check=True, timeout=600)
    os.sync()  # what is not on disk yet cannot be forgotten
    return os.path.join(folder, "checksums.json")


def load(folder: str, shape: str) -> Samples:
    """The files of a shape."""
    with open(os.path.join(folder, f"{shape}.json"), encoding="utf-8") as file:
        return Samples(os.path.join(folder, shape), tuple(File(*entry) for entry in json.load(file)))


def lie_in_memory(samples: Samples) -> None:
    """Have the system hold all of the files: whoever comes next finds the same, whoever came before."""
    block = memoryview(bytearray(MIB))
    for one in samples.files:
        with open(one.path, "rb", buffering=0) as file:
            while file.readinto(block):
                pass


def lie_on_disk(samples: Samples) -> None:
    """Have the system forget what is in the files, but not where they are."""
    for one in samples.files:
        with open(one.path, "rb", buffering=0) as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def part(samples: Samples, folder: str, most_objects: int, most_bytes: int) -> Samples:
    """At most so many of the files, evenly taken, as hard links in a folder of their own; of one file its beginning."""
    share = min(1.0, most_objects / len(samples.files), most_bytes / samples.size)
    if share >= 1.0:
        return samples
    if len(samples.files) == 1:
        return _beginning(samples, folder, most_bytes)
    count = max(1, int(len(samples.files) * share))
    chosen = [samples.files[at * len(samples.files) // count] for at in range(count)]
    there = os.path.join(folder, f"{os.path.basename(samples.folder)}-{count}")
    if not os.path.isdir(there):
        os.mkdir(there)
        for file in chosen:
            os.link(file.path, os.path.join(there, file.key))
    return Samples(there, tuple(File(os.path.join(there, f.key), f.key, f.size, f.crc) for f in chosen))


def _beginning(samples: Samples, folder: str, size: int) -> Samples:
    file = samples.files[0]
    there = os.path.join(folder, f"{os.path.basename(samples.folder)}-{size}")
    path = os.path.join(there, file.key)
    if not os.path.isdir(there):
        os.mkdir(there)
        with open(file.path, "rb") as whole, open(path, "wb") as start:
            for _ in range(size // MIB):
                start.write(whole.read(MIB))
    return Samples(there, (File(path, file.key, size // MIB * MIB, "0"),))


def _fill(folder: str, shape: str) -> dict[str, str]:
    from tui_uploader.protocol.digest import crc64

    there = os.path.join(folder, shape)
    os.mkdir(there)
    entries: list[tuple[str, str, int, str]] = []
    for number, size in enumerate(sizes(shape)):
        key = f"{shape}-{number:05d}"
        path = os.path.join(there, key)
        block, crc, left = os.urandom(min(size, MIB)), 0, size
        with open(path, "wb", buffering=0) as file:
            while left:
                some = block[:left]
                file.write(some)
                crc = crc64(some, crc)
                left -= len(some)
        entries.append((path, key, size, str(crc)))
    with open(f"{there}.json", "w", encoding="utf-8") as out:
        json.dump(entries, out)
    return {key: crc for _, key, _, crc in entries}


def main() -> int:
    """``python -m tests.bench.samples FOLDER SHAPE...``"""
    checksums: dict[str, str] = {}
    for shape in sys.argv[2:]:
        checksums |= _fill(sys.argv[1], shape)
    with open(os.path.join(sys.argv[1], "checksums.json"), "w", encoding="utf-8") as file:
        json.dump(checksums, file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
