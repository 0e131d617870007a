"""``python -m tui_uploader`` is the installed command."""

from tui_uploader.cli import main

main()
