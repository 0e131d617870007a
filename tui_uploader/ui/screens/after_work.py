"""AfterWork: copying, links, QR codes, plain text and the speed limit: what people do with what became of a queue."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import islice

from textual import on, work

from tui_uploader.model import late_events as ev
from tui_uploader.model.items import Stage
from tui_uploader.model.rates import parse_rate
from tui_uploader.model.text import has_controls, printable, shown_path
from tui_uploader.ui.language import t
from tui_uploader.ui.many import in_turns
from tui_uploader.ui.screens.writing import Writing
from tui_uploader.ui.widgets.transfer_log import TransferLog
from tui_uploader.ui.words import number, plural, speed_text

MOST_LINKS = 10_000  # asked for at once
_READ_AT_ONCE = 500  # rows whose text is made in some milliseconds
MOST_COPIED = 100_000  # what a terminal's clipboard cannot hold, tmux can


class AfterWork(Writing, inherit_bindings=False):
    """Links are secrets: asked for after a yes, shown once, kept only in the file that a person has them written to."""

    _links_for = ""  # what the links that are on their way are for
    _links_wanted = 0
    _links: tuple[ev.Link, ...] = ()

    # --- the copy menu

    def _queue_copy(self, ids: Sequence[int]) -> None:
        from tui_uploader.ui.screens.menu import CopyMenu

        name = printable(self.state.key(ids[0])) if len(ids) == 1 else plural(len(ids), "object")
        menu = CopyMenu(t("copy what of {name}?", name=name), glyphs=self.desk.glyphs)
        self.show_page(menu, partial(self._copy, ids))

    def _copy(self, ids: Sequence[int], what: str | None) -> None:
        if what == "link":
            self._queue_links(ids)
        elif len(ids) > MOST_COPIED:
            self.say(t("more than {most} at once: E writes them all to a file", most=number(MOST_COPIED)))
        elif what:
            self._copy_texts(ids, what)

    @work(group="copy", description="copy", exclusive=True, exit_on_error=False)
    async def _copy_texts(self, ids: Sequence[int], what: str) -> None:
        texts: list[str] = []
        async for part in in_turns(ids, _READ_AT_ONCE):
            texts += [text for item_id in part if (text := self._text_of(item_id, what))]
        if texts:
            self.copy_text("\n".join(texts))
        else:
            self.say(t("there is no {what} here", what=t("error") if what == "error" else what))

    def _text_of(self, item_id: int, what: str) -> str:
        from tui_uploader.ui.plain import failure_lines

        row = self.state.row(item_id)
        match what:
            case "key":
                return printable(row.key) if has_controls(row.key) else row.key
            case "path":
                return shown_path(row.path)
            case "file ID":
                return row.receipt.cloud_object_id if row.receipt is not None else ""
        failure = row.failure
        return " | ".join(failure_lines(row)) if failure is not None else ""

    @work(group="copy", description="copy", exit_on_error=False)  # without it: the whole text as a Python literal
    async def copy_text(self, text: str, *, links: bool = False) -> None:
        """Send a text to the clipboard, say which way it went, and show it for selecting by hand."""
        from tui_uploader.ui.clipboard import copy
        from tui_uploader.ui.screens.showing import Copied

        way, lines = await copy(text, self._write), text.split("\n")
        page = Copied(t("Copy"), way, lines, glyphs=self.desk.glyphs)
        self.show_page(page, lambda answer: self.write_copied(lines, links=links) if answer == "write" else None)

    def _queue_everything(self, ids: Sequence[int]) -> None:
        """All of the detail page, as text."""
        from tui_uploader.ui.screens.failure_detail import FailureDetail

        page = FailureDetail(self.state, ids[0], glyphs=self.desk.glyphs)
        lines = ["".join(text for text, _ in spans).strip() for spans in page.head(2000)]
        self.copy_text("\n".join(line for line in lines if line))

    # --- links

    def _queue_links(self, ids: Sequence[int]) -> None:
        self._ask_links(ids, "copy")

    def _queue_qr(self, ids: Sequence[int]) -> None:
        self._ask_links(ids, "qr")

    def _ask_links(self, ids: Sequence[int], purpose: str) -> None:
        from tui_uploader.ui.screens.confirm import Confirm

        stored = (
            (item_id, receipt.cloud_object_id)
            for item_id in self.state.among(ids, Stage.DONE)
            if (receipt := self.state.row(item_id).receipt) is not None and receipt.cloud_object_id
        )
        wanted = list(islice(stored, MOST_LINKS + 1))
        if not wanted:
            self.say(t("there is no link before an object is done"))
        elif len(wanted) > MOST_LINKS:
            self.say(t("more than {most} links at once: tick some with Space, then y u", most=number(MOST_LINKS)))
        else:
            what = printable(self.state.key(wanted[0][0])) if len(wanted) == 1 else plural(len(wanted), "object")
            question = t(
                "link of {what}: temporary (the service sets how long), opens it for anyone. Ask for it?", what=what
            )
            confirm = Confirm(question, glyphs=self.desk.glyphs)
            self.show_page(confirm, lambda answer: self._request(wanted, purpose) if answer == "yes" else None)

    def _request(self, wanted: Sequence[tuple[int, str]], purpose: str) -> None:
        self._links_for, self._links_wanted, self._links = purpose, len(wanted), ()
        self.say(t("asking the service for {links}", links=plural(len(wanted), "link")))
        self.desk.port.request_links(wanted)

    def links_ready(self, fact: ev.LinksReady) -> None:
        """The service's answer; another view's question is none of ours."""
        if not self._links_wanted:
            return
        self._links += fact.links
        self._links_wanted -= len(fact.links)
        if self._links_wanted > 0:
            return
        links, self._links, self._links_wanted = self._links, (), 0
        good = [link.url for link in sorted(links, key=lambda link: link.id) if link.url]
        codes = {link.code for link in links if not link.url}
        self.say(
            t("no link for {n}: {codes}", n=len(links) - len(good), codes=", ".join(sorted(codes))) if codes else ""
        )
        if good and self._links_for == "qr":
            self._show_qr(next(link.id for link in links if link.url), good[0])
        elif good:
            self.copy_text("\n".join(good), links=True)

    def _show_qr(self, item_id: int, link: str) -> None:
        from tui_uploader.ui.screens.qr_page import QrPage

        page = QrPage(self.state.key(item_id), link, glyphs=self.desk.glyphs)
        self.show_page(page, lambda word: self.copy_text(link, links=True) if word == "copy" else None)

    # --- plain text, speed limit

    def action_plain_text(self) -> None:
        """This failure, or all failed keys with their codes, outside of the alternate screen."""
        from tui_uploader.ui.plain import failure_lines, plain_failures
        from tui_uploader.ui.screens.showing import PlainText

        row = self.queue.row if self.pane == "queue" else None
        if row is not None and row.failure is not None and row.stage is Stage.FAILED:
            lines = failure_lines(row)
        else:
            lines = plain_failures(self.state)
        if not lines:
            self.say(t("nothing failed here"))
        else:
            self.app.push_screen(PlainText(lines))

    @on(TransferLog.Wanted)
    def _log_wanted(self, message: TransferLog.Wanted) -> None:
        from tui_uploader.ui.screens.prompt import Prompt

        log = self.log_view
        if message.what == "export":
            self.write_log()
        elif message.what == "find":
            asked = Prompt(t("find in the log"), glyphs=self.desk.glyphs, value=log.looked_for)
            self.show_page(asked, lambda text: log.look_for(text) if text else None)
        elif message.id is not None:
            self.show_pane("queue")
            self.queue.go_to(message.id)

    def show_pane(self, pane: str) -> None:
        """Go to a pane."""
        raise NotImplementedError

    def action_limit(self) -> None:
        """Another speed limit for all uploads together."""
        from tui_uploader.ui.screens.prompt import Prompt

        if self.takes_nothing():
            return
        now = self.state.limit
        value = f"{now // 1024}K" if now else ""
        question = t("limit: 10M, 500K, empty none")
        self.show_page(Prompt(question, glyphs=self.desk.glyphs, value=value, check=wrong_rate), self._limit)

    def _limit(self, text: str | None) -> None:
        if text is None:
            return
        limit = parse_rate(text) if text.strip() and text.strip() != "none" else None
        self.desk.port.set_limit(limit)
        self.say(t("speed limit: {limit}", limit=speed_text(limit)) if limit else t("no speed limit"))


def wrong_rate(text: str) -> str:
    """What is wrong with a rate that a person types."""
    if not text.strip() or text.strip() == "none" or parse_rate(text) is not None:
        return ""
    return t("as 500K, 10M or 1G, at least 1K")
