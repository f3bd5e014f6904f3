"""The process's locale: the user's language, and letters that PySide understands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent

from app.ui.application import LampblackApplication, take_plain_letters

_INSIDE = """
from PySide6.QtCore import QLocale, QTimer
from app.ui.application import make_application
make_application()
print(QTimer(interval=5).interval(), QLocale().name(), QLocale().decimalPoint())
"""


def test_only_the_letters_are_changed_where_one_variable_says_all() -> None:
    environ = {"LC_ALL": "tr_TR.UTF-8", "LC_TIME": "de_DE.UTF-8", "HOME": "/h"}
    take_plain_letters(environ)
    assert (environ.pop("LC_CTYPE"), environ.pop("HOME")) == ("C.UTF-8", "/h")
    assert set(environ.values()) == {"tr_TR.UTF-8"}
    assert {"LANG", "LC_NUMERIC", "LC_MESSAGES", "LC_TIME"} <= set(environ)
    environ = {"LANG": "az_AZ.UTF-8"}
    take_plain_letters(environ)
    assert environ == {"LANG": "az_AZ.UTF-8", "LC_CTYPE": "C.UTF-8"}


@pytest.mark.parametrize("variable", ["LANG", "LC_ALL"])
def test_a_window_can_be_made_in_turkish(tmp_path: Path, variable: str) -> None:
    """Its locale is made for the test, where this machine has the sources of Debian's locales."""
    command = [shutil.which("localedef") or "", "-i", "tr_TR", "-f", "UTF-8"]
    if not command[0] or not Path("/usr/share/i18n/locales/tr_TR").exists():
        pytest.skip("the sources of the locales are not installed")
    subprocess.run([*command, str(tmp_path / "tr_TR.UTF-8")], capture_output=True)
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    done = subprocess.run(
        [sys.executable, "-c", _INSIDE], capture_output=True, text=True, check=True,
        env=kept | {variable: "tr_TR.UTF-8", "LOCPATH": str(tmp_path)},
    )  # fmt: skip
    assert done.stdout.split() == ["5", "tr_TR", ","]


def test_a_file_that_the_system_asks_to_open_is_told(qapp: LampblackApplication, qtbot) -> None:
    with qtbot.waitSignal(qapp.opened) as told:
        assert qapp.sendEvent(qapp, QFileOpenEvent("/home/writer/小说 one.md"))
    assert told.args == ["/home/writer/小说 one.md"]
    with qtbot.assertNotEmitted(qapp.opened):  # an address that is no file
        qapp.sendEvent(qapp, QFileOpenEvent(QUrl("https://example.org/")))
