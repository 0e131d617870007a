"""FailureDetail: all that is known of one object: where it stands, what it met and when, and what to do."""

import time
from typing import ClassVar, Literal

from textual.binding import BindingType

from tui_uploader.model.failures import Failure
from tui_uploader.model.items import Stage
from tui_uploader.model.queue import QueueState, Row
from tui_uploader.model.text import clean_message, printable, shown_path
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.keys import DETAIL, Key, bindings
from tui_uploader.ui.language import said, t
from tui_uploader.ui.plain import WHOLE
from tui_uploader.ui.retrying import retry_helps
from tui_uploader.ui.screens.layout import paused_words
from tui_uploader.ui.screens.sheet import Drawn, Sheet, fact
from tui_uploader.ui.widgets.queue_lines import INK, percent
from tui_uploader.ui.words import badge_words, plural, size_text, skip_words, wrapped

Choice = Literal["retry", "cancel", "everything", "file", "log", "edit"]

_WHERE = {
    "local": "local: on this server, before anything was sent",
    "info": "info: asking the service for permission to upload",
    "put": "put: sending the object",
    "verify": "verify: comparing what was stored",
}


class FailureDetail(Sheet[Choice]):
    """Closes with what the person wants done with the object."""

    KEYS: ClassVar[tuple[Key, ...]] = DETAIL
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(DETAIL)]

    def __init__(self, state: QueueState, item_id: int, *, glyphs: Glyphs) -> None:
        super().__init__(glyphs=glyphs)
        self._state, self.item_id = state, item_id

    @property
    def heading(self) -> str:
        """Where the object stands."""
        row = self._state.row(self.item_id)
        code = f" {printable(row.failure.code)}" if row.stage is Stage.FAILED and row.failure else ""
        return t("Object {word}{code}", word=said(row.stage.word), code=code)

    def offered_keys(self) -> list[tuple[Key, str]]:
        """Only what can be done with this object now."""
        works = {"detail.retry": self._retry_helps(), "detail.cancel": self._cancel_helps()}
        return [(key, label) for key, label in super().offered_keys() if works.get(key.id, True)]

    def head(self, width: int) -> list[Drawn]:
        """The page."""
        row = self._state.row(self.item_id)
        lines: list[Drawn] = [
            [],
            *fact("key", printable(row.key), width, "strong"),
            *fact("path", shown_path(row.path), width),
            *fact("size", f"{size_text(row.size)} ({plural(row.size, 'byte')})", width),
            *fact("stage", _stage_words(row), width, INK[row.stage]),
            *fact("the run is", "" if row.stage.ended else paused_words(self._state), width, "warning"),
            *fact("skipped", skip_words(row.reason) if row.stage is Stage.SKIPPED else "", width),
        ]
        lines += fact("note", badge_words(row.reason) if row.stage is not Stage.SKIPPED else "", width)
        if row.failure is not None and row.stage is not Stage.DONE:
            lines += self._failure(row.failure, width)
        lines += _receipt(row, width)
        attempts = self._state.attempts(self.item_id)
        if attempts:
            lines += [[], [(f" {plural(len(attempts), 'failed attempt')}", "strong")]]
            for at_number, attempt in enumerate(attempts, 1):
                when = time.strftime("%H:%M:%S", time.localtime(attempt.at))
                met = attempt.failure
                words = f"{printable(met.code)}, {met.phase.value}"
                words += t(", HTTP {http_status}", http_status=met.http_status) if met.http_status is not None else ""
                words += f", {printable(met.detail)}" if met.detail else ""
                words += t(", request {request_id}", request_id=printable(met.request_id)) if met.request_id else ""
                lines += fact(f"{at_number}  {when}", words, width)
        return lines

    def _failure(self, failure: Failure, width: int) -> list[Drawn]:
        info = failure.info
        helps = self._state.stage(self.item_id) is not Stage.FAILED or retry_helps(self._state, self.item_id)
        if failure.retryable:
            retry = t("r tries again; it can help by itself")
        elif helps:
            retry = t("not by itself: mend the cause first, then press r")
        else:
            retry = t("no: the same object would be refused again")
        message = clean_message(failure.message, WHOLE)
        lines: list[Drawn] = [
            [],
            *fact("code", printable(failure.code), width, "failed"),
            *fact("failed at", said(_WHERE[failure.phase.value]), width),
            *fact("meaning", said(info.meaning) + (f" ({printable(failure.detail)})" if failure.detail else ""), width),
            *fact("what to do", said(info.check), width, "strong"),
            *fact("retry", retry, width),
            *fact(
                "HTTP status", str(failure.http_status) if failure.http_status is not None else t("no answer"), width
            ),
            *fact("request ID", printable(failure.request_id) or t("none"), width),
        ]
        if message:
            lines.append([(" " + t("the server's own message"), "dim")])
            lines += [[("   " + line, "plain")] for line in wrapped(message, width - 4)]
        return lines

    def _retry_helps(self) -> bool:
        return retry_helps(self._state, self.item_id)

    def _cancel_helps(self) -> bool:
        stage = self._state.stage(self.item_id)
        return stage is Stage.WAITING or stage.active

    def action_retry(self) -> None:
        """Close and try again."""
        if self._retry_helps():
            self.dismiss("retry")
        else:
            self.say(t("a retry cannot help this object"))

    def action_close_with(self, choice: Choice) -> None:
        """Close with another wish: copy all of this page, go to the file or to the log, edit the key."""
        self.dismiss(choice)

    def action_cancel(self) -> None:
        """Close and cancel."""
        if self._cancel_helps():
            self.dismiss("cancel")
        else:
            self.say(t("this object is {word}: nothing to cancel", word=said(self._state.stage(self.item_id).word)))


def _stage_words(row: Row) -> str:
    if row.stage is Stage.UPLOADING:
        return t("uploading, {percent} % sent", percent=percent(row))
    if row.stage is Stage.WAITING and row.failure is not None:
        return t("waiting to be tried again")
    return said(row.stage.word)


def _receipt(row: Row, width: int) -> list[Drawn]:
    receipt = row.receipt
    if receipt is None or row.stage is not Stage.DONE:
        return []
    checked = {"crc64": t("yes, by CRC-64"), "md5": t("yes, by MD5")}.get(receipt.digest, t("yes"))
    return [
        [],
        *fact("verified", checked if receipt.verified else t("no: the digest was not compared"), width, "done"),
        *fact("file ID", printable(receipt.cloud_object_id), width),
        *fact("ETag", printable(receipt.etag), width),
        *fact("CRC-64", printable(receipt.crc64 or ""), width),
        *fact("request ID", printable(receipt.request_id), width),
        *fact("took", f"{receipt.seconds:.1f} s, {plural(receipt.attempts, 'attempt')}", width),
        *fact("note", t("the file was deleted while it was sent; what was sent is whole") * receipt.source_gone, width),
    ]
