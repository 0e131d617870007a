"""COS request signatures (q-sign-algorithm=sha1): issued as the gateway does, checked as the bucket does."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Signed:
    """The texts on the way to a signature; a bucket shows the first two when a signature differs."""

    http_string: str
    string_to_sign: str
    signature: str


def _encode(text: str) -> str:
    return quote(text, safe="-_.~")


def _pairs(values: Mapping[str, str]) -> tuple[str, str]:
    """The canonical ``k=v&...`` and the ``;`` list of some parameters or headers."""
    encoded = sorted((_encode(name.lower()), _encode(value)) for name, value in values.items())
    return "&".join(f"{name}={value}" for name, value in encoded), ";".join(name for name, _ in encoded)


def compute(
    secret_key: str, key_time: str, method: str, path: str, parameters: Mapping[str, str], headers: Mapping[str, str]
) -> Signed:
    """The signature over a request (COS, "Request Signature"): `path` decoded, only the listed headers given."""
    sign_key = hmac.new(secret_key.encode(), key_time.encode(), hashlib.sha1).hexdigest()
    http_string = f"{method.lower()}\n{path}\n{_pairs(parameters)[0]}\n{_pairs(headers)[0]}\n"
    digest = hashlib.sha1(http_string.encode("utf-8", "surrogateescape")).hexdigest()
    string_to_sign = f"sha1\n{key_time}\n{digest}\n"
    signature = hmac.new(sign_key.encode(), string_to_sign.encode(), hashlib.sha1).hexdigest()
    return Signed(http_string, string_to_sign, signature)


def issue(secret_id: str, secret_key: str, key_time: str, method: str, path: str, headers: Mapping[str, str]) -> str:
    """An Authorization value for a request with these headers and no parameters."""
    signed = compute(secret_key, key_time, method, path, {}, headers)
    return (
        f"q-sign-algorithm=sha1&q-ak={secret_id}&q-sign-time={key_time}&q-key-time={key_time}"
        f"&q-header-list={_pairs(headers)[1]}&q-url-param-list=&q-signature={signed.signature}"
    )


def parse(authorization: str) -> dict[str, str]:
    """The fields of an Authorization value; empty where it is no COS authorization."""
    fields: dict[str, str] = {}
    for part in authorization.split("&"):
        name, equals, value = part.partition("=")
        if not equals or not name.startswith("q-") or name in fields:
            return {}
        fields[name] = value
    needed = {
        "q-sign-algorithm",
        "q-ak",
        "q-sign-time",
        "q-key-time",
        "q-header-list",
        "q-url-param-list",
        "q-signature",
    }
    return fields if needed <= fields.keys() and fields["q-sign-algorithm"] == "sha1" else {}


def span(key_time: str) -> tuple[int, int] | None:
    """Begin and end of a q-sign-time, in seconds since the epoch."""
    begin, _, end = key_time.partition(";")
    return (int(begin), int(end)) if begin.isdigit() and end.isdigit() else None
