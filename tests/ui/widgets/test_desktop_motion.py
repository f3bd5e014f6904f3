"""The desktop's wish that nothing moves, told by a portal on a bus of the test's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.ui.widgets.desktop_motion import has_bus

PORTAL = Path(__file__).parent / "fake_portal.py"
SYSTEM_PYTHON = "/usr/bin/python3"

_INSIDE = """
import subprocess, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QProgressBar
from app.ui.widgets.motion import apply_motion, follow_desktop, show_share
app = QApplication([])
app.styleHints().setCursorFlashTime(1000)
apply_motion("system")
bar, seen = QProgressBar(), []
def look():
    show_share(bar, None)
    if not seen or seen[-1] != bar.maximum():
        seen.append(bar.maximum())
    if len(seen) == int(sys.argv[3]):
        app.quit()
portal = [subprocess.Popen(sys.argv[1:3], stdout=subprocess.PIPE)] if sys.argv[2] else []
for one in portal:
    assert one.stdout.readline() == b"ready\\n"
look()
follow_desktop()
look_again = QTimer(interval=20)
look_again.timeout.connect(look)
look_again.start()
QTimer.singleShot(int(sys.argv[4]), app.quit)
app.exec()
for one in portal:
    one.kill()
    one.communicate()
print(*seen)
"""


def seen(portal: str, wanted: int, longest_ms: int) -> list[str]:
    """What a bar without a share had as its maximum in turn: 0 where it moves."""
    if not shutil.which("dbus-run-session") or not Path(SYSTEM_PYTHON).exists():
        pytest.skip("dbus-run-session is not installed")
    if subprocess.run([SYSTEM_PYTHON, "-c", "from gi.repository import Gio"]).returncode:
        pytest.skip("the system's Python has no gi")
    words = [sys.executable, "-c", _INSIDE, SYSTEM_PYTHON, portal, str(wanted), str(longest_ms)]
    done = subprocess.run(
        ["dbus-run-session", "--", *words],
        capture_output=True, text=True, check=True, timeout=60,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    return done.stdout.split()


def test_animations_that_are_off_are_followed_and_so_is_their_return() -> None:
    assert seen(str(PORTAL), 3, 20_000) == ["0", "100", "0"]


def test_without_a_portal_everything_moves() -> None:
    assert seen("", 2, 1_500) == ["0"]


def test_no_bus_is_started_where_there_is_none(tmp_path: Path) -> None:
    assert not has_bus({})
    assert not has_bus({"XDG_RUNTIME_DIR": str(tmp_path)})
    (tmp_path / "bus").touch()
    assert has_bus({"XDG_RUNTIME_DIR": str(tmp_path)})
    assert has_bus({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/bus"})
