"""Signing in at the gateway's auth endpoints: user name and password, and the refresh token that rotates."""

import secrets
import time
from dataclasses import field
from typing import Any

import httpx

from tui_uploader import __version__
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.redact import said_by, short_id
from tui_uploader.model.secret import Secret
from tui_uploader.model.text import clean_message
from tui_uploader.model.value import value
from tui_uploader.protocol.dialling import bypasses_proxy
from tui_uploader.protocol.errors import ours
from tui_uploader.protocol.failures import of_exception
from tui_uploader.protocol.gateway import read_gateway_url
from tui_uploader.protocol.trust import trust
from tui_uploader.protocol.wire import is_header_value, parse_json

SIGNIN, TOKEN = "/auth/v1/signin", "/auth/v1/token"  # noqa: S105 - paths
EARLY = 30.0  # seconds before its end in which an access token counts as over already, as official clients do
USUAL_LIFE = 7200.0  # where the service does not say
SECONDS = 20.0
LIMIT = 256 * 1024


@value
class Tokens:
    """What a sign-in gave. `expires_at` is in seconds since the epoch; `refresh` is spent by its first use."""

    access: Secret
    refresh: Secret
    expires_at: float
    user_id: str = ""

    @property
    def over(self) -> bool:
        """Whether the access token is over, or so near its end that a call with it could miss."""
        return time.time() > self.expires_at - EARLY


@value
class SignIn:
    """Where to sign in. `device` is kept with the credentials: the service counts sessions by it."""

    gateway: str
    env_id: str
    ca_file: str | None = None
    proxy: str | None = None
    no_proxy: str = ""
    device: str = field(default_factory=lambda: secrets.token_hex(16))

    def with_password(self, user: str, password: Secret) -> Tokens | Failure:
        """Sign in (POST /auth/v1/signin). Blocks for some seconds at most; raises GatewayUrlError."""
        return self._ask(SIGNIN, {"username": user, "password": password.reveal()})

    def renew(self, refresh: Secret) -> Tokens | Failure:
        """New tokens for a refresh token, which dies by it (POST /auth/v1/token): store the new ones before use."""
        body = {"grant_type": "refresh_token", "client_id": self.env_id, "refresh_token": refresh.reveal()}
        return self._ask(TOKEN, body)

    def _ask(self, path: str, body: dict[str, str]) -> Tokens | Failure:
        target, _ = read_gateway_url(self.gateway)
        proxy = self.proxy if target.scheme == "https" and not bypasses_proxy(target.host, self.no_proxy) else None
        headers = {
            "x-device-id": self.device,
            "x-request-id": secrets.token_hex(16),
            "User-Agent": f"tui-uploader/{__version__}",
        }
        try:
            with (
                httpx.Client(verify=trust(self.ca_file), proxy=proxy, trust_env=False, timeout=SECONDS) as client,
                client.stream(
                    "POST", self.gateway + path, params={"client_id": self.env_id}, json=body, headers=headers
                ) as answer,
            ):
                text = b""
                for part in answer.iter_bytes():
                    text += part
                    if len(text) > LIMIT:
                        break
                read = _read(answer, parse_json(text))
                return (
                    read.without((body.get("password", ""), body.get("refresh_token", "")))
                    if isinstance(read, Failure)
                    else read
                )
        except Exception as error:  # noqa: BLE001 - whatever it is, it becomes a value with a code
            return of_exception(ours(error), Phase.INFO, target.host)


def _read(answer: httpx.Response, value: Any) -> Tokens | Failure:
    said: dict[str, Any] = value if isinstance(value, dict) else {}
    access, refresh = said.get("access_token"), said.get("refresh_token", "")
    if answer.status_code == 200 and isinstance(access, str) and is_header_value(access) and isinstance(refresh, str):
        life = said.get("expires_in")
        seconds = float(life) if isinstance(life, int | float) and not isinstance(life, bool) else USUAL_LIFE
        subject = said.get("sub")
        user_id = subject if isinstance(subject, str) else ""
        return Tokens(Secret(access), Secret(refresh), time.time() + max(seconds, 0.0), user_id)
    # Failures come in two shapes (PROTOCOL 2): {error, error_description} and {code, message}.
    code = next((said[name] for name in ("code", "error") if isinstance(said.get(name), str) and said[name]), "")
    words = next((said[name] for name in ("message", "error_description") if isinstance(said.get(name), str)), "")
    number = said.get("requestId", said.get("request_id"))
    request_id = number if isinstance(number, str) else answer.headers.get("x-request-id", "")
    if not code:
        code = "BAD_ANSWER" if answer.status_code == 200 else f"HTTP_{answer.status_code}"
    return Failure(
        clean_message(code, 64), Phase.INFO, said_by(words), answer.status_code, short_id(request_id), whole=True
    )
