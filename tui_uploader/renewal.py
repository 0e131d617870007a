"""Another access token after the service has refused one: of the kept sign-in, a command, or a file read again."""

import os
from collections.abc import Callable

from tui_uploader.engine.port import EngineOptions
from tui_uploader.engine.renewing import NotRenewed, Renew
from tui_uploader.model.secret import Secret


def ask(options: EngineOptions, refused: Secret, look: bool = False) -> Secret | None:
    """Another token than `refused`, None where there is none; `look`: ask nobody, only see what lies there. Blocks.

    Raises NotRenewed where the sign-in is over, the command fails, or the file cannot be read.
    """
    found = _asked(options, refused, look)
    return found if found and found != refused else None


def renewer(told: Callable[[Secret], None]) -> Renew:
    """`ask` for an engine; each new token is `told`, to whoever must keep it out of what is written."""

    def renew(options: EngineOptions, refused: Secret, look: bool) -> Secret | None:
        found = ask(options, refused, look)
        if found is not None:
            told(found)
        return found

    return renew


def _asked(options: EngineOptions, refused: Secret, look: bool) -> Secret | None:
    from tui_uploader import access, credentials, token_command
    from tui_uploader.protocol.signin import SignIn

    way = options.renewal
    try:
        if way.file:
            return access.read_token(access.read_private(way.file))
        if way.command:
            return None if look else access.read_token(token_command.run(way.command, more=dict(way.environment)))
        if look:
            kept = credentials.find(way.sign_in, way.config)
            return kept.access if kept is not None else None
        door = SignIn(options.gateway, options.env_id, options.ca_file, options.proxy, options.no_proxy)
        return credentials.usable(way.sign_in, door, refused=refused, config=way.config)
    except (access.CannotStart, credentials.SignedOut, token_command.CommandProblem) as problem:
        raise NotRenewed(str(problem)) from None
    except OSError as error:
        raise NotRenewed(
            f"the kept sign-in cannot be used: {error.strerror or os.strerror(error.errno or 0)}"
        ) from None
