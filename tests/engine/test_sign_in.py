"""Sign-in against the emulator's own auth endpoints: rotation, single flight, expiry in mid-run, revocation."""

import os
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.conftest import CloudThread, Start, fill, plan
from tui_uploader import credentials
from tui_uploader.credentials import SignedOut, find, forget, keep_tokens, usable
from tui_uploader.emulator.auth import MAX_WRONG
from tui_uploader.emulator.server import Options
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure
from tui_uploader.model.secret import Secret
from tui_uploader.protocol.signin import SignIn, Tokens

USERS = (("ops", "right-horse"),)


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_UPLOADER_CONFIG_DIR", str(tmp_path / "config"))


@pytest.fixture
def cloud() -> Iterator[CloudThread]:
    thread = CloudThread(Options(users=USERS))
    yield thread
    thread.close()


def door(cloud: CloudThread) -> SignIn:
    return SignIn(cloud.emulator.gateway, cloud.emulator.env_id)


def signed_in(cloud: CloudThread) -> SignIn:
    sign_in = door(cloud)
    tokens = sign_in.with_password("ops", Secret("right-horse"))
    assert isinstance(tokens, Tokens)
    keep_tokens("prod", sign_in, "ops", tokens)
    return sign_in


def refusal(answer: Tokens | Failure) -> str:
    assert isinstance(answer, Failure)
    return answer.code


def test_signing_in_gives_tokens_that_no_one_else_can_read(cloud: CloudThread) -> None:
    signed_in(cloud)
    kept = find("prod")
    assert kept is not None
    assert (kept.user, kept.env_id) == ("ops", cloud.emulator.env_id)
    assert stat.S_IMODE(os.stat(credentials.path()).st_mode) == 0o600
    assert kept.access.reveal() not in repr(kept)
    assert kept.refresh.reveal() not in repr(kept)
    assert cloud.emulator.cloud.accounts.standing(kept.access.reveal()) == "live"
    os.chmod(credentials.path(), 0o644)
    assert find("prod") is None


def test_a_wrong_password_a_blocked_user_a_captcha_and_a_method_that_is_off(cloud: CloudThread) -> None:
    accounts = cloud.emulator.cloud.accounts
    for _ in range(MAX_WRONG):
        assert refusal(door(cloud).with_password("ops", Secret("wrong"))) == "invalid_username_or_password"
    assert refusal(door(cloud).with_password("ops", Secret("right-horse"))) == "captcha_required"
    accounts.blocked.add("ops")
    assert refusal(door(cloud).with_password("ops", Secret("right-horse"))) == "user_blocked"
    accounts.enabled = False
    answer = door(cloud).with_password("ops", Secret("right-horse"))
    assert refusal(answer) == "login_method_disabled"
    assert isinstance(answer, Failure)
    assert "console" in answer.sentence


def test_the_refresh_token_rotates_and_the_old_one_is_dead(cloud: CloudThread) -> None:
    sign_in = signed_in(cloud)
    before = find("prod")
    assert before is not None
    renewed = usable("prod", sign_in, refused=before.access)
    after = find("prod")
    assert after is not None
    assert renewed == after.access != before.access
    assert after.refresh != before.refresh
    assert after.device == before.device == sign_in.device
    assert refusal(sign_in.renew(before.refresh)) == "REFRESH_TOKEN_EXHAUSTED"
    assert refusal(sign_in.renew(Secret("never-given"))) == "invalid_grant"


def test_many_who_need_a_new_token_at_once_renew_it_once(cloud: CloudThread) -> None:
    sign_in = signed_in(cloud)
    old = find("prod")
    assert old is not None
    found: list[Secret | None] = []
    threads = [
        threading.Thread(target=lambda: found.append(usable("prod", sign_in, refused=old.access))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(found) == 8
    assert len({one.reveal() for one in found if one is not None}) == 1
    assert cloud.emulator.cloud.accounts.renewals == 1


def test_a_token_near_its_end_is_renewed_before_it_is_used(cloud: CloudThread) -> None:
    sign_in = signed_in(cloud)
    kept = find("prod")
    assert kept is not None
    assert usable("prod", sign_in) == kept.access
    credentials.store("prod", replace(kept, expires_at=kept.expires_at - 7190))
    assert usable("prod", sign_in) != kept.access


def test_a_revoked_sign_in_says_what_to_do(cloud: CloudThread) -> None:
    sign_in = signed_in(cloud)
    kept = find("prod")
    assert kept is not None
    cloud.emulator.cloud.accounts.revoke("ops")
    with pytest.raises(SignedOut, match=r"REFRESH_TOKEN_EXHAUSTED.*sign in again"):
        usable("prod", sign_in, refused=kept.access)


def test_one_more_sign_in_ends_the_first(cloud: CloudThread) -> None:
    sign_in = signed_in(cloud)
    first = find("prod")
    assert first is not None
    assert isinstance(door(cloud).with_password("ops", Secret("right-horse")), Tokens)
    with pytest.raises(SignedOut):
        usable("prod", sign_in, refused=first.access)


def test_what_is_forgotten_is_gone(cloud: CloudThread) -> None:
    sign_in = signed_in(cloud)
    assert forget("prod")
    assert not forget("prod")
    assert usable("prod", sign_in) is None


def test_a_token_that_ends_in_mid_run_pauses_and_a_new_one_goes_on(start: Start, tmp_path: Path) -> None:
    run, emulator = start(None, Options(users=USERS, data=str(tmp_path / "cloud")), patience=None)
    sign_in = SignIn(emulator.gateway, emulator.env_id)
    tokens = sign_in.with_password("ops", Secret("right-horse"))
    assert isinstance(tokens, Tokens)
    keep_tokens("prod", sign_in, "ops", tokens)
    run.engine.set_token(tokens.access)
    emulator.cloud.accounts.expire()
    run.engine.add(plan(fill(tmp_path / "files", 3)))
    run.until(lambda run: run.state.paused is not None)
    paused = run.of(ev.RunPaused)[-1]
    assert isinstance(paused, ev.RunPaused)
    assert paused.failure is not None
    assert paused.failure.code == "ACCESS_TOKEN_EXPIRED"
    fresh = usable("prod", sign_in, refused=tokens.access)
    assert fresh is not None
    run.engine.set_token(fresh)
    run.engine.resume()
    run.to_the_end()
    assert run.state.counts.done == 3
    with pytest.raises(ValueError, match="paste it whole"):
        run.engine.set_token(Secret("two\nlines"))


def test_a_name_that_is_unknown_is_said_to_be_one() -> None:
    tokens = SignIn("https://nothing.invalid", "env-1").with_password("ops", Secret("right-horse"))
    assert isinstance(tokens, Failure)
    assert tokens.code in ("NET_DNS", "NET_DNS_TEMP")
    assert "nothing.invalid" in tokens.detail
