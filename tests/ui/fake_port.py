"""FakePort: an engine in memory that a test moves by hand. It keeps the promises of `EnginePort` and nothing more."""

import time
from collections.abc import Sequence
from dataclasses import replace

from tui_uploader.engine.port import Renewal
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import Planned, QueueItem, Receipt, Stage, Verdict
from tui_uploader.model.secret import Secret


class FakePort:
    """Calls take effect as the engine's do; what a service would say is said by `stage`, `done`, `fail`..."""

    def __init__(self) -> None:
        self.items: list[QueueItem] = []
        self.stages: list[Stage] = []
        self.events: list[ev.Event] = []
        self.paused = False
        self.finishing = False
        self.closed = False
        self.parallel: int | None = None
        self.limit: int | None = None
        self.if_exists = "overwrite"
        self.tokens: list[Secret] = []
        self.calls: list[tuple[str, tuple[int, ...]]] = []

    # --- EnginePort

    def drain(self) -> list[ev.Event]:
        """What happened since the last call."""
        events, self.events = self.events, []
        return events

    def add(self, planned: Sequence[Planned], *, last: bool = True) -> None:
        """Lines of a plan become items; refused and skipped ones are recorded."""
        new = []
        for line in planned:
            stage, failure, reason = Stage.WAITING, None, ""
            if line.verdict is Verdict.REFUSE:
                stage, failure = Stage.FAILED, Failure(line.code or "KEY_INVALID", Phase.LOCAL)
            elif line.verdict is Verdict.SKIP:
                stage, reason = Stage.SKIPPED, line.reason or line.code or ""
            new.append(QueueItem(len(self.items), line.path, line.key, line.size, stage, failure, reason))
            self.items.append(new[-1])
            self.stages.append(stage)
        self.events.append(ev.ItemsAdded(tuple(new), time.time()))
        if last:
            self.events.append(ev.WalkEnded(time.time()))

    def pause(self) -> None:
        """A person pauses."""
        self.paused = True
        self.events.append(ev.RunPaused(None, time.time()))

    def resume(self) -> None:
        """A person goes on."""
        self.paused = False
        self.events.append(ev.RunResumed(time.time()))

    def retry(self, ids: Sequence[int]) -> None:
        """Ended items wait again."""
        self.calls.append(("retry", tuple(ids)))
        for item_id in ids:
            if self.stages[item_id] in (Stage.FAILED, Stage.CANCELLED):
                self.stage(item_id, Stage.WAITING)

    def cancel(self, ids: Sequence[int]) -> None:
        """Waiting and active items are taken out."""
        self.calls.append(("cancel", tuple(ids)))
        for item_id in ids:
            if not self.stages[item_id].ended:
                self.stage(item_id, Stage.CANCELLED)

    def move(self, ids: Sequence[int], before: int | None) -> None:
        """Another order of what waits."""
        self.calls.append(("move", (*ids, -1 if before is None else before)))
        self.events.append(ev.ItemsMoved(tuple(ids), before))

    def set_key(self, item_id: int, key: str) -> None:
        """Another key, if no other item has it."""
        self.calls.append(("set_key", (item_id,)))
        if any(item.key == key for item in self.items if item.id != item_id):
            self.events.append(ev.KeyRefused(item_id, key, "KEY_CLASH"))
            return
        self.items[item_id] = replace(self.items[item_id], key=key)
        self.events.append(ev.KeyChanged(item_id, key))

    def pause_items(self, ids: Sequence[int]) -> None:
        """Items wait until they are let go."""
        self.calls.append(("pause_items", tuple(ids)))
        self.events.append(ev.ItemsHeld(tuple(ids)))

    def resume_items(self, ids: Sequence[int]) -> None:
        """They may start again."""
        self.calls.append(("resume_items", tuple(ids)))
        self.events.append(ev.ItemsReleased(tuple(ids)))

    def request_links(self, wanted: Sequence[tuple[int, str]]) -> None:
        """A link for each."""
        self.calls.append(("request_links", tuple(item_id for item_id, _ in wanted)))
        links = tuple(ev.Link(item_id, f"https://links.example/{name[8:]}?sign=s3cret") for item_id, name in wanted)
        self.events.append(ev.LinksReady(links))

    def set_parallel(self, parallel: int | None) -> None:
        """Another number of PUTs at once."""
        self.parallel = parallel
        self.events.append(ev.ParallelChanged(parallel or 8, "by you", time.time()))

    def set_if_exists(self, policy: str) -> None:
        """Another policy."""
        self.if_exists = policy

    def set_limit(self, limit: int | None) -> None:
        """Another speed limit."""
        self.limit = limit
        self.events.append(ev.SpeedLimitChanged(limit, time.time()))

    def set_token(self, token: Secret, renewal: Renewal | None = None) -> None:
        """Another token."""
        self.tokens.append(token)

    def finish(self) -> None:
        """Nothing new starts."""
        self.finishing = True

    def close(self, *, timeout: float = 3.0) -> None:
        """The end."""
        self.closed = True

    # --- what a test or a simulation makes happen

    def seed(self, count: int, *, folder: str = "logs", size: int = 2_000_000) -> None:
        """Queue `count` objects at once."""
        self.add(
            [Planned(f"/srv/{folder}/f{n:06d}.log".encode(), f"{folder}/f{n:06d}.log", size) for n in range(count)]
        )

    def ids(self, stage: Stage) -> list[int]:
        """The ids of all items in a stage."""
        return [item_id for item_id, its in enumerate(self.stages) if its is stage]

    def active(self) -> list[int]:
        """The ids of all active items."""
        return [item_id for item_id, stage in enumerate(self.stages) if stage.active]

    def stage(self, item_id: int, stage: Stage) -> None:
        """An item goes to a stage."""
        self.stages[item_id] = stage
        self.events.append(ev.StageChanged(item_id, stage))

    def bytes(self, item_id: int, sent: int) -> None:
        """Progress of an item."""
        self.events.append(ev.BytesSent(item_id, sent))

    def done(self, item_id: int, *, verified: bool = True) -> None:
        """An item is done."""
        self.stages[item_id] = Stage.DONE
        receipt = Receipt('"e7"', "1105", "req-done", f"cloud://env.bucket/{self.items[item_id].key}", verified, 1, 0.5)
        self.events.append(ev.ItemDone(item_id, receipt, time.time()))

    def fail(
        self,
        item_id: int,
        code: str,
        *,
        phase: Phase = Phase.PUT,
        message: str = "",
        request_id: str = "",
        http_status: int | None = None,
    ) -> None:
        """An item fails for good."""
        self.stages[item_id] = Stage.FAILED
        failure = Failure(code, phase, message, http_status, request_id)
        self.events.append(ev.ItemFailed(item_id, failure, 1, time.time()))

    def retrying(self, item_id: int, code: str, *, after: float, http_status: int | None = None) -> None:
        """An attempt fails and the item waits."""
        self.stages[item_id] = Stage.WAITING
        failure = Failure(code, Phase.PUT, "", http_status)
        self.events.append(ev.ItemRetrying(item_id, failure, 1, after, time.time()))
