"""What logind would do to the worker at logout, from its own words."""

import pytest

from tui_uploader.engine.survival import Lasting, settings_in, verdict

SESSION = "0::/user.slice/user-1000.slice/session-4.scope\n"
MANAGER = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/tui-uploader-1.service\n"


@pytest.mark.parametrize(
    ("cgroup", "lingering", "written", "expected"),
    [
        (SESSION, False, "KillUserProcesses=yes", Lasting.NO),
        (SESSION, True, "KillUserProcesses=yes", Lasting.NO),  # lingering does not spare what is in a session
        (SESSION, False, "KillUserProcesses=no", Lasting.YES),
        (SESSION, False, "KillUserProcesses=0", Lasting.YES),
        (SESSION, False, "#KillUserProcesses=no", Lasting.UNKNOWN),
        (SESSION, False, "", Lasting.UNKNOWN),
        (SESSION, False, "KillUserProcesses=yes\nKillExcludeUsers=root ops", Lasting.YES),
        (SESSION, False, "KillUserProcesses=yes\nKillOnlyUsers=guest", Lasting.YES),
        (SESSION, False, "KillUserProcesses=yes\nKillOnlyUsers=ops", Lasting.NO),
        (MANAGER, True, "KillUserProcesses=yes", Lasting.YES),
        (MANAGER, False, "KillUserProcesses=no", Lasting.NO),  # the manager ends at the last logout
        ("0::/system.slice/cron.service\n", False, "KillUserProcesses=yes", Lasting.YES),
    ],
)
def test_the_verdict(cgroup: str, lingering: bool, written: str, expected: Lasting) -> None:
    assert verdict(cgroup, "ops", lingering, settings_in([written]).get) is expected


def test_root_is_spared_by_default_and_the_last_file_wins() -> None:
    settings = settings_in(["[Login]\nKillUserProcesses=no", "[Login]\n KillUserProcesses = TRUE"])
    assert settings["KillUserProcesses"] == "yes"
    assert verdict(SESSION, "root", False, settings.get) is Lasting.YES
