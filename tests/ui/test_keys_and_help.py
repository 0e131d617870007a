"""One keymap: bindings, help, palette and footer say the same, and every key has an action."""

import pytest

from tests.ui.stage import on_stage
from tui_uploader.model.items import Stage as At
from tui_uploader.ui import keys
from tui_uploader.ui.app import UploaderApp
from tui_uploader.ui.commands import keymap_commands, matching
from tui_uploader.ui.language import choose
from tui_uploader.ui.screens.confirm import Confirm, LeaveQuestion
from tui_uploader.ui.screens.failure_detail import FailureDetail
from tui_uploader.ui.screens.help import Help, key_names
from tui_uploader.ui.screens.main import MainScreen
from tui_uploader.ui.screens.palette import Palette
from tui_uploader.ui.screens.plan import PlanScreen
from tui_uploader.ui.screens.sheet import Sheet
from tui_uploader.ui.widgets.file_tree import FileTree
from tui_uploader.ui.widgets.queue_view import QueueView
from tui_uploader.ui.widgets.transfer_log import TransferLog

OWNERS: list[tuple[type, tuple[keys.Key, ...]]] = [
    (UploaderApp, keys.APP),
    (MainScreen, keys.SCREEN),
    (FileTree, keys.MOVING + keys.FILES),
    (QueueView, keys.MOVING + keys.QUEUE),
    (TransferLog, keys.MOVING + keys.LOG),
    (Sheet, keys.SHEET),
    (PlanScreen, keys.PLAN),
    (FailureDetail, keys.DETAIL),
    (Confirm, keys.CONFIRM),
    (LeaveQuestion, keys.LEAVING),
    (Palette, keys.PALETTE),
]


@pytest.mark.parametrize(("owner", "group"), OWNERS)
def test_every_key_has_an_id_a_tooltip_and_an_action(owner: type, group: tuple[keys.Key, ...]) -> None:
    for key in group:
        assert key.id
        assert key.tooltip.endswith(".")
        doer = UploaderApp if key.action.startswith("app.") else owner
        assert hasattr(doer, "action_" + key.action.removeprefix("app.").partition("(")[0]), key.action


def test_ids_are_unique_and_no_pane_gives_a_key_twice() -> None:
    groups = [value for name, value in vars(keys).items() if name.isupper() and isinstance(value, tuple)]
    ids = [key.id for group in groups if group not in (keys.APP, keys.SCREEN, keys.FIRST_RUN) for key in group]
    assert len(ids) == len(set(ids))
    for pane in (keys.FILES, keys.QUEUE, keys.LOG):
        names = [name for key in keys.EVERYWHERE + keys.MOVING + pane for name in key.keys.split(",")]
        assert len(names) == len(set(names))
        assert not {"ctrl+q", "ctrl+z", "ctrl+h", "ctrl+i", "ctrl+m", "ctrl+s", "ctrl+b"} & set(names)


@pytest.mark.parametrize(("pane", "number"), [("files", "1"), ("queue", "2"), ("log", "3")])
async def test_help_is_the_keymap_of_the_pane(pane: str, number: str) -> None:
    group = {"files": keys.FILES, "queue": keys.QUEUE, "log": keys.LOG}[pane]
    async with on_stage((80, 70)) as stage:
        await stage.press(number)
        frame = await stage.press("question_mark")
        assert isinstance(stage.app.screen, Help)
        for key in (*group, *keys.MOVING, *keys.EVERYWHERE):
            assert any(line.startswith(f"  {key_names(key)}") and key.tooltip in line for line in frame), key
        others = {key.tooltip for other in (keys.FILES, keys.QUEUE, keys.LOG) if other is not group for key in other}
        assert not any(tooltip in line for tooltip in others for line in frame)
        assert (await stage.press("q"))[1][0:1] in "[ "


async def test_help_scrolls_at_forty_by_ten_and_keeps_its_keys() -> None:
    async with on_stage((40, 10)) as stage:
        top = await stage.press("question_mark")
        bottom = await stage.press("G")
        assert top[0] == bottom[0] == " Keys in Files"
        assert top[1:-2] != bottom[1:-2]
        assert bottom[-1] == " j scroll  Esc back"


async def test_palette_has_every_command_and_runs_the_chosen_one() -> None:
    async with on_stage() as stage:
        commands = keymap_commands("files")
        assert {c.action for c in commands} >= {k.action for k in (*keys.EVERYWHERE, *keys.FILES, *keys.MOVING)}
        await stage.press("colon", *"hidden")
        assert "Files: hidden" in stage.frame()[1]
        await stage.press("escape")
        stage.port.seed(1)
        stage.port.stage(0, At.UPLOADING)
        await stage.tick()
        await stage.press("ctrl+p", *"pause", "enter")
        assert stage.port.paused
        await stage.press("colon", *"down", "enter")
        assert stage.frame()[3].startswith("> ")
        assert "no command has these letters" in "\n".join(await stage.press("colon", *"zzz"))


def test_palette_offers_no_screenshot_and_finds_by_sentence() -> None:
    commands = keymap_commands("queue")
    assert not any("screenshot" in f"{c.name} {c.words}".lower() for c in commands)
    assert [c.action for c in matching(commands, "failed retried")] == ["retry_all"]
    files = keymap_commands("files")
    assert [c.name for c in matching(files, "fi")][:2] == ["Files: find", "Files: filter"]


@pytest.mark.parametrize("code", ["en", "zh"])
@pytest.mark.parametrize("pane", ["files", "queue", "log"])
def test_no_two_commands_of_a_palette_are_called_the_same(code: str, pane: str) -> None:
    choose(code)
    try:
        names = [command.name for command in keymap_commands(pane)]
    finally:
        choose("en")
    assert sorted(set(names)) == sorted(names)


async def test_the_palette_cuts_no_sentence() -> None:
    """Below the list where there is no room beside it for the longest, of the chosen command alone."""
    for size, line in (((80, 24), -2), ((40, 10), -3), ((120, 40), 1)):
        async with on_stage(size) as stage:
            frame = await stage.press("colon", *"expand")
            assert frame[line].startswith((" Expand the folder; again:", "> Files: expand"))
            assert "its first entry." in " ".join(" ".join(frame).split())
            assert "~" not in "".join(frame[1:])


async def test_footer_lists_only_what_works_now() -> None:
    async with on_stage() as stage:
        footer = stage.app.main.footer
        assert "run.start" not in footer.offered
        assert "files.mark" in footer.offered
        await stage.press("space")
        assert "run.start" in footer.offered
        await stage.press(*"jj")
        assert "files.mark" not in footer.offered  # the cursor is on a pipe
        stage.port.seed(2)
        stage.port.done(0)
        await stage.tick()
        await stage.press("2")
        assert "queue.cancel" in footer.offered
        assert "queue.retry" not in footer.offered
        await stage.press("G")
        assert "queue.clear" not in footer.offered  # it is not important enough
        assert "pane.queue" not in footer.offered
        assert "run.retry_all" not in footer.offered


async def test_detail_shows_all_of_a_failure_and_retries() -> None:
    async with on_stage() as stage:
        stage.port.seed(1)
        stage.port.fail(0, "COS_ACTION_FAILED", message="backend\nsaid [no]", request_id="req-77", http_status=500)
        await stage.tick()
        text = "\n".join(await stage.press("2", "enter"))
        for words in (
            "Object failed COS_ACTION_FAILED",
            "logs/f000000.log",
            "/srv/logs/f000000.log",
            "1.9M (2,000,000 bytes)",
            "put: sending the object",
            "the storage behind the gateway refused",
            "give the request ID to support",
            "r tries again",
            "HTTP status 500",
            "request ID  req-77",
            "backend said [no]",
            "1 failed attempt",
        ):
            assert words in text
        await stage.press("r")
        assert stage.port.calls == [("retry", (0,))]
        stage.port.done(0)
        await stage.tick()
        text = "\n".join(await stage.press("enter"))
        assert "cloud://env.bucket/logs/f000000.log" in text
        assert "verified" in text
        assert "r retry" not in text


async def test_information_of_a_file_opens_from_the_tree() -> None:
    async with on_stage() as stage:
        text = "\n".join(await stage.press("j", "j", "enter"))
        assert "Information: a file" in text
        assert "/srv/reports/" in text


@pytest.mark.parametrize(("pane", "group"), [("files", keys.FILES), ("queue", keys.QUEUE), ("log", keys.LOG)])
def test_every_binding_of_a_pane_is_in_its_palette(pane: str, group: tuple[keys.Key, ...]) -> None:
    offered = [(command.action, command.key) for command in keymap_commands(pane)]
    for key in (*keys.EVERYWHERE, *keys.MOVING, *group):
        assert (key.action, key.text) in offered, key.id


def test_every_action_has_a_key_that_every_terminal_sends() -> None:
    """A printable character, Enter, Tab, Escape, Backspace; what has none is a way of moving that has another name."""
    plain = {"enter", "tab", "escape", "backspace", "space"}
    fragile = {
        key.id
        for group in (keys.EVERYWHERE, keys.MOVING, keys.FILES, keys.QUEUE, keys.LOG)
        for key in group
        if not any(name in plain or ("+" not in name and not _is_function_key(name)) for name in key.keys.split(","))
    }
    # the palette (`:` and letters) has these; `q` asks what ^c asks, Tab goes round, D and B go by half pages
    assert fragile == {"app.interrupt", "app.redraw", "pane.previous", "move.page_down", "move.page_up"}


def _is_function_key(name: str) -> bool:
    return name in ("pageup", "pagedown", "home", "end", "insert", "delete") or (name[0] == "f" and name[1:].isdigit())
