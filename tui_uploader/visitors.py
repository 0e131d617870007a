"""What the screen gets from settings and credentials: the taste it opens with, the hooks of the credentials page."""

import asyncio
import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from tui_uploader import choices, places
from tui_uploader import keep as keep_file
from tui_uploader.access import (
    Access,
    CannotStart,
    Given,
    UsageProblem,
    kept_renewal,
    load_settings,
    locate,
    read_token,
)
from tui_uploader.choices import chosen
from tui_uploader.engine.port import Renewal
from tui_uploader.model.failures import Failure
from tui_uploader.model.secret import Secret
from tui_uploader.model.text import printable
from tui_uploader.settings import Settings
from tui_uploader.switching import Switch
from tui_uploader.ui.desk import AccessHooks, Answer, Form, LastPrefix, PlanList, Shell
from tui_uploader.ui.taste import Taste
from tui_uploader.ui.words import refusal_words, signed_in_words, trial_words

if TYPE_CHECKING:
    from tui_uploader.trial import Verdict

_SERVICE = ("profile", "env_id", "gateway", "token_file", "ca_file")
_VARIABLE = "TUI_UPLOADER_"
_SCREEN = ("theme", "lang", "mouse", "low_bandwidth", "hidden", "kitty", "bell")


def taste_of(settings: Settings, options: dict[str, Any]) -> Taste:
    """Option, settings.toml and kept choices put together."""
    values = {name: chosen(settings, f"screen.{name}", options.get(name)) for name in _SCREEN}
    theme = values.pop("theme")
    if "NO_COLOR" in os.environ and not options.get("theme"):
        theme = None  # no colour is what this person asked for, whatever was chosen once
    return Taste(theme=theme or None, keys=settings.keys, told=settings.told, keep=choices.remember, **values)


def access_hooks(access: Access, options: dict[str, Any], switch: Switch | None = None) -> AccessHooks:
    """The hooks for one environment."""
    holder = [access]

    async def sign_in(form: Form, keep: bool) -> Answer:
        from tui_uploader.protocol.gateway import GatewayUrlError

        try:
            return await _sign_in(holder, form, keep)
        except (CannotStart, UsageProblem, GatewayUrlError) as problem:
            return Answer(False, str(problem))
        except OSError as error:
            return Answer(False, f"this cannot be kept: {error.strerror or error}")

    async def renew() -> Answer:
        place = holder[0]
        try:
            token = await asyncio.to_thread(place.renew, place.token)
        except CannotStart as problem:
            return Answer(False, str(problem))
        if token is not None:
            holder[0] = replace(place, token=token)
        return Answer(token is not None, "", token)

    hooks = AccessHooks(lambda: sources(holder[0], options), sign_in, renew)
    return hooks if switch is None else replace(hooks, places=switch.places, reach=switch.reach)


def last_prefix_of(env_id: str) -> LastPrefix:
    """The hooks for the prefix of last time."""
    return LastPrefix(partial(choices.last_prefix, env_id), partial(choices.remember_prefix, env_id))


def shell_of(access: Access, options: dict[str, Any], *, demo: bool) -> Shell:
    """What a command needs to reach the same service from another shell, where no variable says it; never a secret.

    A demo is known nowhere but here.
    """
    said = {
        name: options.get(name) or (None if demo else os.environ.get(_VARIABLE + name.upper())) for name in _SERVICE
    }
    if demo:
        said |= {"env_id": access.env_id, "gateway": access.gateway, "token_file": access.profile.token_file}
    elif not any(map(said.get, ("profile", "env_id", "gateway"))) and access.name not in access.settings.profiles:
        said |= {"env_id": access.env_id, "gateway": access.gateway}  # typed into the form
    said |= {name: os.path.abspath(said[name] or "") for name in ("token_file", "ca_file") if _named(said[name])}
    words = [word for name, value in said.items() if _named(value) for word in (_flag(name), str(value))]
    words += ["--intl"] if options.get("intl") else []
    if not demo and (state := places.named_state()):
        words += ["--state-dir", state]
    config = "" if demo else places.named_config()
    variables = [(_VARIABLE + "CONFIG_DIR", config)] if config else []  # no option says it
    return Shell(words, access.profile.prefix, _begin_list, variables)


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _named(value: str | None) -> bool:
    return bool(value) and value != "-"


def _begin_list(count: int) -> PlanList:
    from tui_uploader import plan_files  # no start needs it

    return plan_files.begin(count)


async def _sign_in(holder: list[Access], form: Form, keep: bool) -> Answer:
    from tui_uploader import credentials  # these load the network: not at the start
    from tui_uploader.trial import try_token_async

    place = holder[0]
    if form.env_id and form.env_id != place.env_id:
        return Answer(False, "another environment needs another start: leave, then  tui-uploader --env-id ID")
    if form.token:
        token = read_token(form.token.reveal())
        verdict = await try_token_async(place, token)
        if verdict.accepted and keep:
            credentials.store(place.name, credentials.Kept(credentials.TOKEN, place.env_id, token, Secret("")))
            holder[0] = replace(place, token=token, renewal=kept_renewal(place.name))
        renewal = kept_renewal(place.name) if keep else Renewal()
        return Answer(verdict.accepted, _said_of(verdict), token if verdict.accepted else None, renewal)
    door = place.sign_in()
    tokens = await asyncio.to_thread(door.with_password, form.user, form.password)
    if isinstance(tokens, Failure):
        return Answer(False, refusal_words(tokens))
    if keep:
        credentials.keep_tokens(place.name, door, form.user, tokens)
        holder[0] = replace(place, token=tokens.access, renewal=kept_renewal(place.name))
    return Answer(True, signed_in_words(form.user), tokens.access, kept_renewal(place.name) if keep else Renewal())


def _said_of(verdict: "Verdict") -> str:
    return trial_words(verdict.accepted, verdict.key, verdict.failure) or verdict.words


def sources(access: Access, options: dict[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """Each field with its value and where it comes from; of a token only the source."""
    from tui_uploader import credentials

    settings_file = places.settings_file()

    def of(option: str, variable: str, in_profile: object) -> str:
        if options.get(option):
            return f"from --{option.replace('_', '-')}"
        if os.environ.get(f"TUI_UPLOADER_{variable}"):
            return f"from TUI_UPLOADER_{variable}"
        return f"from {settings_file}" if in_profile else ""

    profile = access.profile
    kept = credentials.find(access.name)
    token = of("token_file", "TOKEN_FILE", profile.token_file or profile.token_command)
    if not token and kept is not None:
        token = f"from {credentials.path()}"
    return (
        ("environment ID", printable(access.env_id), of("env_id", "ENV_ID", profile.env_id)),
        ("user name", printable(kept.user if kept is not None else profile.user), ""),
        ("token or key", "", token or "from TUI_UPLOADER_TOKEN" * bool(access.token)),
        ("gateway", printable(access.gateway), of("gateway", "GATEWAY", profile.gateway)),
        ("profile", printable(access.name), of("profile", "PROFILE", access.settings.default_profile)),
        ("proxy", printable(access.proxy or "none"), ""),
    )


def first_run(given: Given, options: dict[str, Any], why: str, *, ascii_wanted: bool) -> Given | None:
    """The form for whoever starts without credentials: what to start with now, or None where it was closed.

    What is kept makes the next start need no form: the credentials, and a profile where none was named.
    """
    from tui_uploader.ui.first_run import FirstRun
    from tui_uploader.ui.glyphs import ASCII, UNICODE

    found: list[Given] = []

    def place_of(env_id: str) -> Access:
        usual = locate(given) if given.gateway or given.env_id or not env_id else None
        return usual if usual is not None and env_id in ("", usual.env_id) else locate(replace(given, env_id=env_id))

    async def sign_in(form: Form, keep: bool) -> Answer:
        from tui_uploader.protocol.gateway import GatewayUrlError

        try:
            place = place_of(form.env_id)
            answer = await _sign_in([place], replace(form, env_id=""), keep)
            if keep and answer.accepted:
                found.append(replace(given, env_id=given.env_id if given.gateway else place.env_id))
                if not given.profile and not given.gateway:
                    keep_profile(place, form.user)
        except (CannotStart, UsageProblem, GatewayUrlError) as problem:
            return Answer(False, str(problem))
        except OSError as error:
            return Answer(False, f"this cannot be kept: {error.strerror or error}")
        return answer

    async def renew() -> Answer:
        return Answer(False, "")

    def known() -> tuple[tuple[str, str, str], ...]:
        try:
            return sources(place_of(""), options)
        except UsageProblem:
            return (("settings", places.settings_file(), ""),)

    taste = taste_of(load_settings(), options)
    glyphs = chosen(load_settings(), "screen.glyphs", options.get("glyphs")) or ("ascii" if ascii_wanted else "unicode")
    app = FirstRun(
        AccessHooks(known, sign_in, renew), taste=taste, glyphs=ASCII if glyphs == "ascii" else UNICODE, why=why
    )
    app.run(mouse=taste.mouse)
    return found[-1] if found else None


def keep_profile(place: Access, user: str) -> None:
    """Keep a profile made in the program, the default where there is none. Raises OSError."""
    path = os.path.join(places.config_dir(), "profiles.toml")
    places.make_private(places.config_dir())
    with keep_file.alone(path):
        data = keep_file.read(path)
        table = data.setdefault("profiles", {})
        table[place.env_id] = {"env_id": place.env_id} | ({"user": user} if user else {})
        data.setdefault("default_profile", place.env_id)
        keep_file.write(path, data)
