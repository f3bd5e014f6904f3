"""Nothing moves by itself where motion is reduced; nothing is cut off where letters are large."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QProgressBar,
    QTabBar,
    QToolButton,
    QWidget,
)

from app.ui.widgets import apply_theme as themes
from app.ui.widgets.apply_theme import apply_theme
from app.ui.widgets.controls import ElidedLabel
from app.ui.widgets.motion import apply_motion, show_share
from app.ui.widgets.section import PanelScroll
from app.ui.widgets.theme import CONTRAST, Theme
from tests.accessibility.house import WINDOWS, House
from tests.ui.conftest import Studio


@pytest.fixture(autouse=True)
def moving_again() -> Iterator[None]:
    """Let the next test move."""
    yield
    apply_motion("full")


@pytest.mark.parametrize(("setting", "busy"), [("full", 0), ("reduced", 100)])
def test_a_bar_without_a_share_stands_still(qtbot, setting: str, busy: int) -> None:
    bar = QProgressBar()
    qtbot.addWidget(bar)
    apply_motion(setting)
    show_share(bar, None)
    assert bar.maximum() == busy
    show_share(bar, 0.5)
    assert (bar.maximum(), bar.value()) == (100, 50)


def test_the_caret_blinks_again_when_it_may(
    qapp: QApplication, make_studio: Callable[..., Studio]
) -> None:
    apply_motion("full")
    blinks = qapp.styleHints().cursorFlashTime()
    assert blinks > 0
    studio = make_studio(motion="reduced")
    assert qapp.styleHints().cursorFlashTime() == 0
    studio.program.settings_store.change(motion="full")
    studio.window.view.show_settings()
    assert qapp.styleHints().cursorFlashTime() == blinks


def test_the_desktops_wish_for_contrast_is_followed(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Wishes:
        def contrastPreference(self) -> Qt.ContrastPreference:  # noqa: N802 (Qt's name)
            return Qt.ContrastPreference.HighContrast

    monkeypatch.setattr(themes._follower(), "_wishes", Wishes())
    apply_theme("system")
    assert Theme.current() is CONTRAST
    apply_theme("light")
    assert Theme.current() is not CONTRAST


ICON_ONLY = Qt.ToolButtonStyle.ToolButtonIconOnly


def clipped(window: QWidget) -> list[str]:
    """The buttons, labels of one line, rows of tabs and columns that have too little room."""
    found = []
    for one in window.findChildren(QWidget):
        if isinstance(one, QTabBar) and one.isVisible() and one.width() < one.sizeHint().width():
            found.append(f"tabs of {one.tabText(0)} …: {one.width()} < {one.sizeHint().width()}")
        if isinstance(one, PanelScroll) and one.isVisible():
            needed, there = one.column.minimumSize().width(), one.viewport().width()
            found += [f"column {needed} > {there}"] if needed > there else []
        if not one.isVisible() or not isinstance(one, QAbstractButton | QLabel) or not one.text():
            continue
        if isinstance(one, ElidedLabel) or (isinstance(one, QLabel) and one.wordWrap()):
            continue  # shortened with its tooltip, or in lines
        if isinstance(one, QToolButton) and one.toolButtonStyle() is ICON_ONLY:
            continue
        words = one.text().replace("&", "").split("\n")
        width = max(one.fontMetrics().horizontalAdvance(line) for line in words)
        if one.width() < width or one.height() < one.fontMetrics().ascent():
            found.append(f"{type(one).__name__} “{one.text()}” {one.size()} < {width}")
    return found


@pytest.fixture
def large_letters(qapp: QApplication) -> Iterator[None]:
    """An interface font of 20 pt."""
    before = qapp.font()
    large = QFont(before)
    large.setPointSizeF(20)
    qapp.setFont(large)
    yield
    qapp.setFont(before)


@pytest.mark.parametrize("name", [name for name in WINDOWS if "menu" not in name])
def test_nothing_is_cut_off_at_twenty_points(large_letters: None, house: House, name: str) -> None:
    house.window.resize(1100, 700)
    window = house.open(name)

    def fits() -> None:  # when the parts have taken their room, which takes a few turns
        assert clipped(window) == []

    house.qtbot.waitUntil(fits)
