"""Runs one command and writes what it cost: ``launch.py RESULT COMMAND...``. Small: its own memory is the floor."""

import os
import sys
import time


def main() -> int:
    """Start, wait, write seconds, CPU seconds and peak RSS of the command and the children it waited for."""
    began = time.perf_counter()
    pid = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
    _, status, used = os.wait4(pid, 0)
    seconds = time.perf_counter() - began
    with open(sys.argv[1], "w", encoding="ascii") as file:
        file.write(f"{seconds} {used.ru_utime + used.ru_stime} {used.ru_maxrss}\n")
    return os.waitstatus_to_exitcode(status) & 0xFF


if __name__ == "__main__":
    sys.exit(main())
