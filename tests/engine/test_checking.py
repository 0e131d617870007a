"""The check of the screen asks with the token that holds now: a renewed one, or the one that a person gave."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.conftest import CloudThread
from tests.engine.test_permissions import options_for
from tui_uploader.checking import Checking
from tui_uploader.emulator.server import Options
from tui_uploader.engine.port import OVERWRITE, Renewal
from tui_uploader.model.secret import Secret

OBJECTS = [(f"k{n}", 1) for n in range(250)]


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[CloudThread]:
    thread = CloudThread(Options(data=str(tmp_path / "cloud"), refused=("k7",)))
    yield thread
    thread.close()


def answers(checking: Checking) -> list[tuple[int, str | None]]:
    """Position and code of each answer, in order of the positions."""

    async def ask() -> list[tuple[int, str | None]]:
        return sorted([(at, why.code if why else None) async for at, why in checking(OBJECTS, OVERWRITE)])

    return asyncio.run(ask())


def test_a_refused_token_is_renewed_once_and_every_object_has_one_answer(cloud: CloudThread, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(cloud.emulator.token)
    file.chmod(0o600)
    stale = replace(options_for(cloud), token=Secret("stale-token"), renewal=Renewal(file=str(file)))
    found = answers(Checking(stale))
    assert [at for at, _ in found] == list(range(len(OBJECTS)))
    assert {at for at, code in found if code} == {at for at, (key, _) in enumerate(OBJECTS) if key.startswith("k7")}


def test_a_token_that_a_person_gave_is_used_from_then_on(cloud: CloudThread) -> None:
    checking = Checking(replace(options_for(cloud), token=Secret("stale-token")))
    assert all(code for _, code in answers(checking))
    checking.use(Secret(cloud.emulator.token), None)
    assert not dict(answers(checking))[0]
