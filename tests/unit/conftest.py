"""Trees on disk for the planner's and the readers' tests."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

Tree = Callable[..., bytes]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Makes `tmp_path/t` with the given files (name to content; a name ending in ``/`` is a folder); its path."""

    def make(files: Mapping[Any, bytes] | None = None, **plain: bytes) -> bytes:
        root = os.fsencode(tmp_path) + b"/t"
        os.makedirs(root, exist_ok=True)
        for name, content in [*(files or {}).items(), *plain.items()]:
            path = os.path.join(root, os.fsencode(name))
            os.makedirs(path if path.endswith(b"/") else os.path.dirname(path), exist_ok=True)
            if not path.endswith(b"/"):
                with open(path, "wb") as file:
                    file.write(content)
        return root

    return make
