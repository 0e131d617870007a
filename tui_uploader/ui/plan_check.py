"""PlanCheck: asks the service for permission for all of a plan; refusals go to its lines, and counts are honest."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from time import monotonic
from typing import Any, Protocol

from tui_uploader.model.code_info import Scope
from tui_uploader.model.failures import Failure, bug
from tui_uploader.model.text import clean_message, printable
from tui_uploader.ui.desk import Check
from tui_uploader.ui.language import t
from tui_uploader.ui.plan_tally import UPLOADED, PlanTally
from tui_uploader.ui.widgets.tree_finder import BREATH
from tui_uploader.ui.words import number, sentence

_SAY_EVERY = 0.25  # seconds
_BUSY = 0.008  # seconds for which answers are taken before keys have their turn


class Page(Protocol):
    """The plan's page."""

    def say(self, text: str) -> None:
        """Instead of what was said before."""
        ...

    def change(self, change: Callable[[], None]) -> None:
        """Change the plan; the cursor stays on its line."""
        ...


def _nobody_knows(failure: Failure) -> bool:
    """Whether a failure says nothing of the object: the service did not come to look at it."""
    others = failure.whole or failure.info.scope in (Scope.ALL, Scope.NETWORK, Scope.SLOW)
    return others or failure.retry.helps


class PlanCheck:
    """One asking, of a tally whose lines may be left out or renamed meanwhile. Lines refused before are asked again."""

    def __init__(self, tally: PlanTally, screen: Page) -> None:
        self._tally, self._screen = tally, screen
        lines = tally.lines
        places = [at for verdict in UPLOADED for at in lines.by_verdict[verdict]]
        self._wanted = [at for at in (*places, *sorted(lines.denied)) if at not in lines.dropped]
        self._keys = [lines.key(at) for at in self._wanted]
        self._refused: dict[int, tuple[str, str]] = {}
        self._allowed: set[int] = set()
        self._unknown = 0
        self._cause: Failure | None = None

    async def ask(self, check: Check, policy: str) -> None:
        """Ask for all. What was answered so far counts, however it ends."""
        shown, rested, lines = 0.0, monotonic(), self._tally.lines
        objects = [(key, lines.size(at)) for at, key in zip(self._wanted, self._keys, strict=True)]
        trouble = self._tally.unanswered = ""
        try:
            answers: Any = check(objects, policy)
            async with aclosing(answers):
                async for place, failure in answers:
                    self._take(place, failure)
                    if monotonic() - shown > _SAY_EVERY:
                        shown = monotonic()
                        self._screen.say(self._so_far() + t("; c stops"))
                    if monotonic() - rested > _BUSY:  # a near service answers without a pause
                        await asyncio.sleep(BREATH)
                        rested = monotonic()
        except asyncio.CancelledError:
            trouble = t("stopped: {so_far}", so_far=self._so_far())
            raise
        except (OSError, ValueError) as error:
            self._tally.unanswered = t("the service cannot be asked: {why}", why=clean_message(str(error)))
        except Exception as error:  # noqa: BLE001 - a bug must not leave "asking" for ever
            self._tally.unanswered = t("the service cannot be asked: {why}", why=bug(error).detail)
        finally:
            if self._tally.unanswered:
                trouble = t("the service cannot be asked: c tries again")
            else:
                self._tally.unanswered = self._why()
            self._screen.change(self._settle)
            self._screen.say(trouble or self._in_the_end())

    def _take(self, place: int, failure: Failure | None) -> None:
        at = self._wanted[place]
        if failure is None:
            self._allowed.add(at)
        elif _nobody_knows(failure):
            self._unknown += 1
            self._cause = failure
        else:
            self._refused[at] = (failure.code, clean_message(failure.message or sentence(failure)))

    def _settle(self) -> None:
        """Refusals to their lines, and lines refused before that may go now back; none that changed meanwhile."""
        lines, dropped = self._tally.lines, self._tally.lines.dropped
        same = {at for at, key in zip(self._wanted, self._keys, strict=True) if lines.key(at) == key} - dropped
        back = [at for at in sorted(lines.denied) if at in self._allowed and at in same]
        if lines.renamed:  # to the key of one that was refused, perhaps
            back = [at for at in back if not lines.holds_key(lines.key(at))]
        self._tally.admit(back)
        self._tally.refuse({at: why for at, why in self._refused.items() if at in same and at not in lines.denied})

    def _so_far(self) -> str:
        answered = len(self._allowed) + len(self._refused)
        return t(
            "asked for {asked} of {total}, {refused} refused",
            asked=number(answered), total=number(len(self._wanted)), refused=number(len(self._refused)),
        )  # fmt: skip

    def _why(self) -> str:
        """Why the service did not answer for all; empty where it did."""
        if self._cause is None:
            return ""
        return f"{printable(self._cause.code)}: {sentence(self._cause)}"

    def _in_the_end(self) -> str:
        refused, total = len(self._refused), len(self._wanted)
        if self._cause is not None:
            return t("nothing is known of {unknown}: c asks again", unknown=number(self._unknown))
        if refused:
            asked = number(total)
            return t("{refused} of {asked} would be refused: they stand below", refused=number(refused), asked=asked)
        return t("all {asked} may be uploaded", asked=number(total))
