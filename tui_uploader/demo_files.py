"""The demo's sample files: what lies about on a server, with names and kinds that make uploaders stumble."""

import os
import random

SMALL_FILES = 240


def make_samples(folder: str) -> None:
    """Fill `folder`: about 50 MiB in some 300 files, a FIFO, a dangling link, CJK names. The same bytes each time."""
    source = random.Random(2026)

    def put(path: str, size: int) -> None:
        full = os.path.join(folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as file:
            file.write(source.randbytes(size))

    for number in range(SMALL_FILES):
        put(f"q1/exports/part-{number:03d}.csv", 2_000 + number * 37)
    for number in range(6):
        put(f"q1/exports/slow/batch-{number}.parquet", 300_000)
    for number in range(4):
        put(f"q1/confidential/salary-{number + 1}.xlsx", 90_000)
    put("q1/plan.xlsx", 2_100_000)
    put("q1/季度报告.docx", 88_000)
    put("q1/video.mp4", 26 * 1024 * 1024)
    put("q1/photos/team.jpg", 3_400_000)
    put("q1/photos/café [final] #1.png", 1_200_000)
    put("q1/photos/合影 2026.png", 900_000)
    put("q1/backup.tar.gz", 5_000_000)
    put("q1/broken/thumb-1.png", 40_000)
    put("q1/broken/thumb-2.png", 41_000)
    put("q1/empty.txt", 0)
    for number in range(1, 13):
        put(f"logs/2026/{number:02d}/access.log", 250_000)
        put(f"logs/2026/{number:02d}/error.log", 40_000)
    put("releases/app-3.2.1.tar.gz", 4_000_000)
    put("releases/notes.md", 3_000)
    put(".hidden-settings", 120)
    os.mkfifo(os.path.join(folder, "q1", "data.fifo"))
    os.symlink("nowhere/at-all", os.path.join(folder, "q1", "old-report"))
    os.symlink("..", os.path.join(folder, "q1", "up"))


REFUSED = ("q1/confidential/",)
FAULTS: tuple[dict[str, object], ...] = (
    {"where": "info", "kind": "status", "keys": ["q1/broken/*"], "code": "COS_ACTION_FAILED",
     "message": "Execute COS action failed."},
    {"where": "put", "kind": "status", "keys": ["q1/exports/slow/*"], "status": 503, "code": "SlowDown",
     "message": "Please reduce your request rate.", "times": 2},
    {"where": "put", "kind": "corrupt", "keys": ["q1/backup.tar.gz"], "times": 1},
)  # fmt: skip
