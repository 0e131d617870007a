"""Sheet: a page of lines with a title above and its keys below. Plan, detail, information and help are sheets."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen

from tui_uploader.model.value import value
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.keys import SHEET, Key, bindings
from tui_uploader.ui.language import said, t
from tui_uploader.ui.widgets.footer import Footer
from tui_uploader.ui.widgets.painted import Painted, Span
from tui_uploader.ui.widgets.titles import Rows
from tui_uploader.ui.words import fit, padded, wrapped

Drawn = Sequence[Span]
MOST = 3  # lines of an answer
Result = TypeVar("Result")


@value
class Section:
    """Many things with a heading: each is drawn in `height` lines when it comes into view, not before."""

    heading: str
    things: Sequence[Any]
    draw: Callable[[Any, int], Sequence[Drawn]]
    height: int = 1

    @property
    def line_count(self) -> int:
        """Its lines: a blank one, the heading, the things; none where there are no things."""
        return 2 + len(self.things) * self.height if self.things else 0

    def line(self, at: int, width: int) -> Drawn:
        """One of its lines."""
        if at < 2:
            return [(" " + self.heading, "strong")] if at else []
        thing, part = divmod(at - 2, self.height)
        drawn = self.draw(self.things[thing], width)
        return drawn[part] if part < len(drawn) else []


class Page(Painted, can_focus=True):
    """The lines of a sheet: some at the head, then sections."""

    def __init__(self, head: Callable[[int], list[Drawn]], sections: Callable[[], Sequence[Section]]) -> None:
        super().__init__(id="page")
        self.styles.height = "1fr"
        self._head, self._sections = head, sections
        self.top = 0

    def lines(self, width: int, height: int) -> Iterable[Drawn]:
        """What is in view."""
        head, sections = self._head(width), self._sections()
        total = len(head) + sum(section.line_count for section in sections)
        self.top = max(min(self.top, total - height), 0)
        return [_line(head, sections, at, width) for at in range(self.top, min(self.top + height, total))]

    def line_count(self) -> int:
        """All lines at this width."""
        return len(self._head(self.size.width)) + sum(section.line_count for section in self._sections())

    class Sized(Message):
        """Another size."""

    def on_resize(self) -> None:
        """The keys below say whether there is anything to scroll."""
        self.post_message(self.Sized())

    def scroll(self, by: int) -> bool:
        """Move the view; it stops at both ends. Whether it moved."""
        before, self.top = self.top, max(min(self.top + by, self.line_count() - self.size.height), 0)
        self.repaint()
        return self.top != before

    def on_mouse_scroll_down(self) -> None:
        """The wheel scrolls."""
        self.scroll(3)

    def on_mouse_scroll_up(self) -> None:
        """The wheel scrolls."""
        self.scroll(-3)


def _line(head: Sequence[Drawn], sections: Sequence[Section], at: int, width: int) -> Drawn:
    if at < len(head):
        return head[at]
    at -= len(head)
    for section in sections:
        if at < section.line_count:
            return section.line(at, width)
        at -= section.line_count
    return []


class Sheet(Screen[Result], inherit_bindings=False, inherit_css=False):
    """Override `heading`, `head` and, for long lists, `sections`; keys beside SHEET's go to `KEYS`."""

    DEFAULT_CSS = "Sheet { layout: vertical; background: $background; color: $foreground; }"
    KEYS: ClassVar[tuple[Key, ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(SHEET)]
    AUTO_FOCUS = "#page"

    def __init__(self, *, glyphs: Glyphs) -> None:
        super().__init__()
        self.glyphs = glyphs
        self.said = ""

    @property
    def heading(self) -> str:
        """The title."""
        raise NotImplementedError

    def head(self, width: int) -> list[Drawn]:
        """The lines at the top, for a width."""
        raise NotImplementedError

    def sections(self) -> Sequence[Section]:
        """Long lists under the head."""
        return ()

    def offered_keys(self) -> Iterable[tuple[Key, str]]:
        """The keys for the footer that work now."""
        return [(key, key.label) for key in (*self.KEYS, *SHEET)]

    def compose(self) -> ComposeResult:
        """Title, page, an answer line, footer."""
        yield Rows(self._title, id="sheet-title")
        yield Page(self.head, self.sections)
        yield Rows(lambda width, _: [[(" " + line, "warning")] for line in self._answer(width)], id="sheet-said")
        yield Footer(id="sheet-footer")

    def on_mount(self) -> None:
        """The footer needs its keys once."""
        self.repaint()

    def say_anew(self) -> None:
        """In another language."""
        self.repaint()

    def repaint(self) -> None:
        """Paint what changed; the answer is as high as its words."""
        for answer in self.query("#sheet-said"):
            answer.styles.height = len(self._answer(self.app.size.width)) or 1
        for widget in self.query(Painted):
            widget.repaint()
        for footer in self.query(Footer):  # none before the page is made
            footer.offer(pair for pair in self.offered_keys() if pair[0].id != "sheet.down" or self.moves())

    def moves(self) -> bool:
        """Whether there is more than is in view."""
        page = self.query_one(Page)
        return page.line_count() > page.size.height > 0

    def on_page_sized(self) -> None:
        """What is in view is known now."""
        self.repaint()

    def _answer(self, width: int) -> list[str]:
        return wrapped(self.said, width - 2)[:MOST] if self.said else []

    def say(self, text: str) -> None:
        """An answer to a key."""
        self.said = text
        self.repaint()

    def _title(self, width: int, _height: int) -> list[Drawn]:
        return [[(" " + fit(self.heading, width - 2, self.glyphs.more), "title"), (" " * width, "title")]]

    def action_back(self) -> None:
        """Close without a result."""
        self.dismiss(None)

    def action_page_cursor(self, by: int) -> None:
        """Lines up or down."""
        self.scroll_page(by)

    def action_page_end(self, row: int) -> None:
        """The first or the last line."""
        lines = self.query_one(Page).line_count()
        self.scroll_page(-lines if row == 0 else lines)

    def action_page_page(self, by: int) -> None:
        """A page up or down."""
        self.scroll_page(by * max(self.query_one(Page).size.height - 1, 1))

    def scroll_page(self, by: int) -> None:
        """Move the view by lines, and say where it cannot go on."""
        moved = self.query_one(Page).scroll(by)
        self.say("" if moved else t("this is the first line") if by < 0 else t("this is the last line"))

    def action_keys(self) -> None:
        """The keys of this page."""
        from tui_uploader.ui.screens.help import Help

        self.app.push_screen(
            Help(self.heading, ((t("This page"), self.KEYS), (t("Moving"), SHEET)), glyphs=self.glyphs)
        )


LABEL = 12


def fact(label: str, value: str, width: int, ink: str = "plain") -> list[Drawn]:
    """A labelled value, wrapped under itself; nothing where there is no value."""
    if not value:
        return []
    label = said(label)
    room = width - LABEL - 2
    if room < 16:
        return [[(f" {label}", "dim")], *([("   " + line, ink)] for line in wrapped(value, width - 4))]
    first, *rest = wrapped(value, room)
    return [
        [(" " + padded(label, LABEL), "dim"), (first, ink)],
        *([(" " * (LABEL + 1), "plain"), (line, ink)] for line in rest),
    ]
