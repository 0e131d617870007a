"""The emulated sign-in: user name and password, access tokens that end, refresh tokens that rotate and are revoked."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any

from aiohttp import web

SIGNIN, TOKEN = "/auth/v1/signin", "/auth/v1/token"  # noqa: S105 - paths
MAX_WRONG = 5  # wrong passwords in a row after which a captcha is asked for


@dataclass(slots=True)
class Session:
    """One sign-in of a user: the refresh token that counts now, and every access token with its end."""

    user: str
    refresh: str = field(default="", repr=False)
    access: dict[str, float] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class Accounts:
    """Users by name with their passwords, and who is signed in. `life` of an access token is in seconds.

    A user has `sessions` sign-ins at most: one more ends the oldest, as the service does.
    """

    clock: Callable[[], float]
    users: dict[str, str] = field(default_factory=dict, repr=False)
    life: int = 7200
    sessions: int = 1
    blocked: set[str] = field(default_factory=set)
    enabled: bool = True
    wrong: dict[str, int] = field(default_factory=dict)
    live: list[Session] = field(default_factory=list)
    spent: set[str] = field(default_factory=set, repr=False)  # refresh tokens that were used or revoked
    renewals: int = 0

    def standing(self, token: str) -> str:
        """``live``, ``expired`` or ``unknown``."""
        for session in self.live:
            if token in session.access:
                return "live" if self.clock() < session.access[token] else "expired"
        return "unknown"

    def expire(self) -> None:
        """End every access token now; the refresh tokens stay good."""
        for session in self.live:
            session.access = dict.fromkeys(session.access, 0.0)

    def revoke(self, user: str) -> None:
        """End every sign-in of a user: its refresh tokens are dead, its access tokens expired."""
        for session in self.live:
            if session.user == user:
                self.spent.add(session.refresh)
                session.refresh = ""
        self.expire()

    def begin(self, user: str) -> dict[str, Any]:
        """Sign a user in; the answer's body."""
        own = [session for session in self.live if session.user == user and session.refresh]
        for oldest in own[: max(len(own) - self.sessions + 1, 0)]:
            self.spent.add(oldest.refresh)
            oldest.refresh = ""
        session = Session(user)
        self.live.append(session)
        return self._grant(session)

    def renew(self, refresh: str) -> dict[str, Any] | None:
        """New tokens for a refresh token, which is spent by it; None where it is none that counts."""
        for session in self.live:
            if refresh and session.refresh == refresh:
                self.spent.add(refresh)
                self.renewals += 1
                return self._grant(session)
        return None

    def _grant(self, session: Session) -> dict[str, Any]:
        access, session.refresh = token_urlsafe(32), token_urlsafe(24)
        session.access[access] = self.clock() + self.life
        return {
            "token_type": "Bearer",
            "access_token": access,
            "refresh_token": session.refresh,
            "expires_in": self.life,
            "scope": "user",
            "sub": f"uid-{session.user}",
            "groups": [],
        }


class Auth:
    """Answers what is posted below /auth/v1/."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def answer(self, path: str, method: str, query: dict[str, str], body: bytes) -> web.Response:
        """One call."""
        if method != "POST" or path not in (SIGNIN, TOKEN):
            return web.json_response({"code": "INVALID_PATH", "message": "No such API."}, status=404)
        try:
            asked = json.loads(body)
        except ValueError:
            asked = None
        if not isinstance(asked, dict) or not query.get("client_id", "x"):
            return _refuse(400, "invalid_argument", "The body must be an object, client_id must not be empty.")
        return self._sign_in(asked) if path == SIGNIN else self._token(asked)

    def _sign_in(self, asked: dict[str, Any]) -> web.Response:
        accounts = self._accounts
        user, password = asked.get("username"), asked.get("password")
        if not accounts.enabled:
            return web.json_response({"code": "login_method_disabled", "message": "Switched off."}, status=400)
        if not isinstance(user, str) or not isinstance(password, str):
            return _refuse(400, "invalid_argument", "username and password are texts.")
        if user in accounts.blocked:
            return _refuse(403, "user_blocked", "The user is blocked.")
        if accounts.wrong.get(user, 0) >= MAX_WRONG:
            return _refuse(400, "captcha_required", "Too many wrong passwords: a captcha is required.")
        if accounts.users.get(user) != password:
            accounts.wrong[user] = accounts.wrong.get(user, 0) + 1
            return _refuse(400, "invalid_username_or_password", "The user name or the password is wrong.")
        accounts.wrong.pop(user, None)
        return web.json_response(accounts.begin(user))

    def _token(self, asked: dict[str, Any]) -> web.Response:
        if asked.get("grant_type") != "refresh_token":
            return _refuse(400, "unsupported_grant_type", "Only refresh_token is granted here.")
        refresh = str(asked.get("refresh_token", ""))
        body = self._accounts.renew(refresh)
        if body is not None:
            return web.json_response(body)
        if refresh in self._accounts.spent:
            return web.json_response({"code": "REFRESH_TOKEN_EXHAUSTED", "message": "Used or revoked."}, status=401)
        return _refuse(400, "invalid_grant", "The refresh token is not valid.")


def _refuse(status: int, error: str, words: str) -> web.Response:
    return web.json_response({"error": error, "error_code": 16, "error_description": words}, status=status)
