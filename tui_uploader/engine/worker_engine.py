"""What engine the worker runs for a job."""

from tui_uploader.engine.engine import Engine
from tui_uploader.engine.home import Home
from tui_uploader.engine.port import EngineOptions
from tui_uploader.engine.worker import MakeEngine


def make_engine(home: Home) -> MakeEngine:
    """The maker of engines for the jobs of an environment. It raises OSError and ValueError as `Engine` does."""

    def make(job: str, options: EngineOptions, resumed: bool) -> Engine:
        return Engine(options)

    return make
