"""UploaderApp: theme, heartbeat, leaving, and the terminal's title, bell and cursor. Wiring."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.await_complete import AwaitComplete
from textual.binding import BindingType
from textual.events import Event, Key, Paste
from textual.filter import LineFilter, Monochrome, NoColor
from textual.geometry import Offset
from textual.screen import Screen

from tui_uploader.engine.plan_options import PlanOptions
from tui_uploader.engine.port import EnginePort
from tui_uploader.ui.ascii_filter import AsciiFilter
from tui_uploader.ui.dead_keys import DeadKeysApp
from tui_uploader.ui.desk import AccessHooks, Check, DemoHooks, Desk, JobsHooks, LastPrefix, Shell, Stay
from tui_uploader.ui.driver import QuietDriver
from tui_uploader.ui.glyphs import ASCII, UNICODE, Glyphs
from tui_uploader.ui.keys import APP, bindings
from tui_uploader.ui.language import language, t
from tui_uploader.ui.pointing import pointed
from tui_uploader.ui.pump import DRAIN_EVERY, PAINT_EVERY, PAINT_EVERY_LOW, Facts, Pump
from tui_uploader.ui.screens.main import MainScreen
from tui_uploader.ui.taste import Taste
from tui_uploader.ui.type_ahead import TypeAhead

if TYPE_CHECKING:
    from tui_uploader.ui.review import Scout
    from tui_uploader.ui.screens.confirm import LeaveQuestion

__all__ = ["DemoHooks", "UploaderApp"]

TWICE = 2.0  # seconds within which a second Ctrl-C leaves
INTERRUPTED = 130
PAGE_SETTLING = 0.015  # seconds in which a page is made: more of them would be felt with every page
GIVE_WAY = 0.015  # seconds after a key in which it is answered: what else is to be taken in has its turn then
EFFECT = 0.1  # seconds after a key in which that waits on, while the key has not had all of its effect
CLOSING = 0.001  # seconds after which the screen beneath is painted: it is made already


class UploaderApp(DeadKeysApp, inherit_bindings=False):
    """The screen over an engine. `state` holds what became of everything after `run` returns."""

    TITLE = "tui-uploader"
    ENABLE_COMMAND_PALETTE = False  # ours is `screens/palette.py`: it knows our commands alone and does not animate
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(APP)]
    ticking = True  # tests drive the pump and its clock by hand
    clock = staticmethod(time.monotonic)

    def __init__(
        self,
        port: EnginePort,
        scout: "Scout",
        *,
        root: bytes,
        plan_options: PlanOptions,
        env_label: str,
        glyphs: Glyphs,
        taste: Taste | None = None,
        demo: DemoHooks | None = None,
        access: AccessHooks | None = None,
        stay: Stay | None = None,
        check: Check | None = None,
        last_prefix: LastPrefix | None = None,
        jobs: JobsHooks | None = None,
        shell: Shell | None = None,
    ) -> None:
        glyphs = replace(glyphs)  # our own: it may become the other set
        self._ascii = AsciiFilter() if glyphs == ASCII else None
        super().__init__(driver_class=QuietDriver)
        self.animation_level = "none"
        taste = taste or Taste()
        self.settle(taste)
        every = PAINT_EVERY_LOW if taste.low_bandwidth else PAINT_EVERY
        self.pump = Pump(port, paint_every=every, clock=self.clock)
        self.state = self.pump.state
        self.desk = Desk(
            self.pump, scout, root, plan_options, env_label, glyphs, self.hold, demo,
            stay=stay or Stay(), access=access, hidden=taste.hidden, check=check,
            last_prefix=last_prefix or LastPrefix(), jobs=jobs, shell=shell or Shell(),
        )  # fmt: skip
        self.main = MainScreen(self.desk)
        self._interrupted_at = self._pressed_at = float("-inf")
        self._type_ahead = TypeAhead(self, super().on_event, lambda: self.main.files.rows.root.begun)
        self._shown_title = ""
        self._failed_before = self._ran = self._ticks_soon = False
        self.left_as = "keep"  # what becomes of the uploads after leaving: keep, finish or stop

    def get_default_screen(self) -> Screen[None]:
        """The main screen is the only one at the start: no second one is painted under it."""
        return self.main

    def pointed(self) -> Offset:
        """On the focused row."""
        return pointed(self.screen, self.desk.glyphs.focus)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """No colour at all where NO_COLOR asks for it, and ASCII where the glyphs are."""
        filters = [NoColor() if isinstance(known, Monochrome) else known for known in super().get_line_filters()]
        return [*filters, self._ascii] if self._ascii is not None else filters

    def draw_ascii(self) -> None:
        """Draw in ASCII from now on, in the middle of a start."""
        self.use_signs("ascii")

    def use_signs(self, name: str) -> None:
        """Draw in ``ascii`` or ``unicode`` from now on, on every screen that is open."""
        self.desk.glyphs.become(ASCII if name == "ascii" else UNICODE)
        self._ascii = AsciiFilter(signs=True) if name == "ascii" else None
        self.use_language(language())  # every line is made anew
        self.refresh(layout=True)

    def hold(self, seconds: float = PAGE_SETTLING) -> None:
        """Write no frame for a moment: a screen that opens or closes is painted once then, not two or three times.

        Textual's own `delay_update` is no way to do it: two sizes that arrive in a batch chase each other for ever.
        """
        driver = self._driver
        if not isinstance(driver, QuietDriver):
            return

        def release() -> None:
            driver.held -= 1
            if not driver.held:
                self.screen.refresh()

        driver.held += 1
        self.set_timer(seconds, release)

    def pop_screen(self) -> AwaitComplete:
        """Back to the screen beneath."""
        self.hold(CLOSING)
        return super().pop_screen()

    def on_mount(self) -> None:
        """What comes next can wait for the first frame."""
        if isinstance(self._driver, QuietDriver):
            self._driver.begun = self._written

    def on_ready(self) -> None:
        """Everything has its place; where no terminal is, that is the first frame."""
        if not isinstance(self._driver, QuietDriver):
            self.begun()

    def _written(self) -> None:
        self.hold()  # what Textual lays out once more, and the first folder, make one other frame
        self.call_next(self.begun)

    def begun(self) -> None:
        """The first frame has been written: list the folder, start the heartbeat, listening beside the main screen."""
        self.main.files.begin()
        facts, beat, paint = self.pump.on_facts, self.pump.on_beat, self.pump.on_paint

        def both_facts(seen: Facts) -> None:
            facts(seen)
            self.watch_identity(seen)

        def both_beats(news: bool) -> None:  # noqa: FBT001 - what the pump tells
            beat(news)
            if news and not self.pump.behind:  # in the middle of many facts nothing is over yet
                self._react()

        def both_paint(changed: bool) -> None:  # noqa: FBT001 - what the pump tells
            paint(changed)
            self._show_title()

        self.pump.on_facts, self.pump.on_beat, self.pump.on_paint = both_facts, both_beats, both_paint
        self.pump.again, self.main.queue.keys_first = self._tick_soon, self.keys_first
        self.pump.tick()
        if self.ticking:
            self.set_interval(DRAIN_EVERY, self._tick)

    def _tick_soon(self) -> None:
        if not self._ticks_soon:  # once, whoever asks: with every beat one more of them would leave keys no turn
            self._ticks_soon = True
            self.set_timer(0.005, self._tick_again)

    def _tick_again(self) -> None:
        self._ticks_soon = False
        if self.keys_first():
            self._tick_soon()
        else:
            self._tick()

    def keys_first(self) -> bool:
        """Whether a key is being answered: each of its steps would wait for a slice of all else."""
        since = time.monotonic() - self._pressed_at
        return since < GIVE_WAY or (since < EFFECT and self._type_ahead.busy)

    def _tick(self) -> None:
        if self.screen_stack:  # none: the app is closing, and what is told now is counted after that
            self.pump.tick()

    def _react(self) -> None:
        if self.pump.catching_up:
            return
        counts = self.pump.counts
        if counts.failed and not self._failed_before:
            self._failed_before = True
            self.bell()
        unfinished = self.pump.unfinished
        if self._ran and not unfinished:
            self.bell()
        self._ran = bool(unfinished)
        asked = self._leaving() is not None
        if (self.pump.finishing and not counts.active) or (asked and not unfinished):
            self.exit()

    def _show_title(self) -> None:
        counts = self.pump.counts
        title = f"{counts.done}/{counts.total}" + (f" !{counts.failed}" if counts.failed else "")
        if counts.total and title != self._shown_title and isinstance(self._driver, QuietDriver):
            self._shown_title = title
            self._driver.set_title(title)
        if self.screen is self.main:
            return
        from tui_uploader.ui.screens.sheet import Sheet  # here and below: loaded with the first page that opens

        if isinstance(self.screen, Sheet):
            self.screen.repaint()
        elif (question := self._leaving()) is not None:
            question.count(counts)

    def _leaving(self) -> "LeaveQuestion | None":
        """The question that is open about leaving."""
        if self.screen is self.main:
            return None
        from tui_uploader.ui.screens.confirm import LeaveQuestion

        return self.screen if isinstance(self.screen, LeaveQuestion) else None

    # --- leaving

    @on(MainScreen.LeaveAsked)
    def leave(self) -> None:
        """At once where nothing is unfinished, else after one question."""
        from tui_uploader.ui.screens.confirm import LeaveQuestion

        counts = self.pump.counts
        if not self.pump.unfinished or self.desk.stay.over():
            self.exit()
        elif not isinstance(self.screen, LeaveQuestion):
            self.hold()
            question = LeaveQuestion(
                counts, finishing=self.pump.finishing, kept=self.desk.stay.kept, glyphs=self.desk.glyphs
            )
            self.push_screen(question, self._leave_as)

    def _leave_as(self, answer: str | None) -> None:
        if answer in ("keep", "stop"):
            self.left_as = answer
            self.exit()
        elif answer == "finish":
            self.left_as = answer
            self.pump.finishing = True
            self.pump.port.finish()
            self.main.status.leaving = True
            self.main.status.repaint()
            self.main.say(t("finishing what is being sent, then leaving; q asks again"))
            if not self.pump.counts.active:
                self.exit()
        else:
            self.switch_to = ""

    def action_interrupt(self) -> None:
        """Ctrl-C: out of a page, else the question; the second within two seconds leaves."""
        from tui_uploader.ui.screens.palette import Palette
        from tui_uploader.ui.screens.sheet import Sheet

        now = self.pump.clock()
        if now - self._interrupted_at < TWICE:
            self.exit(return_code=INTERRUPTED)
            return
        self._interrupted_at = now
        if isinstance(self.screen, (Sheet, Palette)):
            self.screen.dismiss(None)
        else:
            self.leave()

    async def on_event(self, event: Event) -> None:
        """Keys one after another, all else at once."""
        if isinstance(event, Key | Paste) and not event.is_forwarded:
            self._pressed_at = time.monotonic()
            await self._type_ahead.take(event)
        else:
            await super().on_event(event)

    def action_redraw(self) -> None:
        """Draw the whole screen anew, after something else has written over it, and list the open folders again."""
        self.main.files.relist()
        self.forget_shown()
        self.refresh(layout=True)
