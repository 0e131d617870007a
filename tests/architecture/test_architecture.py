"""The house rules that a tool can hold: layers, what is loaded when, size and docstring of every module."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "tui_uploader"
MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def calls(path: Path) -> set[str]:
    """The dotted names that a module calls."""
    return {ast.unparse(node.func) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)}


def test_the_import_contracts_are_kept() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def loaded(*modules: str) -> set[str]:
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True
    )
    return set(done.stdout.split())


def test_engine_emulator_and_command_line_load_no_screen() -> None:
    found = loaded("tui_uploader.cli", "tui_uploader.engine.engine", "tui_uploader.emulator", "tui_uploader.push")
    assert "tui_uploader.engine.engine" in found
    assert not {"textual", "rich"} & found
    assert not [name for name in found if name.startswith("tui_uploader.ui")]


def test_an_upload_loads_no_http_client_and_no_mail() -> None:
    """They would take as long to load as 300 objects take to send."""
    found = loaded("tui_uploader.cli", "tui_uploader.push_command", "tui_uploader.engine.second_process")
    assert not {"httpx", "http.client", "urllib.request", "email", "tempfile", "platformdirs"} & found


def test_the_command_line_alone_loads_neither_network_nor_screen() -> None:
    found = loaded("tui_uploader.cli")
    assert not {"httpx", "textual", "rich", "aiohttp", "pathspec", "fastcrc"} & found


FIRST_FRAME = ("tui_uploader.screen", "tui_uploader.ui.opened", "tui_uploader.visitors", "tui_uploader.engine.scout")


def test_the_first_frame_waits_for_nothing_that_it_does_not_show() -> None:
    found = loaded("tui_uploader.cli", *FIRST_FRAME)
    network = {"httpx", "aiohttp", "http.client", "httptools", "certifi", "email"}
    others = {"sqlite3", "segno", "humanize", "pathspec", "fastcrc", "tomli_w", "csv"}
    assert not (network | others) & found
    later: tuple[str, ...] = (
        "session",
        "journals",
        "recording",
        "console",
        "report",
        "left",
        "protocol",
        "hosted_engine",
        "ui.review",
    )
    later += (
        "model.events",
        "model.jobs",
        "engine.planner",
        "engine.remote",
        "engine.starting",
        "engine.messages",
        "engine.journal",
    )
    pages = ("palette", "plan", "preferences", "credentials", "failure_detail", "help", "sheet", "prompt", "confirm")
    names = {f"tui_uploader.{name}" for name in later} | {f"tui_uploader.ui.screens.{name}" for name in pages}
    missing = [name for name in names if not any(PACKAGE.parent.glob(name.replace(".", "/") + "*"))]
    assert not missing, "renamed: the list guards nothing"
    assert not names & found


def test_the_model_loads_the_standard_library_alone() -> None:
    names = [f"tui_uploader.model.{path.stem}" for path in (PACKAGE / "model").glob("*.py") if path.stem != "__init__"]
    outside = {
        name.partition(".")[0] for name in loaded(*names) - loaded("sys") if not name.startswith(("_", "tui_uploader"))
    }
    assert outside <= set(sys.stdlib_module_names)
    assert not {"asyncio", "threading", "socket", "sqlite3"} & outside - loaded("typing", "dataclasses", "errno")


@pytest.mark.parametrize("path", [path for path in MODULES if path.read_bytes()], ids=named)
def test_a_module_says_its_one_job(path: Path) -> None:
    text = ast.get_docstring(tree_of(path))
    assert text, "no docstring"
    first, _, rest = text.partition("\n")
    assert first.rstrip().endswith((".", "!", "?")), "the first line is one whole sentence"
    assert len(first) <= 120
    assert not rest or rest.startswith("\n"), "the first line stands alone"


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_stays_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_only_the_command_line_and_the_console_print(path: Path) -> None:
    if path.name not in ("cli.py", "console.py"):
        assert "print" not in calls(path)


@pytest.mark.parametrize("path", [*MODULES, *TESTS], ids=named)
def test_nobody_sleeps(path: Path) -> None:
    assert not {"time.sleep", "sleep"} & calls(path)


@pytest.mark.parametrize("path", TESTS, ids=named)
def test_no_test_replaces_what_it_tests(path: Path) -> None:
    names = {alias.name for node in ast.walk(tree_of(path)) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree_of(path)) if isinstance(node, ast.ImportFrom)}
    assert not {"unittest.mock", "mock", "pytest_mock"} & names


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_public_functions_and_classes_have_a_docstring(path: Path) -> None:
    bare = [
        node.name
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node) is None
    ]
    assert bare == []
