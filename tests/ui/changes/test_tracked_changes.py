"""Tracked changes on a real page: the manuscript is the original until one is accepted."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.ui.changes.tracked_changes import TrackedChanges
from app.ui.editor.editor import Editor, Source
from tests.ui.editor.test_editor import compose

Key = Qt.Key


@pytest.fixture
def editor(qtbot, own_home):
    editor = Editor()
    editor.set_page("serif", 13, 150, 68)
    editor.resize(600, 400)
    with qtbot.waitExposed(editor):
        editor.show()
    yield editor
    editor.close()
    editor.deleteLater()


@pytest.fixture
def tracked(editor):
    return TrackedChanges(editor)


def page(editor: Editor) -> str:
    """All that the page's document has."""
    blocks, block = [], editor.document().begin()
    while block.isValid():
        blocks.append(block.text().replace("\u2028", "/"))
        block = block.next()
    return "\n".join(blocks)


def rewrite(tracked: TrackedChanges, answer: str, start: int = 0, end: int = -1) -> int:
    editor = tracked.editor
    end = len(editor.manuscript) if end < 0 else end
    return tracked.begin(start, end, "Tiny").finish(answer)


def test_a_proposal_is_on_the_page_alone(editor, tracked):
    editor.set_text("She go home. It rains.")
    assert rewrite(tracked, "She goes home. It rained.") == 2
    assert page(editor) == "She gogoes home. It rainsrained."
    assert editor.manuscript.text() == "She go home. It rains."
    assert [(one.start, one.end, one.added) for one in tracked.open] == [
        (4, 6, "goes"),
        (16, 21, "rained"),
    ]
    assert not editor.document().isModified()
    editor.selectAll()
    assert editor.createMimeDataFromSelection().text() == "She go home. It rains."


def test_accepting_one_by_one_and_back(editor, tracked):
    sources = []
    editor.set_text("She go home. It rains.")
    rewrite(tracked, "She goes home. It rained.")
    editor.changed.connect(lambda _change, source: sources.append(source))
    one, two = tracked.open
    assert tracked.accept([one.id]) == 1
    assert editor.manuscript.text() == "She goes home. It rains."
    assert page(editor) == "She goes home. It rainsrained."
    assert sources == [Source.REWRITE]
    assert editor.document().isModified()
    assert tracked.reject([two.id]) == 1
    assert page(editor) == editor.manuscript.text() == "She goes home. It rains."
    editor.undo()
    assert page(editor) == "She goes home. It rainsrained."
    editor.undo()
    assert page(editor) == "She gogoes home. It rainsrained."
    assert editor.manuscript.text() == "She go home. It rains."
    assert not editor.document().isModified()
    editor.undo()  # the proposal itself
    assert page(editor) == "She go home. It rains."
    assert not len(tracked.open)
    for _ in range(3):
        editor.redo()
    assert page(editor) == editor.manuscript.text() == "She goes home. It rains."
    assert not len(tracked.open)


def test_accepting_all_is_one_step(editor, tracked):
    editor.set_text("One two three four five six seven.")
    rewrite(tracked, "One 2 three 4 five 6 seven!")
    assert tracked.accept([one.id for one in tracked.open]) == 4
    assert page(editor) == "One 2 three 4 five 6 seven!"
    editor.undo()
    assert editor.manuscript.text() == "One two three four five six seven."
    assert len(tracked.open) == 4
    editor.redo()
    assert page(editor) == "One 2 three 4 five 6 seven!"


def test_paragraphs_in_an_answer(editor, tracked):
    editor.set_text("One.\nTwo.\nThree.")
    rewrite(tracked, "One.\n\nNew.\n\nTwo. Three.")
    assert editor.document().blockCount() == 3
    assert "¶" in page(editor)
    tracked.accept([one.id for one in tracked.open])
    assert page(editor) == editor.manuscript.text() == "One.\n\nNew.\n\nTwo. Three."
    editor.undo()
    assert editor.manuscript.text() == "One.\nTwo.\nThree."
    assert editor.document().blockCount() == 3


def test_the_answer_streams_in(editor, tracked):
    editor.set_text("Before. The old man sat by the window. After.")
    proposal = tracked.begin(8, 38, "Tiny")
    proposal._throttle = lambda: True
    answer = "The man was sitting at a window."
    for length in range(len(answer)):
        proposal.show(answer[:length])
        assert editor.manuscript.text() == "Before. The old man sat by the window. After."
    proposal.finish(answer)
    assert not proposal.is_open
    tracked.accept([one.id for one in tracked.open])
    assert editor.manuscript.text() == "Before. The man was sitting at a window. After."


def test_an_answer_in_the_writing_cannot_be_accepted(editor, tracked):
    editor.set_text("One two.")
    proposal = tracked.begin(0, 8, "Tiny")
    proposal.show("One 2.")
    assert tracked.accept([one.id for one in tracked.open]) == 0
    assert tracked.is_being_written
    proposal.abandon()
    assert page(editor) == "One two."
    assert not tracked.is_being_written
    proposal.show("One 3.")
    assert proposal.finish("One 3.") == 0
    assert page(editor) == "One two."


def test_what_the_writer_changes_in_the_meantime_stays_or_is_seen_to_go(editor, tracked):
    editor.set_text("One two three.")
    proposal = tracked.begin(0, 14, "Tiny")
    proposal.show("One 2")
    editor.move_caret(3)
    QTest.keyClicks(editor, " more")
    assert editor.manuscript.text() == "One more two three."
    proposal.finish("One 2 three.")
    tracked.accept([one.id for one in tracked.open])
    assert editor.manuscript.text() == "One 2 three."
    editor.undo()
    assert editor.manuscript.text() == "One more two three."


def test_typing_at_a_proposed_text_stands_beside_it(editor, tracked):
    editor.set_text("One two.")
    rewrite(tracked, "One bright two.")
    assert page(editor) == "One bright two."
    editor.move_caret(4)
    assert editor.textCursor().position() == 11
    QTest.keyClicks(editor, "red ")
    assert editor.manuscript.text() == "One red two."
    assert page(editor) == "One bright red two."
    QTest.keyClick(editor, Key.Key_Left)
    for _ in range(4):
        QTest.keyClick(editor, Key.Key_Left)
    assert editor.caret == 3
    QTest.keyClick(editor, Key.Key_Right)
    assert (editor.caret, editor.textCursor().position()) == (4, 11)
    QTest.keyClick(editor, Key.Key_Backspace)
    assert editor.manuscript.text() == "Onered two."
    assert page(editor) == "Onebright red two."
    QTest.keyClick(editor, Key.Key_Delete)
    assert editor.manuscript.text() == "Oneed two."


def test_a_selection_from_within_a_proposed_text(editor, tracked):
    editor.set_text("One two.")
    rewrite(tracked, "One bright two.")
    cursor = editor.textCursor()
    cursor.setPosition(6)
    cursor.setPosition(13, cursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)
    assert editor.selected_text() == "tw"
    QTest.keyClicks(editor, "b")
    assert editor.manuscript.text() == "One bo."
    assert page(editor) == "One bright bo."
    editor.selectAll()
    QTest.keyClick(editor, Key.Key_Delete)
    assert page(editor) == ""
    assert not len(tracked.open)


def test_another_text_has_none_of_them(editor, tracked):
    editor.set_text("One two.")
    proposal = tracked.begin(0, 8, "Tiny")
    proposal.show("A 2 and much more.")
    editor.set_text("Another.")
    assert page(editor) == "Another."
    assert not proposal.is_open
    assert proposal.finish("x") == 0
    assert page(editor) == "Another."


def test_a_second_proposal_takes_the_place_of_the_first(editor, tracked):
    editor.set_text("One two three.")
    rewrite(tracked, "One 2 3.")
    assert page(editor) == "One two three2 3."
    rewrite(tracked, "four", 8, 13)
    assert page(editor) == "One two threefour."
    editor.undo()
    editor.undo()
    assert len(tracked.open) == 1
    assert page(editor) == "One two three2 3."


def test_going_from_change_to_change(editor, tracked):
    editor.set_text("One two three four.")
    rewrite(tracked, "One 2 three 4.")
    one, two = tracked.open
    editor.move_caret(0)
    assert tracked.next() == one
    assert (editor.caret, tracked.current) == (7, one)
    assert tracked.next() == two
    assert tracked.next() == one
    assert tracked.next(backwards=True) == two
    editor.setTextCursor(editor.cursor_at(0, 9))
    assert tracked.selected == (one,)
    editor.setReadOnly(True)
    assert tracked.accept([one.id]) == tracked.reject([two.id]) == 0


def test_undo_opens_again_what_the_writer_closed(editor, tracked):
    editor.set_text("One two three four.")
    rewrite(tracked, "One 2 three 4.")
    before = list(tracked.open)
    editor.replace_text(2, 16, "x")
    assert not len(tracked.open) or list(tracked.open) != before
    editor.undo()
    assert list(tracked.open) == before
    assert page(editor) == "One two2 three four4."
    editor.redo()
    assert list(tracked.open) != before
    editor.undo()
    editor.move_caret(5)
    QTest.keyClicks(editor, "abc")  # within what is to go: it is parted
    assert len(tracked.open) == 3
    editor.undo()
    assert list(tracked.open) == before
    assert editor.manuscript.text() == "One two three four."


def test_a_proposal_beside_another_leaves_it(editor, tracked):
    editor.set_text("One. Two.")
    rewrite(tracked, "One. New.", 0, 4)
    rewrite(tracked, " 2.", 4, 9)
    assert page(editor) == "One. New. Two2."
    assert len(tracked.open) == 2


@pytest.mark.parametrize("answer", ["\n\n", "bright", "One bright\nday", "x"])
def test_an_input_method_beside_a_proposed_text(editor, tracked, answer):
    """Qt tells of the whole paragraph then, with what is only proposed in it."""
    editor.set_text("")
    rewrite(tracked, answer)
    shown = page(editor)
    compose(editor, "x")
    assert editor.manuscript.text() == ""
    compose(editor, "", "x")
    assert editor.manuscript.text() == "x"
    assert page(editor) == shown + "x"
    assert not editor.document().firstBlock().layout().preeditAreaText()
    editor.undo()
    editor.undo()
    assert page(editor) == ""


def test_what_is_typed_over_a_proposed_text_may_begin_as_it_does(editor, tracked):
    editor.set_text("One two.")
    rewrite(tracked, "One bright two.")
    cursor = editor.textCursor()
    cursor.setPosition(4)
    cursor.setPosition(14, cursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)
    QTest.keyClicks(editor, "b")
    assert editor.manuscript.text() == "One b."
