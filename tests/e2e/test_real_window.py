"""The real program: its window, its host, the starter model, and a file on disk at the end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

DRIVER = Path(__file__).with_name("drive_window.py")
BEFORE, AFTER = "The old lighthouse keeper opened the door and", "\n\n第二章 The End."


@pytest.fixture
def seen(home_with_starter, tmp_path):
    manuscript = tmp_path / "novel.md"
    manuscript.write_text(BEFORE + AFTER, "utf-8")
    result = subprocess.run(
        [sys.executable, str(DRIVER), str(manuscript)],
        capture_output=True,
        encoding="utf-8",
        timeout=240,
        cwd=Path(__file__).parents[2],
    )
    assert result.returncode == 0, result.stderr
    assert result.stderr == "", "Qt or Python warned"
    return json.loads(result.stdout)


def test_a_first_draft(seen):
    assert seen["opened"] == BEFORE + AFTER
    written = seen["written"]
    assert written.startswith(BEFORE + " ")
    assert written.endswith(AFTER), "the text after the caret is kept"
    assert len(written) > len(BEFORE + AFTER) + 20
    assert seen["reason"] == "length"
    assert seen["undone"] == BEFORE + AFTER, "one step takes the whole generation back"
    assert seen["redone"] == seen["saved"] == written
    assert seen["network"] == "kernel" if sys.platform == "linux" else seen["network"]
    assert seen["libraries"] == []
