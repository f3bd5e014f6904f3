"""The environment that a frozen program gives its children."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PACKAGING = Path(__file__).resolve().parents[3] / "packaging"


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({"LD_LIBRARY_PATH": "/b", "LD_LIBRARY_PATH_ORIG": "/own"}, {"LD_LIBRARY_PATH": "/own"}),
        ({"LD_LIBRARY_PATH": "/b", "HOME": "/h"}, {"HOME": "/h"}),
        ({"LD_LIBRARY_PATH": "/b", "LD_LIBRARY_PATH_ORIG": ""}, {"LD_LIBRARY_PATH": ""}),
        ({"HOME": "/h"}, {"HOME": "/h"}),
    ],
)
def test_children_load_the_system_s_libraries(part, given, left) -> None:
    part("bundle.entry").restore(given, ascii_locale=False)
    assert given == left | {"PYINSTALLER_RESET_ENVIRONMENT": "1"}  # else they lack the bundle's


@pytest.mark.parametrize(
    ("given", "ctype"),
    [
        ({}, "C.UTF-8"),
        ({"LANG": "C"}, "C.UTF-8"),
        ({"LANG": "xx_XX.UTF-8"}, "C.UTF-8"),  # of a name that this system does not have
        ({"LANG": "C.UTF-8"}, None),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, "C.UTF-8"),
        ({"LC_ALL": "C"}, None),
    ],
)
def test_a_locale_of_ascii_becomes_utf_8_as_python_does_it(part, given, ctype) -> None:
    """Asked in a process of its own, whose locale nothing has set yet."""
    code = (
        "import os; from bundle.entry import restore, take_locale;"
        "restore(os.environ, ascii_locale=take_locale());"
        "print(os.environ.get('LC_CTYPE'), take_locale())"
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        env={**given, "PYTHONPATH": str(PACKAGING), "PYTHONCOERCECLOCALE": "0"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == f"{ctype} {'LC_ALL' in given}"
