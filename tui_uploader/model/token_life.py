"""How long an access token lives, by its own word (the `exp` of a JWT), and the codes with which one is refused."""

import base64
import binascii

from tui_uploader.model.secret import Secret

NEEDS_TOKEN = "NEEDS_TOKEN"  # noqa: S105 - a code: nothing was sent, there is no token
REFUSED = frozenset(
    {"MISSING_CREDENTIALS", "INVALID_CREDENTIALS", "INVALID_ACCESS_TOKEN", "ACCESS_TOKEN_INVALID"}
    | {"ACCESS_TOKEN_KID_INVALID", "AUTHENTICATION_FAILED", "ACCESS_TOKEN_EXPIRED", "CHECK_LOGIN_FAILED", "HTTP_401"}
    | {NEEDS_TOKEN}
)
"""Codes with which the service refuses a token, and another one may be taken (PROTOCOL, 2 and 3); or there is none."""
NEAR = 15 * 60.0  # seconds before its end from which on it is worth a word


def ends_at(token: Secret) -> float | None:
    """The end of its life in seconds since the epoch, None where it does not say (RFC 7519, 4.1.4)."""
    parts = token.reveal().split(".")
    if len(parts) != 3:
        return None
    import json  # here: a key without an end needs none at the start

    try:
        body = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    found = body.get("exp") if isinstance(body, dict) else None
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 < found < 1e11:
        return None
    return float(found)


def said_of(token: Secret, now: float) -> str | None:
    """A sentence where the token's end is near or past at wall-clock second `now`, else None."""
    end = ends_at(token)
    if end is None or end - now > NEAR:
        return None
    if end <= now:
        return "the access token is over by its own word: paste a fresh one"
    return f"the access token is over in {max(int((end - now) / 60), 1)} min by its own word: have a fresh one ready"
