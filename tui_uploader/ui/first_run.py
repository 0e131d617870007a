"""FirstRun: the credentials form alone, for whoever starts without any."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.filter import LineFilter, Monochrome, NoColor

from tui_uploader.ui.ascii_filter import AsciiFilter
from tui_uploader.ui.desk import AccessHooks
from tui_uploader.ui.driver import QuietDriver
from tui_uploader.ui.glyphs import ASCII, Glyphs
from tui_uploader.ui.keys import FIRST_RUN, bindings
from tui_uploader.ui.screens.credentials import Credentials
from tui_uploader.ui.taste import Taste, TasteApp


class FirstRun(TasteApp, inherit_bindings=False):
    """Ends when the form has been accepted or closed."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(FIRST_RUN)]

    def __init__(self, hooks: AccessHooks, *, taste: Taste, glyphs: Glyphs, why: str) -> None:
        super().__init__(driver_class=QuietDriver)
        self.animation_level = "none"
        self.settle(taste)
        self._ours: tuple[LineFilter, ...] = (AsciiFilter(),) if glyphs == ASCII else ()
        self.form = Credentials(hooks, glyphs=glyphs, why=why)

    def on_mount(self) -> None:
        """Show the form."""
        self.push_screen(self.form, lambda _: self.exit())

    def get_line_filters(self) -> Sequence[LineFilter]:
        """As the main screen has them."""
        filters = [NoColor() if isinstance(known, Monochrome) else known for known in super().get_line_filters()]
        return [*filters, *self._ours]

    def action_interrupt(self) -> None:
        """Ctrl-C leaves."""
        self.exit()
