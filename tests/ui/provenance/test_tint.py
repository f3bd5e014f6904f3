"""Where the text on the page came from, shown in the real window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.core.interpretability.surprise_map import SurpriseMap
from app.ui.interpretability.surprise_tint import SurpriseTint
from app.ui.provenance.controller import ProvenanceController
from tests.ui.conftest import Studio

KINDS = ("generated", "edited", "rewrite", "pasted")


@pytest.fixture
def shown(studio: Studio, qtbot: QtBot) -> ProvenanceController:
    """A page with a typed, an edited, an untouched and a pasted part, and the tint on."""
    editor = studio.window.editor
    QTest.keyClicks(editor, "Mine. ")
    studio.do("continue")
    studio.stream("He took the old lamp.\nIt rained.")
    studio.done()
    studio.do("accept")
    at = studio.text.index("old")
    editor.setTextCursor(editor.cursor_at(at, at + 3))
    QTest.keyClicks(editor, "big")
    editor.move_caret(len(editor.manuscript))
    data = QMimeData()
    data.setText(" And so on.")
    editor.insertFromMimeData(data)
    studio.window.generation.take_log.takes("", "")  # waits until the take is kept
    studio.do("origins")
    controller = studio.window.manuscript.provenance
    settle(controller, qtbot)
    return controller


def settle(controller: ProvenanceController, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: controller.is_idle and not controller.tint._timer.isActive())


def marked(studio: Studio) -> dict[str, str]:
    """The text in each layer."""
    layers = studio.window.editor.layers._layers
    return {
        kind: "|".join(one.cursor.selectedText() for one in layers[kind])
        for kind in KINDS
        if layers[kind]
    }


def test_each_origin_has_a_look_of_its_own(studio: Studio, shown: ProvenanceController) -> None:
    assert marked(studio) == {
        "edited": "He took the | lamp.",
        "generated": "It rained.",
        "pasted": " And so on.",
    }
    layers = studio.window.editor.layers._layers
    lines = [layers[kind][0].format.underlineStyle() for kind in marked(studio)]
    assert len(set(lines)) == 3  # readable without colours
    studio.do("origins")
    assert marked(studio) == {}
    assert shown.label.isHidden()
    assert not studio.window.actions_table["origins"].isChecked()


def test_the_status_bar_says_what_the_cursor_is_in(
    studio: Studio, shown: ProvenanceController, qtbot: QtBot
) -> None:
    said = {}
    for word in ("Mine", "took", "rained", "And so"):
        studio.window.editor.move_caret(studio.text.index(word))
        settle(shown, qtbot)
        said[word] = shown.label.text()
    assert said["Mine"] == "Typed"
    assert said["And so"] == "Pasted"
    assert said["took"].startswith("Generated, then edited · 24 % changed · Tiny.Q4_1 · 20")
    assert said["rained"].startswith("Generated · Tiny.Q4_1 · 20")
    assert shown.label.accessibleName() == f"At the cursor: {shown.label.text()}"


def test_it_follows_the_writer(studio: Studio, shown: ProvenanceController, qtbot: QtBot) -> None:
    editor = studio.window.editor
    at = studio.text.index("rained")
    editor.setTextCursor(editor.cursor_at(at, at + 6))
    QTest.keyClicks(editor, "snowed")
    settle(shown, qtbot)
    assert marked(studio) == {
        "edited": "He took the | lamp.|It |.",
        "pasted": " And so on.",
    }
    studio.do("undo")
    studio.do("undo")
    settle(shown, qtbot)
    assert marked(studio)["generated"] == "It rained."


@pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
def test_the_mouse_is_told_too(studio: Studio, shown: ProvenanceController, qtbot: QtBot) -> None:
    editor = studio.window.editor
    place = editor.cursorRect(editor.cursor_at(2)).center()
    viewport = editor.viewport()
    event = QHelpEvent(QHelpEvent.Type.ToolTip, place, viewport.mapToGlobal(place))
    QApplication.sendEvent(viewport, event)
    assert QToolTip.text() == "Typed"
    tint = SurpriseTint(editor, SurpriseMap())
    tint.switch(on=True)  # the page was never scored: it has nothing to tell
    QToolTip.showText(event.globalPos(), "Before", viewport)
    QApplication.sendEvent(viewport, QHelpEvent(event.type(), place, event.globalPos()))
    assert QToolTip.text() == "Typed"
    tint.close()
    QToolTip.hideText()
