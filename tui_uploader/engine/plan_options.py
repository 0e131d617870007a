"""What a plan obeys: apart from the planner, whose rules take long to load and which no first frame needs."""

from tui_uploader.model.keys import REFUSE, SKIP
from tui_uploader.model.value import value

FOLLOW = "follow"


@value
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
