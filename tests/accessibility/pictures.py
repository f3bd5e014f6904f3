"""Pictures of every window and dialog, to be looked at.

Run as `pytest tests/accessibility/pictures.py --basetemp FOLDER`, with LANGUAGE_SHOWN (zh_CN
unless told) and THEME_SHOWN (light) in the environment, and QT_SCALE_FACTOR for larger ones. They
lie below FOLDER.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from app.ui.languages import speak
from app.ui.widgets.apply_theme import apply_theme
from app.ui.window.settings_dialog import SettingsDialog
from tests.accessibility.house import WINDOWS, House

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)

LANGUAGE = os.environ.get("LANGUAGE_SHOWN", "zh_CN")
THEME = os.environ.get("THEME_SHOWN", "light")


@pytest.fixture(autouse=True)
def _spoken(qapp: QApplication, tmp_path: Path) -> Iterator[None]:
    """Before the windows are made."""
    assert speak(qapp, LANGUAGE, tmp_path) == ""
    yield
    assert speak(qapp, "en", tmp_path) == ""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pictures")


def picture(window: QWidget, path: Path) -> None:
    QApplication.processEvents()
    assert window.grab().save(str(path))


@pytest.mark.parametrize("name", WINDOWS)
def test_a_window(house: House, folder: Path, name: str) -> None:
    house.window.resize(1180, 800)
    apply_theme(THEME)
    shown = house.open(name)
    picture(shown, folder / f"{name}.png")
    if isinstance(shown, SettingsDialog):
        for tab in range(shown.tabs.count()):
            shown.tabs.setCurrentIndex(tab)
            area = shown.tabs.widget(tab)
            picture(shown, folder / f"{name} {tab}.png")
            if isinstance(area, QScrollArea) and (whole := area.widget()) is not None:
                picture(whole, folder / f"{name} {tab} whole.png")


def test_the_menus(house: House, folder: Path) -> None:
    apply_theme(THEME)
    for number, menu in enumerate(house.window.actions_table.menus.values()):
        menu.popup(house.window.mapToGlobal(house.window.rect().topLeft()))
        picture(menu, folder / f"menu {number}.png")
        menu.close()
