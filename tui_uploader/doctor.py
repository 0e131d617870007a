"""The `doctor` command: runs every check and says what is well and what to mend."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tui_uploader import doctor_checks as local
from tui_uploader.access import CannotStart, UsageProblem, resolve
from tui_uploader.doctor_checks import MEND, OK, UNKNOWN, Finding
from tui_uploader.doctor_service import service_findings
from tui_uploader.hardening import no_core_dumps
from tui_uploader.model.secret import Secret
from tui_uploader.model.text import printable
from tui_uploader.run_options import given

WELL, SOMETHING = 0, 1
_SIGNS = {OK: "ok", MEND: "MEND", UNKNOWN: "?"}


def run_doctor(*, as_json: bool, **options: Any) -> int:
    """Check everything; 0 where all is well, 1 where something is to be mended."""
    no_core_dumps()
    counts: Counter[str] = Counter()
    for finding in _findings(options):
        counts[finding.state] += 1
        _print_json(finding) if as_json else _print(finding)
    if as_json:
        sys.stdout.write(json.dumps({"event": "summary", **{state: counts[state] for state in _SIGNS}}) + "\n")
    elif counts[MEND]:
        _out(f"\n{counts[MEND]} to mend, {counts[OK]} well")
    else:
        _out("\nall is well")
    return SOMETHING if counts[MEND] else WELL


def _findings(options: dict[str, Any]) -> Iterator[Finding]:
    yield local.terminal()
    yield local.locale()
    yield from local.folders()
    yield local.clipboard()
    yield local.logout()
    yield from _credentials(options)


def _credentials(options: dict[str, Any]) -> Iterator[Finding]:
    wanted = given(options)
    try:
        access = resolve(wanted)
    except UsageProblem as problem:
        yield Finding("settings", MEND, str(problem), "mend the option, the variable or settings.toml")
        return
    except CannotStart as problem:
        yield Finding("token", MEND, str(problem), local.token_hint(problem))
        try:
            access = replace(
                resolve(wanted, with_token=False), token=Secret("none")
            )  # the gateway can be looked at all the same
        except (UsageProblem, CannotStart):
            return
        yield from service_findings(access, with_token=False)
        return
    yield local.token(access.token)
    yield from service_findings(access, with_token=True)


def _print_json(finding: Finding) -> None:
    line = {"event": "check", "name": finding.name, "state": finding.state}
    sys.stdout.write(json.dumps({**line, "found": finding.found, "mend": finding.mend or None}) + "\n")
    sys.stdout.flush()


def _print(finding: Finding) -> None:
    _out(f"{_SIGNS[finding.state]:5} {finding.name:12} {printable(finding.found)}")
    if finding.mend:
        _out(f"{'':18} -> {printable(finding.mend)}")


def _out(text: str) -> None:
    sys.stdout.write(text.encode(sys.stdout.encoding or "ascii", "backslashreplace").decode("utf-8", "replace") + "\n")
    sys.stdout.flush()
