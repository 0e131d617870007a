"""The events by name, loaded with the first one that is asked for: the screen's first frame shows none of them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui_uploader.model.events import *  # noqa: F403
else:

    def __getattr__(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        from tui_uploader.model import events

        found = globals()[name] = getattr(events, name)  # the next time it is here
        return found
