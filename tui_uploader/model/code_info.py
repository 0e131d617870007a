"""What the catalogue says of a code: when to try again, whose trouble it is, and the words for people."""

from enum import Enum

from tui_uploader.model.value import value


class RetryClass(Enum):
    """When to try again without being asked. The value is the number of further tries (None: the run's own)."""

    NEVER = 0  # a person decides
    BACKOFF = -1  # the run's number of further tries, with growing random pauses
    ONCE = 1
    TWICE = 2
    FRESH = -2  # once more with fresh upload info
    UNKNOWN = -3  # outcome unknown: the same key is sent again, at most five tries in all

    @property
    def helps(self) -> bool:
        """Whether trying again can help at all."""
        return self is not RetryClass.NEVER


class Scope(Enum):
    """Whose trouble a code is: one object's, possibly everybody's, or certainly everybody's."""

    OBJECT = "object"
    MAYBE = "maybe"  # a refusal that pauses the run after 20 different objects in a row
    NETWORK = "network"  # pauses the run after 5 different objects in a row
    SLOW = "slow"  # one object's, and a sign to send less at once
    ALL = "all"  # pauses the run at once


@value
class CodeInfo:
    """One row: `label` fits beside the code in a narrow row; `meaning` and `check` make up a sentence."""

    code: str
    retry: RetryClass
    label: str
    meaning: str
    check: str
    scope: Scope = Scope.OBJECT

    @property
    def helps(self) -> bool:
        """Whether trying again can help without anybody doing anything first; it never says other than `check`."""
        return self.retry.helps and "will not help" not in self.check
