"""The `emulator` command: the stand-in cloud by itself, and as the demo's child."""

import asyncio
import json
import os
import shutil
import sys

NEEDS = "the emulator needs aiohttp: install it with  pip install 'tui-uploader[emulator]'"


def run_emulator(
    port: int, data: str | None, token: str | None, faults: str | None, users: tuple[str, ...] = ()
) -> int:
    """Serve until a signal ends it; the exit code."""
    try:
        from tui_uploader.emulator.script import FaultError, load
        from tui_uploader.emulator.serve import serve
        from tui_uploader.emulator.server import Options
    except ImportError:
        sys.stderr.write(f"tui-uploader: {NEEDS}\n")
        return 2
    try:
        script = tuple(load(faults)) if faults is not None else ()
        known = tuple((name, password) for name, _, password in (user.partition("=") for user in users))
        asyncio.run(serve(Options(port=port, data=data, token=token, faults=script, users=known), _say))
    except FaultError as error:
        sys.stderr.write(f"tui-uploader: {error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"tui-uploader: the emulator cannot start: {error.strerror or error}\n")
        return 3
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def demo_child() -> None:
    """The demo's cloud: options come as one JSON line on standard input, whose end ends it.

    It outlives a killed parent just long enough to remove the demo's folder.
    """
    from tui_uploader.emulator.script import make
    from tui_uploader.emulator.serve import serve
    from tui_uploader.emulator.server import Options

    asked = json.loads(_first_line())
    options = Options(
        data=asked["data"],
        env_id=asked["env_id"],
        refused=tuple(asked["refused"]),
        faults=tuple(make(table) for table in asked["faults"]),
        limit=asked["limit"],
    )
    try:
        asyncio.run(serve(options, _say, until_stdin_closes=True))
    finally:
        shutil.rmtree(asked["remove"], ignore_errors=True)


def _first_line() -> bytes:
    """One line of standard input, and not a byte more: what follows is its end."""
    line = b""
    while not line.endswith(b"\n") and (byte := os.read(sys.stdin.fileno(), 1)):
        line += byte
    return line


if __name__ == "__main__":
    demo_child()
