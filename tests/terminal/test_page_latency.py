"""Pages open and close within a key's time: at its best of several tries no answer takes 50 ms."""

import select
import time

from tests.terminal.pty_screen import Terminal

TRIES = 8


def answer(terminal: Terminal, key: str) -> float:
    """The seconds until the first byte of an answer; what follows it is drawn."""
    while terminal.take(0.2):
        pass
    began = time.perf_counter()
    terminal.press(key)
    assert select.select([terminal._ours], [], [], 10)[0], f"no answer to {key!r}"
    seconds = time.perf_counter() - began
    terminal.take(0.1)
    return seconds


def test_a_page_opens_and_closes_within_a_keys_time(demo: Terminal) -> None:
    for key in ("?", ":", "b"):
        opened, closed = [], []
        for _ in range(TRIES):
            opened.append(answer(demo, key))
            closed.append(answer(demo, "escape"))
        assert min(opened) < 0.05, (key, opened)
        assert min(closed) < 0.05, (key, closed)
