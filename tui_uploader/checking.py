"""Asking for permission from the screen: with the token that holds now, renewed once where it is refused."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from tui_uploader.engine.port import NO_RENEWAL, EngineOptions, Renewal
from tui_uploader.model.failures import Failure
from tui_uploader.model.secret import Secret
from tui_uploader.model.token_life import REFUSED

if TYPE_CHECKING:
    from types import ModuleType


def _loaded() -> "ModuleType":
    """What asks; in a thread, for it loads the network, and the key is to be answered before that."""
    from tui_uploader.engine import permissions

    return permissions


class Checking:
    """Called with keys and sizes, and a conflict policy; gives position and refusal of each, None where it may go."""

    def __init__(self, options: EngineOptions) -> None:
        self._options = options

    def use(self, token: Secret, renewal: Renewal | None) -> None:
        """A person gave another token, and perhaps another way to renew it."""
        self._options = replace(self._options, token=token, renewal=renewal or self._options.renewal)

    async def __call__(
        self, objects: Sequence[tuple[str, int]], policy: str
    ) -> AsyncIterator[tuple[int, Failure | None]]:
        """See `engine.permissions.check`, whose errors these are too."""
        permissions = await asyncio.to_thread(_loaded)
        answered = bytearray(len(objects))
        renewed = False
        while True:
            left = [at for at, done in enumerate(answered) if not done]
            options = replace(self._options, if_exists=policy)
            asked = permissions.check(options, [objects[at] for at in left])
            again = False
            async with aclosing(asked):
                async for place, failure in asked:
                    if failure is not None and failure.code in REFUSED and not renewed:
                        renewed = True
                        if again := await self._renew(options):
                            break
                    answered[left[place]] = 1
                    yield left[place], failure
            if not again:
                return

    async def _renew(self, options: EngineOptions) -> bool:
        """Whether there is another token now than the one that was refused."""
        if self._options.token != options.token:
            return True  # a person was quicker
        if options.renewal == NO_RENEWAL:
            return False
        from tui_uploader import renewal
        from tui_uploader.engine.renewing import NotRenewed

        try:
            token = await asyncio.to_thread(renewal.ask, options, options.token)
        except NotRenewed:
            return False
        if token is not None:
            self._options = replace(self._options, token=token)
        return token is not None
