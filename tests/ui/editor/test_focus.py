"""Focus mode and typewriter scrolling."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.ui.widgets.theme import Theme

TEXT = "One. Two 😀 two! Three\nFour. Five.\nSix"


def dimmed(studio):
    selections = studio.window.editor.layers._layers["dim"]
    assert all(one.format.foreground().color() == Theme.current().faint for one in selections)
    return [one.cursor.selectedText() for one in selections]


def test_all_but_the_paragraph_is_dimmed(studio):
    studio.show(TEXT, caret=3)
    studio.do("focus_paragraph")
    assert dimmed(studio) == ["Four. Five.", "Six"]
    studio.window.editor.move_caret(len(TEXT) + 1)
    assert dimmed(studio) == ["One. Two 😀 two! Three", "Four. Five."]
    studio.do("focus_paragraph")
    assert dimmed(studio) == []
    assert studio.program.settings.focus == "off"


def test_all_but_the_sentence_is_dimmed(studio):
    studio.show(TEXT, caret=7)
    studio.do("focus_paragraph")
    studio.do("focus_sentence")
    assert dimmed(studio) == ["One. ", "Three", "Four. Five.", "Six"]
    assert not studio.window.actions_table["focus_paragraph"].isChecked()


def test_a_paragraph_is_one_across_soft_breaks(studio):
    studio.show("word " * 4000 + "\nnext", caret=9000)
    assert studio.window.editor.page.breaks
    studio.do("focus_paragraph")
    assert studio.window.page.focus.focused() == (0, 20_000)
    assert dimmed(studio) == []


def test_the_take_stays_tinted(studio):
    studio.show(TEXT, caret=3)
    studio.do("focus_sentence")
    studio.do("continue")
    studio.stream(" more. And more.")
    assert studio.tinted == " more. And more."
    layers = studio.window.editor.layers._layers
    shown = [name for name in layers if name in ("dim", "take", "spelling", "found")]
    assert shown == ["dim", "take", "spelling", "found"]
    assert [one.cursor.selectedText() for one in layers["take"]] == [studio.tinted]


def middle(studio):
    """How far the caret's line is from the middle of the window."""
    editor = studio.window.editor
    return abs(editor.cursorRect().center().y() - editor.viewport().height() // 2)


@pytest.mark.parametrize("caret", [0, 2500, 4999])
def test_the_line_that_is_written_stays_in_the_middle(studio, qtbot, caret):
    studio.show("line\n" * 1000, caret=caret)
    studio.do("typewriter")
    assert middle(studio) <= 2
    QTest.keyClicks(studio.window.editor, "and more words")
    QTest.keyClick(studio.window.editor, Qt.Key.Key_Return)
    assert middle(studio) <= 2
    QTest.keyClick(studio.window.editor, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: middle(studio) <= 2)
    studio.window.resize(studio.window.width(), 500)
    qtbot.waitUntil(lambda: middle(studio) <= 2)
    studio.do("typewriter")
    assert not studio.program.settings.typewriter


def test_neither_is_a_change_of_the_text(studio):
    studio.window.editor.set_text(TEXT)
    for name in ("typewriter", "focus_sentence", "typewriter", "focus_sentence"):
        studio.do(name)
    assert not studio.window.isWindowModified()
    assert not studio.window.actions_table["undo"].isEnabled()
