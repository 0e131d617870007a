"""PlanCommand: a plan as one push command: words where they say it exactly, else a list, written when it is copied."""

import asyncio
from collections.abc import Callable, Collection, Sequence

from tui_uploader.engine.plan_options import PlanOptions
from tui_uploader.engine.port import FAIL, OVERWRITE, SKIP
from tui_uploader.model.files import Mark
from tui_uploader.ui.command_line import MOST, command_line, list_command
from tui_uploader.ui.desk import Shell
from tui_uploader.ui.language import t
from tui_uploader.ui.plan_tally import PlanTally
from tui_uploader.ui.words import number

PLACEHOLDER = "LIST"  # what stands for a list that is not written yet


POLICIES = (OVERWRITE, SKIP, FAIL)


def policy_words(if_exists: str) -> str:
    """What a conflict policy does."""
    return {
        OVERWRITE: t("an existing object of the same key is overwritten"),
        SKIP: t("an existing object of the same key stays, the file is skipped"),
        FAIL: t("an existing object of the same key stays, the file fails"),
    }[if_exists]


class PlanCommand:
    """The command of a tally that may still grow and be changed by hand; `marks` are None where there are many."""

    def __init__(
        self,
        tally: PlanTally,
        marks: Sequence[Mark] | None,
        excluded: Collection[bytes],
        options: PlanOptions,
        shell: Shell,
    ) -> None:
        self._tally, self._marks, self._excluded = tally, marks, excluded
        self._options, self._shell = options, shell
        self._words: tuple[object, str] | None = None
        self._list: tuple[object, str] | None = None

    def _version(self) -> tuple[int, ...]:
        tally = self._tally
        return tally.changes, tally.queued_already, len(tally.again)

    def words(self, if_exists: str) -> str:
        """The command without a list; empty where it takes one."""
        made_of = (if_exists, *self._version())
        if self._words is None or self._words[0] != made_of:
            self._words = (made_of, self._in_words(if_exists))
        return self._words[1]

    def _in_words(self, if_exists: str) -> str:
        places, lines = self._tally.left_out, self._tally.lines
        if self._marks is None or places is None or len(places) > MOST:
            return ""
        left_out = [lines.path(at) for at in places]
        return command_line(self._marks, self._excluded, self._options, self._shell, if_exists, left_out)

    def shown(self, if_exists: str) -> tuple[str, str]:
        """The command as it can be shown now, and what to do for the rest of it."""
        if words := self.words(if_exists):
            return words, ""
        if self._list is not None and self._list[0] == self._version():
            return list_command(self._list[1], self._shell, if_exists), ""
        count = number(self._tally.uploads + len(self._tally.again))
        hint = t("y writes {list}, {count} paths with their keys, and copies this", list=PLACEHOLDER, count=count)
        return list_command(PLACEHOLDER, self._shell, if_exists), hint

    async def whole(self, if_exists: str, said: Callable[[str], None]) -> str:
        """The command, with its list on disk where it takes one; empty where the plan changed meanwhile.

        Raises OSError where the list cannot be written.
        """
        command, to_do = self.shown(if_exists)
        if not to_do:
            return command
        begin = self._shell.begin_list
        if begin is None:
            raise OSError(t("there is no folder for the list"))
        version, total = self._version(), self._tally.uploads + len(self._tally.again)
        file, done = await asyncio.to_thread(begin, total), 0
        try:
            for piece in self._tally.targets():
                await asyncio.to_thread(file.write, piece)
                done += len(piece)
                if done % 50_000 == 0:
                    said(t("writing the list... {done} of {total}", done=number(done), total=number(total)))
                if version != self._version():
                    await asyncio.to_thread(file.leave)
                    return ""
            self._list = (version, await asyncio.to_thread(file.keep))
        except BaseException:
            file.leave()
            raise
        return list_command(self._list[1], self._shell, if_exists)
