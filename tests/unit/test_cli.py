"""The command line as a program: what it prints where, its exit codes, and what it never loads."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.conftest import Tree
from tui_uploader import __version__
from tui_uploader.model.text import printable

Result = subprocess.CompletedProcess[bytes]


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment without a word of this machine's own."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {
        **kept,
        "HOME": str(tmp_path),
        "TUI_UPLOADER_CONFIG_DIR": str(tmp_path / "config"),
        "TUI_UPLOADER_STATE_DIR": str(tmp_path / "state"),
        "PYTHONIOENCODING": "utf-8",
    }


def run(home: dict[str, str], *words: "str | bytes", stdin: bytes = b"", cwd: bytes | None = None) -> Result:
    command: list[str | bytes] = [sys.executable, "-m", "tui_uploader", *words]
    return subprocess.run(command, env=home, input=stdin, capture_output=True, timeout=30, check=False, cwd=cwd)


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["--version"], ["push", "--help"], ["emulator", "--help"]])
def test_help_and_version_load_no_screen_and_no_network(home: dict[str, str], words: list[str]) -> None:
    result = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "tui_uploader", *words],
        env=home,
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert result.returncode == 0
    loaded = {line.rpartition(b"|")[2].strip() for line in result.stderr.splitlines()}
    assert b"tui_uploader.cli" in loaded
    assert not {b"textual", b"rich", b"httpx", b"aiohttp"} & loaded
    assert (__version__ if "--version" in words else "Usage: ") in result.stdout.decode()


def test_without_a_terminal_the_screen_names_push(home: dict[str, str], tree: Tree) -> None:
    for words, push in (
        (["some dir"], b"tui-uploader push 'some dir'"),
        ([], b"tui-uploader push ."),
        (["open"], b"push ."),
    ):
        result = run(home, *words, cwd=tree())
        assert result.returncode == 2
        assert push in result.stderr
        assert result.stdout == b""


@pytest.mark.parametrize(
    "words",
    [
        ["push", "--no-such-option", "x"],
        ["--no-such-option"],
        ["push"],
        ["push", "--batch", "0", "x"],
        ["push", "--retries", "-1", "x"],
        ["push", "--names", "guess", "x"],
        ["push", "--patience", "-1", "x"],
        ["push", ""],
        ["push", "-0", "x"],
        ["push", "--files-from", "/nowhere", "x"],
        ["push", "--dry-run", "--prefix", "../x", "x"],
        ["push", "--dry-run", "--prefix", b"\xff", "x"],
        ["push", "--dry-run", "--exclude", "a[b", "x"],
        ["push", "--dry-run", "--profile", "none", "x"],
        ["push", "--env-id", "a/b", "x"],
        ["push", "x"],
    ],
    ids=repr,
)
def test_wrong_usage_is_exit_2_and_a_sentence(home: dict[str, str], words: list[str | bytes]) -> None:
    result = run({**home, "TUI_UPLOADER_TOKEN": "tok"}, *words)
    assert (result.returncode, result.stdout) == (2, b"")
    assert result.stderr
    assert b"Traceback" not in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["--parallel", "x"],
        ["--limit-rate", "x"],
        ["--header", "Authorization: x"],
        ["--ca-file", "/nowhere"],
        ["--gateway", "http://example.com"],
        ["--gateway", "ftp://127.0.0.1"],
    ],
    ids=repr,
)
def test_what_only_a_run_can_refuse_is_usage_too(home: dict[str, str], tree: Tree, words: list[str]) -> None:
    gateway = [] if "--gateway" in words else ["--gateway", "http://127.0.0.1:9"]
    result = run({**home, "TUI_UPLOADER_TOKEN": "tok-secret"}, "push", *words, *gateway, tree(a=b"1"))
    assert (result.returncode, result.stdout) == (2, b"")
    assert result.stderr.startswith(b"tui-uploader: ")
    assert b"tok-secret" not in result.stderr


def test_a_wrong_setting_is_exit_2_and_named(home: dict[str, str], tmp_path: Path, tree: Tree) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text("[upload]\nparalel = 3\n")
    for words in (["--dry-run"], ["--env-id", "e"]):
        result = run(home, "push", *words, tree(a=b"1"))
        assert (result.returncode, result.stdout) == (2, b"")
        assert b"settings.toml: upload.paralel: unknown setting; did you mean 'parallel'?" in result.stderr


def test_a_dry_run_as_json(home: dict[str, str], tree: Tree) -> None:
    root = tree({b"a": b"12345", b"\xff": b"1", b"d/.tuiuploadignore": b"x\n", b"d/x": b"", b"d/.env": b"1"})
    result = run(home, "push", "--dry-run", "--json", "--prefix", "p", root + b"/")
    job, planned, *plan, summary = lines(result)
    assert (result.returncode, result.stderr) == (1, b"")
    assert job == {"event": "job", "job": job["job"], "total": None}
    assert planned == {"event": "planned", "total": 5, "bytes": 6}
    assert all(
        set(line) - {"path_b64"} == {"event", "path", "key", "size", "verdict", "code", "reason"} for line in plan
    )
    assert [(line["key"], line["size"], line["verdict"], line["code"]) for line in plan] == [
        ("p/a", 5, "upload", None),
        ("p/\\xff", 1, "refuse", "NAME_NOT_UTF8"),
        ("p/d/.env", 1, "warn", None),
        ("p/d/.tuiuploadignore", 0, "skip", None),
        ("p/d/x", 0, "skip", None),
    ]
    assert plan[0]["path"] == os.fsdecode(root) + "/a"
    assert plan[0]["reason"] is None
    assert "path_b64" in plan[1]
    assert plan[4]["reason"] == "ignored"
    assert summary.pop("seconds") >= 0
    assert summary == {
        "event": "summary", "job": job["job"], "total": 5, "done": 0, "failed": 1, "skipped": 2, "cancelled": 0,
        "waiting": 2, "bytes_done": 0, "by_code": {"NAME_NOT_UTF8": 1},
    }  # fmt: skip


def test_a_dry_run_needs_no_credentials_and_nothing_refused_is_exit_0(home: dict[str, str], tree: Tree) -> None:
    result = run(home, "push", "--dry-run", "--json", "t", "-", cwd=os.path.dirname(tree(a=b"1")))
    assert lines(result)[-1]["by_code"] == {"ENOENT": 1}  # "-" is a name like any other
    result = run(home, "push", "--dry-run", "--json", tree(a=b"1"))
    assert result.returncode == 0
    result = run(home, "push", "--dry-run", "--json", "--files-from", "-", stdin=b"a\n", cwd=tree(a=b"1"))
    assert (result.returncode, lines(result)[2]["key"]) == (0, "a")


def test_a_dry_run_for_people_is_safe_to_look_at(home: dict[str, str], tree: Tree) -> None:
    root = tree({b"\x1b[31mred": b"", b"[bold]x": b"", "a\u202eb".encode(): b"", b"\x9b": b""})
    result = run(home, "push", "--dry-run", root)
    assert result.returncode == 1
    text = result.stdout.decode()
    assert printable(text.replace("\n", "")) == text.replace("\n", "")
    assert "[bold]x" in text
    assert "NAME_CONTROL" in text
    assert "2 waiting" in text.splitlines()[-1]


@pytest.mark.parametrize(("words", "said"), [([], "--token-file"), (["--token-file", "/nowhere"], "/nowhere")])
def test_missing_credentials_stop_and_summarise(home: dict[str, str], tree: Tree, words: list[str], said: str) -> None:
    result = run(home, "push", "--json", "--env-id", "env-1", *words, tree(a=b"1"))
    assert result.returncode == 3
    stopped, summary = lines(result)
    assert (stopped["event"], stopped["code"]) == ("stopped", "MISSING_CREDENTIALS")
    assert said in stopped["message"]
    assert stopped["hint"]
    assert (summary["event"], summary["total"]) == ("summary", 0)
    people = run(home, "push", "--env-id", "env-1", *words, tree(a=b"1"))
    assert people.returncode == 3
    assert b"MISSING_CREDENTIALS" in people.stderr
    assert b"0 done" in people.stdout


@pytest.mark.parametrize("token", [b"", b"two words", b"\xff\xfe"])
def test_a_token_on_standard_input_that_is_none(home: dict[str, str], tree: Tree, token: bytes) -> None:
    result = run(home, "push", "--json", "--env-id", "e", "--token-file", "-", tree(a=b"1"), stdin=token)
    assert result.returncode == 3
    assert [line["event"] for line in lines(result)] == ["stopped", "summary"]


def test_a_network_that_is_down_ends_a_run_with_exit_3(home: dict[str, str], tree: Tree) -> None:
    closed = {**home, "TUI_UPLOADER_TOKEN": "tok"}
    words = ["--gateway", "http://127.0.0.1:9", "--patience", "0", "--retries", "0"]
    result = run(closed, "push", "--json", *words, tree(a=b"1"))
    *_, stopped, summary = lines(result)
    assert result.returncode == 3
    assert (stopped["event"], stopped["code"]) == ("stopped", "NET_REFUSED")
    assert (summary["event"], summary["total"], summary["waiting"] + summary["failed"]) == ("summary", 1, 1)


def test_developers_back_doors_are_shut(home: dict[str, str], tree: Tree) -> None:
    log = tree() + b"/log"
    result = run({**home, "TEXTUAL_LOG": os.fsdecode(log), "TEXTUAL": "devtools"}, "push", "--dry-run", tree(a=b""))
    assert result.returncode == 0
    assert not os.path.exists(log)
