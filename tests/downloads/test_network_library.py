"""Which modules may import the network's library: only those of the downloader."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "module", ["app.program", "app.cli.main", "app.ui.window.main_window", "app.downloads.broker"]
)
def test_window_command_line_and_broker_never_load_it(module: str) -> None:
    seen = "sorted({'httpx2', 'httpcore2', 'keyring'} & sys.modules.keys())"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print({seen})"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert done.stdout == "[]\n"
