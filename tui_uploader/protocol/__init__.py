"""How the service speaks, over httpx. Importing httpx would bring its command line, and with it Rich."""

import sys

if "httpx" not in sys.modules:
    sys.modules["httpx._main"] = None  # type: ignore[assignment]  # httpx takes it for not installed, and goes on
    import httpx  # noqa: F401 - now, while the above holds

    del sys.modules["httpx._main"]
