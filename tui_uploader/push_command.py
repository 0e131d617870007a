"""The `push` command: options to a plan and a run."""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, cast

from tui_uploader import after, journals, plan_files, push, push_check, recording, report_file
from tui_uploader.access import Access, CannotStart, UsageProblem, load_settings, locate, resolve
from tui_uploader.console import Console, JsonLines, Lines
from tui_uploader.crash import guard
from tui_uploader.engine.far_disk import Stalled
from tui_uploader.engine.job_record import JobRecord
from tui_uploader.engine.journal_file import JournalError
from tui_uploader.engine.planner import Planner, Start, start_of_argument, start_of_line
from tui_uploader.engine.port import EngineOptions
from tui_uploader.engine.second_sender import SecondSender
from tui_uploader.engine.walk_ahead import WalkAhead
from tui_uploader.hardening import no_core_dumps
from tui_uploader.log_file import open_log
from tui_uploader.log_lines import LoggedConsole
from tui_uploader.model.token_life import said_of
from tui_uploader.priority import step_back
from tui_uploader.push_ahead import left_out, prefix_of
from tui_uploader.renewal import renewer
from tui_uploader.run_options import engine_options, given, plan_options, proxy_line


def push_command(
    paths: tuple[str, ...],
    *,
    explicit: frozenset[str] = frozenset(),
    ahead: WalkAhead | None = None,
    **options: Any,
) -> int:
    """Run `push`; the exit code. `explicit` names the options that were said and not taken from a default.

    `ahead` is a walk that has begun; it is used where it is the one that is wanted.
    """
    console = a_console(options)

    def work() -> int:
        starts = list(_starts(paths, options["files_from"], options["nul"]))
        if options.get("plan") is not None:
            starts = plan_files.starts(options["plan"], {**options, "paths": paths})
        shown = report_file.beside(console, options.get("report"))
        options["leave_out"] = tuple(map(os.path.abspath, options.get("leave_out", ())))  # `resume` is somewhere else
        if options.get("again"):
            from tui_uploader import again  # it needs this module

            return again.push_again(options["again"], starts, options, explicit, shown)
        if options.get("failed"):
            raise UsageProblem("--failed goes with --again JOB")
        if not starts:
            raise UsageProblem("nothing to push: name a file or folder, or use --files-from")
        if options["dry_run"] and options.get("check"):
            raise UsageProblem("--dry-run asks nobody, --check asks the service: one of them")
        if options["dry_run"]:
            return dry_run(planner_of(options, _prefix(options, None)), starts, options, shown)
        begin_calmly(options)
        return run_push(resolve(given(options)), options, starts, shown, ahead=ahead)

    return started(work, console)


def a_console(options: dict[str, Any]) -> Console:
    """Where a run's events go."""
    return JsonLines() if options["as_json"] else Lines(quiet=options["quiet"])


def started(work: Callable[[], int], console: Console) -> int:
    """Do the work of a command that pushes; what is wrong becomes a sentence and an exit code."""
    try:
        return work()
    except (UsageProblem, journals.NoSuchJob) as problem:
        return _usage(str(problem))
    except CannotStart as problem:
        return push.nothing_started(problem.code, str(problem), console, _after(_command()))
    except JournalError as problem:
        return push.nothing_started(problem.failure.code, problem.failure.sentence, console, _after(_command()))
    except OSError as error:
        return push.output_lost(error)


def begin_calmly(options: dict[str, Any]) -> None:
    """What comes before a token is in memory."""
    if options.get("nice"):
        step_back(options["nice"])
    no_core_dumps()


def run_push(
    access: Access,
    options: dict[str, Any],
    starts: list[Start],
    console: Console,
    planner: Planner | None = None,
    of: str = "",
    ahead: WalkAhead | None = None,
) -> int:
    """Plan and upload against a known service, as a new job. Raises UsageProblem and CannotStart.

    `of` is the old job whose items `planner` plans.
    """
    prefix = _prefix(options, access)
    planner = planner or planner_of(options, prefix)
    engine = engine_options(access, options)
    with ExitStack() as stack:
        if options.get("changed_only"):
            planner = recording.news_only(planner, access, stack)
        if options.get("check"):
            return push_check.check(engine, planner, starts, console)
        asked = recording.asked(access, starts, prefix, {**options, "of": of})
        if options.get("detach"):
            if options.get("report"):
                raise UsageProblem("--report is written at the end, and --detach does not wait: see  report JOB")
            from tui_uploader.background import detach  # it brings what speaks with the worker

            return detach(access.env_id, engine, planner, starts, asked, as_json=bool(options.get("as_json")))
        walker: Planner | WalkAhead = planner
        if ahead is not None and (ahead.options, ahead.starts) == (plan_options(options, prefix), tuple(starts)):
            walker = ahead
        elif ahead is not None:
            ahead.close()
        second = SecondSender.begin(engine)  # before the journal is open: its lock is held by whoever has the file
        record = recording.begin(access, asked)
        return run_logged(access, engine, walker, starts, console, record, second)


def run_logged(
    access: Access,
    engine: EngineOptions,
    planner: Planner | WalkAhead,
    starts: list[Start],
    console: Console,
    record: JobRecord | None,
    second: SecondSender | None = None,
) -> int:
    """Run, with a log beside the console; the exit code. Raises UsageProblem."""
    log = open_log(_warn)
    log.keep_out(access.token)
    guard(log)
    if (sentence := said_of(access.token, time.time())) is not None:
        _warn(sentence)
    if proxy := proxy_line(engine):
        _warn(f"{proxy}: uploads go through it, because HTTPS_PROXY says so")
    try:
        logged = cast(Console, LoggedConsole(console, log))
        return push.run(engine, planner, starts, logged, record, renewer(log.keep_out), _after(engine.after), second)
    except OSError as error:
        return push.output_lost(error)
    finally:
        if record is not None:
            record.close()


def _command() -> str:
    """The command of `upload.after`, where nothing came so far as to have options."""
    with contextlib.suppress(UsageProblem):
        return load_settings().upload.after
    return ""


def _after(command: str) -> Callable[[dict[str, Any], bool], None]:
    """What runs the command of `upload.after`, waits for it where there is time, and says what went wrong."""

    def run(summary: dict[str, Any], hurried: bool) -> None:
        if command:
            sys.stdout.flush()
            wait = after.start(command, summary)
            if words := wait(0.5 if hurried else after.WAIT):
                _warn(words)

    return run


def dry_run(planner: Planner, starts: list[Start], options: dict[str, Any], console: Console) -> int:
    """The plan alone; the exit code. Raises UsageProblem."""
    with ExitStack() as stack:
        if options.get("changed_only"):
            planner = recording.news_only(planner, locate(given(options)), stack)
        return push.dry_run(planner, starts, console)


def _warn(sentence: str) -> None:
    with contextlib.suppress(OSError):
        sys.stderr.write(f"tui-uploader: {sentence}\n")


def planner_of(options: dict[str, Any], prefix: str) -> Planner:
    """The planner that options ask for. Raises UsageProblem."""
    try:
        return Planner(plan_options(options, prefix), excluded=left_out(options))
    except ValueError as error:
        raise UsageProblem(str(error)) from None


def _prefix(options: dict[str, Any], access: Access | None) -> str:
    if options.get("plan") is not None:
        return ""  # its keys are whole
    if options.get("prefix") is None and access is not None:
        return access.profile.prefix
    return prefix_of(options)


def _starts(paths: tuple[str, ...], files_from: str | None, nul: bool) -> Iterator[Start]:
    for path in paths:
        if not path:
            raise UsageProblem("an empty path names nothing")
        yield start_of_argument(os.fsencode(path))
    if nul and files_from is None:
        raise UsageProblem("-0 goes with --files-from")
    if files_from is not None:
        try:
            if files_from == "-":
                data = sys.stdin.buffer.read()
            else:
                data = plan_files.whole(os.fsencode(files_from))
        except Stalled as silent:
            raise UsageProblem(
                f"--files-from {files_from}: its file system is {silent.words}: check the mount"
            ) from None
        except (OSError, ValueError) as error:
            raise UsageProblem(f"--files-from {files_from}: {getattr(error, 'strerror', None) or error}") from None
        for line in data.split(b"\0" if nul else b"\n"):
            name = line if nul else line.removesuffix(b"\r")
            if name:
                yield start_of_line(name)


def _usage(text: str) -> int:
    sys.stderr.write(f"tui-uploader: {text}\n")
    return push.USAGE
