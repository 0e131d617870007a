"""KeyReader: bytes of a terminal to keys, where Escape is a key of its own and never makes Alt of the next one.

Stock Textual takes ``Esc j`` that comes in one piece (a quick hand, a slow link, tmux) for Alt+j, ``Esc :`` for a colon
alone, ``Esc b`` for a word to the left, and waits up to a fifth of a second for what may follow.
"""

import time
from collections.abc import Callable, Iterator

from textual import constants, events
from textual._xterm_parser import XTermParser
from textual.message import Message

ESC = "\x1b"
BEGINNINGS = ("[", "O")  # what follows Escape in what a terminal sends for a key or in answer to a question
WORD_BACK = ("\x7f", "\x08")  # Alt+Backspace: nobody goes a step back and deletes in one breath
PASTE, PASTED = "\x1b[200~", "\x1b[201~"
DELAY = min(constants.ESCAPE_DELAY, 0.025)  # seconds, as vim waits; ESCDELAY may shorten it
_IDLE = 0.1


class KeyReader:
    """Feeds Textual's parser. `feed` takes what was read, `tick` what has waited long enough."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._parser = XTermParser()
        self._clock = clock
        self._held = ""  # an Escape, perhaps with the beginning of a sequence, that came last
        self._since = 0.0
        self._pasted: str | None = None  # text of a paste that has not ended

    @property
    def patience(self) -> float:
        """How many seconds `tick` may be put off."""
        return max(self._since + DELAY - self._clock(), 0.001) if self._held else _IDLE

    def feed(self, data: str) -> Iterator[Message]:
        """The messages of what was read."""
        if not data:
            return  # silence
        data, self._held = self._held + data, ""
        while data:
            if self._pasted is not None:
                data, paste = self._paste(self._pasted + data)
                if paste is not None:
                    yield paste
                continue
            before, escape, after = data.partition(ESC)
            if before:
                yield from self._parser.feed(before)
            if not escape:
                return
            if not after or after in BEGINNINGS:
                self._held, self._since = ESC + after, self._clock()
                return
            data = after
            if after[0] in BEGINNINGS:
                if (ESC + after).startswith(PASTE):
                    self._pasted, data = "", after[len(PASTE) - 1 :]
                    continue
                if PASTE.startswith(ESC + after):
                    self._held, self._since = ESC + after, self._clock()
                    return
                yield from self._parser.feed(ESC + after[0])
                data = after[1:]
            elif after[0] in WORD_BACK:
                yield from self._parser.feed(ESC + after[0])
                data = after[1:]
            else:
                yield _escape()

    def _paste(self, known: str) -> tuple[str, Message | None]:
        """Text that is pasted, whatever it holds, once its end has come; and what follows the end."""
        text, end, after = known.partition(PASTED)
        if not end:
            self._pasted = known
            return "", None
        self._pasted = None
        return after, events.Paste(text.replace("\x00", ""))

    def tick(self) -> Iterator[Message]:
        """What has waited long enough: an Escape that nothing followed."""
        if self._held and self._clock() - self._since >= DELAY:
            held, self._held = self._held, ""
            if len(held) > 2:
                yield from self._parser.feed(held)  # the beginning of something that does not come
                return
            yield _escape()
            if held[1:]:  # nothing at all would be the end of all reading
                yield from self._parser.feed(held[1:])
        yield from self._parser.tick()


def _escape() -> events.Key:
    return events.Key("escape", ESC)
