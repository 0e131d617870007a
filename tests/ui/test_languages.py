"""Chinese and English: every phrase has its Chinese with the same placeholders, and frames keep their columns."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

import tui_uploader.ui
from tests.ui.stage import on_stage
from tui_uploader.model.codes import ROWS
from tui_uploader.model.files import Kind
from tui_uploader.model.items import Stage
from tui_uploader.ui import language
from tui_uploader.ui.glyphs import ASCII, UNICODE
from tui_uploader.ui.keymap import every
from tui_uploader.ui.taste import Taste
from tui_uploader.ui.widgets.status_line import _LASTING as LASTING
from tui_uploader.ui.words import SKIPPED, stage_short

FOLDER = Path(tui_uploader.ui.__file__).parent
ZH = language.dictionary("zh")


def phrases() -> Iterator[tuple[str, str]]:
    """Every template that is said in ui/, with its place: of t() and said() the literals, of plural() both forms."""
    for path in sorted(FOLDER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            where = f"{path.relative_to(FOLDER)}:{node.lineno}"
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if node.func.id == "t":
                for template in literals(node.args[0]):
                    yield template, where
            elif node.func.id == "said" and texts:
                yield texts[0], where
            elif node.func.id == "plural" and texts:
                yield "{n} " + texts[0], where
                yield "{n} " + (texts[1] if len(texts) > 1 else texts[0] + "s"), where


def literals(node: ast.expr) -> list[str]:
    """The texts that an argument can be; a name is looked up by nobody, so it must not be one."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return literals(node.body) + literals(node.orelse)
    return []


def tables() -> Iterator[tuple[str, str]]:
    """What comes from tables: keys, stages, kinds, the catalogue."""
    for key in every().values():
        yield key.label, key.id
        yield key.tooltip, key.id
    for stage in Stage:
        yield stage.word, "Stage"
        if stage is not Stage.UPLOADING:
            yield stage.short, "Stage"
    for kind in Kind:
        yield kind.words, "Kind"
    for words in LASTING.values():
        yield words, "LASTING"
    for words in SKIPPED.values():
        yield words, "SKIPPED"
    for row in ROWS:
        for text in (row.label, row.meaning, row.check):
            if text:
                yield text, row.code


def names(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def missing() -> dict[str, str]:
    return {text: where for text, where in (*phrases(), *tables()) if text not in ZH}


def test_every_phrase_has_its_chinese() -> None:
    assert missing() == {}


def test_placeholders_are_the_same_in_both() -> None:
    assert {english: chinese for english, chinese in ZH.items() if names(english) != names(chinese)} == {}


def test_stages_fit_their_five_cells() -> None:
    language.choose("zh")
    try:
        assert [stage.word for stage in Stage if cell_len(stage_short(stage)) > 5] == []
    finally:
        language.choose("en")


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_MESSAGES": "zh_TW", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LC_ALL": "zh", "LC_MESSAGES": "en_US", "LANG": "en_US"}, "zh"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_of_the_environment(environment: dict[str, str], code: str) -> None:
    assert language.from_environment(environment) == code


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 10)])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("glyphs", [ASCII, UNICODE], ids=["ascii", "unicode"])
async def test_frames_keep_their_columns(size: tuple[int, int], lang: str, glyphs: object) -> None:
    taste = Taste(lang=lang)
    async with on_stage(size, glyphs=glyphs, taste=taste) as stage:  # type: ignore[arg-type]
        stage.port.seed(3)
        stage.port.fail(0, "STORAGE_EXCEED_AUTHORITY")
        frame = await stage.tick()
        assert all(cell_len(line) <= size[0] for line in frame)
        if size[0] >= 80:
            dividers = {
                cell_len(line[: line.index("|")]) for line in frame[2:16] if "|" in line and "上传" not in line[:4]
            }
            assert len(dividers) == 1, frame
        for keys in (["question_mark"], ["comma"], ["colon"]):
            frame = await stage.press(*keys)
            assert all(cell_len(line) <= size[0] for line in frame)
            await stage.press("escape")


async def test_the_language_changes_live_and_back() -> None:
    async with on_stage((120, 40), taste=Taste(lang="en")) as stage:
        stage.port.seed(2)
        stage.port.fail(0, "SlowDown")
        await stage.tick()
        english = stage.frame()
        assert any("Files" in line for line in english)
        await stage.press("L")
        await stage.pilot.pause()
        chinese = "\n".join(stage.frame())
        assert "文件" in chinese
        assert "失败" in chinese
        assert "Files" not in chinese
        await stage.press("L")
        await stage.press("escape")
        await stage.pilot.pause()
        assert [line for line in stage.frame() if "Files" in line]
        assert "文件" not in stage.text


async def test_the_signs_change_live_and_back() -> None:
    async with on_stage(glyphs=UNICODE) as stage:
        assert "▸" in stage.text
        await stage.press("comma", "j", "j", "l", "escape")
        assert "▸" not in stage.text
        assert "+ [ ] q1/" in stage.text
        await stage.press("comma", "j", "j", "l", "escape")
        assert "▸ [ ] q1/" in stage.text
    async with on_stage(glyphs=ASCII) as stage:
        assert "▸" not in stage.text
        await stage.press("comma", "j", "j", "l", "escape")
        assert "▸ [ ] q1/" in stage.text
    assert ASCII.collapsed == "+"  # the sets themselves are what they were
