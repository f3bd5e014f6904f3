"""The keyboard alone reaches everything, and is held nowhere."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QRadioButton,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.ui.editor.editor import Editor
from app.ui.widgets.apply_theme import apply_theme
from tests.accessibility.house import WINDOWS, House
from tests.ui.conftest import Studio
from tests.ui.widgets.test_theme import contrast

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
DIALOGS = [name for name in WINDOWS if "menu" not in name]
MOST = 150  # presses of Tab
KEY = Qt.Key


def the_focus() -> QWidget:
    """What has the focus."""
    focus = QApplication.focusWidget()
    assert focus is not None
    return focus


def reached_by_tab(window: QWidget) -> list[QWidget]:
    """What gets the focus one after the other, until it comes back to where it began.

    In the page Tab is a letter, and F6 goes on.
    """
    found: list[QWidget] = []
    for _press in range(MOST):
        focus = the_focus()
        if focus in found:
            return found
        found.append(focus)
        QTest.keyClick(focus, KEY.Key_F6 if isinstance(focus, Editor) else KEY.Key_Tab)
    pytest.fail(f"Tab never comes back: {found[-10:]}")


def wanted(window: QWidget) -> list[QWidget]:
    """What has to be reached: all that can be used, but of a group of choices only the chosen."""
    return [
        one
        for one in window.findChildren(QWidget)
        if one.focusPolicy().value & Qt.FocusPolicy.TabFocus.value
        and one.isVisible()
        and one.isEnabled()
        and one.window() is window
        and one.focusProxy() is None
        and not (isinstance(one, QRadioButton) and not one.isChecked())
    ]


@pytest.mark.parametrize("name", DIALOGS)
def test_no_letter_leads_to_two_controls(house: House, name: str) -> None:
    window = house.open(name)
    texts = [
        one.text()
        for one in window.findChildren(QWidget)
        if one.window() is window
        and one.isVisible()
        and (isinstance(one, QAbstractButton) or (isinstance(one, QLabel) and one.buddy()))
    ]
    keys = [key for text in texts if (key := QKeySequence.mnemonic(text).toString())]
    assert sorted(keys) == sorted({*keys}), texts


@pytest.mark.parametrize("name", DIALOGS)
def test_tab_reaches_everything_and_comes_back(house: House, qtbot: QtBot, name: str) -> None:
    window = house.open(name)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    if QApplication.focusWidget() is None:
        window.focusNextChild()
    reached = reached_by_tab(window)
    left_out = [one for one in wanted(window) if one not in reached]
    assert left_out == [], [(one, one.accessibleName()) for one in left_out]


@pytest.mark.parametrize("name", DIALOGS)
def test_esc_closes_every_dialog(house: House, qtbot: QtBot, name: str) -> None:
    window = house.open(name)
    if window is house.window:
        return
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    focus = QApplication.focusWidget() or window
    QTest.keyClick(focus, KEY.Key_Escape)
    assert not window.isVisible()


def focused(studio: Studio) -> str:
    """The part of the window that has the focus."""
    focus, page = the_focus(), studio.window.page
    parts = {
        "banners": page.banners,
        "page": page.stack,
        "write bar": page.write_bar,
        "side": studio.window.side,
        "status": studio.window.status,
    }
    return next(name for name, part in parts.items() if part.isAncestorOf(focus))


def test_f6_goes_through_the_parts_and_back(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.editor.setFocus()
    seen = []
    for _part in range(3):
        QTest.keyClick(the_focus(), KEY.Key_F6)
        seen.append(focused(studio))
    assert seen == ["write bar", "side", "page"]
    window.page.banners.say("That went wrong.")
    window.status.show_kept_here(True)
    seen = []
    for _part in range(5):
        QTest.keyClick(the_focus(), KEY.Key_F6, Qt.KeyboardModifier.ShiftModifier)
        seen.append(focused(studio))
    assert seen == ["banners", "status", "side", "write bar", "page"]
    assert studio.text == ""


@pytest.mark.parametrize("theme", ["light", "dark", "contrast", "sepia"])
@pytest.mark.parametrize("name", ["settings", "server", "installed", "fit", "takes"])
def test_the_focus_can_be_seen(house: House, qtbot: QtBot, name: str, theme: str) -> None:
    apply_theme(theme)
    window = house.open(name)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    for one in wanted(window):
        one.clearFocus()
        for area in window.findChildren(QScrollArea):
            if area.isAncestorOf(one):  # as Tab does, where setFocus does not
                area.ensureWidgetVisible(one)
        before = window.grab().toImage()
        one.setFocus(Qt.FocusReason.TabFocusReason)
        if not one.hasFocus():
            continue
        after = window.grab().toImage()
        corner = one.mapTo(window, one.rect().topLeft())
        ends = corner.x() + one.width(), corner.y() + one.height()
        changed = sum(
            before.pixel(x, y) != after.pixel(x, y)
            and contrast(before.pixelColor(x, y), after.pixelColor(x, y)) >= 1.5
            for x in range(max(0, corner.x()), min(ends[0], before.width()), 1)
            for y in range(max(0, corner.y()), min(ends[1], before.height()), 1)
        )
        assert changed >= 20, (one, one.accessibleName())
    apply_theme("light")
