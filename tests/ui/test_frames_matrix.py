"""The matrix of screens, states and sizes: a screen without its frames, or a frame without a screen, fails here."""

import importlib
import pkgutil
import re

import pytest
from rich.cells import cell_len
from textual.screen import Screen

from tests.ui.frames import FOLDER, SIZES
from tui_uploader.ui import screens

# Screens that others are made of: none of them opens by itself.
BASES = frozenset(
    {"Panes", "Rekeying", "QueueWork", "Writing", "AfterWork", "FilesSide", "Planning", "Sheet", "RowsPage"}
)
KINDS = ("ordinary", "empty", "loading", "error", "huge")  # narrow is each of them at 40x10

# For each screen: the frames of each kind by name, or after a colon why there is none of this kind.
NO_LIST = ": it lists nothing"
AT_ONCE = ": what it shows is in memory"
ASKS = {"ordinary": "", "empty": ": a question is about something", "loading": AT_ONCE, "error": ": it does nothing",
        "huge": ": one question with a number"}  # fmt: skip
MATRIX: dict[str, dict[str, str]] = {
    "MainScreen": {
        "ordinary": "files-ordinary files-marked files-badges files-sized files-filtered files-finding files-hostile "
        "files-going files-only-hidden queue-every-stage queue-marked queue-ticked queue-by-code queue-by-code-opened "
        "queue-by-folder queue-by-folder-opened queue-in-order queue-failed-only queue-hostile queue-paused-by-you "
        "queue-over queue-while-away queue-taken-away log-mixed log-standing log-failures log-one-object log-wrapped "
        "log-hostile left-later left-discarded places-none plain-empty",
        "empty": "files-empty files-filtered-nothing queue-empty queue-no-such-row queue-found-nothing log-empty "
        "log-found-nothing",
        "loading": "files-loading queue-loading",
        "error": "files-error files-error-inside files-hung files-earlier-failure queue-paused-by-token queue-stopped "
        "worker-lost-later",
        "huge": "files-huge-counting files-huge-hung queue-huge queue-huge-by-code queue-huge-end log-huge",
    },
    "PlanScreen": {
        "ordinary": "plan-opened plan-end plan-all-lines plan-uploads plan-left-out plan-policy plan-template "
        "plan-renaming plan-hostile",
        "empty": ": a plan with nothing in it does not open, the pane says so (test_plan_screen)",
        "loading": "plan-counting",
        "error": "plan-not-whole plan-only-refusals plan-refused-by-the-service",
        "huge": "plan-huge",
    },
    "FailureDetail": {
        "ordinary": "detail-failed detail-end detail-retrying detail-uploading detail-skipped detail-done",
        "empty": ": it is about one object", "loading": AT_ONCE, "error": "detail-hostile", "huge": NO_LIST,
    },
    "Information": {
        "ordinary": "files-information", "empty": ": it is about one file",
        "loading": ": it opens with what is known of it", "error": "information-gone", "huge": NO_LIST,
    },
    "Copied": {
        "ordinary": "copied-key copied-error", "empty": ": what has no text is not copied (test_queue_work)",
        "loading": AT_ONCE, "error": "copied-huge", "huge": "copied-huge copied-huge-end",
    },
    "PlainText": {
        "ordinary": "plain-one plain-all plain-hostile", "empty": ": it does not open, the pane says why (plain-empty)",
        "loading": AT_ONCE, "error": ": it does nothing", "huge": "plain-huge",
    },
    "QrPage": {
        "ordinary": "qr", "empty": ": it is about one link", "loading": ": it opens with the link",
        "error": "qr-no-room", "huge": ": links of 3,000 signs are in test_qr",
    },
    "JobsPage": {
        "ordinary": "jobs-several jobs-left-behind jobs-ended jobs-nothing-failed", "empty": "jobs-empty",
        "loading": "jobs-loading", "error": "jobs-error", "huge": "jobs-huge",
    },
    "JobObjects": {
        "ordinary": "objects objects-end objects-failed", "empty": "objects-found-nothing",
        "loading": "objects-loading", "error": "objects-error left-look-error", "huge": "objects-huge",
    },
    "ChangedPage": {
        "ordinary": "left-changed-page", "empty": ": it does not open", "loading": AT_ONCE,
        "error": ": it does nothing", "huge": "left-changed-huge",
    },
    "PlacesList": {
        "ordinary": "places", "empty": ": it does not open, the pane says why (places-none)", "loading": AT_ONCE,
        "error": ": what has gone is said in the pane (test_files_keys)", "huge": ": made by hand",
    },
    "Palette": {
        "ordinary": "palette palette-typed", "empty": "palette-nothing", "loading": AT_ONCE, "error": NO_LIST,
        "huge": ": it lists the keymap",
    },
    "Preferences": {
        "ordinary": "preferences preferences-changed", "empty": NO_LIST, "loading": AT_ONCE,
        "error": ": a choice that cannot be kept is in test_themes", "huge": NO_LIST,
    },
    "Profiles": {
        "ordinary": "profiles profiles-this-one", "empty": ": the profile that is open is one", "loading": AT_ONCE,
        "error": ": what cannot be reached is in tests/terminal/test_profiles", "huge": ": written by hand",
    },
    "Credentials": {
        "ordinary": "credentials credentials-typed", "empty": "credentials", "loading": ": a button asks",
        "error": "credentials-refused", "huge": NO_LIST,
    },
    "Help": {
        "ordinary": "help-files help-files-end help-queue help-log detail-help plan-help jobs-help",
        "empty": NO_LIST, "loading": AT_ONCE, "error": ": it does nothing", "huge": ": it lists the keymap",
    },
    "Prompt": {
        "ordinary": "prompt-find prompt-key jobs-report", "empty": ": it begins empty", "loading": AT_ONCE,
        "error": "prompt-key-wrong prompt-limit-wrong prompt-report-wrong jobs-report-wrong", "huge": NO_LIST,
    },
    "Confirm": {**ASKS, "ordinary": "question-cancel question-retry question-link jobs-discard worker-lost"},
    "LeaveQuestion": {**ASKS, "ordinary": "question-leave question-leave-finishing"},
    "CopyMenu": {**ASKS, "ordinary": "menu-copy"},
    "ShowMenu": {**ASKS, "ordinary": "menu-filter"},
    "GroupMenu": {**ASKS, "ordinary": "menu-group"},
    "StopMenu": {**ASKS, "ordinary": "jobs-stop"},
    "LeftQuestion": {**ASKS, "ordinary": "left-question left-question-looking"},
    "ChangedQuestion": {**ASKS, "ordinary": "left-changed"},
    "LinkQuestion": {**ASKS, "ordinary": "links-question", "huge": "links-question-huge"},
}  # fmt: skip


def named() -> set[str]:
    """Every frame of the matrix."""
    cells = (words for row in MATRIX.values() for words in row.values())
    return {name for words in cells if not words.startswith(":") for name in words.split()}


def test_every_screen_has_a_row_and_every_row_every_kind() -> None:
    found = set()
    for module in pkgutil.iter_modules(screens.__path__, screens.__name__ + "."):
        for name, made in vars(importlib.import_module(module.name)).items():
            if isinstance(made, type) and issubclass(made, Screen) and made.__module__ == module.name:
                found.add(name)
    assert found - BASES == set(MATRIX)
    for screen, row in MATRIX.items():
        assert tuple(sorted(row)) == tuple(sorted(KINDS)), screen
        assert not row["ordinary"].startswith(":"), screen
        assert all(words and words != ":" for words in row.values()), screen


def test_every_frame_of_the_matrix_is_there_at_every_size_and_none_of_no_screen() -> None:
    there = {path.stem for path in FOLDER.iterdir()}
    assert not {f"{name}-{width}x{height}" for name in named() for width, height in SIZES} - there
    names = {stem.rpartition("-")[0] for stem in there}
    assert there == {f"{name}-{width}x{height}" for name in names for width, height in SIZES}
    families = {name.partition("-")[0] for name in named()}
    assert {name for name in names if name.partition("-")[0] not in families} == set()


@pytest.mark.parametrize("name", sorted(named()))
def test_a_frame_fits_and_ends_in_something_to_do(name: str) -> None:
    for width, height in SIZES:
        lines = (FOLDER / f"{name}-{width}x{height}.txt").read_text("utf-8").splitlines()
        assert len(lines) == height
        assert max(map(cell_len, lines)) <= width
        if not name.startswith("plain-") and name != "qr":
            assert re.match(r" (\S+ \S)", lines[-1]), f"{name}: no keys in the last line"
            assert not re.search(r"[~⋯]$", lines[-1]), f"{name}: a key's word is cut"
