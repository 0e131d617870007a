"""Menu: a question whose answers are letters: what to copy, what to show, how to group, how to stop."""

from typing import ClassVar

from textual.binding import BindingType

from tui_uploader.ui.keys import COPYING, GROUPED, SHOWN, STOPPING, Key, bindings
from tui_uploader.ui.screens.confirm import Confirm


class CopyMenu(Confirm, inherit_bindings=False):
    """What to copy."""

    KEYS: ClassVar[tuple[Key, ...]] = COPYING
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(COPYING)]


class ShowMenu(Confirm, inherit_bindings=False):
    """Which state to show."""

    KEYS: ClassVar[tuple[Key, ...]] = SHOWN
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(SHOWN)]


class GroupMenu(Confirm, inherit_bindings=False):
    """How to group."""

    KEYS: ClassVar[tuple[Key, ...]] = GROUPED
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(GROUPED)]


class StopMenu(Confirm, inherit_bindings=False):
    """How to stop a job that runs elsewhere."""

    KEYS: ClassVar[tuple[Key, ...]] = STOPPING
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(STOPPING)]
