"""Opens the screen: is the terminal fit, who and where, engine and scout, and the last lines after it."""

import gc
import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from tui_uploader import places
from tui_uploader.access import (
    Access,
    CannotStart,
    Given,
    NoEnvironment,
    NoToken,
    UsageProblem,
    environment_of,
    resolve,
)
from tui_uploader.choices import chosen
from tui_uploader.connection import Connection
from tui_uploader.crash import guard
from tui_uploader.fitness import fit_for_screen, speaks_utf8, wants_ascii
from tui_uploader.hangup import ScreenSignals
from tui_uploader.hardening import no_core_dumps
from tui_uploader.hosts import gateway_host
from tui_uploader.log_file import LogFile, open_log
from tui_uploader.model.token_life import said_of
from tui_uploader.run_options import engine_options, given, plan_options, proxy_line
from tui_uploader.switching import Switch
from tui_uploader.width import Width

if TYPE_CHECKING:
    from tui_uploader.engine.port import EnginePort
    from tui_uploader.model.jobs import JobInfo
    from tui_uploader.session import Session, Wanted
    from tui_uploader.ui.desk import DemoHooks

USAGE, STOPPED, INTERNAL = 2, 3, 70


def open_screen(path: str, **options: Any) -> int:
    """The screen on `path`; the exit code."""
    trouble = fit_for_screen(lambda: _push_line(path))
    if trouble is not None:
        return _say(trouble, USAGE)
    root = os.path.abspath(os.fsencode(path))
    if not os.path.isdir(root):
        hint = f"to upload a file:  {_push_line(path)}" if os.path.exists(root) else "there is no such folder"
        return _say(f"tui-uploader: {path}: is no folder to browse; {hint}", USAGE)
    ascii_wanted = wants_ascii()  # before the process closes itself: it asks /proc
    no_core_dumps()
    try:
        access = _resolved(options, ascii_wanted)
    except UsageProblem as problem:
        return _say(f"tui-uploader: {problem}", USAGE)
    except CannotStart as problem:
        return _say(f"tui-uploader: {problem.code}: {problem}", STOPPED)
    return _screens(access, root, {**options, "ascii": ascii_wanted}, None)


def _push_line(path: str) -> str:
    import shlex  # here: only where the screen cannot be

    return f"tui-uploader push {shlex.quote(path)}"


def open_attached(job: str | None, **options: Any) -> int:
    """The screen on a job that runs in the background, or on what the journal knows of one; the exit code."""
    trouble = fit_for_screen(lambda: f"tui-uploader attach {job or ''} --no-screen".replace("  ", " "))
    if trouble is not None:
        return _say(trouble, USAGE)
    ascii_wanted = wants_ascii()
    no_core_dumps()
    try:
        asked = _given_for(job, given(options))
        access = resolve(asked, with_token=False)
        with suppress(CannotStart):  # the worker has one; ours is for what a person starts anew
            access = resolve(asked)
    except UsageProblem as problem:
        return _say(f"tui-uploader: {problem}", USAGE)
    return _screens(access, os.getcwdb(), {**options, "ascii": ascii_wanted}, None, job or "")


def _given_for(job: str | None, asked: Given) -> Given:
    """The environment of a job that is named, where neither options nor settings name one."""
    if job is None or environment_of(asked) is not None:
        return asked
    from tui_uploader import again, journals  # they load the engine: only where it is needed

    try:
        return again.given_for(journals.find_job(job, None)[1], asked)
    except journals.NoSuchJob as problem:
        raise UsageProblem(str(problem)) from None


def _resolved(options: dict[str, Any], ascii_wanted: bool) -> Access:
    """Who and where; whoever has said neither token nor environment gets the form of the first run."""
    asked = given(options)
    try:
        return resolve(asked)
    except (NoToken, NoEnvironment) as problem:
        from tui_uploader.visitors import first_run

        made = first_run(asked, options, str(problem), ascii_wanted=ascii_wanted)
        if made is None:
            raise
        return resolve(made)


def open_demo(samples: str, guide: str, gateway: str, **options: Any) -> int:
    """The screen on the demo's samples."""
    from tui_uploader.ui.desk import DemoHooks

    access = resolve(Given(profile="demo"))

    async def lift() -> str:
        import httpx  # not at the start

        headers = {"Authorization": f"Bearer {access.token.reveal()}"}
        try:
            async with httpx.AsyncClient(trust_env=False) as client:
                answer = await client.post(f"{gateway}/__emulator/rules", json={"allow": []}, headers=headers)
            answer.raise_for_status()
        except httpx.HTTPError:
            return "the practice cloud did not answer"
        return "the rule is lifted: press R to retry what it refused"

    return _screens(access, os.fsencode(samples), {**options, "ascii": wants_ascii()}, DemoHooks(guide, lift))


def _screens(
    access: Access, root: bytes, options: dict[str, Any], demo: "DemoHooks | None", job: str | None = None
) -> int:
    """One screen after the other, as long as a person switches to another profile; the exit code of the last."""
    signals = ScreenSignals()
    signals.begin()
    switch = Switch(access, options, lambda said: _resolved(said, options["ascii"]))
    while True:
        code = _run(access, root, options, demo, job, signals, switch)
        taken = switch.take(access) if code == 0 and signals.exit_code is None else None
        if taken is None:
            return code
        (access, options), job = taken, None


def _run(
    access: Access, root: bytes, options: dict[str, Any], demo: "DemoHooks | None", job: str | None,
    signals: ScreenSignals, switch: Switch,
) -> int:  # fmt: skip
    prefix = options.get("prefix") if options.get("prefix") is not None else access.profile.prefix
    sentence = said_of(access.token, time.time())
    asides = [sentence] if sentence is not None else []
    if not speaks_utf8():
        asides.append("this locale is not UTF-8, so all is drawn in ASCII: export LANG=C.UTF-8")
    log = open_log(asides.append)
    log.keep_out(access.token)
    guard(log)
    glyphs = chosen(access.settings, "screen.glyphs", options.get("glyphs"))
    width = Width(not glyphs and not options["ascii"])
    asked = engine_options(access, {"patience": None})
    in_process = demo is not None or bool(options.get("in_process"))

    def wanted() -> "Wanted":
        from tui_uploader import recording, session  # the journal's and the worker's modules: not at the start

        kept = recording.asked(access, (), prefix or "", {})
        return session.Wanted(access.env_id, asked, kept, log, asides, in_process=in_process, job=job)

    def look() -> "JobInfo | None":
        from tui_uploader.left import left_behind

        return left_behind(access.env_id, asides.append) if demo is None and job is None else None

    def begin(change: "Callable[[Wanted], Wanted]") -> "Session":
        from tui_uploader import session

        return session.begin(change(wanted()))

    os.environ.setdefault("TEXTUAL_FPS", "240")  # a key right behind another waits 4 ms and not 17
    gc.disable()  # until the first frame: what is loaded meanwhile stays, so looking it through is lost time
    from tui_uploader.checking import Checking
    from tui_uploader.engine.scout import Scout
    from tui_uploader.job_hooks import change_of, jobs_hooks
    from tui_uploader.logged import LoggedPort
    from tui_uploader.ui.desk import Stay
    from tui_uploader.ui.glyphs import ASCII, UNICODE
    from tui_uploader.ui.opened import OpenedApp
    from tui_uploader.ui.theme_files import ThemeError
    from tui_uploader.visitors import access_hooks, last_prefix_of, shell_of, taste_of

    glyphs = glyphs or ("ascii" if options["ascii"] or width.wide() else "unicode")
    taste = taste_of(access.settings, options)
    if wrong := _wrong_keys(taste.keys):
        return _say(f"tui-uploader: {places.settings_file()}: {wrong}", USAGE)
    connection = Connection(lambda: begin(lambda usual: usual), look)
    stay = Stay() if in_process else Stay(lasting=lambda: None)
    if job is not None:  # without that job there is no screen
        from tui_uploader.engine.starting import WorkerProblem

        try:
            stay = connection.begin_now()
        except (WorkerProblem, OSError, ValueError) as error:
            return _say(f"tui-uploader: {error}", USAGE)
    checking = Checking(asked)
    while True:
        port = cast("EnginePort", connection.port)
        try:
            app = OpenedApp(
                cast("EnginePort", LoggedPort(port, LogFile(None), asides, checking.use)),
                Scout((places.env_folder(access.env_id), gateway_host(access.gateway))),
                root=root,
                plan_options=plan_options({}, prefix or ""),
                env_label=f"{access.env_id}  {proxy_line(asked)}".rstrip(),
                glyphs=ASCII if glyphs == "ascii" else UNICODE,
                taste=taste,
                demo=demo,
                access=None if demo is not None else access_hooks(access, options, switch),
                stay=stay,
                check=checking,
                last_prefix=None if demo is not None else last_prefix_of(access.env_id),
                jobs=jobs_hooks(access),
                shell=shell_of(access, options, demo=demo is not None),
            )
            app.connect, app.width = None if job is not None else connection.begin, width
            signals.on_leave(app.leave_from_outside)
            app.run(mouse=app.mouse)
            goes_on = connection.leave(app.left_as)
            app.take_rest()
            switch.wanted = app.switch_to
        except ThemeError as error:
            return _say(f"tui-uploader: {error}", USAGE)
        finally:
            connection.leave("keep")
        if connection.problem:
            sys.stderr.write(connection.problem + "\n")
            return app.return_code or USAGE
        if app.course is None or signals.exit_code is not None or app.return_code not in (None, 0):
            break
        try:
            change = change_of(app.course, access, asides.append)
        except UsageProblem as problem:
            return _say(f"tui-uploader: {problem}", USAGE)
        connection, job = Connection(partial(begin, change), lambda: None), None
        stay = Stay() if in_process else Stay(lasting=lambda: None)
    code = signals.exit_code or app.return_code or 0
    if code == INTERNAL:
        return code
    from tui_uploader.ui import farewell

    where = places.state_words() if demo is None else ""
    job = connection.kept + where if demo is None and connection.kept else ""
    kept = connection.job + where if goes_on else ""
    for line in farewell.lines(app.state, kept=kept, again=farewell.way(app.state, job)):
        _say(line, 0)
    return code


def _wrong_keys(keys: Mapping[str, str]) -> str:
    """What is wrong with a keymap; empty where nothing is."""
    if not keys:
        return ""
    from tui_uploader.ui import keymap

    wrong = keymap.problems(keys)
    return wrong[0] if wrong else ""


def _say(text: str, code: int) -> int:
    try:
        sys.stderr.write(text.encode("utf-8", "backslashreplace").decode() + "\n")
        sys.stderr.flush()
    except OSError:  # a window that was closed: what lies in the stream would make another exit code at the end
        nowhere = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
        os.dup2(nowhere, sys.stderr.fileno())
        os.close(nowhere)
    return code
