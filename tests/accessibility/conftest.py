"""Every window of the program, opened by its name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.accessibility.house import House
from tests.ui.conftest import make_studio, studio  # noqa: F401 (fixtures)
from tests.ui.manager.conftest import Shop, here, shop  # noqa: F401 (fixtures)


@pytest.fixture
def house(
    shop: Shop,  # noqa: F811 (the fixture)
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[House]:
    """The main window with its models, from which the others are opened."""
    made = House(shop, qtbot, tmp_path, monkeypatch)
    yield made
    for one in QApplication.topLevelWidgets():
        if one is not made.window and one.isVisible():
            one.close()
