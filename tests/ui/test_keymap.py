"""A keymap of one's own: unknown ids, odd keys and clashes are named; what is right works, and the help shows it."""

import pytest

from tests.ui.stage import on_stage
from tui_uploader.ui.keymap import contexts, every, listing, problems


def test_the_keymap_as_shipped_has_no_clash() -> None:
    for where, group in contexts():
        taken: dict[str, str] = {}
        for binding in group:
            for key in binding.keys.split(","):
                assert taken.setdefault(key, binding.id) == binding.id, (where, key)


def test_every_binding_has_a_plain_key_or_needs_none() -> None:
    """Keys that tmux, screen, browsers and desktops eat are never the only way."""
    fragile = ("ctrl+", "alt+", "shift+", "f1")
    alone = [key.id for key in every().values() if all(one.startswith(fragile) for one in key.keys.split(","))]
    assert set(alone) <= {
        "app.interrupt",
        "app.redraw",
        "pane.previous",
        "prompt.clear",
    }


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"run.strat": "f5"}, "keys.run.strat: unknown binding; did you mean 'run.start'?"),
        ({"run.start": "ctrl+shft+x"}, "keys.run.start: 'ctrl+shft+x' is no key"),
        ({"run.start": "entr"}, "keys.run.start: 'entr' is no key; did you mean 'enter'?"),
        ({"run.start": "p"}, "keys.run.start: 'p' is the key of run.pause too"),
        ({"files.mark": "R"}, "keys.files.mark: 'R' is the key of run.retry_all too (files)"),
        ({"run.start": "f5", "run.pause": "f5"}, "'f5' is the key of"),
    ],
)
def test_what_is_wrong_is_named(given: dict[str, str], words: str) -> None:
    assert any(words in line for line in problems(given)), problems(given)


def test_what_is_right_is_taken() -> None:
    assert problems({"run.start": "f5,u", "files.mark": "space", "run.pause": "ctrl+y"}) == []
    assert len(listing()) == 1 + 2 * len(every())


async def test_a_key_of_ones_own_works_and_help_and_footer_show_it() -> None:
    async with on_stage(size=(120, 40), keys={"run.pause": "W", "app.help": "Z"}) as stage:
        stage.port.seed(1)
        await stage.tick()
        assert "W pause" in stage.text
        await stage.press("p")
        await stage.tick()
        assert "go on" not in stage.text
        await stage.press("W")
        await stage.tick()
        assert "W go on" in stage.text
        assert "Z help" in stage.text
        frame = await stage.press("Z")
        assert any(line.split()[:1] == ["Z"] for line in frame)
