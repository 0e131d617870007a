"""What became of every object, as text, CSV, JSON or Markdown: pure functions from rows to lines."""

import base64
import csv
import io
import json
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tui_uploader.model.failures import info_of
from tui_uploader.model.items import Stage
from tui_uploader.model.jobs import JobInfo, JobItem
from tui_uploader.model.queue import QueueState
from tui_uploader.model.text import clean_message, printable, shown_path

FORMATS = ("text", "json", "csv", "markdown")
_ENDS = {".txt": "text", ".log": "text", ".json": "json", ".csv": "csv", ".md": "markdown", ".markdown": "markdown"}
_FIELDS = (
    "path", "path_b64", "key", "size", "stage", "code", "http_status", "message", "request_id", "attempts", "etag",
    "crc64", "verified", "cloud_object_id", "reason", "time", "meaning", "check",
)  # fmt: skip
_ORDER = ("done", "failed", "skipped", "cancelled", "waiting")


def format_of(path: str) -> str:
    """The format that a file's name asks for. Raises ValueError with a sentence for an unknown ending."""
    end = os.path.splitext(path)[1].lower()
    if end not in _ENDS:
        raise ValueError(f"{path}: name it with one of {', '.join(_ENDS)}, which says the format")
    return _ENDS[end]


def path_fields(path: bytes) -> dict[str, str]:
    """``path`` as text, and ``path_b64`` with the bytes where the text cannot be turned back into them."""
    try:
        return {"path": path.decode("utf-8")}
    except UnicodeDecodeError:
        return {"path": path.decode("utf-8", "backslashreplace"), "path_b64": base64.b64encode(path).decode()}


def json_key(key: str) -> str:
    """A key as JSON can carry it."""
    return key.encode("utf-8", "backslashreplace").decode()


def items_of(state: QueueState) -> Iterator[JobItem]:
    """The rows of a queue that is on the screen or was just run."""
    folder = os.getcwdb()
    for item_id in range(len(state)):
        row = state.row(item_id)
        failure, receipt = row.failure, row.receipt
        yield JobItem(
            item_id, os.path.join(folder, row.path), row.key, row.size, 0, 0, row.stage,
            attempts=row.attempts,
            seconds=receipt.seconds if receipt else 0.0,
            code=failure.code if failure else "",
            phase=failure.phase.value if failure else "",
            http_status=failure.http_status if failure else None,
            message=failure.message if failure else "",
            detail=failure.detail if failure else "",
            request_id=receipt.request_id if receipt else failure.request_id if failure else "",
            etag=receipt.etag if receipt else "",
            crc64=receipt.crc64 if receipt else None,
            cloud_object_id=receipt.cloud_object_id if receipt else "",
            verified=receipt.verified if receipt else False,
            reason=row.reason,
        )  # fmt: skip


def job_fields(job: JobInfo) -> dict[str, Any]:
    """One job for a program: counts, state and what was asked for."""
    return {
        "job": job.id,
        "state": job.state,
        "env_id": job.asked.env_id,
        "gateway": job.asked.gateway,
        "started": job.started,
        "ended": job.ended,
        "total": job.total,
        **{word: getattr(job, word) for word in _ORDER},
        "bytes": job.bytes_wanted,
        "bytes_done": job.bytes_done,
        "walked": job.walked,
        "cause": job.cause or None,
        "paused": job.paused or None,
        "prefix": job.asked.prefix,
        "paths": [path_fields(path)["path"] for path, _ in job.asked.starts],
    }


def item_fields(item: JobItem) -> dict[str, Any]:
    """One object for a program."""
    info = info_of(item.code, item.http_status) if item.code else None
    failure = item.failure
    return {
        **path_fields(item.path),
        "key": json_key(item.key),
        "size": item.size,
        "stage": word_of(item),
        "code": item.code or None,
        "http_status": item.http_status,
        "message": (item.message or item.detail or (info.meaning if info else "")) or None,
        "request_id": item.request_id or None,
        "attempts": item.attempts,
        "etag": item.etag or None,
        "crc64": item.crc64,
        "verified": item.verified if item.stage is Stage.DONE else None,
        "cloud_object_id": item.cloud_object_id or None,
        "reason": item.reason or None,
        "time": item.at or None,
        "meaning": info.meaning if info else None,
        "check": without_keys(info.check) if info else None,
        "retryable": failure.retryable if failure else None,
    }


def without_keys(text: str) -> str:
    """A sentence of the catalogue for people who have no screen in front of them."""
    return text.replace("Press R", "Push it again").replace("press R", "push it again").replace(" (<)", "")


def word_of(item: JobItem) -> str:
    """The word for what became of an object; one that was on its way is waiting again."""
    return "waiting" if item.stage < Stage.DONE else item.stage.word


def lines(form: str, head: Mapping[str, Any], items: Iterable[JobItem]) -> Iterator[str]:
    """The report in one of FORMATS, in pieces of text. `head` is what `job_fields` gives, or as much of it."""
    return {"text": _text, "json": _json, "csv": _csv, "markdown": _markdown}[form](head, items)


def _json(head: Mapping[str, Any], items: Iterable[JobItem]) -> Iterator[str]:
    codes: Counter[str] = Counter()
    yield json.dumps(dict(head))[:-1] + ', "objects": ['
    between = "\n"
    for item in items:
        if item.stage is Stage.FAILED:
            codes[item.code] += 1
        yield between + json.dumps(item_fields(item))
        between = ",\n"
    table = {code: {"count": count, **_meaning(code)} for code, count in codes.most_common()}
    yield f'\n], "codes": {json.dumps(table)}}}\n'


def _meaning(code: str) -> dict[str, object]:
    info = info_of(code)
    return {"meaning": info.meaning, "retry_helps": info.helps, "check": without_keys(info.check)}


def _csv(head: Mapping[str, Any], items: Iterable[JobItem]) -> Iterator[str]:
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    writer.writerow(_FIELDS)
    for item in items:
        fields = item_fields(item)
        fields["path"], fields["key"] = shown_path(item.path), printable(item.key)
        writer.writerow([_cell(fields.get(name)) for name in _FIELDS])
        if page.tell() > 1 << 16:
            yield page.getvalue()
            page.seek(0)
            page.truncate()
    yield page.getvalue()


def _cell(value: object) -> str:
    """A value that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    text = printable(str(value))
    return "'" + text if isinstance(value, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def when(at: object) -> str:
    """A time, in seconds since the epoch, for people."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at)) if isinstance(at, float | int) else "-"


def _title(head: Mapping[str, Any]) -> str:
    said = [f"job {head.get('job', '-')}"]
    said += [str(head[name]) for name in ("state", "env_id") if head.get(name)]
    if head.get("started"):
        said.append(f"started {when(head['started'])}")
    return printable(", ".join(said))


def _counts(head: Mapping[str, Any]) -> str:
    words = [f"{head[word]:,} {word}" for word in _ORDER if head.get(word) or word == "done"]
    return f"{', '.join(words)} of {head['total']:,}" if "total" in head else ""


def _text(head: Mapping[str, Any], items: Iterable[JobItem]) -> Iterator[str]:
    codes: Counter[tuple[str, int | None]] = Counter()
    yield f"{_title(head)}\n{_counts(head)}\n\n"
    for item in items:
        said = [f"{word_of(item):9}", printable(item.key)]
        if item.stage is Stage.FAILED:
            codes[item.code, item.http_status] += 1
            info = info_of(item.code, item.http_status)
            said += [printable(item.code), info.label]
            if item.message or item.detail:
                said.append(f"({clean_message(item.message or item.detail)})")
            if item.request_id:
                said.append(f"req {printable(item.request_id)}")
        elif item.reason:
            said.append(printable(item.reason))
        if item.stage is not Stage.DONE:
            said.append(f"[{shown_path(item.path)}]")
        yield "  ".join(said) + "\n"
    if codes:
        yield "\n"
    for (code, status), count in codes.most_common():
        info = info_of(code, status)
        yield f"{printable(code)} x {count:,}: {info.meaning}: {without_keys(info.check)}\n"


def _markdown(head: Mapping[str, Any], items: Iterable[JobItem]) -> Iterator[str]:
    codes: Counter[tuple[str, int | None]] = Counter()
    yield f"# {_mark(_title(head))}\n\n{_counts(head)}\n\n| object | size | became | why |\n|---|---:|---|---|\n"
    for item in items:
        why = item.reason
        if item.stage is Stage.FAILED:
            codes[item.code, item.http_status] += 1
            why = f"{item.code} {item.message or item.detail}".strip()
        yield f"| {_mark(printable(item.key))} | {item.size} | {word_of(item)} | {_mark(clean_message(why))} |\n"
    if codes:
        yield "\n| code | objects | meaning | what to check |\n|---|---:|---|---|\n"
    for (code, status), count in codes.most_common():
        info = info_of(code, status)
        yield f"| {_mark(printable(code))} | {count} | {_mark(info.meaning)} | {_mark(without_keys(info.check))} |\n"


def _mark(text: str) -> str:
    """Text in which Markdown sees nothing to do."""
    return "".join("\\" + char if char in "\\`*_{}[]<>|#~&" else char for char in text)
