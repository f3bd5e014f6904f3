"""Quotes and dashes as they are typed."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication


@pytest.fixture
def page(make_studio):
    """A window that makes quotes smart."""
    return make_studio(smart_quotes=True)


def test_signs_change_as_they_are_typed(page):
    editor = page.window.editor
    QTest.keyClicks(editor, '"Go--" it\'s')
    assert page.text == "“Go—” it’s"
    assert editor.caret == len(page.text)
    editor.move_caret(0)
    QTest.keyClicks(editor, '"')
    assert page.text == "““Go—” it’s"
    assert editor.caret == 1


def test_one_undo_gives_the_straight_sign_back(page):
    QTest.keyClicks(page.window.editor, 'Go "')
    page.do("undo")
    assert page.text == 'Go "'
    assert page.window.editor.caret == 4
    QTest.keyClicks(page.window.editor, "on")
    assert page.text == 'Go "on'


def test_a_selection_is_replaced_by_the_smart_sign(page):
    page.show("one two")
    page.window.editor.setTextCursor(page.window.editor.cursor_at(4, 7))
    QTest.keyClicks(page.window.editor, '"')
    assert page.text == "one “"


def test_an_input_method_and_a_paste_are_left_alone(page):
    editor = page.window.editor
    event = QInputMethodEvent("ni", [])
    QApplication.sendEvent(editor, event)
    QTest.keyClicks(editor, "'")
    event = QInputMethodEvent("", [])
    event.setCommitString('"你"')
    QApplication.sendEvent(editor, event)
    editor.insert_plain('"a"--b')
    assert "“" not in page.text
    assert '"你"' in page.text
    assert page.text.endswith('"a"--b')


def test_it_is_off_unless_it_is_wanted(studio):
    QTest.keyClicks(studio.window.editor, '"Go--"')
    assert studio.text == '"Go--"'


def test_it_works_across_soft_breaks(page):
    page.show("word " * 3000)
    editor = page.window.editor
    place = next(iter(editor.page.breaks))
    editor.move_caret(place)
    QTest.keyClicks(editor, '"')
    assert editor.manuscript.text(place - 1, place + 2) == " “w"
