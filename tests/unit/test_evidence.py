"""Evidence: one object's trouble, or everybody's."""

import pytest

from tui_uploader.engine.evidence import CHECKSUM_ROW, NETWORK_ROW, REFUSAL_ROW, SAMPLED, Evidence, Standing, is_for_all
from tui_uploader.model.failures import Failure, Phase

REFUSED = Failure("STORAGE_EXCEED_AUTHORITY", Phase.INFO, http_status=200)
DENIED = Failure("AccessDenied", Phase.PUT, http_status=403)
DOWN = Failure("NET_REFUSED", Phase.PUT)


def whole(code: str, status: int) -> Failure:
    return Failure(code, Phase.INFO, http_status=status, whole=True)


@pytest.mark.parametrize(
    ("failure", "everybodys"),
    [
        (Failure("ACCESS_TOKEN_EXPIRED", Phase.INFO), True),
        (Failure("TLS_CERT", Phase.PUT), True),
        (Failure("FOREIGN_URL", Phase.INFO), True),
        (Failure("PROXY_AUTH", Phase.PUT), True),
        *((whole(f"HTTP_{status}", status), True) for status in (401, 402, 403, 423, 451)),
        (whole("ACTION_FORBIDDEN", 200), True),
        (whole("INVALID_ENV", 400), True),
        (whole("INVALID_HOST", 404), True),
        (whole("STORAGE_EXCEED_AUTHORITY", 403), True),
        (whole("OBJECT_BATCH_TOO_LARGE", 403), False),
        (whole("EXCEED_RATELIMIT", 403), False),
        (whole("EXCEED_CONCURRENT_REQUEST_LIMIT", 403), False),
        (whole("HTTP_500", 500), False),
        (REFUSED, False),
        (DENIED, False),
        (DOWN, False),
        (Failure("EACCES", Phase.LOCAL), False),
        (Failure("HTTP_403", Phase.PUT, http_status=403), False),
    ],
)
def test_what_is_plainly_everybodys(failure: Failure, everybodys: bool) -> None:
    assert is_for_all(failure) is everybodys


def needed(evidence: Evidence, failure: Failure, *, sampled: bool = True, most: int = 2000) -> int:
    """How many different objects must meet it until it is everybody's; 0 where it never is."""
    for number in range(1, most + 1):
        if evidence.met(10_000 + number, failure, Standing(sampled=sampled)):
            return number
    return 0


@pytest.mark.parametrize(
    ("failure", "row"),
    [
        (DOWN, NETWORK_ROW),
        (Failure("NET_DNS", Phase.PUT), 5),
        (Failure("NOT_COS", Phase.PUT), 5),
        (DENIED, REFUSAL_ROW),
        (REFUSED, 20),
        (Failure("CHECKSUM", Phase.VERIFY), CHECKSUM_ROW),
        (Failure("EACCES", Phase.LOCAL), 0),
        (Failure("NET_RESET", Phase.PUT), 0),
        (Failure("SlowDown", Phase.PUT, http_status=503), 0),
    ],
)
def test_how_many_in_a_row(failure: Failure, row: int) -> None:
    assert needed(Evidence(), failure) == row


def test_the_same_object_counts_once() -> None:
    evidence = Evidence()
    assert not any(evidence.met(1, DOWN) for _ in range(50))
    assert [evidence.met(number, DOWN) for number in (2, 3, 4, 5)] == [False, False, False, True]


def test_a_success_in_between_begins_anew() -> None:
    evidence = Evidence()
    for number in range(NETWORK_ROW - 1):
        evidence.met(number, DOWN)
    evidence.succeeded()
    assert needed(evidence, DOWN) == NETWORK_ROW


def test_20_refusals_are_enough_however_much_has_succeeded() -> None:
    evidence = Evidence()
    for _ in range(1000):
        evidence.succeeded()
    for failure in (REFUSED, DENIED):
        assert needed(evidence, failure) == REFUSAL_ROW
        evidence.clear()
    assert needed(evidence, DOWN) == NETWORK_ROW


def test_those_of_a_folder_of_their_own_need_as_many_as_have_succeeded_elsewhere() -> None:
    evidence = Evidence()
    for _ in range(100):
        evidence.succeeded()
    evidence.apart = lambda ids, successes: True
    assert needed(evidence, REFUSED) == 100
    evidence.clear()
    assert needed(evidence, DENIED) == 100


def test_a_refused_folder_is_no_refused_run() -> None:
    evidence = Evidence()
    assert needed(evidence, REFUSED, sampled=False) == 0
    assert evidence.doubtful
    assert needed(evidence, REFUSED) == SAMPLED


def test_doubt_comes_after_ten_refusals_and_ends_with_a_grant() -> None:
    evidence = Evidence()

    def mood() -> tuple[bool, bool]:
        return evidence.careful, evidence.doubtful

    assert mood() == (True, False)
    evidence.granted()
    assert mood() == (False, False)
    for number in range(9):
        evidence.met(number, REFUSED)
    assert mood() == (False, False)
    evidence.met(9, REFUSED)
    assert mood() == (True, True)
    evidence.granted()
    assert mood() == (False, False)
    assert needed(evidence, REFUSED) == REFUSAL_ROW


def test_a_grant_says_nothing_of_the_bucket() -> None:
    evidence = Evidence()
    for number in range(REFUSAL_ROW - 1):
        evidence.met(number, DENIED)
    evidence.granted()
    assert evidence.met(99, DENIED)


def test_different_troubles_are_counted_apart() -> None:
    evidence = Evidence()
    for number in range(4):
        assert not evidence.met(number, DOWN)
        assert not evidence.met(number, DENIED)
    assert evidence.met(4, DOWN)


def test_an_object_with_a_try_left_makes_doubt_and_does_not_count() -> None:
    evidence = Evidence()
    assert not any(evidence.met(number, DENIED, final=False) for number in range(200))
    assert evidence.doubtful
    assert needed(evidence, DENIED) == REFUSAL_ROW


def test_damage_counts_when_the_object_has_failed() -> None:
    evidence, damaged = Evidence(), Failure("CHECKSUM", Phase.VERIFY)
    assert not any(evidence.met(number, damaged, final=False) for number in range(CHECKSUM_ROW))
    assert evidence.damaging
    assert not evidence.doubtful
    assert needed(evidence, damaged) == CHECKSUM_ROW
    evidence.succeeded()
    assert not evidence.damaging


def test_the_last_places_of_the_row_are_kept_for_samples() -> None:
    evidence = Evidence()
    head, sample, last = Standing(sampled=False, left=500), Standing(left=500), Standing(sampled=False, left=0)
    for number in range(REFUSAL_ROW - SAMPLED):
        assert not evidence.unsure(DENIED, head)
        evidence.met(number, DENIED, head)
    assert evidence.unsure(DENIED, head)
    assert not evidence.unsure(DENIED, sample)
    assert not evidence.unsure(DENIED, last)
    assert not evidence.unsure(DOWN, head)


def test_a_gateways_refusal_is_unsure_while_others_are_sent() -> None:
    evidence, busy = Evidence(), Standing(settled=False)
    for number in range(REFUSAL_ROW - 1):
        assert not evidence.unsure(REFUSED, busy)
        assert not evidence.met(number, REFUSED, busy)
    assert evidence.unsure(REFUSED, busy)
    assert not evidence.unsure(REFUSED, Standing())


def test_an_object_between_whose_tries_others_were_stored_is_no_evidence() -> None:
    evidence = Evidence()
    for number in range(50):
        evidence.met(number, DENIED, final=False)
    evidence.succeeded()
    assert not any(evidence.met(number, DENIED) for number in range(50))
    assert needed(evidence, DENIED) == REFUSAL_ROW
