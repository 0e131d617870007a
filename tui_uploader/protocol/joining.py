"""Joins a gateway's answer to what was asked: by objectId, never by position alone (FAULTS rows 44-46)."""

from collections.abc import Sequence
from dataclasses import replace

from tui_uploader.model.failures import Failure, Phase, RetryClass
from tui_uploader.model.redact import said_by, short_id
from tui_uploader.model.text import clean_message
from tui_uploader.model.value import value
from tui_uploader.protocol.upload_info import HostRules, InfoRequest, UploadInfo, read_info, read_url

Answered = UploadInfo | Failure
_MOST_SAID = 100  # entries left aside of one answer that are said one by one


@value
class Joined:
    """One answer for each request, in the order of the requests; `dropped` says what was left aside."""

    answers: tuple[Answered, ...]
    dropped: tuple[str, ...] = ()


def join(requests: Sequence[InfoRequest], entries: Sequence[object], rules: HostRules, request_id: str) -> Joined:
    """Attribute each entry to a request.

    Entries that name a requested objectId belong to it, the first of several. An entry without one belongs to its
    position only if the lengths are equal and every entry that names an object stands at that object's position;
    where nothing pins the positions and the entries differ, nothing is attributed. What stays without an entry gets
    ``NO_UPLOAD_INFO``: the caller asks again, singly. A single ask is unambiguous.
    """
    if len(requests) == 1 and len(entries) == 1:
        return Joined((_single(requests[0], entries[0], rules, request_id),))
    place = {request.key: at for at, request in enumerate(requests)}
    answers: list[Answered | None] = [None] * len(requests)
    dropped: list[str] = []
    nameless: list[int] = []
    pinned = 0
    in_place = len(entries) == len(requests)
    for position, entry in enumerate(entries):
        name = entry.get("objectId") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not isinstance(entry, dict):
            nameless.append(position)
            continue
        at = place.get(name)
        in_place = in_place and at == position
        if at is None:
            dropped.append("an answer for an object that was not asked for")
        elif answers[at] is not None:
            dropped.append("a second answer for the same object")
        else:
            answers[at] = _read(entry, requests[at], rules, request_id)
            pinned += 1
    if nameless and in_place and (pinned or _all_alike([entries[position] for position in nameless])):
        for position in nameless:
            answers[position] = _read(entries[position], requests[position], rules, request_id)
    elif nameless:
        dropped.append(f"{len(nameless)} answers that name no object and cannot be told apart")
    left_out = Failure("NO_UPLOAD_INFO", Phase.INFO, request_id=request_id)
    more = [f"{len(dropped) - _MOST_SAID} more like these"] if len(dropped) > _MOST_SAID else []
    said = (*dropped[:_MOST_SAID], *more)
    return Joined(tuple(answer if answer is not None else left_out for answer in answers), said)


def _all_alike(entries: Sequence[object]) -> bool:
    codes = {entry.get("code") if isinstance(entry, dict) else type(entry).__name__ for entry in map(_plain, entries)}
    return len(codes) == 1


def _plain(entry: object) -> object:
    if isinstance(entry, dict) and not isinstance(entry.get("code"), str | None):
        return {"code": None}
    return entry


def _single(request: InfoRequest, entry: object, rules: HostRules, request_id: str) -> Answered:
    name = entry.get("objectId") if isinstance(entry, dict) else None
    if isinstance(entry, dict) and isinstance(name, str) and name != request.key and not _refusal(entry):
        url = entry.get("uploadUrl")
        if not isinstance(url, str) or isinstance(read_url(url, request.key, rules), Failure):
            return Failure("NO_UPLOAD_INFO", Phase.INFO, request_id=request_id, detail="an answer for another object")
    return _read(entry, request, rules, request_id)


def _refusal(entry: dict[str, object]) -> bool:
    return isinstance(entry.get("code"), str) and bool(entry["code"]) and entry["code"] not in ("SUCCESS", "OK")


def _read(entry: object, request: InfoRequest, rules: HostRules, request_id: str) -> Answered:
    if not isinstance(entry, dict):
        return _spoilt(Failure("BAD_ANSWER", Phase.INFO, detail="the entry is no object"), request_id)
    if _refusal(entry):
        message = entry.get("message")
        own_id = entry.get("requestId")
        return Failure(
            clean_message(str(entry["code"]), 64) or "BAD_ANSWER",
            Phase.INFO,
            message=said_by(message) if isinstance(message, str) else "",
            http_status=200,
            request_id=short_id(own_id) if isinstance(own_id, str) and own_id else request_id,
        )
    answer = read_info(entry, request, rules)
    if isinstance(answer, Failure):
        return _spoilt(answer, request_id)
    return answer


def _spoilt(failure: Failure, request_id: str) -> Failure:
    """What is wrong with one entry is asked for once more (FAULTS row 46)."""
    again = RetryClass.ONCE if failure.code == "BAD_ANSWER" else None
    return replace(failure, http_status=200, request_id=request_id, again=again)
