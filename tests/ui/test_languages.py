"""Chinese and English: every phrase has its Chinese with the same placeholders, and frames keep their columns."""

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

import tui_uploader.ui
from tests.ui.stage import on_stage
from tui_uploader.demo import GUIDE
from tui_uploader.model.codes import ROWS
from tui_uploader.model.files import Kind
from tui_uploader.model.items import Stage
from tui_uploader.ui import language
from tui_uploader.ui.glyphs import ASCII, UNICODE
from tui_uploader.ui.keymap import every
from tui_uploader.ui.taste import Taste
from tui_uploader.ui.widgets.status_line import _LASTING as LASTING
from tui_uploader.ui.widgets.transfer_log import _LEVEL_WORDS
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
            elif node.func.id in ("said", "fact") and node.args:
                for text in literals(node.args[0]):
                    yield text, where
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
    for words in _LEVEL_WORDS:
        yield words, "_LEVEL_WORDS"
    yield GUIDE, "GUIDE"
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


RETOLD = {
    "SlowDown: 5 objects a call from now on": "SlowDown：从现在起每次请求 5 个对象",
    "the access token is refused (HTTP_401): asking for another": "访问令牌被拒绝（HTTP_401）：正在获取新的令牌",
    "this machine slept for 40 s: what waits is tried again at once": "本机休眠了 40 秒：等待中的对象立即重试",
    "NET_DNS: the host's name is not known (h: no name): check the environment ID and the resolver":
        "NET_DNS：主机名无法解析 (h: no name)：请检查环境 ID 和域名解析",
    "upload.after (mail) ended with code 3": "upload.after（mail）以退出码 3 结束",
    "from --env-id": "来自 --env-id",
    "job 0f3a is forgotten; nothing in the cloud was changed": "任务 0f3a 已删除；云端没有任何改变",
    "job 0f3a cannot go on: there is no job '0f3a'; tui-uploader jobs lists them":
        "任务 0f3a 无法继续：没有任务 '0f3a'；tui-uploader jobs 可列出全部任务",
    "what nobody has translated": "what nobody has translated",
}  # fmt: skip


def test_what_was_said_elsewhere_in_english_is_told_in_chinese() -> None:
    language.choose("zh")
    try:
        assert {text: language.retold(text) for text in RETOLD} == RETOLD
    finally:
        language.choose("en")
    assert language.retold("from --env-id") == "from --env-id"


def test_what_never_ends_is_told_as_it_came() -> None:
    """A service may say anything: a thousand codes one after the other took 26 s and every frame of the stack."""
    language.choose("zh")
    try:
        assert language.retold("AB: " * 1500) == "AB: " * 1500
    finally:
        language.choose("en")


def test_no_template_of_what_is_retold_is_left_without_a_source() -> None:
    with (language.FOLDER / "zh.toml").open("rb") as file:
        told = tomllib.load(file)["told"]
    sources = "".join(path.read_text("utf-8") for path in FOLDER.parent.rglob("*.py"))
    glued = re.sub(r'"\s*\n\s*f?"', "", sources).replace("{SAID}", "the access token")
    pieces = {piece for template in told for piece in re.split(r"\{\w+\}", template) if len(piece) > 12}
    assert {piece for piece in pieces if piece not in glued} == set()


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


async def test_the_label_of_a_question_is_whole_in_chinese() -> None:
    async with on_stage((40, 10), taste=Taste(lang="zh")) as stage:
        stage.port.seed(1)
        await stage.tick()
        frame = "\n".join(await stage.press("tab", "E"))
        assert " 报告写到 " in frame
        assert ".csv .json .md .txt" in frame
