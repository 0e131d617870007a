"""The catalogue: every code that the documents name is there, and every row says what to do."""

import errno
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.model.codes import CATALOGUE, ROWS
from tui_uploader.model.failures import Failure, Phase, RetryClass, Scope, bug, info_of, os_failure

_DOCUMENTED = """
    NET_REFUSED NET_CONNECT_TIMEOUT NET_DNS NET_DNS_TEMP NET_RESET NET_CLOSED NET_STALLED NO_ANSWER BAD_ANSWER
    InternalError HTTP_500 SlowDown HTTP_503 HTTP_429 UPLOAD_INFO_EXPIRED AccessDenied RequestTimeTooSkewed BadDigest
    TOO_LARGE EntityTooLarge RequestTimeout HTTP_408 REDIRECT NOT_COS UNVERIFIED CHECKSUM TLS_CERT INSECURE_URL
    PROXY_DOWN PROXY_AUTH ACCESS_TOKEN_EXPIRED INVALID_ACCESS_TOKEN STORAGE_EXCEED_AUTHORITY NO_UPLOAD_INFO FOREIGN_URL
    SOURCE_CHANGED SOURCE_REPLACED SOURCE_STALLED ENOENT EACCES EIO ESTALE ENOSPC NOT_A_FILE SIZE_UNKNOWN LINK_OUTSIDE
    LINK_BROKEN NAME_CONTROL NAME_NOT_UTF8 KEY_INVALID KEY_TOO_LONG KEY_CLASH DIR_GONE DIR_STALLED JOURNAL_FULL
    JOURNAL_VERSION JOURNAL_DAMAGED LOCAL_LIMIT WORKER_LOST ACTION_FORBIDDEN INVALID_ENV INVALID_HOST
    OBJECT_BATCH_TOO_LARGE FileAlreadyExists NoSuchBucket UserNetworkTooSlow
"""  # CLI and FAULTS; banners of the status bar (SLOW, PROXY, NO_STATE) are no codes of a failure


@pytest.mark.parametrize("code", sorted(_DOCUMENTED.split()))
def test_every_named_code_is_known(code: str) -> None:
    assert code in CATALOGUE or code in errno.errorcode.values() or re.fullmatch(r"HTTP_[1-5]\d\d", code)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.code)
def test_every_row_says_what_it_is_and_what_to_do(row: "object") -> None:
    info = CATALOGUE[getattr(row, "code")]  # noqa: B009 - the id function makes it an object for the type checker
    assert info is row, "two rows of one code"
    assert info.label
    assert len(info.label) <= 40
    assert info.meaning
    assert info.check
    assert Failure(info.code, Phase.PUT).sentence.endswith(info.check)


def test_no_code_has_two_rows() -> None:
    assert len(ROWS) == len(CATALOGUE)


@given(
    st.text(max_size=30)
    | st.sampled_from(sorted(errno.errorcode.values()))
    | st.integers(100, 599).map("HTTP_{}".format),
    st.none() | st.integers(100, 599),
)
def test_any_code_gets_a_sentence_with_a_next_step(code: str, status: int | None) -> None:
    failure = Failure(code, Phase.PUT, http_status=status)
    info = failure.info
    assert info.meaning
    assert info.check
    assert failure.sentence.endswith(info.check)
    assert failure.retryable == (info.retry is not RetryClass.NEVER)


@pytest.mark.parametrize(
    ("code", "status", "retry", "scope"),
    [
        ("HTTP_500", None, RetryClass.BACKOFF, Scope.OBJECT),
        ("HTTP_503", None, RetryClass.BACKOFF, Scope.SLOW),
        ("HTTP_429", 429, RetryClass.BACKOFF, Scope.SLOW),
        ("NeverHeardOf", 502, RetryClass.BACKOFF, Scope.OBJECT),
        ("HTTP_501", None, RetryClass.NEVER, Scope.MAYBE),
        ("HTTP_401", None, RetryClass.NEVER, Scope.ALL),
        ("HTTP_451", 451, RetryClass.NEVER, Scope.ALL),
        ("HTTP_404", 404, RetryClass.NEVER, Scope.MAYBE),
        ("NeverHeardOf", 200, RetryClass.NEVER, Scope.MAYBE),
        ("NeverHeardOf", None, RetryClass.NEVER, Scope.MAYBE),
        ("HTTP_206", 206, RetryClass.TWICE, Scope.OBJECT),
        ("EBUSY", None, RetryClass.NEVER, Scope.OBJECT),
    ],
)
def test_codes_that_nobody_wrote_down_go_by_their_status(
    code: str, status: int | None, retry: RetryClass, scope: Scope
) -> None:
    info = info_of(code, status)
    assert (info.retry, info.scope) == (retry, scope)


@pytest.mark.parametrize(
    ("code", "retry", "scope"),
    [
        ("STORAGE_EXCEED_AUTHORITY", RetryClass.NEVER, Scope.MAYBE),
        ("ACCESS_TOKEN_EXPIRED", RetryClass.NEVER, Scope.ALL),
        ("NET_REFUSED", RetryClass.TWICE, Scope.NETWORK),
        ("SlowDown", RetryClass.BACKOFF, Scope.SLOW),
        ("NO_ANSWER", RetryClass.UNKNOWN, Scope.OBJECT),
        ("AccessDenied", RetryClass.FRESH, Scope.MAYBE),
        ("UPLOAD_INFO_EXPIRED", RetryClass.FRESH, Scope.OBJECT),
        ("UNVERIFIED", RetryClass.ONCE, Scope.OBJECT),
        ("CHECKSUM", RetryClass.TWICE, Scope.OBJECT),
        ("SOURCE_REPLACED", RetryClass.ONCE, Scope.OBJECT),
        ("EACCES", RetryClass.NEVER, Scope.OBJECT),
        ("FOREIGN_URL", RetryClass.NEVER, Scope.ALL),
        ("TLS_CERT", RetryClass.NEVER, Scope.ALL),
        ("NOT_COS", RetryClass.TWICE, Scope.NETWORK),
    ],
)
def test_retry_and_scope_are_those_of_the_table(code: str, retry: RetryClass, scope: Scope) -> None:
    assert (CATALOGUE[code].retry, CATALOGUE[code].scope) == (retry, scope)


def test_a_detail_stands_in_the_sentence() -> None:
    assert "(at 43 %)" in Failure("NET_RESET", Phase.PUT, detail="at 43 %").sentence
    assert Failure("EIO", Phase.PUT).at(Phase.LOCAL).phase is Phase.LOCAL


def test_an_errno_keeps_its_name() -> None:
    failure = os_failure(PermissionError(errno.EACCES, "no"), detail="root:root 0600")
    assert (failure.code, failure.phase, failure.detail) == ("EACCES", Phase.LOCAL, "root:root 0600")
    assert os_failure(OSError(99999, "what")).code == "EIO"
    assert os_failure(OSError("without a number")).code == "EIO"


def test_a_bug_names_its_place_and_none_of_its_text() -> None:
    token = "secret-token"
    try:
        raise RuntimeError(token)
    except RuntimeError as error:
        failure = bug(error)
    assert failure.code == "INTERNAL"
    assert failure.detail.startswith("RuntimeError at test_catalogue.py:")
    assert token not in repr(failure)


def test_code_and_label_fit_the_second_line_of_a_narrow_row() -> None:
    assert [row.code for row in ROWS if len(row.code) + 1 + len(row.label) > 38] == []
