"""Tracked changes in the window: keys, the bar, the menu, and the version that is kept before."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

Key, Mode = Qt.Key, Qt.KeyboardModifier
TEXT, ANSWER = "She go home. It rains a lot.", "She goes home. It rained."


@pytest.fixture
def proposed(studio):
    """A window with an answer on its page."""
    studio.show(TEXT, caret=0)
    tracked = studio.window.manuscript.changes.tracked
    assert tracked.begin(0, len(TEXT), "Tiny").finish(ANSWER) == 2
    return studio


def menu_at(studio, monkeypatch, place: QPoint) -> QMenu:
    shown: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, place: shown.append(menu))
    studio.window.editor.customContextMenuRequested.emit(place)
    return shown[0]


def test_nothing_is_offered_where_nothing_is_open(studio):
    bar = studio.window.manuscript.changes.bar
    assert not bar.isVisible()
    for name in ("next_change", "accept_change", "reject_change", "accept_changes"):
        action = studio.window.actions_table[name]
        assert not action.isEnabled()
        assert "No change is open." in action.toolTip()


def test_the_bar_counts_and_acts(proposed):
    bar = proposed.window.manuscript.changes.bar
    assert bar.isVisible()
    assert bar.label.text() == "2 changes by Tiny are open."
    bar.accept_all.click()
    assert proposed.text == ANSWER
    assert not bar.isVisible()
    proposed.do("undo")
    assert bar.isVisible()
    bar.reject_all.click()
    assert proposed.text == TEXT
    assert not bar.isVisible()


def test_keys_accept_and_reject_what_the_caret_is_at(proposed):
    editor = proposed.window.editor
    QTest.keyClick(editor, Key.Key_F5, Mode.ControlModifier)  # at none: only goes there
    assert editor.manuscript.text() == TEXT
    assert editor.caret == 6
    QTest.keyClick(editor, Key.Key_F5, Mode.ControlModifier)
    assert editor.manuscript.text() == "She goes home. It rains a lot."
    assert proposed.window.manuscript.changes.tracked.current is not None
    QTest.keyClick(editor, Key.Key_F6, Mode.ControlModifier)
    assert proposed.text == "She goes home. It rains a lot."
    for _ in range(2):
        proposed.do("undo")
    assert editor.manuscript.text() == TEXT
    assert len(proposed.window.manuscript.changes.tracked.open) == 2
    for _ in range(2):
        proposed.do("redo")
    assert proposed.text == "She goes home. It rains a lot."


def test_only_what_is_selected_is_accepted(proposed):
    editor = proposed.window.editor
    editor.setTextCursor(editor.cursor_at(0, 12))
    proposed.do("accept_change")
    assert editor.manuscript.text() == "She goes home. It rains a lot."
    assert len(proposed.window.manuscript.changes.tracked.open) == 1


def test_going_through_them(proposed):
    editor = proposed.window.editor
    QTest.keyClick(editor, Key.Key_Down, Mode.AltModifier)
    assert editor.caret == 6
    QTest.keyClick(editor, Key.Key_Down, Mode.AltModifier)
    assert editor.caret == 27
    QTest.keyClick(editor, Key.Key_Up, Mode.AltModifier)
    assert editor.caret == 6


def test_the_menu_of_a_change(proposed, monkeypatch):
    editor = proposed.window.editor
    place = editor.cursorRect(editor.cursor_at(5)).center()
    menu = menu_at(proposed, monkeypatch, place)
    names = [action.text() for action in menu.actions()[:2]]
    assert names == ["Accept: “go” becomes “goes”", "Reject: “go” becomes “goes”"]
    menu.actions()[0].trigger()
    assert editor.manuscript.text() == "She goes home. It rains a lot."
    editor.selectAll()
    menu = menu_at(proposed, monkeypatch, place)
    assert menu.actions()[1].text() == "Reject: “rains a lot” becomes “rained”"
    proposed.do("undo")
    editor.selectAll()
    menu = menu_at(proposed, monkeypatch, place)
    assert menu.actions()[0].text() == "Accept 2 Changes in the Selection"
    menu.actions()[0].trigger()
    assert proposed.text == ANSWER


def test_the_original_is_in_the_history(proposed):
    proposed.do("accept_changes")
    store = proposed.program.store
    versions = store.snapshots(proposed.window.documents.marked_as)
    assert [(one.cause, store.snapshot_text(one.id)) for one in versions] == [("rewrite", TEXT)]


def test_an_answer_in_the_writing_says_so(studio):
    studio.show(TEXT)
    changes = studio.window.manuscript.changes
    proposal = changes.tracked.begin(0, len(TEXT), "Tiny")
    proposal.show("She goes")
    assert changes.bar.label.text() == "Tiny writes. 1 change so far."
    studio.do("accept_changes")
    assert studio.window.editor.manuscript.text() == TEXT
    assert "still being written" in studio.window.status.currentMessage()
    proposal.finish(ANSWER)
    studio.do("accept_changes")
    assert studio.text == ANSWER


def test_the_words_and_the_prompt_are_of_the_original(proposed):
    proposed.window.editor.move_caret(len(TEXT))
    proposed.do("continue")
    assert proposed.worker.last("generate")[1]["prompt"] == TEXT
    assert proposed.window.editor.manuscript.words == 7
    proposed.stream(" And more.")
    proposed.done()
    proposed.do("accept_changes")
    assert proposed.text == ANSWER + " And more."
    proposed.do("undo")
    proposed.do("undo")
    assert proposed.window.editor.manuscript.text() == TEXT


def test_misspelled_words_of_a_proposal_are_not_marked(proposed):
    editor = proposed.window.editor
    breaks = editor.page.breaks
    [first, _second] = breaks.pieces
    start = breaks.to_document(first[0], before=True)
    assert breaks.has_pieces(start, start + 4)
    assert not breaks.has_pieces(start + 4, start + 9)


def test_what_was_accepted_is_known_to_be_a_rewrite(proposed, qtbot):
    keeper = proposed.window.manuscript.provenance.keeper
    qtbot.waitUntil(lambda: keeper.is_idle)
    proposed.do("accept_changes")
    kinds = [(one.kind, one.length) for one in keeper.tracker.spans.runs if one.kind == "rewrite"]
    assert kinds == [("rewrite", 2), ("rewrite", 2)]  # goes and rained, less what stayed of them
    proposed.do("undo")
    assert all(one.kind != "rewrite" for one in keeper.tracker.spans.runs)
