"""The wheel carries what the program needs beside its modules: themes and styles; and runs from where it lies."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]


def test_a_built_wheel_holds_themes_and_styles_and_starts(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(TOP)]
    subprocess.run(command, check=True, timeout=300)
    (wheel,) = tmp_path.glob("*.whl")
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(unpacked)
    assert {"tui_uploader/py.typed", "tui_uploader/themes/slate.toml"} <= names
    assert not [name for name in names if name.startswith(("tests/", "screenshots/"))]
    asked = (
        "import tui_uploader.ui.theme_files as t; from tui_uploader.ui.themes import style_sources; "
        "found = t.load_folder(t.theme_folder(), style_sources()); print(t.__file__); print(*sorted(found.themes))"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(unpacked), "HOME": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-P", "-c", asked],
        env=environment,
        cwd="/",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    place, themes = run.stdout.splitlines()
    assert place.startswith(str(unpacked))
    assert {"mono", "paper", "slate"} <= set(themes.split())
