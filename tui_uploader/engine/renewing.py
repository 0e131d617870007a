"""Renewing: a token that is refused in mid-run is replaced by the engine, where there is a way to have another."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from tui_uploader.engine.port import NO_RENEWAL, EngineOptions, Renewal
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure
from tui_uploader.model.secret import Secret
from tui_uploader.model.token_life import NEEDS_TOKEN, REFUSED
from tui_uploader.protocol.gateway import Gateway, GatewayUrlError

SAID = "the access token"  # how every note of this module begins

Renew = Callable[[EngineOptions, Secret, bool], Secret | None]
"""Another token than the refused one, or None. May block for long and is called in a thread of its own.

True as the last argument: only look whether somebody else has brought another one; ask nobody. Raises NotRenewed.
"""


class NotRenewed(Exception):
    """There is a way to another token, and it failed: the text says why, safe to show."""


class Renewing:
    """Belongs to the engine's loop. While it is `under_way` nothing starts; a second refusal in a row is final."""

    def __init__(
        self,
        options: EngineOptions,
        renew: Renew | None,
        gateway: Gateway,
        post: Callable[[ev.Event], None],
    ) -> None:
        self._options, self._renew, self._gateway, self._post = options, renew, gateway, post
        self._loop = asyncio.get_running_loop()
        self.under_way = False
        self._untried = False  # the token in use is a renewed one that the service has not taken yet
        self.given: Callable[[], None] = lambda: None  # called when a person gave a token
        self._looks = False  # a renewal failed: from then on nobody is asked, it is only looked

    def use(self, token: Secret, renewal: Renewal | None) -> None:
        """A person gave another token, and perhaps another way to renew it."""
        self._gateway.set_token(token)
        self._untried = self._looks = False
        if renewal is not None:
            self._options = replace(self._options, renewal=renewal)
        self.given()

    def accepted(self) -> None:
        """The service took the token that is in use."""
        self._untried = self._looks = False

    def takes(self, failure: Failure, ended: Callable[[Failure | None], None]) -> bool:
        """Whether this refusal is the renewal's business; `ended` is called with None once another token is in use,

        else with the refusal, which then is the run's business.
        """
        if failure.code not in REFUSED or self._renew is None or self._options.renewal == NO_RENEWAL:
            return False
        if self.under_way:
            return True
        if self._untried:
            return False
        self.under_way = True
        used, options, looks = self._gateway.token, self._options, self._looks
        if not looks:
            refused = failure.code != NEEDS_TOKEN
            self._say(f"{SAID} is refused ({failure.code}): asking for another" if refused else f"{SAID} is asked for")

        def work() -> None:
            assert self._renew is not None
            token, why = None, ""
            try:
                token = self._renew(options, used, looks)
            except NotRenewed as problem:
                why = str(problem)
            with contextlib.suppress(RuntimeError):  # the loop is closed: the run is over
                self._loop.call_soon_threadsafe(self._came, used, token, why, failure, ended)

        threading.Thread(target=work, name="renewal", daemon=True).start()  # a daemon: it may wait for a person
        return True

    def _came(
        self, used: Secret, token: Secret | None, why: str, failure: Failure, ended: Callable[[Failure | None], None]
    ) -> None:
        self.under_way = False
        if self._gateway.token != used:  # a person was quicker
            ended(None)
            return
        if token is not None:
            try:
                self._gateway.set_token(token)
            except GatewayUrlError as problem:
                token, why = None, str(problem)
        if token is None:
            if why:
                self._say(f"{SAID} could not be renewed: {why}")
            self._looks = True
            ended(failure)
            return
        self._untried = True
        self._say(f"{SAID} is renewed, the run goes on")
        ended(None)

    def _say(self, text: str) -> None:
        self._post(ev.Noted(text, time.time()))
