"""Panes: the widgets of the main screen, where they stand, and the words around them."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.geometry import Offset, Size
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from tui_uploader.ui.desk import Desk
from tui_uploader.ui.keys import EVERYWHERE, FILES, LOG, MOVING, QUEUE, Key
from tui_uploader.ui.language import said, t
from tui_uploader.ui.retrying import any_retry_helps
from tui_uploader.ui.screens import layout
from tui_uploader.ui.widgets.file_tree import FileTree
from tui_uploader.ui.widgets.footer import Footer
from tui_uploader.ui.widgets.painted import Painted, Span
from tui_uploader.ui.widgets.path_line import PathLine
from tui_uploader.ui.widgets.queue_view import QueueView
from tui_uploader.ui.widgets.status_line import StatusLine, TitleLine, compact_progress
from tui_uploader.ui.widgets.titles import Box, PaneTitle, Rows, Tabs
from tui_uploader.ui.widgets.transfer_log import TransferLog
from tui_uploader.ui.words import wrapped

_GROUPS: dict[str, tuple[Key, ...]] = {"files": FILES, "queue": QUEUE, "log": LOG}


class Panes(Screen[None], inherit_bindings=False, inherit_css=False):
    """Three panes; at small sizes, or zoomed, one of them. What the keys do is `MainScreen`'s.

    Its style sheet is two lines and no stock one is inherited: where things stand is said by `_arrange`, for each
    rule of a sheet is parsed before the first frame and asked by every widget again.
    """

    DEFAULT_CSS = "Panes { layout: vertical; background: $background; color: $foreground; }"

    AUTO_FOCUS: ClassVar[str] = "#files"
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)  # the panes repaint their own cells

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.pump, self.state = desk.pump, desk.state
        self.pane = "files"
        self._zoomed = False
        self._guided = desk.demo is not None
        self._line: tuple[str, Sequence[str]] = ("", ())
        self.shape: layout.Shape | None = None
        self._sized: Size | None = None
        glyphs, prefix = desk.glyphs, desk.plan_options.prefix
        self.files = FileTree(desk.scout, desk.root, glyphs=glyphs, show_hidden=desk.hidden, id="files")
        self.files.set_state(self.state)
        self.files.waits = True
        self.files.undo = desk.undo
        self.queue = QueueView(
            self.state, self.pump.live, glyphs=glyphs, prefix=prefix, clock=self.pump.clock, id="queue"
        )
        self.log_view = TransferLog(self.state, glyphs=glyphs, prefix=prefix, short=lambda: self.pump.low, id="log")
        self.titles = {
            "files": PaneTitle("1", "Files", glyphs=glyphs, path=True, id="files-title"),
            "queue": PaneTitle("2", "Queue", glyphs=glyphs, id="queue-title"),
            "log": PaneTitle("3", "Log", glyphs=glyphs, id="log-title"),
        }
        self.path_line = PathLine(glyphs=glyphs, id="path")
        self.footer = Footer(id="footer")
        self.status = StatusLine(self.pump, glyphs=glyphs, before=lambda: desk.stay.before, id="status")
        self.numbers = TitleLine(
            self.pump,
            env_label=desk.env_label,
            prefix=prefix,
            glyphs=glyphs,
            lasting=lambda: desk.stay.lasting(),
            id="title",
        )
        self.tabs = Tabs(glyphs=glyphs, id="tabs")
        self.guide, self.divider, self.too_small = (
            Rows(self._guide_line),
            Rows(self._divider).grown(),
            Rows(self._too_small).grown(),
        )
        self.divider.styles.width = 1
        views = {"files": self.files, "queue": self.queue, "log": self.log_view}
        for view in views.values():
            view.styles.height = "1fr"
        self.boxes = {pane: Box("vertical", self.titles[pane], view) for pane, view in views.items()}
        self.body = Box("horizontal", self.boxes["files"], self.divider, self.boxes["queue"])

    def compose(self) -> ComposeResult:
        """Top to bottom."""
        self._arrange()
        yield self.numbers
        yield self.guide
        yield self.tabs
        yield self.body
        yield self.boxes["log"]
        yield self.status
        yield self.path_line
        yield self.footer
        yield self.too_small

    @property
    def cursor_screen_offset(self) -> Offset | None:
        """Where the cursor of the focused pane stands."""
        return self._widget(self.pane).cursor_screen_offset

    # --- what the screen says

    def say(self, text: str) -> None:
        """An answer to a key, in the line above the footer."""
        self.path_line.say(text)
        self._offer()

    def _if_paused(self) -> str:
        if self.status.leaving:
            return t(", but nothing new starts: the screen leaves when what is being sent is finished")
        return t(", but the run is paused: p goes on") if self.state.paused is not None else ""

    def say_anew(self) -> None:
        """All words of the screen in the language that is spoken now."""
        self._describe()
        for widget in self.query(Painted):
            widget.repaint()
        self.files.paint()

    def show_page(self, page: Screen[Any], closed: Callable[[Any], Any] | None = None) -> None:
        """Open another screen; held back for a moment, it is painted once and not three times."""
        self.desk.hold()
        self.app.push_screen(page, closed)

    def _write(self, data: str) -> None:
        """Bytes for the terminal beside the frames, such as OSC 52."""
        driver = self.app._driver
        if driver is not None:
            driver.write(data)
            driver.flush()

    def queue_order_words(self) -> str:
        """How the queue is grouped."""
        raise NotImplementedError

    def _describe(self) -> None:
        state = self.state
        files = self.files
        keep = files.rows.root.reading or files.rows.root.error is not None
        self.titles["files"].show(self.pane == "files", files.title_path, files.order_words, keep=keep)
        order = self.queue_order_words() if len(state) else ""
        self.titles["queue"].show(self.pane == "queue", layout.queue_words(state), order)
        self.titles["log"].show(
            self.pane == "log", "", layout.log_words(self.log_view.level_words, following=self.log_view.following)
        )
        failed = f" !{state.counts.failed}" if state.counts.failed else ""
        names = (("files", t("1 Files")), ("queue", t("2 Queue{failed}", failed=failed)), ("log", t("3 Log")))
        self.tabs.show([(name, pane == self.pane) for pane, name in names], self.files.title_path)
        self._show_path()
        self._offer()

    def _show_path(self) -> None:
        row = self.queue.row
        by_hand, self.queue.went = self.pane != "queue" or self.queue.went, False
        if self.pane == "files":
            self.path_line.show(*((*self._line, "dim") if self.files.rows.root.begun else ("",)))
        elif self.pane == "queue" and row is not None:
            self.path_line.show(*layout.row_words(row), by_hand=by_hand)
        elif self.pane == "queue" and self.queue.group is not None:
            of_group = layout.group_words(self.queue.group_name, self.queue.groups.code(self.queue.group))
            self.path_line.show(*of_group, by_hand=by_hand)
        else:
            self.path_line.show("", by_hand=by_hand)

    def _offer(self) -> None:
        widget = self._widget(self.pane)
        keys = [(key, key.label) for key in (*_GROUPS[self.pane], *MOVING) if widget.works(key.id)]
        keys += [(key, label) for key in EVERYWHERE if (label := self._label(key))]
        self.footer.offer(keys)

    def _label(self, key: Key) -> str:
        match key.id:
            case "run.start":
                return key.label if any(self.files.mark_counts()) else ""
            case "run.retry_all":
                return key.label if any_retry_helps(self.state) and not self.desk.stay.over() else ""
            case "run.pause" if self.state.paused is not None or (self.pump.unfinished and self.desk.stay.over()):
                return t("go on")
            case "run.pause":
                return key.label if self.pump.unfinished else ""
            case "pane.files" | "pane.queue" | "pane.log":
                return key.label if key.id != f"pane.{self.pane}" else ""
            case _:
                return key.label

    def _widget(self, pane: str) -> FileTree | QueueView | TransferLog:
        return {"files": self.files, "queue": self.queue, "log": self.log_view}[pane]  # type: ignore[return-value]

    # --- layout

    def on_resize(self, event: events.Resize) -> None:
        """Another layout, perhaps. The same size again: the terminal had others meanwhile, and has lost what it had."""
        if event.size == self._sized:
            self.refresh()
        self._sized = event.size
        self._arrange()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A click or a key moved the focus."""
        if event.widget.id in layout.PANES:
            self.pane = event.widget.id
            self.queue.went = True  # to another pane
            self._arrange()
            self._describe()

    def _arrange(self) -> None:
        shape = layout.shape_of(self.app.size, self.pane, zoomed=self._zoomed, guided=self._guided)
        if shape == self.shape:
            return
        self.shape = shape
        self.numbers.compact = shape.small
        for widget in (self.numbers, self.path_line, self.footer):
            widget.display = not shape.tiny
        self.too_small.display, self.tabs.display, self.guide.display = shape.tiny, shape.small, shape.guided
        self.status.display = not shape.tiny and not shape.small
        for pane, box in self.boxes.items():
            box.display = pane in shape.panes
            self.titles[pane].display = not shape.small
        self.body.display = shape.panes not in ((), ("log",))
        self.divider.display = len(shape.panes) > 1
        self.boxes["files"].styles.width = shape.files_width
        self.boxes["log"].styles.height = shape.log_height

    def _guide_line(self, width: int, _height: int) -> list[list[Span]]:
        guide = said(self.desk.demo.guide) if self.desk.demo is not None else ""
        return [[(f" {guide}   (Esc)", "warning")]]

    def _divider(self, _width: int, height: int) -> list[list[Span]]:
        return [[(self.desk.glyphs.divider, "dim")] for _ in range(height)]

    def _too_small(self, width: int, _height: int) -> list[list[Span]]:
        words = t("enlarge to 40x10, uploads go on: {progress}", progress=compact_progress(self.pump))
        return [[(line, "plain")] for line in wrapped(words, width)]
