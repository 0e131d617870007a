"""``python -m tests``: every check of the project, one after another; the first that fails ends it."""

import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SCRIPTS = os.path.dirname(sys.executable)
CHECKS = (
    ("format", [sys.executable, "-m", "ruff", "format", "--check", "--quiet", "."]),
    ("lint", [sys.executable, "-m", "ruff", "check", "--output-format", "concise", "."]),
    ("types", [sys.executable, "-m", "mypy", "--no-error-summary"]),
    ("import contracts", [os.path.join(SCRIPTS, "lint-imports"), "--no-cache"]),
    ("generated texts and pictures", [sys.executable, "-m", "tests.generate", "--check"]),
    ("tests", [sys.executable, "-m", "pytest", "-n", "4", "--dist", "worksteal"]),
)


def main() -> int:
    """Run the checks; the exit code of the first that failed."""
    for name, command in CHECKS:
        print(f"== {name}", flush=True)
        arguments = sys.argv[1:] if name == "tests" else []
        code = subprocess.run([*command, *arguments], cwd=TOP, check=False).returncode
        if code:
            print(f"== {name}: failed", flush=True)
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
