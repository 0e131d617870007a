"""Preferences: what people change, shown with its value; a change is seen at once and kept."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from tui_uploader.engine.port import MAX_PARALLEL
from tui_uploader.ui import language
from tui_uploader.ui.desk import Desk
from tui_uploader.ui.keys import PREFERENCES, Key, bindings
from tui_uploader.ui.language import said, t
from tui_uploader.ui.pump import PAINT_EVERY, PAINT_EVERY_LOW
from tui_uploader.ui.screens.rows import RowsPage
from tui_uploader.ui.words import speed_text

if TYPE_CHECKING:
    from tui_uploader.ui.taste import TasteApp

MIB = 1024 * 1024
LIMITS: tuple[int | None, ...] = (None, MIB // 2, MIB, 2 * MIB, 5 * MIB, 10 * MIB, 20 * MIB, 50 * MIB, 100 * MIB)
PARALLEL: tuple[int, ...] = (0, 1, 2, 4, 8, 16, 32, 64, 128, MAX_PARALLEL)


class Preferences(RowsPage, inherit_bindings=False):
    """Left and Right change the value of the row; the theme is worn while it is chosen."""

    KEYS: ClassVar[tuple[Key, ...]] = PREFERENCES
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(PREFERENCES)]

    def __init__(self, desk: Desk, *, hidden: bool, set_hidden: Callable[[bool], None]) -> None:
        super().__init__(glyphs=desk.glyphs)
        self._desk, self._hidden, self._set_hidden = desk, hidden, set_hidden
        self._glyphs_next = "unicode" if desk.glyphs.collapsed != "+" else "ascii"
        self._parallel = desk.state.parallel or 0

    @property
    def heading(self) -> str:
        """The title."""
        return t("Preferences: a change is kept at once")

    @property
    def _taste(self) -> "TasteApp":
        return self.app  # type: ignore[return-value]

    def rows(self) -> Sequence[tuple[str, str, str]]:
        """What can be chosen."""
        limit = self._desk.state.limit
        low = self._desk.pump.low
        return (
            ("theme", self.app.theme, "worn at once; your own lie in the folder themes/"),
            ("language", language.LANGUAGES[language.language()], ""),
            ("signs", self._glyphs_next, "drawn so at once"),
            ("mouse", _yes(self._taste.mouse), "while it is on, Shift selects text"),
            ("bell", _yes(self._taste.rings), "at the first failure and at the end"),
            ("low bandwidth", _yes(low), "paints every two seconds, 16 colours, a short log"),
            ("parallel uploads", str(self._parallel) if self._parallel else said("automatic"), ""),
            ("speed limit", speed_text(limit) if limit else said("no limit"), ""),
            ("hidden files", _yes(self._hidden), "shown in the tree"),
        )

    def action_change(self, by: int) -> None:
        """Another value for this row."""
        change = (
            self._theme, self._language, self._signs, self._mouse, self._bell, self._low, self._more, self._speed,
            self._dots,
        )[self.at]  # fmt: skip
        self.say(change(by))

    def _theme(self, by: int) -> str:
        names = list(self._taste.themes())
        here = names.index(self.app.theme) if self.app.theme in names else -1
        name = names[(here + by) % len(names)]
        self._taste.use_theme(name)
        return self._taste.keep("screen.theme", name)

    def _language(self, by: int) -> str:
        codes = list(language.LANGUAGES)
        code = codes[(codes.index(language.language()) + by) % len(codes)]
        self._taste.use_language(code)
        return self._taste.keep("screen.lang", code)

    def _signs(self, by: int) -> str:
        self._glyphs_next = "ascii" if self._glyphs_next == "unicode" else "unicode"
        self._taste.use_signs(self._glyphs_next)
        return self._taste.keep("screen.glyphs", self._glyphs_next)

    def _mouse(self, by: int) -> str:
        self._taste.use_mouse(not self._taste.mouse)
        return self._taste.keep("screen.mouse", self._taste.mouse)

    def _bell(self, by: int) -> str:
        self._taste.rings = not self._taste.rings
        return self._taste.keep("screen.bell", self._taste.rings)

    def _low(self, by: int) -> str:
        pump = self._desk.pump
        pump.paint_every = PAINT_EVERY if pump.low else PAINT_EVERY_LOW
        self._taste.use_few_colours(pump.low)
        return self._taste.keep("screen.low_bandwidth", pump.low)

    def _more(self, by: int) -> str:
        at = max((n for n, value in enumerate(PARALLEL) if value <= self._parallel), default=0)
        self._parallel = PARALLEL[(at + by) % len(PARALLEL)]
        self._desk.port.set_parallel(self._parallel or None)
        return self._taste.keep("upload.parallel", self._parallel)

    def _speed(self, by: int) -> str:
        now = self._desk.state.limit or 0
        at = max((n for n, value in enumerate(LIMITS) if (value or 0) <= now), default=0)
        limit = LIMITS[(at + by) % len(LIMITS)]
        self._desk.port.set_limit(limit)
        self._desk.pump.tick()
        return self._taste.keep("upload.limit_rate", f"{limit // 1024}K" if limit else "")

    def _dots(self, by: int) -> str:
        self._hidden = not self._hidden
        self._set_hidden(self._hidden)
        return self._taste.keep("screen.hidden", self._hidden)


def _yes(on: bool) -> str:
    return t("yes") if on else t("no")
