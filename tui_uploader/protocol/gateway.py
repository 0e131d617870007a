"""The CloudBase gateway: asks for upload info in batches. No retry, no queue: one call, one answer."""

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from tui_uploader import __version__
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.redact import short_id
from tui_uploader.model.secret import Secret
from tui_uploader.model.text import clean_message
from tui_uploader.protocol.body import BytesBody
from tui_uploader.protocol.dialling import Target
from tui_uploader.protocol.failures import of_exception, of_gateway_answer
from tui_uploader.protocol.heads import checked_head
from tui_uploader.protocol.issued import Issued, texts_in
from tui_uploader.protocol.joining import Joined, join
from tui_uploader.protocol.sending import Sender
from tui_uploader.protocol.upload_info import HostRules, InfoRequest, UploadInfo, is_loopback
from tui_uploader.protocol.wire import is_header_value, parse_date, parse_json

UPLOAD_INFO = "/v1/storages/get-objects-upload-info"
DOWNLOAD_INFO = "/v1/storages/get-objects-download-info"
ANSWER_LIMIT = 8 * 1024 * 1024
USER_AGENT = f"tui-uploader/{__version__}"
_PORTS = {"http": 80, "https": 443}


class GatewayUrlError(ValueError):
    """The gateway's address cannot be used; the text says why."""


class Gateway:
    """One environment's gateway, at `url` (scheme, host and perhaps port), asked with a Bearer `token`.

    Raises GatewayUrlError for an address that is no web address, has no encryption (loopback excepted), or a token
    that cannot be a header.
    """

    def __init__(self, url: str, token: Secret, transport: Sender, allowed_hosts: Sequence[str]) -> None:
        self._target, self._base = read_gateway_url(url)
        self.set_token(token)
        self._transport = transport
        self._issued = Issued()
        self.rules = HostRules(tuple(allowed_hosts), loopback=is_loopback(self._target.host))
        self._dated: tuple[float, float] | None = None  # the Date of the last answer, and when it came

    def set_token(self, token: Secret) -> None:
        """Use another token from now on. Raises GatewayUrlError for what cannot be one."""
        if not is_header_value(token.reveal()):
            raise GatewayUrlError("the access token is empty or holds characters that no token has: paste it whole")
        self._token = token

    @property
    def token(self) -> Secret:
        """The token in use."""
        return self._token

    @property
    def host(self) -> str:
        """The gateway's host, for people."""
        return self._target.host

    def now(self) -> float:
        """The service's clock, as far as it is known, in seconds since the epoch; no jump moves it."""
        if self._dated is None:
            return time.time()
        return self._dated[0] + since_boot() - self._dated[1]

    @property
    def clock_offset(self) -> float | None:
        """Seconds that the service's clock is ahead of this machine's; None before any answer had a Date."""
        return None if self._dated is None else self.now() - time.time()

    async def request_infos(self, requests: Sequence[InfoRequest]) -> Joined | Failure:
        """Ask for upload info for some objects in one POST (get-objects-upload-info).

        A `Joined` has one answer for each request; a `Failure` is about the whole call. Keys must differ.
        """
        items = [
            {"objectId": request.key, "signedHeader": {name: [value] for name, value in request.headers}}
            for request in requests
        ]
        answer = await self._post(UPLOAD_INFO, json.dumps(items, ensure_ascii=False, separators=(",", ":")).encode())
        if isinstance(answer, Failure):
            return answer
        entries, request_id = answer
        joined = join(requests, entries, self.rules, request_id)
        granted = [one for one in joined.answers if isinstance(one, UploadInfo)]
        self._issued.note(granted)
        if len(granted) < len(joined.answers):
            known = {text for one in granted for text in one.secrets()} | set(texts_in(entries))
            cleaned = (self.cleaned(one, known) if isinstance(one, Failure) else one for one in joined.answers)
            return replace(joined, answers=tuple(cleaned))
        return joined

    async def request_links(self, object_ids: Sequence[str]) -> tuple[tuple[Secret, str], ...] | Failure:
        """Ask for temporary links of stored objects by cloudObjectId (get-objects-download-info).

        For each one its link, or an empty one and the code of what the service said. The answer's entries belong to
        the object that they name; one that names none belongs to its place.
        """
        body = json.dumps([{"cloudObjectId": one} for one in object_ids], ensure_ascii=False, separators=(",", ":"))
        answer = await self._post(DOWNLOAD_INFO, body.encode("utf-8", "surrogatepass"))
        if isinstance(answer, Failure):
            return answer
        found: dict[str, tuple[Secret, str]] = {}
        for place, entry in enumerate(answer[0]):
            if not isinstance(entry, dict):
                continue
            name = entry.get("cloudObjectId")
            if not isinstance(name, str) and len(answer[0]) == len(object_ids):
                name = object_ids[place]
            found.setdefault(str(name), _link(entry))
        return tuple(found.get(one, (Secret(""), "BAD_ANSWER")) for one in object_ids)

    async def _post(self, path: str, body: bytes) -> tuple[list[object], str] | Failure:
        target = self._target
        head = self._head(path, len(body))
        try:
            answer = await self._transport.send(target, head, BytesBody(body))
        except Exception as error:  # noqa: BLE001 - whatever it is, it becomes a value with a code
            return of_exception(error, Phase.INFO, target.host)
        date = parse_date(answer.header("date"))
        if date is not None:
            self._dated = (date, since_boot())
        if answer.status == 200:
            value = parse_json(answer.body)
            if isinstance(value, list):
                return value, short_id(answer.header("x-request-id"))
        return self.cleaned(of_gateway_answer(answer, target.host))

    def _head(self, path: str, size: int) -> bytes:
        port = "" if self._target.port == _PORTS[self._target.scheme] else f":{self._target.port}"
        host = f"[{self._target.host}]" if ":" in self._target.host else self._target.host
        text = (
            f"POST {self._base}{path} HTTP/1.1\r\nHost: {host}{port}\r\n"
            f"Authorization: Bearer {self._token.reveal()}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {size}\r\nAccept: application/json\r\n"
            f"User-Agent: {USER_AGENT}\r\n\r\n"
        )
        return checked_head(text.encode("ascii"), 6)

    def cleaned(self, failure: Failure, known: Iterable[str] = ()) -> Failure:
        """What says the token, or anything that was ever given out, back is shown without it."""
        return self._issued.cleaned(failure.without((self._token.reveal(), *known)))


def _link(entry: dict[str, object]) -> tuple[Secret, str]:
    """The link of one entry, or the code of what it says instead; only a web address is a link."""
    code, url = entry.get("code"), entry.get("downloadUrlEncoded") or entry.get("downloadUrl")
    if isinstance(url, str) and url.isascii() and url.isprintable() and url.startswith(("https://", "http://")):
        return Secret(url), ""
    return Secret(""), clean_message(code, 64) if isinstance(code, str) and code else "BAD_ANSWER"


def since_boot() -> float:
    """Seconds that nobody sets, those of sleep included where the system counts them."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


def read_gateway_url(url: str) -> tuple[Target, str]:
    """Target and base path of a gateway's address. Raises GatewayUrlError with a sentence."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise GatewayUrlError(f"the gateway {url!r} is no web address") from None
    if parts.scheme not in _PORTS or not host or not parts.path.isascii():
        raise GatewayUrlError(f"the gateway {url!r} is no web address: it begins with https:// and names a host")
    if parts.username is not None or parts.query or parts.fragment:
        raise GatewayUrlError("the gateway's address holds a user name or a query: give only https://HOST")
    if parts.scheme == "http" and not is_loopback(host):
        raise GatewayUrlError(
            f"INSECURE_URL: the gateway {host} would get the token without encryption: use https:// "
            "(http is for loopback alone)"
        )
    try:
        name = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        raise GatewayUrlError(f"the gateway {host!r} is no host name") from None
    return Target(parts.scheme, name, port or _PORTS[parts.scheme]), parts.path.rstrip("/")
