"""Rows 71-82: names as bytes, from the disk to the key and to the screen."""

import os
import subprocess
import sys
import unicodedata
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.faults.ground import Ground
from tests.faults.table import rows
from tui_uploader.engine.planner import Planner, PlanOptions, Start
from tui_uploader.model.failures import Failure
from tui_uploader.model.items import Planned, Verdict
from tui_uploader.model.keys import ESCAPE, MAX_KEY_BYTES, invalid_key, key_text
from tui_uploader.model.text import printable, shown_name, shown_path
from tui_uploader.protocol.upload_info import HostRules, read_url

CONTROLS = [b"a\nb", b"a\tb", b"a\rb", b"a\x1b[31mb", b"a\x07b", b"a\x7fb", "a\u009bb".encode()]
BAD_BYTES = [b"\xff\xfe", "中文".encode("gbk"), b"a\x80", b"\xed\xa0\x80"]
FINE = [
    "[bold]x", "[@click=app.quit]x", "[x]", "-rf", "--help", "*?[]{}", "'\"", "$(id)", "a;b", "a b", " a ",
    "a  b", "%2F", "%00", "%", "a?b", "a#b", "a+b", "a&b", "a=b", "..\\b", "a\\..\\b", "~", "中文" * 40, "e\u0301" * 50,
    "a" * 255, ".hidden", "...", "a:b", "a|b", "<x>", "\u202egpj.exe", "\u200b", "👩\u200d💻", "\u2067x\u2069",
]  # fmt: skip


def write(ground: Ground, name: bytes) -> None:
    with open(os.path.join(os.fsencode(ground.files), name), "wb") as file:
        file.write(b"content of " + name)


def plan(ground: Ground, **options: str) -> list[Planned]:
    planner = Planner(PlanOptions(**options))  # type: ignore[arg-type]
    return list(planner.plan([Start(os.fsencode(ground.files) + b"/", b"")]))


@rows(72, 73, 75, 77, 78, 79)
def test_odd_names_arrive_under_the_very_same_key(ground: Ground) -> None:
    cloud = ground.cloud()
    for name in FINE:
        write(ground, name.encode())
    ended = ground.push()
    assert ended.summary["done"] == len(FINE)
    assert cloud.held() == {name: b"content of " + name.encode() for name in FINE}


@rows(71, 74)
@pytest.mark.parametrize("names", ["refuse", "skip", "escape"])
def test_names_that_are_no_keys_and_the_three_choices(ground: Ground, names: str) -> None:
    cloud = ground.cloud()
    ground.fill(2)
    bad = dict.fromkeys(CONTROLS, "NAME_CONTROL") | dict.fromkeys(BAD_BYTES, "NAME_NOT_UTF8")
    for name in bad:
        write(ground, name)
    ended = ground.command("--names", names)
    assert "\x1b" not in ended.said
    if names == "refuse":
        assert sorted(ended.failed.values()) == sorted(bad.values())
        assert len(cloud.held()) == 2
    elif names == "skip":
        assert (ended.code, len(ended.of("skipped"))) == (0, len(bad))
        assert len(cloud.held()) == 2
    else:
        held = cloud.held()
        assert len(held) == ended.summary["done"] == len(bad) + 2
        assert {"a%0Ab", "a%1B[31mb", "a%C2%9Bb", "%FF%FE", "a%80"} <= held.keys()
        assert held["%FF%FE"] == b"content of \xff\xfe"


@rows(71, 74)
@pytest.mark.parametrize("options", [[], ["--quiet"], ["--dry-run"], ["--json"], ["--json", "--dry-run"]])
def test_no_name_acts_on_a_terminal(ground: Ground, options: list[str]) -> None:
    cloud = ground.cloud()
    for name in [*CONTROLS, *BAD_BYTES, "\u202egpj.exe".encode()]:
        write(ground, name)
    token = ground.folder / "token"
    token.touch(mode=0o600)
    token.write_text(cloud.token)
    command = [sys.executable, "-m", "tui_uploader", "push", str(ground.files), *options]
    ended = subprocess.run(
        [*command, "--gateway", cloud.gateway, "--token-file", str(token)],
        env=ground.environment(), capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    said = (ended.stdout + ended.stderr).decode("utf-8")
    assert said
    assert all(char == "\n" or printable(char) == char for char in said)


@rows(72)
def test_hidden_characters_are_warned_of(ground: Ground) -> None:
    write(ground, "\u202egpj.exe".encode())
    (line,) = plan(ground)
    assert (line.verdict, shown_path(line.path).endswith("<U+202E>gpj.exe")) == (Verdict.WARN, True)


@rows(76)
def test_twins_in_case_or_normal_form_both_arrive_and_are_said_to_be_twins(ground: Ground) -> None:
    cloud = ground.cloud()
    names = ["README", "readme", "caf\u00e9", "cafe\u0301", "alone"]
    for name in names:
        write(ground, name.encode())
    assert {line.key for line in plan(ground) if line.reason.startswith("twin")} == set(names) - {"alone"}
    assert ground.push().summary["done"] == 5
    assert cloud.held() == {name: b"content of " + name.encode() for name in names}


@rows(78)
def test_blanks_at_the_ends_are_seen() -> None:
    assert shown_name(b" a  b ") == "\u2420a  b\u2420"


@rows(80)
@pytest.mark.parametrize("prefix", ["..", "a/../b", "./a", "a//b", "a/.", "\\a", "a\n", "x" * 851])
def test_a_prefix_that_could_land_elsewhere_is_usage(ground: Ground, prefix: str) -> None:
    with pytest.raises(ValueError, match="cannot begin a key"):
        plan(ground, prefix=prefix)


@rows(80)
@pytest.mark.parametrize("key", ["", "/a", "\\a", "a//b", "a/", "./a", "a/./b", "../a", "a/..", "."])
def test_a_key_that_could_land_elsewhere_is_invalid(key: str) -> None:
    assert invalid_key(key) == "KEY_INVALID"


@rows(81)
def test_a_key_that_is_too_long_says_by_how_much_and_its_neighbours_go_on(ground: Ground) -> None:
    cloud = ground.cloud()
    ground.fill(1)
    deep = Path(*["é" * 100] * 4)
    ground.file(str(deep / ("b" * 46)))
    ground.file(str(deep / ("b" * 47)))
    ground.file(str(deep / "short"))
    ended = ground.push()
    assert list(ended.failed.values()) == ["KEY_TOO_LONG"]
    assert "851 of 850 bytes" in ended.of("failed")[0]["hint"]
    assert len(cloud.held()) == 3


def dig(top: Path, part: str, levels: int, name: str) -> int:
    """Nested folders, a file in each; a descriptor of the last one, which no path reaches."""
    here = os.open(top, os.O_RDONLY)
    for level in range(levels):
        os.mkdir(part, dir_fd=here)
        below = os.open(part, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
        with open(os.open(name.format(level), os.O_CREAT | os.O_WRONLY, dir_fd=here), "wb") as file:
            file.write(b"content of %d" % level)
    return here


@rows(81)
def test_in_a_tree_deeper_than_any_path_every_file_is_named(ground: Ground) -> None:
    cloud = ground.cloud()
    ground.fill(2)
    os.close(dig(ground.files, "d" * 200, 27, "f{}"))
    ended = ground.command()
    assert (ended.code, list(ended.failed.values())) == (1, ["KEY_TOO_LONG"] * 23)
    assert {path.rpartition("/")[2] for path in ended.failed} == {f"f{level}" for level in range(4, 27)}
    assert len(cloud.held()) == 6


@rows(81)
def test_files_deeper_than_any_path_are_uploaded_where_their_keys_are_short(ground: Ground) -> None:
    cloud = ground.cloud()
    ground.fill(2)
    bottom = dig(ground.files, "d" * 200, 27, "f{}")
    os.symlink("/etc/hostname", "out", dir_fd=bottom)
    os.symlink("f26", "in", dir_fd=bottom)
    with open(os.open(".tuiuploadignore", os.O_CREAT | os.O_WRONLY, dir_fd=bottom), "wb") as file:
        file.write(b"ignored*\n")
    os.close(os.open("ignored", os.O_CREAT | os.O_WRONLY, dir_fd=bottom))
    os.close(bottom)
    ended = ground.command("--key", "{name}", "--symlinks", "follow", "--read-back")
    assert (ended.code, ended.summary["done"]) == (1, 29)
    failed = {path.rpartition("/")[2]: code for path, code in ended.failed.items()}
    assert failed == {"out": "LINK_OUTSIDE", "in": "ENAMETOOLONG"}  # where the other leads has no name to compare
    assert {key: cloud.held()[key] for key in ("f0", "f26")} == {"f0": b"content of 0", "f26": b"content of 26"}


@rows(82)
def test_two_sources_of_one_key_are_found_before_anything_is_sent(ground: Ground) -> None:
    cloud = ground.cloud()
    ground.fill(1, folder="a")
    ground.fill(1, folder="b")
    ended = ground.push(ground.files / "a" / "f000.txt", ground.files / "b" / "f000.txt")
    assert ended.failed == {"f000.txt": "KEY_CLASH"}
    assert cloud.puts["f000.txt"] == 1


# --- rules that hold for any name


def safe(text: str) -> bool:
    """No character that acts on a terminal, hides, or is no character at all."""
    return all(unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for char in text)


@rows(71, 72, 74)
@given(st.binary())
def test_whatever_a_name_is_what_is_shown_of_it_is_safe(raw: bytes) -> None:
    assert safe(shown_path(raw))
    assert printable(shown_path(raw)) == shown_path(raw)


@given(st.text())
def test_printable_is_safe_changes_nothing_that_is_and_nothing_twice(text: str) -> None:
    shown = printable(text)
    assert safe(shown)
    assert (shown == text) == safe(text)
    assert printable(shown) == shown


@rows(79)
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(min_size=1, max_size=300))
def test_any_key_survives_the_way_into_a_url_and_back(raw: bytes) -> None:
    key, code = key_text(raw, ESCAPE)
    if code is not None:
        assert code in ("KEY_INVALID", "KEY_TOO_LONG")
        return
    assert 0 < len(key.encode()) <= MAX_KEY_BYTES
    url = f"https://b-1.cos.ap-x.myqcloud.com/{quote(key, safe='/-_.~')}"
    found = read_url(url, key, HostRules((".myqcloud.com",), loopback=False))
    assert not isinstance(found, Failure), found
    assert found[1].decode() == urlsplit(url).path
    other = read_url(url, key + "x", HostRules((".myqcloud.com",), loopback=False))
    assert isinstance(other, Failure)
    assert other.code == "FOREIGN_URL"
