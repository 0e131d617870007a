"""Upload info: what the gateway gave for one PUT, checked before anything is sent by it."""

import ipaddress
import re
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes, urlsplit

from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.value import value
from tui_uploader.protocol.dialling import Target
from tui_uploader.protocol.wire import are_header_values, parse_sign_time

_PORTS = {"http": 80, "https": 443}
_NEEDED = ("uploadUrl", "authorization", "token", "cloudObjectMeta")
_LONGEST = 32 * 1024  # characters of link and headers: a key of 850 bytes in percent form and signatures have room
_LONGEST_ID = 4096  # characters of a cloud ID: a key has 850 bytes
_LEAST_SIGNED = 16  # characters of a signature's field: shorter ones are words that innocent texts hold, too
_PLAIN = re.compile(r"(https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?)(/[A-Za-z0-9/%!$&'()*+,;=:@._~-]*)\Z")
"""Nearly every uploadUrl: nothing in it needs encoding, and all before the path is the same for a bucket."""


@value
class InfoRequest:
    """One item of a batch: the key, and the headers that are to be signed (lower-case name to value)."""

    key: str
    headers: tuple[tuple[str, str], ...]


@value
class UploadInfo:
    """The permission to PUT one object. The signed parts are secrets: they are in no repr.

    `begins` and `ends` are the service's seconds since the epoch between which it holds; `headers` are those that
    were signed and must be sent with exactly these values.
    """

    key: str
    target: Target
    raw_path: bytes
    headers: tuple[tuple[str, str], ...]
    cloud_object_id: str
    begins: int
    ends: int
    authorization: str = field(repr=False)
    token: str = field(repr=False)
    meta: str = field(repr=False)
    download_url: str = field(repr=False, default="")

    def secrets(self) -> tuple[str, ...]:
        """Every text of it that must not be shown, and the parts of the signature and of the link by themselves."""
        query = self.download_url.partition("?")[2]
        parts = [pair.partition("=")[2] for pair in f"{query}&{self.authorization}".split("&")]
        signed = [part for part in parts if len(part) >= _LEAST_SIGNED]
        return (self.authorization, self.token, self.meta, self.download_url, query, *signed)

    def fresh_at(self, server_now: float) -> bool:
        """Whether enough of its life is left to begin a PUT: at least min(60 s, a third) (FAULTS row 22)."""
        return self.ends - server_now >= min(60.0, (self.ends - self.begins) / 3)


@dataclass(frozen=True, slots=True, eq=False)  # looked up by itself, once for each object
class HostRules:
    """Which hosts a file and its token may go to."""

    suffixes: tuple[str, ...]
    loopback: bool  # only where the gateway itself is on loopback

    def allow(self, host: str) -> bool:
        """Whether `host` is the bucket's kind of host."""
        host = host.lower().rstrip(".")
        if is_loopback(host):
            return self.loopback
        return any(_under(host, suffix.lower().strip().removeprefix("*")) for suffix in self.suffixes)


def _under(host: str, suffix: str) -> bool:
    """``.example.com`` allows what is below it; ``example.com`` that host as well."""
    name = suffix.lstrip(".")
    return bool(name) and (host.endswith("." + name) or host == suffix)


@lru_cache(maxsize=256)
def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own loopback."""
    host = host.strip("[]").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_info(entry: dict[str, object], request: InfoRequest, rules: HostRules) -> UploadInfo | Failure:
    """The upload info in one answered entry for `request`, or what is wrong with it (FAULTS rows 37, 46, 47)."""
    url, authorization = entry.get("uploadUrl"), entry.get("authorization")
    token, meta = entry.get("token"), entry.get("cloudObjectMeta")
    if not (isinstance(url, str) and isinstance(authorization, str) and isinstance(token, str) and isinstance(meta, str)
            and url and authorization and token and meta):  # fmt: skip
        wrong = next(name for name in _NEEDED if not isinstance(entry.get(name), str) or not entry[name])
        return _bad(f"{wrong} is missing or no text")
    if len(url) + len(authorization) + len(token) + len(meta) > _LONGEST:
        return _bad("it is far too long")
    if not are_header_values(authorization, token, meta):
        wrong = next(name for name in _NEEDED[1:] if not are_header_values(str(entry[name])))
        return _bad(f"{wrong} cannot be a header")
    where = read_url(url, request.key, rules)
    if isinstance(where, Failure):
        return where
    span = parse_sign_time(authorization)
    object_id, link = entry.get("cloudObjectId"), entry.get("downloadUrlEncoded") or entry.get("downloadUrl")
    return UploadInfo(
        key=request.key,
        target=where[0],
        raw_path=where[1],
        headers=request.headers,
        cloud_object_id=object_id if isinstance(object_id, str) and len(object_id) <= _LONGEST_ID else "",
        begins=span[0] if span else 0,
        ends=span[1] if span else 1 << 40,
        authorization=authorization,
        token=token,
        meta=meta,
        download_url=link if isinstance(link, str) and len(link) <= _LONGEST else "",
    )


def read_url(url: str, key: str, rules: HostRules) -> tuple[Target, bytes] | Failure:
    """Target and request path of an uploadUrl, used as it came: only what no URL may hold raw is encoded."""
    plain = _PLAIN.match(url)
    if plain is not None:
        where, path = _origin(plain[1], rules), plain[2]
        if isinstance(where, Failure):
            return where
        if not (unquote_to_bytes(path) if "%" in path else path.encode()).endswith(b"/" + key.encode()):
            return _foreign(f"{where.host}, another key")
        return where, path.encode()
    return _read_any(url, key, rules)


@lru_cache(maxsize=64)
def _origin(origin: str, rules: HostRules) -> Target | Failure:
    """What is the same for all objects of a bucket: scheme, host and port, checked once."""
    read = _read_any(f"{origin}/k", "k", rules)
    return read if isinstance(read, Failure) else read[0]


def _read_any(url: str, key: str, rules: HostRules) -> tuple[Target, bytes] | Failure:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return _foreign("not a URL")
    if parts.scheme not in _PORTS or not host or any(char in "\\%\"'<>^`{|}_" for char in host):
        return _foreign("not a web address")
    if not url.isprintable() or " " in url:
        return _bad("uploadUrl holds a blank or control character")
    if parts.username is not None or parts.password is not None:
        return _foreign(f"{host}, with user info")
    if not rules.allow(host):
        return _foreign(host)
    if parts.scheme == "http" and not (rules.loopback and is_loopback(host)):
        return Failure("INSECURE_URL", Phase.INFO, detail=host)
    if not unquote_to_bytes(parts.path).endswith(b"/" + key.encode()):
        return _foreign(f"{host}, another key")
    path = quote(parts.path, safe="/%!$&'()*+,;=:@-._~") + ("?" + quote(parts.query, safe="/%!$&'()*+,;=:@-._~?")
        if parts.query else "")  # fmt: skip
    try:
        ascii_host = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        return _foreign("not a host name")
    return Target(parts.scheme, ascii_host, port or _PORTS[parts.scheme]), path.encode("ascii")


def _bad(detail: str) -> Failure:
    return Failure("BAD_ANSWER", Phase.INFO, detail=detail)


def _foreign(detail: str) -> Failure:
    return Failure("FOREIGN_URL", Phase.INFO, detail=detail)
