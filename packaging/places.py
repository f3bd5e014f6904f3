"""Where the set-up puts things, and what the repository pins."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / os.environ.get("LAMPBLACK_VENV", ".venv")
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOG = ROOT / ".setup" / "setup.log"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
LOCKED = ROOT / "packaging" / "locked.txt"


def project() -> dict[str, Any]:
    """The [project] table of pyproject.toml."""
    import tomllib  # not at the top: an older Python must get as far as its error message

    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def pin(package: str) -> str:
    """The line of the constraints for `package`, such as `torch==2.13.0`."""
    lines = CONSTRAINTS.read_text("utf-8").splitlines()
    return next(line for line in lines if line.startswith(f"{package}=="))


def python_version() -> str:
    """The version of the Python in .venv, as `3.11`."""
    settings = VENV / "pyvenv.cfg"
    found = re.search(r"^version *= *(\d+\.\d+)", settings.read_text("utf-8"), re.MULTILINE)
    return found.group(1) if found else ""
