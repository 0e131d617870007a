"""The main screen: files, queue and log, and the keys that work everywhere. Wiring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from tui_uploader.engine.port import DEFAULT_PARALLEL, MAX_PARALLEL
from tui_uploader.model import late_events as ev
from tui_uploader.ui.keys import SCREEN, bindings
from tui_uploader.ui.language import t
from tui_uploader.ui.pump import Facts
from tui_uploader.ui.returning import Returning
from tui_uploader.ui.screens import layout
from tui_uploader.ui.screens.after_work import AfterWork
from tui_uploader.ui.screens.files_side import FilesSide
from tui_uploader.ui.widgets.file_tree import FileTree
from tui_uploader.ui.widgets.queue_view import QueueView
from tui_uploader.ui.widgets.transfer_log import TransferLog

if TYPE_CHECKING:
    from tui_uploader.ui.commands import Command


class MainScreen(FilesSide, AfterWork, inherit_bindings=False):
    """Three panes; at small sizes one of them. Knows the engine as a port and counts with the reducer alone."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(SCREEN)]
    _why_paused = "-"  # what was said of the last pause that nobody asked for
    _parallel = 0  # asked for and not yet told of: the next key counts from there

    def on_mount(self) -> None:
        """Listen to the pump."""
        self._returning = Returning(self)
        self.pump.on_facts, self.pump.on_paint = self._facts, self._paint
        self.pump.on_beat, self.pump.on_changed = self._beat, self._changed
        self.queue.catch_up = self.files.catch_up = self.pump.catch_up
        self._arrange()
        self._describe()

    def joined(self) -> None:
        """Where the uploads run is known now."""
        self._returning.begin()
        self.numbers.repaint()

    def on_screen_resume(self) -> None:
        """A page has closed: what came meanwhile may be asked."""
        self._returning.ask_waiting()

    def jobs_seen(self) -> None:
        """The page of jobs is open: what was left behind stands there."""
        self._returning.seen = True

    def go_on(self, job: str) -> None:
        """Go on with a job that was left behind, after a look at its files."""
        self._returning.go_on(job)

    # --- what the engine tells

    def _facts(self, facts: Facts) -> None:
        for fact in self._returning.news(facts):
            self.log_view.take(fact)
            if not self._returning.take(fact) and isinstance(fact, ev.RunPaused) and fact.failure is not None:
                self._why_paused = layout.paused_words(self.state)
                self.path_line.say(self._why_paused)
            elif isinstance(fact, ev.RunResumed) and self.path_line.said == self._why_paused:
                self.path_line.say("")  # it is not paused any more
            elif isinstance(fact, ev.KeyChanged | ev.KeyRefused):
                self.rekeyed(fact)
            elif isinstance(fact, ev.LinksReady):
                self.links_ready(fact)
            elif isinstance(fact, ev.ParallelChanged):
                self._parallel = 0
        if self._guided and len(self.state):
            self._guided = False
            self._arrange()

    def _beat(self, _news: bool) -> None:
        self.queue.beat()

    def _changed(self, ids: set[int]) -> None:
        """With every beat: kept for the next paint, all that changed since the last would take too long at once."""
        self.moved_on(ids)
        self.queue.take_in(ids)
        self.files.take_in(ids)

    def _paint(self, changed: bool) -> None:  # noqa: FBT001 - what the pump tells
        self.queue.settle()
        if changed:
            self.files.items_changed(())
        self.log_view.flush()
        self.numbers.repaint()
        self.status.repaint()
        self._describe()
        if self.too_small.display:
            self.too_small.repaint()

    # --- what the panes tell

    @on(QueueView.Moved)
    @on(FileTree.RootChanged)
    def _moved(self) -> None:
        self._describe()

    @on(FileTree.Said)
    @on(QueueView.Said)
    @on(TransferLog.Said)
    def _said(self, message: FileTree.Said | QueueView.Said | TransferLog.Said) -> None:
        self._describe()
        if not isinstance(message, FileTree.Said) or message.instead_of in ("", self.path_line.said):
            self.say(message.text)

    # --- keys

    def action_help(self) -> None:
        """The keys of this pane."""
        from tui_uploader.ui.screens.help import Help

        self.show_page(Help.of_pane(self.pane, glyphs=self.desk.glyphs))

    def action_command_palette(self) -> None:
        """All commands."""
        from tui_uploader.ui.commands import Command, keymap_commands
        from tui_uploader.ui.screens.palette import Palette

        commands = keymap_commands(self.pane)
        if self.desk.demo is not None:
            commands.insert(
                0,
                Command(
                    t("Demo: lift the refusing rule"), "", t("Then R turns the failures into done."), call=self._lift
                ),
            )
        self.show_page(Palette(commands, glyphs=self.desk.glyphs), self._run)

    async def _run(self, command: Command | None) -> None:
        if command is None:
            return
        if command.call is not None:
            await command.call()
            return
        target: Widget | Screen[None] = {"files": self.files, "queue": self.queue, "log": self.log_view}.get(
            command.pane, self
        )
        own = hasattr(target, "action_" + command.action.partition("(")[0])
        await self.app.run_action(command.action, target if own else self.app)

    async def _lift(self) -> None:
        assert self.desk.demo is not None
        self.say(await self.desk.demo.lift_rules())

    def action_pane(self, by: int) -> None:
        """The next pane."""
        self.action_show(layout.PANES[(layout.PANES.index(self.pane) + by) % len(layout.PANES)])

    def _queue_file(self, ids: Sequence[int]) -> None:
        self.show_pane("files")
        self._go(self.state.path(ids[0]))

    def _queue_log(self, ids: Sequence[int]) -> None:
        self.show_pane("log")
        self.log_view.show_only(ids[0])

    def show_pane(self, pane: str) -> None:
        """See AfterWork."""
        self.action_show(pane)

    def action_show(self, pane: str) -> None:
        """A pane by name."""
        if pane == self.pane and self._widget(pane).has_focus:
            self.say(t("this pane has the focus already"))
        self.pane = pane
        self._arrange()
        self._widget(pane).focus(scroll_visible=False)

    def action_zoom(self) -> None:
        """One pane or three."""
        if self.tabs.display:
            self.say(t("this pane has the whole screen already"))
            return
        self._zoomed = not self._zoomed
        self._arrange()

    def action_pause(self) -> None:
        """Pause or go on."""
        if self._returning.goes_on_elsewhere:
            self._returning.ask_restart()
        elif self.state.paused is not None:
            self.desk.port.resume()
            self.say("")
        elif self.pump.unfinished:
            self.desk.port.pause()
            self.say(t("paused by you: what is being sent goes on, p starts the rest again"))
        else:
            self.say(t("nothing is running, so there is nothing to pause"))

    def action_retry_all(self) -> None:
        """Retry what failed, in a group by code that group; where no retry can help, only after a yes."""
        if self.takes_nothing():
            return
        if self.pane == "queue" and self.queue.group is not None:
            self._queue_retry(self.queue.group_rows(), ask=False)  # the key says all
        else:
            self.retry_failed()

    def action_parallel(self, by: int) -> None:
        """More or fewer at once."""
        if self.takes_nothing():
            return
        now = self._parallel or self.state.parallel or DEFAULT_PARALLEL
        wanted = min(max(now + by, 1), MAX_PARALLEL)
        if wanted == now:
            self.say(t("{now} parallel uploads: this is the {how}", now=now, how="least" if by < 0 else "most"))
            return
        self._parallel = wanted
        self.desk.port.set_parallel(wanted)
        self.say(t("parallel uploads: {now} -> {wanted}", now=now, wanted=wanted))

    def action_undo(self) -> None:
        """Take back the newest step that can be."""
        if self.files.busy():
            return
        words = self.desk.undo.undo()
        self._describe()
        self.say(words)

    def action_back(self) -> None:
        """Take back what is said, the guide, a plan in the making, the zoom: one at a time."""
        if self.workers_of("plan"):
            self.workers.cancel_group(self, "plan")
            self.say(t("planning stopped, the marks are kept"))
        elif self.pane == "queue" and self.queue.untick():
            self.say(t("no row is ticked now"))
        elif self.files.step_back():
            pass
        elif self.path_line.said:
            self.say("")
        elif self._guided:
            self._guided = False
            self._arrange()
        elif self._zoomed:
            self.action_zoom()
        else:
            self.say(t("there is nothing to step back from: q leaves"))

    def action_leave(self) -> None:
        """Leave, after a question where something is uploading."""
        self.post_message(self.LeaveAsked())

    class LeaveAsked(Message):
        """A person wants to leave."""
