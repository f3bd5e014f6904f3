"""The whole suite comes to its end although a test ends the process that it runs in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

PYTEST = (sys.executable, "-m", "pytest", "-p", "xdist")

CONFTEST = """
from tests.side_by_side import SideBySide

def pytest_xdist_make_scheduler(config, log):
    config.option.loadscopereorder = False
    return SideBySide(config, log)
"""
DIES = "import os\ndef test_first(): pass\ndef test_that_dies(): os._exit(3)\n"
LAST = "def test_last(): pass\n"


@pytest.mark.parametrize(("one", "passed"), [(DIES + LAST, 3), (DIES, 2)], ids=["within", "at end"])
def test_a_process_that_dies_fails_its_test_and_the_others_are_run(
    tmp_path: Path, one: str, passed: int
) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST, "utf-8")
    (tmp_path / "test_one.py").write_text(one, "utf-8")
    (tmp_path / "test_two.py").write_text("def test_other(): pass\n", "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")
    done = subprocess.run(
        [*PYTEST, "-n", "2", "--dist", "loadfile", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert f"1 failed, {passed} passed" in done.stdout, done.stdout + done.stderr
    assert "test_one.py::test_that_dies" in done.stdout
    assert done.returncode == 1
