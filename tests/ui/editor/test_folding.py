"""Folding: what is out of sight is still there, and comes back when it is needed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextBlock
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from tests.ui.editor.test_editor import compose

BOOK = "before\n# One 😀\nfirst\n\n## Two\nsecond\n# Three\nthird\nlast"
CTRL = Qt.KeyboardModifier.ControlModifier


def seen(editor) -> list[str]:
    """The lines that can be seen."""
    block: QTextBlock = editor.document().begin()
    found = []
    while block.isValid():
        height = editor.document().documentLayout().blockBoundingRect(block).height()
        assert block.isVisible() == (height > 0)
        if block.isVisible():
            found.append(block.text())
        block = block.next()
    return found


@pytest.fixture
def at(studio) -> Callable[[str], None]:
    """Puts the caret before a word."""

    def put(word: str) -> None:
        manuscript = studio.window.editor.manuscript
        text = manuscript.text()
        studio.window.editor.move_caret(len(text[: text.index(word)].encode("utf-16-le")) // 2)

    studio.show(BOOK, caret=0)
    return put


def test_a_section_folds_and_unfolds_and_the_text_stays(studio, at):
    editor = studio.window.editor
    editor.mark_saved()
    at("first")
    studio.do("fold")
    assert seen(editor) == ["before", "# One 😀", "# Three", "third", "last"]
    assert editor.textCursor().block().text() == "# One 😀"
    assert studio.text == BOOK
    assert not editor.document().isModified()
    studio.do("fold")
    assert seen(editor) == BOOK.split("\n")


def test_all_fold_and_unfold(studio, at):
    editor = studio.window.editor
    studio.do("fold_all")
    assert seen(editor) == ["before", "# One 😀", "# Three"]
    studio.do("fold_all")
    assert seen(editor) == BOOK.split("\n")


def test_an_inner_section_stays_folded_when_the_outer_unfolds(studio, at):
    editor = studio.window.editor
    at("second")
    studio.do("fold")
    at("first")
    studio.do("fold")
    studio.do("fold")
    assert seen(editor) == [line for line in BOOK.split("\n") if line != "second"]


def test_typing_undo_and_streaming_into_a_fold_unfold_it(studio, at, qtbot):
    editor = studio.window.editor
    folded = ["before", "# One 😀", "# Three", "third", "last"]
    at("second")
    qtbot.keyClicks(editor, "x")
    at("first")
    studio.do("fold")
    assert seen(editor) == folded
    studio.do("undo")
    assert "second" in seen(editor)
    at("third")
    studio.do("continue")
    studio.stream("more ")
    at("Three")
    studio.do("fold")
    assert "more third" not in seen(editor)
    studio.stream("words ")
    studio.done()
    assert any("third" in line for line in seen(editor))


def test_undo_elsewhere_leaves_it_folded(studio, at, qtbot):
    editor = studio.window.editor
    at("before")
    qtbot.keyClicks(editor, "x")
    at("first")
    studio.do("fold")
    studio.do("undo")
    assert seen(editor)[:3] == ["before", "# One 😀", "# Three"]


def test_moves_of_the_caret_pass_over_a_fold_or_unfold_it(studio, at, qtbot):
    editor = studio.window.editor
    at("first")
    studio.do("fold")
    qtbot.keyClick(editor, Qt.Key.Key_Down)
    assert editor.textCursor().block().text() == "# Three"
    qtbot.keyClick(editor, Qt.Key.Key_Up)
    assert editor.textCursor().block().text() == "# One 😀"
    assert "first" not in seen(editor)
    editor.move_caret(editor.manuscript.text().index("second"))
    assert seen(editor) == BOOK.split("\n")


def test_find_unfolds_what_it_finds(studio, at, qtbot):
    editor = studio.window.editor
    studio.do("fold_all")
    studio.do("find")
    find = studio.window.page.find_bar
    find.line.setText("second")
    find.find_next()
    assert editor.selected_text() == "second"
    assert "second" in seen(editor)
    assert "third" not in seen(editor)


def test_a_heading_that_is_none_any_more_unfolds(studio, at, qtbot):
    editor = studio.window.editor
    at("Three")
    studio.do("fold")
    assert "third" not in seen(editor)
    qtbot.keyClick(editor, Qt.Key.Key_Backspace)
    qtbot.keyClick(editor, Qt.Key.Key_Backspace)
    assert "third" in seen(editor)


def test_the_mark_says_what_it_unfolds_and_does(studio, at, qtbot):
    editor = studio.window.editor
    at("first")
    studio.do("fold")
    [mark] = [one for one in editor.viewport().findChildren(QToolButton) if one.isVisible()]
    assert mark.accessibleName() == "Unfold “One 😀”"
    assert mark.geometry().left() > editor.cursorRect().right()
    QTest.mouseClick(mark, Qt.MouseButton.LeftButton)
    assert seen(editor) == BOOK.split("\n")
    assert not mark.isVisible()


def test_what_is_saved_and_prompted_is_whole(studio, at, tmp_path):
    studio.do("fold_all")
    studio.questions.save_answer = tmp_path / "book.md"
    studio.do("save")
    assert (tmp_path / "book.md").read_text("utf-8") == BOOK
    editor = studio.window.editor
    editor.selectAll()
    assert editor.createMimeDataFromSelection().text() == BOOK


def test_a_composition_is_left_alone(studio, at):
    editor = studio.window.editor
    at("first")
    compose(editor, "xie")
    studio.do("fold")
    studio.do("fold_all")
    assert seen(editor) == BOOK.split("\n")
    compose(editor, "", "写")
    studio.do("fold")
    assert "写first" not in seen(editor)


def test_another_text_has_nothing_folded(studio, at):
    studio.do("fold_all")
    studio.window.editor.set_text("# A\nb")
    assert seen(studio.window.editor) == ["# A", "b"]


def test_nothing_to_fold_is_said(studio, at):
    at("before")
    studio.do("fold")
    assert "nothing to fold" in studio.window.statusBar().currentMessage()
    studio.window.editor.set_text("no heading")
    studio.do("fold_all")
    assert "no headings" in studio.window.statusBar().currentMessage()
