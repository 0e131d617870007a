"""--include and --exclude: what cannot mean anything is refused, and what begins like a comment is itself."""

import subprocess
import sys
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.engine.rules import Filters, compile_patterns


@pytest.mark.parametrize("pattern", ["[", "a[", "[]", "[!", "x[]y", "[z-a]", "", "   ", "/", "\\", "a\\"])
def test_a_pattern_that_can_match_nothing_is_an_error(pattern: str) -> None:
    with pytest.raises(ValueError, match="the pattern "):
        compile_patterns(["*.log", pattern])


@pytest.mark.parametrize("name", ["!a", "#a", "!", "#"])
def test_a_mark_of_ignore_files_is_itself_on_the_command_line(name: str) -> None:
    filters = Filters([], [name])
    assert filters.verdict(name.encode(), name.encode(), folder=False) == "excluded"
    assert filters.verdict(b"a", b"a", folder=False) is None


@given(st.text())
def test_any_pattern_is_compiled_or_refused_with_its_name(pattern: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        said = ""
        try:
            compile_patterns([pattern])
        except ValueError as error:
            said = str(error)
    assert not said or repr(pattern) in said


@pytest.mark.parametrize("option", ["--exclude", "--include"])
@pytest.mark.parametrize("pattern", ["[", "[z-a]"])
def test_a_bad_pattern_is_usage(option: str, pattern: str) -> None:
    command = [sys.executable, "-m", "tui_uploader", "push", "/tmp", "--dry-run", option, pattern]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert f"the pattern '{pattern}'" in ended.stderr
