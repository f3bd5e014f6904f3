"""Dates in the window: as the system writes them, by one function."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import app.ui

_SHOW = "from app.ui.texts import *; print(moment_text(1e9), '|', day_text(1e9))"
_LOCALE = ("LANG", "LANGUAGE", "LC_ALL", "LC_TIME")


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ({"LC_ALL": "de_DE.UTF-8"}, "09.09.01 01:46 | 09.09.01"),
        ({"LC_ALL": "zh_CN.UTF-8"}, "2001/9/9 01:46 | 2001/9/9"),
        ({"LANG": "zh_CN.UTF-8", "LC_TIME": "de_DE.UTF-8"}, "09.09.01 01:46 | 09.09.01"),
        ({"LC_ALL": "C"}, "2001-09-09 01:46 | 2001-09-09"),
    ],
)
def test_dates_are_as_the_system_writes_them(locale: dict[str, str], words: str) -> None:
    plain = {name: value for name, value in os.environ.items() if name not in _LOCALE}
    shown = subprocess.run(
        [sys.executable, "-c", _SHOW],
        env=plain | {"TZ": "UTC", "PYTHONIOENCODING": "utf-8"} | locale,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert shown.stdout.strip() == words


def test_no_other_module_of_the_window_formats_dates() -> None:
    files = Path(app.ui.__file__).parent.rglob("*.py")
    makers = ("QDateTime", "FormatType.ShortFormat", "isoformat", "asctime", "ctime(")
    found = {file.name for file in files if any(one in file.read_text("utf-8") for one in makers)}
    assert found == {"texts.py"}
