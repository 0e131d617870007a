"""Writing: the report of the queue, the lines of the log and what was copied, to files that a person names."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import work
from textual.screen import Screen

from tui_uploader import whole_file
from tui_uploader.model.text import printable
from tui_uploader.places import state_dir
from tui_uploader.ui.aside import aside
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.language import t
from tui_uploader.ui.screens.queue_work import QueueWork
from tui_uploader.ui.words import plural

if TYPE_CHECKING:
    from tui_uploader.ui.screens.prompt import Prompt


class Writing(QueueWork, inherit_bindings=False):
    """Whole or not at all, mode 0600, and over a file that is there only after a yes."""

    def action_report(self) -> None:
        """A report of the whole queue; the ending of the name says the format."""

        if not len(self.state):
            self.say(t("nothing is queued, so there is nothing to report"))
            return
        path = os.path.join(state_dir(), time.strftime("report-%Y%m%d-%H%M%S.csv"))
        self.show_page(report_prompt(path, self.desk.glyphs), self._report)

    def _report(self, path: str | None) -> None:
        if path is not None:
            path = os.path.expanduser(path)
            ask_replacing(self, path, self.desk.glyphs, partial(self._write_report, path))

    def _write_report(self, path: str) -> None:
        from tui_uploader import report

        counts = self.state.counts
        head = {"env_id": self.desk.env_label, "total": counts.total, "done": counts.done, "failed": counts.failed}
        head |= {"skipped": counts.skipped, "cancelled": counts.cancelled}
        head |= {"waiting": counts.waiting + counts.active, "bytes_done": self.state.bytes_done}
        self.write_out(path, report.lines(report.format_of(path), head, report.items_of(self.state)))

    @work(group="write", description="write", exit_on_error=False)
    async def write_out(self, path: str, pieces: Iterable[str], key: str = "E", more: str = "") -> None:
        """Write a file beside the run, and say where it is."""
        try:
            await aside(partial(whole_file.write, path, pieces), busy=True)
        except OSError as error:
            why = error.strerror or str(error)
            words = t("{key} names another file", key=key)
            self.say(t("{path}: not written: {why}", path=printable(path), why=why) + f"; {words}")
        else:
            self.say(t("written: {path}", path=printable(path)) + more)

    def write_log(self) -> None:
        """The lines of the log as they are shown; where older ones have gone, which file has them."""
        log = self.log_view
        lines = [line.text + "\n" for line in log.shown]
        if not lines:
            self.say(t("nothing to write: no line is shown here"))
            return
        more = f" ({plural(len(lines), 'line')})"
        if log.book.dropped:
            more += "; " + t("older ones are in {path}", path=printable(os.path.join(state_dir(), "log.jsonl")))
        self._write_to(t("log to"), "log", lines, "X", more)

    def write_copied(self, lines: Sequence[str], *, links: bool = False) -> None:
        """What was to be copied; of links the prompt says what the file is then."""
        said = t("whoever reads this file can open these objects") if links else ""
        self._write_to(t("copy to"), "copied", [line + "\n" for line in lines], "y", said=said)

    def _write_to(
        self, label: str, name: str, lines: Sequence[str], key: str, more: str = "", *, said: str = ""
    ) -> None:
        from tui_uploader.ui.screens.prompt import Prompt

        path = os.path.join(state_dir(), time.strftime(f"{name}-%Y%m%d-%H%M%S.txt"))
        page = Prompt(label, glyphs=self.desk.glyphs, value=path, check=wrong_folder)
        page.said = said
        self.show_page(page, partial(self._write_lines, lines, key, more))

    def _write_lines(self, lines: Sequence[str], key: str, more: str, path: str | None) -> None:
        if path is not None:
            place = os.path.expanduser(path)

            def write() -> None:
                self.write_out(place, lines, key, more)

            ask_replacing(self, place, self.desk.glyphs, write)


def report_prompt(path: str, glyphs: Glyphs) -> Prompt:
    """Asks where to write a report."""
    from tui_uploader.ui.screens.prompt import Prompt

    page = Prompt(t("report to"), glyphs=glyphs, value=path, check=wrong_report)
    page.said = t("its ending decides how it is written: .csv .json .md .txt")
    return page


def wrong_report(path: str) -> str:
    """What is wrong with the name of a report."""
    from tui_uploader import report

    try:
        report.format_of(path)
    except ValueError as problem:
        return str(problem)
    return wrong_folder(path)


def wrong_folder(path: str) -> str:
    """What is wrong with the place of a file that is to be written."""
    path = os.path.expanduser(path)
    if not os.path.basename(path):
        return t("this names no file")
    return "" if os.path.isdir(os.path.dirname(path) or ".") else t("there is no such folder")


def ask_replacing(screen: Screen[Any], path: str, glyphs: Glyphs, write: Callable[[], None]) -> None:
    """Write, where a file of that name is there already only after a yes."""
    from tui_uploader.ui.screens.confirm import Confirm

    if not os.path.lexists(path):
        write()
        return
    question = Confirm(t("{path} is there already: replace it?", path=printable(path)), glyphs=glyphs)
    screen.app.push_screen(question, lambda answer: write() if answer == "yes" else None)
