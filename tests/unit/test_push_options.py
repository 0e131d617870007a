"""What the words of `push` mean: rates, headers, parallelism, and where its paths come from."""

import io
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.access import Access, UsageProblem
from tui_uploader.engine.planner import PlanOptions, Start
from tui_uploader.model.secret import Secret
from tui_uploader.option_values import read_header, read_parallel, read_rate
from tui_uploader.push_command import _prefix, _starts
from tui_uploader.run_options import engine_options, plan_options
from tui_uploader.settings import Profile, Settings, Upload


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("10M", 10 * 2**20),
        ("500K", 500 * 1024),
        ("1G", 2**30),
        ("1.5m", 3 * 2**19),
        ("1024", 1024),
        (" 2 MiB/s ", 2 * 2**20),
        ("2MB/s", 2 * 2**20),
        ("4096b", 4096),
    ],
)
def test_rates(text: str, rate: int) -> None:
    assert read_rate(text) == rate


@pytest.mark.parametrize(
    "text", ["", "0", "1023", "0.5K", "-1M", "fast", "10T", "10 M x", "1e9", "nan", "9" * 400 + "G"]
)
def test_rates_that_are_none(text: str) -> None:
    with pytest.raises(UsageProblem, match="--limit-rate"):
        read_rate(text)


@given(st.text(max_size=20))
def test_any_rate_is_read_or_named(text: str) -> None:
    problem, rate = "", 0
    try:
        rate = read_rate(text)
    except UsageProblem as raised:
        problem = str(raised)
    assert rate >= 1024 or repr(text) in problem


def test_parallel() -> None:
    assert read_parallel(None, 0) is None
    assert read_parallel(None, 12) == 12
    assert read_parallel("auto", 12) is None
    assert read_parallel("1", 0) == 1
    assert read_parallel("256", 0) == 256
    for text in ("0", "257", "-1", "x", "", "1.5", "٣", "AUTO"):
        with pytest.raises(UsageProblem, match="from 1 to 256"):
            read_parallel(text, 0)


def test_headers() -> None:
    assert read_header("Cache-Control: no-cache, max-age=0 ") == ("cache-control", "no-cache, max-age=0")
    assert read_header("X-Cos-Meta-A:b:c") == ("x-cos-meta-a", "b:c")


@pytest.mark.parametrize(
    "text",
    ["", "name", "name:", ": value", "na me: x", "name: é", "name: a\r\nX: y", "näme: x", "na\nme: x", "a: b\x00"],
)
def test_headers_that_cannot_be_sent(text: str) -> None:
    with pytest.raises(UsageProblem, match="Name: value"):
        read_header(text)


@pytest.mark.parametrize(
    "name",
    ["Authorization", "HOST", "content-length", "Transfer-Encoding", "X-Cos-Security-Token", "x-cos-meta-fileid"],
)
def test_headers_that_are_the_uploaders_own(name: str) -> None:
    with pytest.raises(UsageProblem, match="own"):
        read_header(f"{name}: x")


def access(upload: Upload, profile: Profile | None = None) -> Access:
    known = Settings(upload=upload)
    return Access("https://g", "e", Secret("t"), None, profile or Profile(), known, None, "")


def test_settings_hold_where_the_command_line_says_nothing() -> None:
    upload = Upload(parallel=7, batch=3, retries=9, limit_rate="2M", allowed_hosts=(".x",))
    made = engine_options(access(upload), {})
    assert (made.parallel, made.batch, made.retries, made.limit) == (7, 3, 9, 2 * 2**20)
    assert (made.allowed_hosts, made.if_exists, made.verify, made.headers) == ((".x",), "overwrite", True, ())
    words = {"parallel": "auto", "batch": 1, "retries": 0, "limit_rate": "1M", "if_exists": "skip", "no_verify": True}
    made = engine_options(access(upload), {**words, "headers": ("A: b",), "patience": 0.0})
    assert (made.parallel, made.batch, made.retries, made.limit) == (None, 1, 0, 2**20)
    assert (made.if_exists, made.verify, made.headers, made.patience) == ("skip", False, (("a", "b"),), 0.0)


def test_plan_options_from_words() -> None:
    assert plan_options({}, "p") == PlanOptions(prefix="p")
    words = {"no_hidden": True, "gitignore": True, "names": "escape", "symlinks": "follow", "include": ("*.x",)}
    assert plan_options(words, "") == PlanOptions(
        include=("*.x",), hidden=False, gitignore=True, symlinks="follow", names="escape"
    )
    made = plan_options({"no_ignore": True, "gitignore": True}, "")
    assert (made.ignore_file, made.gitignore) == (False, False)


def test_the_prefix_is_the_options_or_the_profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "settings.toml").write_text(
        "[profiles.a]\nprefix = 'of-a'\nenv_id = 'env-a'\n[profiles.b]\nprefix = 'of-b'\n"
    )
    monkeypatch.setenv("TUI_UPLOADER_CONFIG_DIR", str(tmp_path))
    monkeypatch.delenv("TUI_UPLOADER_PROFILE", raising=False)
    assert _prefix({"prefix": "x"}, access(Upload(), Profile(prefix="y"))) == "x"
    assert _prefix({"prefix": ""}, access(Upload(), Profile(prefix="y"))) == ""
    assert _prefix({}, access(Upload(), Profile(prefix="y"))) == "y"
    service = dict.fromkeys(("profile", "env_id", "gateway", "token_file", "ca_file")) | {"intl": False}
    assert _prefix(service, None) == ""
    assert _prefix({**service, "profile": "a"}, None) == "of-a"
    monkeypatch.setenv("TUI_UPLOADER_PROFILE", "b")  # a dry run plans as the run will
    assert _prefix(service, None) == "of-b"
    with pytest.raises(UsageProblem, match="no profile 'c'"):
        _prefix({**service, "profile": "c"}, None)
    monkeypatch.delenv("TUI_UPLOADER_PROFILE")
    monkeypatch.delenv("TUI_UPLOADER_ENV_ID", raising=False)
    monkeypatch.delenv("TUI_UPLOADER_GATEWAY", raising=False)
    kept = tmp_path / "profiles.toml"
    kept.touch(mode=0o600)
    kept.write_text("default_profile = 'a'\n")
    assert _prefix(service, None) == "of-a"


def test_paths_from_the_line_and_from_files(tmp_path: Path) -> None:
    listed = tmp_path / "list"
    listed.write_bytes(b"d/a\r\n\n\xff b\n./c")
    assert list(_starts(("x/dir", "x/dir/"), str(listed), False)) == [
        Start(b"x/dir", b"dir"),
        Start(b"x/dir/", b""),
        Start(b"d/a", b"d/a"),
        Start(b"\xff b", b"\xff b"),
        Start(b"./c", b"c"),
    ]
    listed.write_bytes(b"a\nb\0c\r\0\0")
    assert [start.path for start in _starts((), str(listed), True)] == [b"a\nb", b"c\r"]


def test_paths_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a\nb\n")))
    assert [start.path for start in _starts((), "-", False)] == [b"a", b"b"]


def test_paths_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="empty path"):
        list(_starts(("",), None, False))
    with pytest.raises(UsageProblem, match="-0 goes with"):
        list(_starts((), None, True))
    with pytest.raises(UsageProblem, match="No such file"):
        list(_starts((), str(tmp_path / "none"), False))
