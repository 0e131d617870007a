"""What gateway and bucket of one emulated environment have in common: secrets, objects, faults, what arrived."""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tui_uploader.emulator.auth import Accounts
from tui_uploader.emulator.objects import Objects
from tui_uploader.emulator.script import Script

BUCKET = "6564-emu-1250000000"


@dataclass(frozen=True, slots=True)
class Arrived:
    """One request that came: `kind` is auth, info, put, get or control; `keys` are those it was about."""

    kind: str
    keys: tuple[str, ...]
    status: int
    size: int = 0


@dataclass(frozen=True, slots=True)
class Issued:
    """What was given out for one PUT of a key."""

    key: str
    token: str
    file_id: str


@dataclass(slots=True)
class Throttle:
    """A speed limit over all PUTs, in bytes a second; None is none."""

    limit: int | None
    free_at: float = 0.0

    async def take(self, size: int) -> None:
        """Wait until some bytes may pass."""
        if self.limit is None:
            return
        loop = asyncio.get_running_loop()
        self.free_at = max(self.free_at, loop.time()) + size / self.limit
        await asyncio.sleep(self.free_at - loop.time())


@dataclass(slots=True)
class Cloud:
    """One environment. `refused` are prefixes that a storage rule denies."""

    env_id: str
    token: str
    objects: Objects
    script: Script
    refused: set[str]
    batch_limit: int
    lifetime: int
    throttle: Throttle
    accounts: Accounts
    clock: Callable[[], float] = time.time
    origin: str = ""  # where uploadUrls lead, as scheme://host:port
    expired_tokens: set[str] = field(default_factory=set)
    secret_id: str = field(default_factory=lambda: "AKID" + secrets.token_hex(12))
    secret_key: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    issued: dict[str, Issued] = field(default_factory=dict, repr=False)  # by token
    links: dict[str, str] = field(default_factory=dict, repr=False)  # key to the sign of its link
    arrived: list[Arrived] = field(default_factory=list)
    puts: Counter[str] = field(default_factory=Counter)
    putting: int = 0
    most_putting: int = 0

    def note(self, kind: str, keys: tuple[str, ...], status: int, size: int = 0) -> None:
        """Remember what arrived."""
        self.arrived.append(Arrived(kind, keys, status, size))

    def refuses(self, key: str) -> bool:
        """Whether a storage rule denies a key."""
        return any(key.startswith(prefix) for prefix in self.refused)


def request_id() -> str:
    """An id as the service would give."""
    return secrets.token_hex(8)
