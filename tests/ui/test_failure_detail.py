"""The page of one failure: the service's own message to its end, there, in the copy and as plain text."""

from tests.ui.stage import Stage, on_stage
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase

MESSAGE = "denied by statement number 7 of the policy; " * 12 + "THE END"


async def denied(stage: Stage) -> None:
    """One object that was refused at length, under the cursor."""
    stage.port.seed(1)
    stage.port.events.append(ev.ItemFailed(0, Failure("AccessDenied", Phase.PUT, MESSAGE, 403, "req-1"), 1, 0.0))
    await stage.tick()
    await stage.press("2")


async def test_the_services_message_is_shown_to_its_end() -> None:
    async with on_stage((80, 40)) as stage:
        await denied(stage)
        assert "THE END" in "\n".join(await stage.press("enter"))
        await stage.press("y")
        await stage.app.workers.wait_for_complete()
        assert "THE END" in "\n".join(await stage.press())
        await stage.press("escape")
        assert "THE END" in "\n".join(await stage.press("T"))
