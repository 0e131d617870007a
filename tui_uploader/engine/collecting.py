"""Tells the garbage collector what a run is like: many objects that live on, hardly a cycle among them."""

import gc

_OFTEN = 20_000  # new objects between two looks at the young ones; Python's own 700 cost a run a tenth of its time


def collect_seldom(*, freeze: bool = True) -> None:
    """Look seldom, and leave what is loaded out of all looks. For the whole process; harmless when done twice.

    Without `freeze` for a start: what is being loaded makes no garbage, and looking for it takes a twelfth of the time.
    """
    if freeze:
        gc.freeze()
    if 0 < gc.get_threshold()[0] < _OFTEN:
        gc.set_threshold(_OFTEN, 20, 50)
