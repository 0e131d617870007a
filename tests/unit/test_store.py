"""The engine's columns: ids count up, a key belongs to one item at a time, histories are made when needed."""

from tui_uploader.engine.store import Store
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import Planned, Stage, Verdict


def line(key: str, verdict: Verdict = Verdict.UPLOAD, code: str | None = None, reason: str = "") -> Planned:
    return Planned(b"/srv/" + key.encode(), key, 7, verdict, code, reason, 0, 2**63 + 1)


def test_lines_become_items_in_order() -> None:
    store = Store()
    first = store.add([line("a"), line("b", Verdict.WARN)])
    second = store.add([line("c", Verdict.REFUSE, "EACCES", "why"), line("d", Verdict.SKIP, None, "hidden")])
    items = first + second
    assert [item.id for item in items] == [0, 1, 2, 3]
    assert [item.stage for item in items] == [Stage.WAITING, Stage.WAITING, Stage.FAILED, Stage.SKIPPED]
    assert items[2].failure == Failure("EACCES", Phase.LOCAL, detail="why")
    assert (items[3].failure, items[3].reason) == (None, "hidden")
    assert [store.stage(item.id) for item in items] == [item.stage for item in items]
    assert len(store) == 4
    assert store.inodes[0] == 2**63 + 1


def test_a_refusal_or_skip_without_a_word_gets_one() -> None:
    refused, skipped = Store().add([line("a", Verdict.REFUSE), line("b", Verdict.SKIP, "NOT_A_FILE")])
    assert refused.failure is not None
    assert refused.failure.code == "KEY_INVALID"
    assert skipped.reason == "NOT_A_FILE"


def test_a_key_is_held_by_one_item_until_it_failed_or_was_cancelled() -> None:
    store = Store()
    store.add([line("a")])
    for held in (Stage.WAITING, Stage.GETTING_INFO, Stage.UPLOADING, Stage.CHECKING, Stage.DONE):
        store.stages[0] = held
        (again,) = store.add([line("a")])
        assert again.failure == Failure("KEY_CLASH", Phase.LOCAL)
    for free in (Stage.FAILED, Stage.CANCELLED):
        store.stages[0] = free
        fresh = Store()
        fresh.add([line("a")])
        fresh.stages[0] = free
        (again,) = fresh.add([line("a")])
        assert again.stage is Stage.WAITING
        (third,) = fresh.add([line("a")])
        assert third.stage is Stage.FAILED


def test_refused_and_skipped_lines_hold_no_key() -> None:
    items = Store().add([line("a", Verdict.REFUSE, "TOO_LARGE"), line("a", Verdict.SKIP), line("a")])
    assert items[2].stage is Stage.WAITING


def test_a_history_is_made_when_first_needed_and_forgotten_on_a_persons_word() -> None:
    store = Store()
    store.add([line("a")])
    assert store.known_history(0) is None
    store.history(0).met(Failure("NET_RESET", Phase.PUT))
    again = store.known_history(0)
    assert again is not None
    assert (again.attempts, again.by_code) == (1, {"NET_RESET": 1})
    assert store.history(0) is again
    store.forget_history(0)
    assert store.history(0).attempts == 0
