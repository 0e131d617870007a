"""Tells the garbage collector what a run is like: many objects that live on, hardly a cycle among them."""

import gc

_OFTEN = 20_000  # new objects between two looks at the young ones; Python's own 700 cost a run a tenth of its time
_LOADING = 200_000  # the same while modules are loaded, most of whose objects stay


def collect_seldom(*, freeze: bool = True) -> None:
    """Look seldom, and leave what is loaded out of all looks. For the whole process; harmless when done twice.

    Without `freeze` for a start: what is being loaded makes no garbage, and looking for it takes a twelfth of the time.
    """
    if freeze:
        gc.freeze()
    if gc.get_threshold()[0] > 0:
        gc.set_threshold(_OFTEN if freeze else _LOADING, 20, 50)
