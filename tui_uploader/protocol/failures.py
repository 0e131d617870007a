"""Exception, status and body to a Failure: the one place that knows how trouble looks on the wire."""

import errno
import re
import socket
import ssl
import time
from urllib.parse import urlsplit

from tui_uploader.model.failures import LOCAL_LIMITS, Failure, Phase, RetryClass, bug
from tui_uploader.model.redact import GONE, redacted, said_by, short_id
from tui_uploader.model.text import clean_message
from tui_uploader.protocol.answer import Answer, BadAnswer
from tui_uploader.protocol.dialling import ProxyRefused
from tui_uploader.protocol.errors import (
    ConnectError,
    ConnectTimeout,
    ProxyError,
    ReadError,
    ReadTimeout,
    RemoteProtocolError,
    TransportError,
    WriteError,
    WriteTimeout,
)
from tui_uploader.protocol.wire import parse_cos_error, parse_date, parse_json, parse_retry_after

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{1,63}\Z")
_ERRNO = re.compile(r"\[Errno (\d+)\]")
_JSON_TEXT = re.compile(r'("\s*:\s*\[?\s*")[^"\s]{12,}')  # one long word behind a name: the name says enough
_LONG_WORD = re.compile(r"[A-Za-z0-9+/=_-]{20,}")
_REFUSED = {errno.ECONNREFUSED}
_UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.EADDRNOTAVAIL}


def of_exception(error: Exception, phase: Phase, host: str, *, sent: int = 0, total: int = 0) -> Failure:
    """What an exception of the transport means for one exchange with `host`, of whose body `sent` bytes had gone."""
    share = f"at {sent * 100 // total} %" if total and sent < total else ""
    match error:
        case ProxyRefused():
            code = "PROXY_AUTH" if error.status == 407 else "PROXY_DOWN"
            return Failure(code, phase, detail=str(error))
        case ProxyError():
            return Failure("PROXY_DOWN", phase, detail=str(error))
        case ConnectTimeout():
            return Failure("NET_CONNECT_TIMEOUT", phase, detail=host)
        case ConnectError():
            return _of_connect(error, phase, host)
        case WriteTimeout():
            return Failure("NET_STALLED", phase, detail=f"{error}{', ' + share if share else ''}")
        case ReadTimeout():
            return Failure("NO_ANSWER", phase, detail=str(error))
        case BadAnswer():
            again = RetryClass.UNKNOWN if error.unknown and phase is Phase.PUT else None
            return Failure("BAD_ANSWER", phase, detail=str(error), again=again)
        case RemoteProtocolError():
            if total and sent < total:
                return Failure("NET_CLOSED", phase, detail=share)
            return Failure("NO_ANSWER", phase, detail=str(error))
        case WriteError() | ReadError():
            again = RetryClass.UNKNOWN if total and sent >= total else None  # it may have been stored
            return Failure("NET_RESET", phase, detail=share or str(error), again=again)
        case TransportError():
            return Failure("BAD_ANSWER", phase, detail=str(error))
        case _:
            return bug(error).at(phase)


def _of_connect(error: ConnectError, phase: Phase, host: str) -> Failure:
    cause = _system_error(error) or error.__cause__
    if isinstance(cause, ssl.SSLError):
        return Failure("TLS_CERT", phase, detail=f"{host}: {error}")
    if isinstance(cause, socket.gaierror):
        code = "NET_DNS_TEMP" if cause.errno == socket.EAI_AGAIN else "NET_DNS"
        return Failure(code, phase, detail=f"{host}: {cause.strerror or cause}")
    numbers = {cause.errno} if isinstance(cause, OSError) and cause.errno else set(map(int, _ERRNO.findall(str(cause))))
    if numbers & LOCAL_LIMITS:
        name = errno.errorcode[min(numbers & LOCAL_LIMITS)]
        return Failure("LOCAL_LIMIT", phase, message=str(error), detail=name)
    if numbers & _REFUSED:
        return Failure("NET_REFUSED", phase, detail=host)
    if numbers & _UNREACHABLE:
        return Failure("NET_UNREACHABLE", phase, detail=host)
    if errno.ETIMEDOUT in numbers:
        return Failure("NET_CONNECT_TIMEOUT", phase, detail=host)
    return Failure("NET_RESET", phase, detail=f"{host}: {error}")


def _system_error(error: BaseException) -> OSError | None:
    """What the system said, which may be the cause of a cause."""
    seen = error.__cause__ or error.__context__
    while seen is not None and not isinstance(seen, OSError):
        seen = seen.__cause__ or seen.__context__
    return seen


def of_cos_answer(answer: Answer, host: str) -> Failure:
    """What an answer of the bucket other than 200 means, under the service's own code where it named one."""
    status = answer.status
    if 300 <= status < 400:
        return _redirect(answer, Phase.PUT, host)
    request_id = short_id(answer.header("x-cos-request-id"))
    said = parse_cos_error(answer.body)
    if said is not None and "expired" in said.code and not _CODE.match(said.code):
        return Failure(
            "UPLOAD_INFO_EXPIRED", Phase.PUT, said_by(said.code), status, short_id(said.request_id) or request_id
        )
    if said is None or not _CODE.match(said.code):
        if 200 < status < 300:
            return Failure(
                "BAD_ANSWER", Phase.PUT, "", status, request_id, f"status {status}", again=RetryClass.UNKNOWN
            )
        code, message = f"HTTP_{status}", ""
    else:
        code, message, request_id = said.code, said_by(said.message), short_id(said.request_id) or request_id
    sent_at = parse_date(answer.header("date"))
    wait = parse_retry_after(answer.header("retry-after"), sent_at)
    detail = _skew(sent_at) if code == "RequestTimeTooSkewed" else ""
    return Failure(code, Phase.PUT, message, status, request_id, detail, retry_after=wait)


def _skew(sent_at: float | None) -> str:
    """How far this machine's clock is from the service's, by the Date of its answer (FAULTS row 24)."""
    if sent_at is None:
        return "this server's clock is off"
    off = time.time() - sent_at
    return f"this server's clock is {abs(off) / 60:.0f} min {'ahead' if off > 0 else 'behind'}"


def of_gateway_answer(answer: Answer, host: str) -> Failure:
    """What an answer of the gateway that is no array of entries means; always about the whole call."""
    status = answer.status
    if 300 <= status < 400:
        return _redirect(answer, Phase.INFO, host)
    request_id = short_id(answer.header("x-request-id"))
    wait = parse_retry_after(answer.header("retry-after"), parse_date(answer.header("date")))
    body = parse_json(answer.body)
    if isinstance(body, dict):
        code = body.get("code") or body.get("error_code") or body.get("error")
        message = body.get("message") or body.get("error_description") or ""
        own = body.get("requestId")
        if isinstance(code, str) and _CODE.match(code):
            text = said_by(message) if isinstance(message, str) else ""
            request_id = short_id(own) if isinstance(own, str) and own else request_id
            return Failure(code, Phase.INFO, text, status, request_id, retry_after=wait, whole=True)
    if status != 200:
        code = f"HTTP_{status}" if not 200 < status < 300 else "BAD_ANSWER"
        return Failure(code, Phase.INFO, "", status, request_id, retry_after=wait, whole=True)
    shown = _beginning(answer.body)
    detail = f"it begins: {shown}" if shown else "it is empty"
    return Failure("BAD_ANSWER", Phase.INFO, "", status, request_id, detail=detail, whole=True)


def _beginning(body: bytes) -> str:
    """The first 80 clean characters of what is no answer; it may still hold secrets, in a form that nobody knows."""
    text = redacted(body[:640].decode("utf-8", "replace").removeprefix("\ufeff"))
    return clean_message(_LONG_WORD.sub(GONE, _JSON_TEXT.sub(rf"\1{GONE}", text)), 80)


def _redirect(answer: Answer, phase: Phase, host: str) -> Failure:
    try:
        to = urlsplit(answer.header("location")).hostname or host
    except ValueError:
        to = ""
    if not (to and to.isascii() and to.isprintable()):
        to = "an unreadable address"
    return Failure("REDIRECT", phase, http_status=answer.status, detail=f"to {to}", whole=phase is Phase.INFO)
