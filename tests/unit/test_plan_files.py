"""`push --plan`: paths under the keys that a file says, as `--dry-run --json` prints them; and what is wrong in one."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.engine.conftest import CloudThread
from tui_uploader.emulator.server import Options

PROGRAM = [sys.executable, "-m", "tui_uploader", "push", "--env-id", "env-1"]


def push(
    home: Path, *words: str, data: bytes = b"", places: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """What the program says in an environment of its own."""
    own = {name: str(home / "home") for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME")}
    return subprocess.run(
        [*PROGRAM, *words], input=data, capture_output=True, timeout=60, check=False, cwd=home,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **own, **(places or {})},
    )  # fmt: skip


def events(ran: subprocess.CompletedProcess[bytes], kind: str) -> list[dict[str, object]]:
    return [line for line in map(json.loads, ran.stdout.splitlines()) if line["event"] == kind]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    top = tmp_path / "files"
    top.mkdir()
    for name in (b"a.txt", b"\xff.bin", b"new\nline", b".env"):
        os.close(os.open(os.path.join(os.fsencode(top), name), os.O_CREAT))
    os.mkfifo(top / "pipe")
    return top


def test_a_printed_plan_uploads_the_same_again(files: Path, tmp_path: Path) -> None:
    plan = push(
        tmp_path, str(files), "--dry-run", "--json", "--names", "escape", "--prefix", "p", "--key", "x-{relpath}"
    )
    again = push(tmp_path, "--plan", "-", "--dry-run", "--json", data=plan.stdout)
    said = [
        [(line["path"], line["key"]) for line in events(ran, "plan") if line["verdict"] != "skip"]
        for ran in (plan, again)
    ]
    assert len(said[0]) == 4
    assert said[0] == said[1]


def test_the_objects_lie_under_the_keys_that_were_said(files: Path, tmp_path: Path) -> None:
    cloud = CloudThread(Options())
    try:
        lines = [{"path": "files/a.txt", "key": "b/日.txt"}, {"path": str(files / "new\nline"), "key": "plain"}]
        (tmp_path / "plan.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
        config = tmp_path / "config"
        config.mkdir()
        (config / "settings.toml").write_text(
            "default_profile = 'p'\n[profiles.p]\nenv_id = 'x'\nprefix = 'not/this'\n"
        )
        ran = push(
            tmp_path, "--plan", "plan.jsonl", "--json", "--gateway", cloud.emulator.gateway,
            places={"TUI_UPLOADER_TOKEN": cloud.emulator.token, "TUI_UPLOADER_CONFIG_DIR": str(config)},
        )  # fmt: skip
        assert sorted(str(line["key"]) for line in events(ran, "done")) == ["b/日.txt", "plain"]
        assert ran.returncode == 0
    finally:
        cloud.close()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nonsense", "plan.jsonl, line 2: this is no JSON object"),
        ("[1]", "line 2: this is no JSON object"),
        ("[" * 100_000, "line 2: this is no JSON object"),
        ('{"path": "a"}', 'line 2: "key" is missing'),
        ('{"path": "a", "key": ""}', 'line 2: "key" is missing'),
        ('{"path": 7, "key": "k"}', 'line 2: "path" is missing'),
        ('{"key": "k"}', 'line 2: "path" is missing'),
        ('{"path_b64": "!", "key": "k"}', 'line 2: "path" or "path_b64" cannot be read'),
        ('{"path": "\\ud800", "key": "k"}', 'line 2: "path" or "path_b64" cannot be read'),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, words: str) -> None:
    (tmp_path / "plan.jsonl").write_text('{"path": "a", "key": "a"}\n' + line)
    ran = push(tmp_path, "--plan", "plan.jsonl", "--dry-run")
    assert ran.returncode == 2
    assert words in ran.stderr.decode()
    assert "Traceback" not in ran.stderr.decode()


@pytest.mark.parametrize(
    "more", [["a"], ["--prefix", "x"], ["--key", "{name}"], ["--files-from", "-"], ["--again", "1"]]
)
def test_a_plan_stands_alone(tmp_path: Path, more: list[str]) -> None:
    ran = push(tmp_path, "--plan", "-", "--dry-run", *more, data=b"")
    assert ran.returncode == 2
    assert "leave out" in ran.stderr.decode()


def test_keys_that_cannot_be_and_files_that_are_gone_are_refused_by_line(files: Path, tmp_path: Path) -> None:
    lines = [
        {"path": "files/a.txt", "key": "../x"}, {"path": "files/a.txt", "key": "k" * 851},
        {"path": "files/gone", "key": "g"}, {"path": "files/pipe", "key": "f"}, {"path": "files/a.txt", "key": "ok"},
        {"path": "files/.env", "key": "ok"}, {"event": "summary"}, {"path": "x", "key": "y", "verdict": "skip"},
    ]  # fmt: skip
    ran = push(tmp_path, "--plan", "-", "--dry-run", "--json", data="\n".join(map(json.dumps, lines)).encode())
    codes = [(line["verdict"], line["code"]) for line in events(ran, "plan")]
    assert codes == [
        ("refuse", "KEY_INVALID"), ("refuse", "KEY_TOO_LONG"), ("refuse", "ENOENT"), ("refuse", "NOT_A_FILE"),
        ("upload", None), ("refuse", "KEY_CLASH"),
    ]  # fmt: skip
    assert ran.returncode == 1


def test_what_is_left_out_is_that_path_alone_from_wherever_it_is_said(tmp_path: Path) -> None:
    for name in ("q1/a", "q1/q1/a", "q1/deep/b", "q1/[x]"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    ran = push(
        tmp_path, "q1", "--leave-out", "q1/a", "--leave-out", f"{tmp_path}/q1/deep/", "--leave-out", "./q1/[x]",
        "--dry-run", "--json",
    )  # fmt: skip
    assert [line["key"] for line in events(ran, "plan")] == ["q1/q1/a"]


def test_a_job_that_goes_on_still_has_its_template_and_what_was_left_out(tmp_path: Path) -> None:
    cloud = CloudThread(Options())
    try:
        reach = {"TUI_UPLOADER_TOKEN": cloud.emulator.token, "TUI_UPLOADER_GATEWAY": cloud.emulator.gateway}
        for name in ("a", "b", os.fsdecode(b"\xff")):
            (tmp_path / "d").mkdir(exist_ok=True)
            (tmp_path / "d" / name).write_text(name, "utf-8", "surrogateescape")
        words = ["d", "--key", "x-{name}", "--leave-out", "d/b", "--leave-out", os.fsdecode(b"d/\xff")]
        ran = push(tmp_path, *words, "--json", places=reach)
        assert [line["key"] for line in events(ran, "done")] == ["x-a"]
        job = str(events(ran, "job")[0]["job"])
        (tmp_path / "elsewhere").mkdir()
        again = push(tmp_path, "--again", job, "--json", places=reach)
        assert [line["key"] for line in events(again, "done")] == ["x-a"], again.stderr
    finally:
        cloud.close()
