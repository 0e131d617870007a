"""The plan: which key each path gets, what is left out, what is refused, and that nothing is lost on the way."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.conftest import Tree
from tui_uploader.engine import planner
from tui_uploader.engine.mark_starts import starts_of as lazy_starts_of
from tui_uploader.engine.planner import (
    MAX_OBJECT,
    Planner,
    PlanOptions,
    Start,
    chunks,
    start_of_argument,
    start_of_line,
)
from tui_uploader.model.files import Mark
from tui_uploader.model.items import Planned, Verdict
from tui_uploader.model.marked import Marked

UP, SKIPPED, REFUSED, WARN = Verdict.UPLOAD, Verdict.SKIP, Verdict.REFUSE, Verdict.WARN


def plan(starts: Start | Iterable[Start], excluded: Iterable[bytes] = (), **options: object) -> list[Planned]:
    many = [starts] if isinstance(starts, Start) else list(starts)
    return list(Planner(PlanOptions(**options), excluded=frozenset(excluded)).plan(many))  # type: ignore[arg-type]


def starts_of(marks: Iterable[Mark], excluded: Iterable[bytes] = ()) -> list[Start]:
    return list(lazy_starts_of(Marked.of(marks), frozenset(excluded)))


def arg(path: bytes) -> Start:
    return start_of_argument(path)


def keys(lines: Iterable[Planned], *verdicts: Verdict) -> list[str]:
    return [line.key for line in lines if line.verdict in (verdicts or (UP, WARN))]


def only(lines: Iterable[Planned]) -> Planned:
    (line,) = lines
    return line


def verdicts(lines: Iterable[Planned]) -> dict[str, tuple[Verdict, str | None]]:
    return {line.key: (line.verdict, line.code) for line in lines}


# --- keys


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        (b"", ["t/a", "t/d/b"]),
        (b"/", ["a", "d/b"]),
        (b"//", ["a", "d/b"]),
        (b"/.", ["a", "d/b"]),
        (b"/./", ["a", "d/b"]),
        (b"/a", ["a"]),
        (b"/d/b", ["b"]),
        (b"/d/..", ["a", "d/b"]),
    ],
)
def test_keys_of_arguments(tree: Tree, tail: bytes, expected: list[str]) -> None:
    root = tree({"a": b"1", "d/b": b"22"})
    assert keys(plan(arg(root + tail))) == expected
    assert keys(plan(arg(root + tail), prefix="/p/q/")) == [f"p/q/{key}" for key in expected]


@pytest.mark.parametrize(
    ("argument", "expected"),
    [(b".", ["a", "d/b"]), (b"./", ["a", "d/b"]), (b"d", ["d/b"]), (b"./d", ["d/b"]), (b"d/", ["b"]), (b"./a", ["a"])],
)
def test_keys_of_relative_arguments(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, argument: bytes, expected: list[str]
) -> None:
    monkeypatch.chdir(os.fsdecode(tree({"a": b"1", "d/b": b"22"})))
    assert keys(plan(arg(argument))) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [(b"d/b", ["d/b"]), (b"./d//b", ["d/b"]), (b"d", ["d/b"]), (b"d/", ["d/b"]), (b".", ["a", "d/b"])],
)
def test_keys_of_lines_keep_the_relative_path(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, line: bytes, expected: list[str]
) -> None:
    monkeypatch.chdir(os.fsdecode(tree({"a": b"1", "d/b": b"22"})))
    assert keys(plan(start_of_line(line))) == expected


def test_a_line_that_climbs_out_gets_no_key(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(os.fsdecode(tree({"a": b"1", "d/b": b"22"})) + "/d")
    line = only(plan(start_of_line(b"../a")))
    assert (line.verdict, line.code) == (REFUSED, "KEY_INVALID")


def test_an_absolute_line_gives_a_key_without_its_slash(tree: Tree) -> None:
    root = tree({"a": b"1"})
    assert keys(plan(start_of_line(root + b"/a"))) == [os.fsdecode(root)[1:] + "/a"]


def test_marks_are_keyed_from_where_they_were_marked(tree: Tree) -> None:
    root = tree({"a": b"1", "d/b": b"22", "d/e/f": b""})
    marks = [Mark(root + b"/a", root, False), Mark(root + b"/d", root, True)]
    assert keys(plan(starts_of(marks))) == ["a", "d/b", "d/e/f"]
    assert keys(plan(starts_of([Mark(root, root, True)]))) == ["a", "d/b", "d/e/f"]


def test_a_mark_below_a_marked_folder_is_that_folders(tree: Tree) -> None:
    root = tree({"d/e/f": b"", "d/b": b"", "da": b""})
    marks = [
        Mark(root + b"/d/e/f", root, False),
        Mark(root + b"/d/e", root, True),
        Mark(root + b"/d", root, True),
        Mark(root + b"/da", root, False),
    ]
    assert [start.path for start in starts_of(marks)] == [root + b"/d", root + b"/da"]
    assert keys(plan(starts_of(marks))) == ["d/b", "d/e/f", "da"]


def test_a_mark_below_what_was_unmarked_in_a_marked_folder_begins_by_itself(tree: Tree) -> None:
    root = tree({"d/a": b"", "d/e/f": b"", "d/e/g": b"", "d/e/h/i": b""})
    marks = [Mark(root + b"/d", root, True), Mark(root + b"/d/e/f", root, False), Mark(root + b"/d/e/h", root, True)]
    excluded = frozenset({root + b"/d/e"})
    assert keys(plan(starts_of(marks, excluded), excluded)) == ["d/a", "d/e/f", "d/e/h/i"]


def test_a_marked_link_begins_by_itself_wherever_it_lies(tree: Tree) -> None:
    root = tree({"d/a": b""})
    marks = [Mark(root + b"/d", root, True), Mark(root + b"/d/link", root, False, link=True)]
    assert [start.path for start in starts_of(marks)] == [root + b"/d", root + b"/d/link"]


def test_a_marked_root_takes_in_everything() -> None:
    assert starts_of([Mark(b"/etc", b"/", True), Mark(b"/", b"/", True)]) == [Start(b"/", b"")]


def test_the_first_of_very_many_come_before_all_are_sorted(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan of a million opened after 1.4 s, 0.6 of them for sorting."""
    monkeypatch.setattr(planner, "_MANY", 20)
    monkeypatch.setattr(planner, "_FIRST", 7)
    root = tree(
        {f"d/{n * 37 % 101}": b"" for n in range(101)} | {"d/B": b"", "d/b": b"", "d/.tuiuploadignore": b"5*\n"}
    )
    lines = plan(arg(root))
    names = [line.path.rpartition(b"/")[2] for line in lines]
    assert names == sorted(names)
    assert len(names) == 104
    assert {line.path[-1:] for line in lines if line.reason.startswith("twin")} == {b"b", b"B"}
    assert {line.key for line in lines if line.verdict is SKIPPED} >= {f"t/d/{n}" for n in (5, *range(50, 60))}


def test_many_marks_begin_sorted_and_at_once(tree: Tree) -> None:
    """Half a million single marks: the first start is there before the others are made (it took 3 s)."""
    root = tree({"d/a": b""})
    names = [b"n%d" % (n * 7919 % 20_000) for n in range(20_000)]
    marked = Marked(
        [(root, root, False, False, b"\0".join(names[:9_000])), (root + b"/d", root, False, False, b"a")],
        [],
    )
    marked.marks.append((root, root, False, False, b"\0".join(names[9_000:])))
    starts = lazy_starts_of(marked, frozenset())
    assert next(starts) == Start(root + b"/n0", b"n0")
    rest = list(starts)
    assert [start.key for start in rest] == sorted(names)[1:] + [b"d/a"]
    assert all(start.path == root + b"/" + start.key for start in rest)


# --- what is found


def test_a_line_carries_size_time_and_inode(tree: Tree) -> None:
    root = tree(a=b"12345")
    line, found = only(plan(arg(root + b"/a"))), os.stat(root + b"/a")
    assert line == Planned(root + b"/a", "a", 5, UP, None, "", found.st_mtime_ns, found.st_ino)


def test_the_order_is_by_name_files_before_the_folders_below(tree: Tree) -> None:
    root = tree({"b/z": b"", "b/a": b"", "c": b"", "a/x": b"", "B": b"", "b.txt": b""})
    first = [line.key for line in plan(arg(root))]
    assert first == ["t/B", "t/b.txt", "t/c", "t/a/x", "t/b/a", "t/b/z"]
    assert [line.key for line in plan(arg(root))] == first


def test_hidden_files_are_uploaded_unless_left_out(tree: Tree) -> None:
    root = tree({".h": b"", ".d/x": b"", "a": b"", "d/.i": b""})
    assert keys(plan(arg(root))) == ["t/.h", "t/a", "t/.d/x", "t/d/.i"]
    lines = plan(arg(root), hidden=False)
    assert keys(lines) == ["t/a"]
    assert {(line.key, line.reason) for line in lines if line.verdict is SKIPPED} == {
        ("t/.h", "hidden"),
        ("t/.d", "hidden"),
        ("t/d/.i", "hidden"),
    }


def test_secrets_and_invisible_characters_are_warned_of(tree: Tree) -> None:
    root = tree({".env": b"", "k.pem": b"", "a\u202eb": b"", "plain": b""})
    assert {line.key: line.verdict for line in plan(arg(root + b"/"))} == {
        ".env": WARN,
        "k.pem": WARN,
        "a\u202eb": WARN,
        "plain": UP,
    }


def test_excluded_paths_are_not_even_listed(tree: Tree) -> None:
    root = tree({"a": b"", "d/b": b"", "d/c": b"", "e/f": b""})
    lines = plan(arg(root), excluded=[root + b"/e", root + b"/d/b"])
    assert [line.key for line in lines] == ["t/a", "t/d/c"]


# --- filters


def test_ignore_files_nest_and_the_deepest_decides(tree: Tree) -> None:
    root = tree(
        {
            ".tuiuploadignore": b"# comment\r\n*.log\r\n/top\r\nbuild/\r\n",
            "a.log": b"",
            "top": b"",
            "d/top": b"",
            "d/.tuiuploadignore": b"!keep.log\n*.txt\n",
            "d/keep.log": b"",
            "d/x.log": b"",
            "d/x.txt": b"",
            "x.txt": b"",
            "build/out": b"",
            "d/build/out": b"",
            "d/e/y.txt": b"",
        }
    )
    lines = plan(arg(root))
    assert keys(lines) == ["t/x.txt", "t/d/keep.log", "t/d/top"]
    left_out = {line.key for line in lines if line.reason == "ignored"}
    assert {"t/a.log", "t/top", "t/d/x.log", "t/d/x.txt", "t/build", "t/d/build", "t/d/e/y.txt"} <= left_out
    assert "t/build/out" not in {line.key for line in lines}


def test_no_ignore_applies_none(tree: Tree) -> None:
    root = tree({".tuiuploadignore": b"a\n", "a": b""})
    assert keys(plan(arg(root), ignore_file=False)) == ["t/.tuiuploadignore", "t/a"]


def test_gitignore_counts_only_when_asked(tree: Tree) -> None:
    root = tree({".gitignore": b"*.o\n", "a.o": b"", "b.c": b""})
    assert keys(plan(arg(root))) == ["t/.gitignore", "t/a.o", "t/b.c"]
    assert keys(plan(arg(root), gitignore=True)) == ["t/.gitignore", "t/b.c"]


def test_our_ignore_file_overrules_git_s(tree: Tree) -> None:
    root = tree({".gitignore": b"*.o\n", ".tuiuploadignore": b"!a.o\n", "a.o": b"", "b.o": b""})
    assert keys(plan(arg(root), gitignore=True)) == ["t/.gitignore", "t/a.o"]


def test_one_unreadable_line_does_not_switch_the_others_off(tree: Tree) -> None:
    root = tree({".tuiuploadignore": b"secret.txt\n!\n\\\nother\n", "secret.txt": b"", "other": b"", "fine": b""})
    assert keys(plan(arg(root))) == ["t/fine"]


def test_an_ignore_file_splits_at_line_ends_alone(tree: Tree) -> None:
    root = tree(
        {".tuiuploadignore": "\ufeffa\u2028b\nc\x0cd\n".encode(), "a\u2028b": b"", "b": b"", "c": b"", "d": b""}
    )
    assert keys(plan(arg(root))) == ["t/b", "t/c", "t/d"]


def test_ignore_files_match_names_that_are_no_text(tree: Tree) -> None:
    root = tree({".tuiuploadignore": b"\xff*\n", b"\xff1": b"", b"\xfe1": b""})
    assert keys(plan(arg(root), names="escape")) == ["t/%FE1"]


def test_include_and_exclude(tree: Tree) -> None:
    root = tree({"a.log": b"", "a.txt": b"", "d/b.log": b"", "d/tmp/c.log": b"", "tmp": b""})
    assert keys(plan(arg(root), include=("*.log",))) == ["t/a.log", "t/d/b.log", "t/d/tmp/c.log"]
    assert keys(plan(arg(root), exclude=("tmp/",))) == ["t/a.log", "t/a.txt", "t/tmp", "t/d/b.log"]
    assert keys(plan(arg(root), include=("*.log",), exclude=("d/*",))) == ["t/a.log"]
    assert keys(plan(arg(root), exclude=("t/d",))) == keys(plan(arg(root), exclude=("/d",)))
    assert keys(plan(arg(root + b"/a.txt"), include=("*.log",))) == []
    reasons = {line.reason for line in plan(arg(root), include=("*.log",)) if line.verdict is SKIPPED}
    assert reasons == {"excluded"}


def test_a_pattern_that_cannot_be_read_is_named() -> None:
    with pytest.raises(ValueError, match="'a\\["):
        Planner(PlanOptions(exclude=("*.log", "a[")))
    with pytest.raises(ValueError, match="cannot begin a key"):
        Planner(PlanOptions(prefix="../x"))


# --- what is no plain file


def test_pipes_and_sockets_are_skipped_when_met_and_refused_when_named(tree: Tree, tmp_path: Path) -> None:
    root = tree(a=b"")
    os.mkfifo(root + b"/fifo")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(root + b"/sock"))
    met = verdicts(plan(arg(root + b"/")))
    assert met == {"a": (UP, None), "fifo": (SKIPPED, "NOT_A_FILE"), "sock": (SKIPPED, "NOT_A_FILE")}
    for name in (b"fifo", b"sock"):
        named = only(plan(arg(root + b"/" + name)))
        assert (named.verdict, named.code) == (REFUSED, "NOT_A_FILE")
        assert named.key == name.decode()
        assert named.reason in ("a pipe", "a socket")
    assert only(plan(arg(b"/dev/null"))).code == "NOT_A_FILE"


def linked(tree: Tree) -> bytes:
    root = tree({"in/real": b"123", "in/sub/x": b"", "outside": b"out", "elsewhere/y": b""})
    for name, target in (
        ("file", "real"),
        ("folder", "sub"),
        ("up", "../outside"),
        ("abs", "/etc/hostname"),
        ("dangling", "nowhere"),
        ("loop", "loop"),
        ("self", "."),
        ("foreign", "../elsewhere"),
    ):
        os.symlink(target, root + b"/in/" + name.encode())
    return root + b"/in/"


def test_links_are_skipped_by_default(tree: Tree) -> None:
    met = {line.key: (line.verdict, line.reason) for line in plan(arg(linked(tree)))}
    assert met["real"] == (UP, "")
    assert met["sub/x"] == (UP, "")
    for name in ("file", "folder", "up", "abs", "self", "foreign"):
        if name != "abs" or os.path.exists("/etc/hostname"):
            assert met[name] == (SKIPPED, "symlink")
    assert met["dangling"] == met["loop"] == (SKIPPED, "link-broken")


def test_followed_links_are_files_within_the_tree_and_never_folders(tree: Tree) -> None:
    met = verdicts(plan(arg(linked(tree)), symlinks="follow"))
    assert met["file"] == (UP, None)
    assert met["up"] == (REFUSED, "LINK_OUTSIDE")
    assert met["folder"] == met["self"] == met["foreign"] == (SKIPPED, None)
    assert met["dangling"] == met["loop"] == (SKIPPED, "LINK_BROKEN")
    assert "folder/x" not in met


def test_a_neighbour_whose_name_begins_like_the_tree_is_outside(tree: Tree) -> None:
    root = tree({"in/a": b"", "in2/b": b""})
    os.symlink("../in2/b", root + b"/in/l")
    assert verdicts(plan(arg(root + b"/in/"), symlinks="follow"))["l"] == (REFUSED, "LINK_OUTSIDE")


def test_a_link_named_itself_is_what_it_leads_to(tree: Tree) -> None:
    root = linked(tree)
    line = only(plan(arg(root + b"file")))
    assert (line.verdict, line.key, line.size, line.inode) == (UP, "file", 3, os.stat(root + b"real").st_ino)
    assert keys(plan(arg(root + b"folder"))) == ["folder/x"]
    for name in (b"dangling", b"loop"):
        named = only(plan(arg(root + name)))
        assert (named.verdict, named.code, named.key) == (REFUSED, "LINK_BROKEN", name.decode())


@pytest.mark.parametrize(
    ("argument", "code"), [(b"missing", "ENOENT"), (b"a/below", "ENOTDIR"), (b"a/", "ENOTDIR"), (b"x\0y", "ENOENT")]
)
def test_what_is_not_there_is_refused(tree: Tree, argument: bytes, code: str) -> None:
    line = only(plan(start_of_line(tree(a=b"") + b"/" + argument)))
    assert (line.verdict, line.code) == (REFUSED, code)


_AS_NOBODY = """
import json, os, sys
from tui_uploader.engine.planner import Planner, PlanOptions, start_of_argument
os.chdir(sys.argv[1])
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
lines = Planner(PlanOptions()).plan([start_of_argument(a.encode()) for a in sys.argv[2:]])
print(json.dumps([[line.key, line.verdict.value, line.code, line.reason] for line in lines]))
"""


def test_an_unreadable_folder_is_refused_and_its_neighbours_go_on(tree: Tree) -> None:
    root = tree({"a": b"", "closed/x": b"", "list-only/y": b"", "z/w": b"", "unreadable": b"1"})
    os.chmod(root, 0o755)
    os.chmod(root + b"/closed", 0o000)
    os.chmod(root + b"/list-only", 0o444)
    os.chmod(root + b"/unreadable", 0o000)
    try:
        done = subprocess.run(
            [sys.executable, "-c", _AS_NOBODY, root, "./", "closed", "closed/x"],
            capture_output=True,
            check=True,
            timeout=30,
        )
    finally:
        for name in (b"/closed", b"/list-only"):
            os.chmod(root + name, 0o755)
    assert json.loads(done.stdout) == [
        ["a", "upload", None, ""],
        ["unreadable", "upload", None, ""],  # to be found out when it is opened
        ["closed", "refuse", "EACCES", "its contents were not seen"],
        ["list-only/y", "refuse", "EACCES", ""],
        ["z/w", "upload", None, ""],
        ["closed", "refuse", "EACCES", "its contents were not seen"],
        ["x", "refuse", "EACCES", ""],
    ]


# --- names and sizes


def test_names_that_are_no_keys(tree: Tree) -> None:
    root = tree({b"new\nline": b"1", b"\xb1\xa8": b"22", b"esc\x1b": b"", b"fine": b""})
    assert verdicts(plan(arg(root + b"/"))) == {
        "new\nline": (REFUSED, "NAME_CONTROL"),
        "esc\x1b": (REFUSED, "NAME_CONTROL"),
        "\\xb1\\xa8": (REFUSED, "NAME_NOT_UTF8"),
        "fine": (UP, None),
    }
    assert verdicts(plan(arg(root + b"/"), names="escape")) == {
        "new%0Aline": (UP, None),
        "esc%1B": (UP, None),
        "%B1%A8": (UP, None),
        "fine": (UP, None),
    }
    skipped = verdicts(plan(arg(root + b"/"), names="skip"))
    assert skipped["new\nline"] == (SKIPPED, "NAME_CONTROL")
    assert skipped["\\xb1\\xa8"] == (SKIPPED, "NAME_NOT_UTF8")


def test_an_escaped_name_may_clash_with_a_real_one(tree: Tree) -> None:
    root = tree({b"a\n": b"", b"a%0A": b""})
    lines = plan(arg(root + b"/"), names="escape")
    assert sorted((line.code or "") for line in lines) == ["", "KEY_CLASH"]


def test_two_sources_of_one_key(tree: Tree) -> None:
    root = tree({"x/a": b"", "y/a": b""})
    first, second = plan([arg(root + b"/x/a"), arg(root + b"/y/a")])
    assert (first.verdict, second.verdict, second.code) == (UP, REFUSED, "KEY_CLASH")


def test_twins_in_letters_and_case_are_two_keys(tree: Tree) -> None:
    root = tree({"e\u0301": b"", "\u00e9": b"", "A": b"", "a": b""})
    assert len(keys(plan(arg(root + b"/")))) == 4


def test_hard_links_are_both_uploaded(tree: Tree) -> None:
    root = tree(a=b"1")
    os.link(root + b"/a", root + b"/b")
    assert keys(plan(arg(root + b"/"))) == ["a", "b"]


def test_a_key_too_long_is_refused_with_the_count_and_what_lies_below_is_named_too(tree: Tree) -> None:
    name = b"d" * 250
    deep = b"/".join([name] * 3)
    root = tree({deep + b"/" + b"f" * 97: b"", deep + b"/" + b"f" * 98: b"", deep + b"/" + b"g" * 100 + b"/x": b""})
    lines = plan(arg(root + b"/"))
    assert [(len(line.key), line.verdict, line.code, line.reason) for line in lines] == [
        (850, UP, None, ""),
        (851, REFUSED, "KEY_TOO_LONG", "851 of 850 bytes"),
        (855, REFUSED, "KEY_TOO_LONG", "855 of 850 bytes"),
    ]


@pytest.mark.parametrize(("size", "code"), [(MAX_OBJECT, None), (MAX_OBJECT + 1, "TOO_LARGE")])
def test_five_gib_is_the_most(tree: Tree, size: int, code: str | None) -> None:
    root = tree(a=b"")
    os.truncate(root + b"/a", size)  # sparse
    line = only(plan(arg(root)))
    assert (line.size, line.code) == (size, code)
    assert (line.verdict is REFUSED) == (code is not None)


def test_chunks_begin_small_and_lose_nothing() -> None:
    lines = [Planned(b"/%d" % number, str(number), 0) for number in range(2500)]
    made = list(chunks(iter(lines)))
    assert [len(chunk) for chunk in made] == [64, 1000, 1000, 436]
    assert [line for chunk in made for line in chunk] == lines
    assert list(chunks([])) == []
    assert [len(chunk) for chunk in chunks(lines[:5], size=2)] == [2, 2, 1]


_names = st.binary(min_size=1, max_size=8).filter(lambda name: not set(name) & {0, 0x2F} and name not in (b".", b".."))
_trees: st.SearchStrategy[dict[bytes, object]] = st.recursive(
    st.dictionaries(_names, st.binary(max_size=3), max_size=4),
    lambda inner: st.dictionaries(_names, st.binary(max_size=3) | inner, max_size=4),
    max_leaves=12,
)


def build(folder: bytes, content: dict[bytes, object]) -> None:
    os.mkdir(folder)
    for name, inside in content.items():
        path = folder + b"/" + name
        if isinstance(inside, dict):
            build(path, inside)
        else:
            assert isinstance(inside, bytes)
            with open(path, "wb") as file:
                file.write(inside)


@settings(max_examples=60, deadline=None)
@given(_trees)
def test_a_plan_has_every_file_that_a_walk_finds(content: dict[bytes, object]) -> None:
    with tempfile.TemporaryDirectory() as above:
        root = os.fsencode(above) + b"/r"
        build(root, content)
        walked = {
            os.path.join(folder, name): os.path.getsize(os.path.join(folder, name))
            for folder, _, names in os.walk(root)
            for name in names
        }
        lines = plan(arg(root), names="escape", ignore_file=False)
        assert {line.path: line.size for line in lines} == walked
        assert len(lines) == len(walked)
        taken = keys(lines)
        assert len(taken) == len(set(taken))
        assert all(line.code in (None, "KEY_CLASH") for line in lines)
        for line in lines:
            raw = line.path[len(os.fsencode(above)) + 1 :]
            if raw.isascii() and raw.decode().isprintable():
                assert line.key.encode() == raw
        assert plan(arg(root), names="escape", ignore_file=False) == lines


def test_a_line_of_an_ignore_file_that_is_no_pattern_is_passed_over(tree: Tree) -> None:
    root = tree({".tuiuploadignore": b"[z-a]\n[\n*.log\n", "a.log": b"", "b": b""})
    assert keys(plan(arg(root + b"/")), Verdict.UPLOAD) == ["b"]
