"""Where configuration and state lie: as platformdirs says, which no start waits for."""

import sys

import platformdirs
import pytest

from tui_uploader import places


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it is platformdirs that is asked")
@pytest.mark.parametrize("named", [None, "", "/srv/xdg", "/srv/xdg/", "relative"])
def test_the_folders_are_those_of_platformdirs(monkeypatch: pytest.MonkeyPatch, named: str | None) -> None:
    for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        if named is None:
            monkeypatch.delenv(variable, raising=False)
        else:
            monkeypatch.setenv(variable, named)
    monkeypatch.delenv("TUI_UPLOADER_CONFIG_DIR", raising=False)
    monkeypatch.delenv("TUI_UPLOADER_STATE_DIR", raising=False)
    assert places.config_dir() == platformdirs.user_config_dir(places.NAME)
    assert places.state_dir() == platformdirs.user_state_dir(places.NAME)
