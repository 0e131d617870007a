"""The terminal driver: asks the terminal for nothing that would stay on or send bytes unasked."""

import os
import re
import select
from codecs import getincrementaldecoder
from collections.abc import Callable, Sequence
from typing import Any

from textual.app import App
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver

from tui_uploader.ui.key_reader import KeyReader
from tui_uploader.ui.outlet import Outlet

TITLED = ("xterm", "screen", "tmux", "rxvt", "foot", "alacritty", "kitty", "wezterm")
UNTITLED = ("screen.linux", "xterm-mono")  # a screen inside a console passes it on to one that has none
PLAIN = ("linux", "vt", "ansi", "dumb")
ERASING = (*TITLED, "linux", "konsole", "putty", "ghostty", "contour", "st-")  # but not what is a screen
SCROLLING = (*ERASING, "vt102", "vt2", "vt3", "vt4", "vt510", "vt520", "vt525")  # terminfo's csr, il and dl; no vt52

_NEVER = frozenset({"\x1b[?1004h", "\x1b[?1003h", "\x1b[?1015h"})  # focus reports, any-motion mouse, urxvt mouse
_POINTER = "\x1b]22;"  # the pointer's shape: there is no mouse, or none that changes it
_QUERIES = frozenset({"\x1b[?2048$p", "\x1b[?2026$p"})  # consoles without them print the last letter
_FRAME = r"\x1b\[\d+;\d+[Hr]"  # every frame begins with a move of the cursor, or of lines

linux_driver.WriterThread = Outlet  # type: ignore[attr-defined]  # the driver makes one by that name whenever it begins


class QuietDriver(LinuxDriver):
    """Textual's driver without any-motion mouse and focus reports, and with the kitty keyboard only by setting.

    The mouse, where it is wanted, is 1002 (buttons and dragging) in the form 1006. The title is pushed at the
    start and popped at the end, on terminals whose TERM knows titles.
    """

    kitty = False

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._has_begun = False
        self.begun: Callable[[], object] = lambda: None  # called when the first frame is on its way
        self.held = 0  # while it is not 0 no frame is written; whoever held it paints the whole screen afterwards
        if size is None:  # a pty without a size yet (docker exec -t) has one default here and another in Rich
            self._size = self._get_terminal_size()

    def write(self, data: str) -> None:
        """Write, but for the modes that are never asked for."""
        first = False
        if re.match(_FRAME, data):
            if self.held:
                return
            first, self._has_begun = not self._has_begun, True
        if data in _NEVER or data.startswith(_POINTER) or (data in _QUERIES and _term().startswith(PLAIN)):
            return
        if not self.kitty and (data == "\x1b[<u" or (data.startswith("\x1b[>") and data.endswith("u"))):
            return
        super().write(data)
        if first:
            self.begun()

    def flush(self) -> None:
        """Write what was held back for company."""
        if self._writer_thread is not None:
            self._writer_thread.flush()

    def run_input_thread(self) -> None:
        """Read keys until the driver stops; Textual runs this in a thread of its own."""
        keys = KeyReader()
        decode = getincrementaldecoder("utf-8")("replace").decode
        while not self.exit_event.is_set():
            try:
                ready = select.select([self.fileno], [], [], keys.patience)[0]
                data = os.read(self.fileno, 4096) if ready else b""
            except OSError:
                return  # the terminal has gone: SIGHUP says so, too
            if ready and not data:
                return
            for message in keys.feed(decode(data)):
                self.process_message(message)
            for message in keys.tick():
                self.process_message(message)

    def start_application_mode(self) -> None:
        """Enter, and keep the terminal's title aside."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if knows_titles():
            self.write("\x1b[22;2t")

    def stop_application_mode(self) -> None:
        """Give the title back, and leave."""
        if knows_titles() and self._writer_thread is not None:
            self.write("\x1b[23;2t")
        super().stop_application_mode()

    def print_outside(self, lines: Sequence[str]) -> None:
        """Leave the alternate screen and print lines that are printable already; `back_inside` ends it.

        Long ones go on in the next row: the screen itself has that switched off, and they would be cut.
        """
        self._disable_mouse_support()
        self.write("\x1b[?1049l\x1b[?7h\x1b[?25h\r\n" + "\r\n".join(lines) + "\r\n")
        self.flush()

    def back_inside(self) -> None:
        """Back to the alternate screen; whoever called draws it anew."""
        self.write("\x1b[?1049h\x1b[?7l\x1b[?25l")
        self._enable_mouse_support()
        self.flush()

    def set_title(self, title: str) -> None:
        """Set the terminal's title; `title` is ours, not a name from outside."""
        if knows_titles():
            self.write(f"\x1b]2;{title}\x07")
            self.flush()

    def use_mouse(self, on: bool) -> None:
        """Switch the mouse while the screen is open."""
        if on != self._mouse:
            if not on:
                self._disable_mouse_support()
            self._mouse = on
            self._enable_mouse_support()

    def _enable_mouse_support(self) -> None:
        if self._mouse:
            self.write("\x1b[?1002h\x1b[?1006h")
            self.flush()

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write("\x1b[?1002l\x1b[?1006l")
            self.flush()

    def _enable_mouse_pixels(self) -> None:
        """Pixel positions are of no use to rows of text, and stock Textual leaves them on."""


def _term() -> str:
    return os.environ.get("TERM", "")


def erases_in_ground() -> bool:
    """Whether what is erased takes the ground of the moment.

    GNU screen never does, whatever TERM it gives (STY is its sign, also of one that tmux is in), nor a tmux before 2.4:
    under the name of a screen only one that says its version is trusted.
    """
    term, told = _term(), os.environ.get
    if told("STY") or not term.startswith(ERASING):
        return False
    known = told("TERM_PROGRAM") == "tmux" and told("TERM_PROGRAM_VERSION")
    return not term.startswith("screen") or bool(told("TMUX") and known)


def scrolls() -> bool:
    """Whether TERM names a terminal that moves the lines of a region alone."""
    return _term().startswith(SCROLLING)


def finds_columns() -> bool:
    """Whether the cursor can be sent to a column alone (terminfo's hpa), as no VT below the 500 can."""
    return not _term().startswith("vt")


def knows_titles() -> bool:
    """Whether TERM names a terminal that keeps and sets titles."""
    return _term().startswith(TITLED) and not _term().startswith(UNTITLED)
