"""What a plan obeys: apart from the planner, whose rules take long to load and which no first frame needs."""

from dataclasses import dataclass

from tui_uploader.model.keys import REFUSE, SKIP

FOLLOW = "follow"


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What a plan obeys; names and defaults as the command line has them."""

    prefix: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    hidden: bool = True
    ignore_file: bool = True
    gitignore: bool = False
    symlinks: str = SKIP
    names: str = REFUSE
    key_template: str = ""
