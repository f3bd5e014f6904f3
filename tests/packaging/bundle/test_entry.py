"""The environment that a frozen program gives its children."""

from __future__ import annotations

import pytest


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
    given, locale = {"LANG": "zh_CN.UTF-8", **given}, {"LANG": "zh_CN.UTF-8"}
    part("bundle.entry").restore(given)
    assert given == locale | left


@pytest.mark.parametrize(
    ("given", "ctype"),
    [
        ({}, "C.UTF-8"),
        ({"LANG": "C"}, "C.UTF-8"),
        ({"LANG": "tr_TR.UTF-8"}, None),
        ({"LANG": "C", "LC_CTYPE": "en_GB.UTF-8"}, "en_GB.UTF-8"),
        ({"LC_ALL": "C"}, None),
    ],
)
def test_a_locale_of_ascii_becomes_utf_8_as_python_does_it(part, given, ctype) -> None:
    part("bundle.entry").restore(given)
    assert given.get("LC_CTYPE") == ctype
