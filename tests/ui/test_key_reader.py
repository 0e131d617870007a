"""Escape is a key of its own: at once, and what follows it is not lost; sequences and pastes stay whole."""

import pytest
from textual import events

from tui_uploader.ui.key_reader import DELAY, KeyReader


class Clock:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def keys(*pieces: str) -> list[str]:
    """The keys of what was read piece by piece, and of the silence afterwards."""
    clock, found = Clock(), list[str]()
    reader = KeyReader(clock)
    for piece in (*pieces, ""):  # an empty piece is silence
        clock.now += 0.0 if piece else DELAY
        for message in (*reader.feed(piece), *reader.tick()):
            found.append(message.key if isinstance(message, events.Key) else type(message).__name__)
    return found


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        (["\x1bj"], ["escape", "j"]),
        (["\x1b", "j"], ["escape", "j"]),
        (["\x1bJ"], ["escape", "J"]),
        (["\x1b:"], ["escape", "colon"]),
        (["\x1b\r"], ["escape", "enter"]),
        (["\x1b "], ["escape", "space"]),
        (["\x1bb", "\x1bf"], ["escape", "b", "escape", "f"]),
        (["\x1b1"], ["escape", "1"]),
        (["\x1bP"], ["escape", "P"]),
        (["\x1b\t"], ["escape", "tab"]),
        (["\x1b\x1b"], ["escape", "escape"]),
        (["\x1b"], ["escape"]),
        (["\x1b", "", "j"], ["escape", "j"]),
        (["\x1b["], ["escape", "left_square_bracket"]),
        (["\x1bO"], ["escape", "O"]),
        (["\x1bujj"], ["escape", "u", "j", "j"]),
        (["\x1b\x1b[A"], ["escape", "up"]),
        (["\x1b[A", "j"], ["up", "j"]),
        (["\x1b", "[A"], ["up"]),
        (["\x1b[", "A"], ["up"]),
        (["\x1bO", "P"], ["f1"]),
        (["\x1bOPq"], ["f1", "q"]),
        (["\x1b\x7f"], ["ctrl+w"]),
        (["\x1b[Z"], ["shift+tab"]),
        (["\x1b中"], ["escape", "中"]),
    ],
)
def test_escape_and_what_follows(pieces: list[str], found: list[str]) -> None:
    assert keys(*pieces) == found


def test_escape_alone_is_there_after_the_delay_and_not_before() -> None:
    clock = Clock()
    reader = KeyReader(clock)
    assert not list(reader.feed("\x1b"))
    assert not list(reader.tick())
    assert 0 < reader.patience <= DELAY <= 0.05
    clock.now += DELAY
    assert [message.key for message in reader.tick() if isinstance(message, events.Key)] == ["escape"]
    assert reader.patience > DELAY


@pytest.mark.parametrize("cut", range(1, 22))
def test_a_paste_stays_whole_with_the_escapes_in_it(cut: int) -> None:
    text = "\x1b[200~a\x1bjb\x1bqc\x1b[201~x"
    reader, pasted, pressed = KeyReader(Clock()), list[str](), list[str]()
    for piece in (text[:cut], text[cut:]):
        for message in reader.feed(piece):
            if isinstance(message, events.Paste):
                pasted.append(message.text)
            elif isinstance(message, events.Key):
                pressed.append(message.key)
    assert (pasted, pressed) == (["a\x1bjb\x1bqc"], ["x"])
