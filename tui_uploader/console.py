"""What `push` prints: lines and a progress display for people, JSON lines for programs, the summary of both."""

import json
import os
import sys
import time
from typing import Any, Protocol, TextIO

import humanize

from tui_uploader.engine.renewing import SAID
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, info_of
from tui_uploader.model.items import Planned, Stage, Verdict
from tui_uploader.model.queue import QueueState
from tui_uploader.model.rates import Rate, clock
from tui_uploader.model.text import clean_message, printable, shown_path
from tui_uploader.report import json_key, path_fields, without_keys


class Console(Protocol):
    """Takes the facts of one run, each after the state has applied it."""

    def began(self, job: str) -> None: ...

    def planned(self, total: int, size: int) -> None: ...

    def plan_line(self, line: Planned) -> None: ...

    def event(self, event: ev.Event, state: QueueState) -> None: ...

    def tick(self, state: QueueState) -> None: ...

    def stopped(self, code: str, message: str, hint: str) -> None: ...

    def ended(self, summary: "dict[str, Any]", state: QueueState) -> None: ...


_SKIP_CODES = {"not-a-file": "NOT_A_FILE", "link-broken": "LINK_BROKEN", "exists": "FileAlreadyExists"}


def summary_of(job: str, state: QueueState, seconds: float) -> dict[str, Any]:
    """The ``summary`` line: total = done + failed + skipped + cancelled + waiting, always."""
    counts = state.counts
    return {
        "event": "summary",
        "job": job,
        "total": counts.total,
        "done": counts.done,
        "failed": counts.failed,
        "skipped": counts.skipped,
        "cancelled": counts.cancelled,
        "waiting": counts.waiting + counts.active,
        "bytes_done": state.bytes_done,
        "seconds": round(seconds, 2),
        "by_code": dict(sorted(state.by_code.items())),
    }


class JsonLines:
    """One JSON object a line on standard output, nothing else there."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout

    def began(self, job: str) -> None:
        self._line({"event": "job", "job": job, "total": None})

    def planned(self, total: int, size: int) -> None:
        self._line({"event": "planned", "total": total, "bytes": size})

    def plan_line(self, line: Planned) -> None:
        self._line(
            {"event": "plan", **path_fields(line.path), "key": json_key(line.key), "size": line.size}
            | {"verdict": line.verdict.value, "code": line.code, "reason": line.reason or None}
        )

    def event(self, event: ev.Event, state: QueueState) -> None:
        match event:
            case ev.ItemsAdded(items):
                for item in items:
                    if item.stage is Stage.FAILED and item.failure is not None:
                        self._failed(item.id, item.failure, 0, state)
                    elif item.stage is Stage.SKIPPED:
                        self._skipped(item.id, item.reason, state)
            case ev.ItemDone(item_id, receipt):
                row = state.row(item_id)
                line: dict[str, Any] = {"event": "done", **path_fields(row.path), "key": row.key, "size": row.size}
                line |= {"crc64": receipt.crc64, "etag": receipt.etag, "cloud_object_id": receipt.cloud_object_id}
                line |= {"attempts": receipt.attempts, "seconds": round(receipt.seconds, 3)}
                line |= {"verified": receipt.verified, "request_id": receipt.request_id}
                if receipt.source_gone:
                    line["source_gone"] = True
                self._line(line)
            case ev.ItemRetrying(item_id, failure, attempt, after):
                self._line(
                    {"event": "retrying", "key": state.key(item_id), "stage": failure.phase.value}
                    | {"code": failure.code, "http_status": failure.http_status, "attempt": attempt, "after": after}
                )
            case ev.ItemFailed(item_id, failure, attempts):
                self._failed(item_id, failure, attempts, state)
            case ev.ItemSkipped(item_id, reason):
                self._skipped(item_id, reason, state)
            case ev.RunPaused(failure) if failure is not None:
                _aside(f"paused: {failure.code}: {failure.sentence}")
            case ev.Noted(text) if text.startswith(("JOURNAL_", SAID)):
                _aside(text)
            case _:
                pass

    def tick(self, state: QueueState) -> None:
        self._out.flush()

    def stopped(self, code: str, message: str, hint: str) -> None:
        self._line({"event": "stopped", "code": code, "message": message, "hint": without_keys(hint)})

    def ended(self, summary: dict[str, Any], state: QueueState) -> None:
        self._line(summary)
        self._out.flush()

    def _failed(self, item_id: int, failure: Failure, attempts: int, state: QueueState) -> None:
        info = failure.info
        self._line(
            {"event": "failed", **path_fields(state.path(item_id)), "key": json_key(state.key(item_id))}
            | {"stage": failure.phase.value, "code": failure.code, "http_status": failure.http_status}
            | {"message": failure.message or failure.detail or info.meaning, "request_id": failure.request_id}
            | {"attempts": attempts, "retryable": failure.retryable, "hint": without_keys(failure.sentence)}
        )

    def _skipped(self, item_id: int, reason: str, state: QueueState) -> None:
        key = json_key(state.key(item_id))
        line = {"event": "skipped", **path_fields(state.path(item_id)), "key": key, "reason": reason}
        self._line(line | {"code": _SKIP_CODES.get(reason)})

    def _line(self, value: dict[str, Any]) -> None:
        self._out.write(json.dumps(value) + "\n")


def _aside(text: str) -> None:
    """A message for people where standard output is for programs."""
    sys.stderr.write(f"tui-uploader: {printable(without_keys(text))}\n")


class Lines:
    """Lines for people on standard output; a live progress display on standard error where that is a terminal."""

    def __init__(self, *, quiet: bool = False, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._quiet = quiet
        self._rate = Rate()
        self._live: _Progress | None = None
        if not quiet and sys.stderr.isatty():
            self._live = _Progress()

    def began(self, job: str) -> None:
        if not self._quiet:
            self._say(f"job {job}")

    def planned(self, total: int, size: int) -> None:
        if not self._quiet:
            self._say(f"planned {humanize.intcomma(total)} files, {human(size)}")

    def plan_line(self, line: Planned) -> None:
        if self._quiet and line.verdict in (Verdict.UPLOAD, Verdict.SKIP):
            return
        why = "  ".join(part for part in (line.code or "", clean_message(line.reason)) if part)
        arrow = f" -> {printable(line.key)}" if line.verdict is not Verdict.SKIP else ""
        self._say(f"{line.verdict.value:6}  {shown_path(line.path)}{arrow}{'  ' + why if why else ''}")

    def event(self, event: ev.Event, state: QueueState) -> None:
        if type(event) is ev.ItemDone:
            return  # the progress display and the summary count them
        match event:
            case ev.ItemsAdded(items):
                for item in items:
                    if item.failure is not None and item.stage is Stage.FAILED:
                        self._failed(item.key, item.failure)
                    elif item.stage is Stage.SKIPPED and not self._quiet:
                        self._say(f"skip   {shown_path(item.path)}  {item.reason}")
            case ev.ItemFailed(item_id, failure):
                self._failed(state.key(item_id), failure)
            case ev.ItemSkipped(item_id, reason) if not self._quiet:
                self._say(f"skip   {printable(state.key(item_id))}  {reason}")
            case ev.RunPaused(failure) if failure is not None:
                self._say(f"paused: {failure.code}  {printable(failure.sentence)}")
            case ev.RunResumed(by_probe=True):
                self._say("goes on: the cause is over")
            case ev.Noted(text) if text.startswith(("JOURNAL_", SAID)):
                self._say(printable(text))
            case _:
                pass

    def tick(self, state: QueueState) -> None:
        if self._live is not None:
            self._live.show(state, self._rate)
        else:
            self._out.flush()

    def stopped(self, code: str, message: str, hint: str) -> None:
        self._close_live()
        text = f"stopped: {code}  {printable(without_keys(hint))}"
        if message and clean_message(message) not in clean_message(text):
            text += f" (it said: {clean_message(message)})"
        self._out.flush()
        sys.stderr.write(text + "\n")

    def ended(self, summary: dict[str, Any], state: QueueState) -> None:
        self._close_live()
        if state.by_code and not self._quiet:
            self._say("")
            for code, number in sorted(state.by_code.items(), key=lambda pair: -pair[1]):
                info = info_of(code)
                self._say(f"{code} x {humanize.intcomma(number)}: {info.meaning}: {without_keys(info.check)}")
        words = ("done", "failed", "skipped", "cancelled", "waiting")
        counts = ", ".join(
            f"{humanize.intcomma(summary[word])} {word}" for word in words if summary[word] or word == "done"
        )
        took = clock(summary["seconds"]) if summary["seconds"] >= 1 else f"{summary['seconds']:.1f} s"
        self._say(f"{counts} of {humanize.intcomma(summary['total'])}; {human(summary['bytes_done'])} in {took}")
        self._out.flush()

    def _failed(self, key: str, failure: Failure) -> None:
        request = f"  req {printable(failure.request_id)}" if failure.request_id else ""
        said = f" ({clean_message(failure.message, 120)})" if failure.message else ""
        self._say(f"!fail  {printable(key)}  {printable(failure.code)}  {failure.info.label}{said}{request}")

    def _say(self, text: str) -> None:
        if self._live is not None:
            self._live.clear()
        data = (text + "\n").encode(self._out.encoding or "utf-8", "backslashreplace")
        self._out.flush()
        buffer = getattr(self._out, "buffer", None)
        if buffer is None:
            self._out.write(text + "\n")
        else:
            buffer.write(data)

    def _close_live(self) -> None:
        if self._live is not None:
            self._live.clear()
            self._live = None


class _Progress:
    """One line on standard error, redrawn at most five times a second, cut to the terminal's width."""

    def __init__(self) -> None:
        self._drawn_at = 0.0
        self._shown = False

    def show(self, state: QueueState, rate: Rate) -> None:
        """Draw the line if it is time."""
        now = time.monotonic()
        rate.add(now, state.bytes_done + state.bytes_moving)
        if now - self._drawn_at < 0.2:
            return
        self._drawn_at = now
        counts = state.counts
        done, wanted = state.bytes_done + state.bytes_moving, state.bytes_wanted
        parts = [f"{counts.done} of {counts.total}{'' if state.walk_ended else '+'}"]
        if counts.failed:
            parts.append(f"{counts.failed} failed")
        parts.append(f"{human(done)} of {human(wanted)}")
        if rate.per_second > 0:
            parts.append(f"{human(rate.per_second)}/s")
        left = rate.left(now, state.bytes_remaining)
        if left is not None and state.walk_ended:
            parts.append(f"{clock(left)} left")
        if state.paused is not None:
            parts.append("paused")
        share = min(done / wanted, 1.0) if wanted else 0.0
        bar = "#" * int(share * 20)
        text = f"[{bar:-<20}] " + "   ".join(parts)
        width = _terminal_width()
        sys.stdout.flush()
        sys.stderr.write("\r" + text[: width - 1].ljust(width - 1))
        sys.stderr.flush()
        self._shown = True

    def clear(self) -> None:
        """Take the line away, so that another can be printed."""
        if self._shown:
            sys.stderr.write("\r" + " " * (_terminal_width() - 1) + "\r")
            sys.stderr.flush()
            self._shown = False


def _terminal_width() -> int:
    try:
        return max(os.get_terminal_size(sys.stderr.fileno()).columns, 20)
    except OSError:
        return 80


def human(size: float) -> str:
    """A size in prose: KiB, MiB, GiB."""
    return humanize.naturalsize(size, binary=True)
