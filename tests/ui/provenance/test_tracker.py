"""The origins of the text on the page through everything that can be done to it."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, seed, settings, strategies as st
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.core.provenance.origins import Origin, Reworked
from app.core.provenance.spans import OriginRun, Runs, length_of
from app.ui.changes.tracked_changes import TrackedChanges
from app.ui.editor.editor import Editor, Source
from app.ui.editor.manuscript import Change, units
from app.ui.provenance.tracker import MIME, OriginTracker
from app.ui.rewrites.answer_places import WrittenAnswer

Run = OriginRun
_SEED = int(os.environ.get("LAMPBLACK_FUZZ_SEED", "20261128"))
_SEQUENCES = 2000 if os.environ.get("LAMPBLACK_LONG") else 60


@pytest.fixture
def editor(qtbot: QtBot) -> Editor:
    editor = Editor()
    qtbot.addWidget(editor)
    editor.show()
    return editor


@pytest.fixture
def tracker(editor: Editor) -> OriginTracker:
    return OriginTracker(editor)


def made_of(tracker: OriginTracker) -> Runs:
    return tracker.spans.runs


def write(editor: Editor, text: str, take: int = 7) -> None:
    """Let a model write at the caret, in two pieces, as a generation does."""
    at = editor.caret
    step = editor.history.open(at, object())
    half = len(text) // 2
    for written, part in (("", text[:half]), (text[:half], text[half:])):
        offset, length = units(written), units(part)
        with editor.putting(Origin("generated", take, offset, at + offset, length)):
            editor.write(step, at + offset, at + offset, part, written + part)
    step.owner = None


def test_typing_pasting_and_a_model_are_told_apart(editor: Editor, tracker: OriginTracker) -> None:
    QTest.keyClicks(editor, "Es war")
    data = QMimeData()
    data.setText(" einmal")
    editor.insertFromMimeData(data)
    write(editor, " ein König.")
    QTest.keyClick(editor, Qt.Key.Key_X)
    assert made_of(tracker) == (
        Run(6, "typed"),
        Run(7, "pasted"),
        Run(11, "generated", 7, 0),
        Run(1, "typed"),
    )


def test_undo_and_redo_bring_back_what_was_there(editor: Editor, tracker: OriginTracker) -> None:
    QTest.keyClicks(editor, "one ")
    write(editor, "two three")
    before = made_of(tracker)
    editor.move_caret(8)
    for _ in range(6):
        QTest.keyClick(editor, Qt.Key.Key_Backspace)  # one step: from the model's text into mine
    assert made_of(tracker) == (Run(2, "typed"), Run(5, "generated", 7, 4))
    editor.undo()
    assert made_of(tracker) == before
    editor.redo()
    assert made_of(tracker) == (Run(2, "typed"), Run(5, "generated", 7, 4))
    editor.undo()
    editor.undo()
    assert made_of(tracker) == (Run(4, "typed"),)
    editor.redo()
    assert made_of(tracker) == before
    editor.move_caret(2)
    for _ in range(4):
        QTest.keyClick(editor, Qt.Key.Key_Delete)
    editor.undo()
    assert made_of(tracker) == before


def test_another_take_is_wholly_its_own(editor: Editor, tracker: OriginTracker) -> None:
    step = editor.history.open(0, object())
    with editor.putting(Origin("generated", 1, 0, 0, 8)):
        editor.write(step, 0, 0, "The cat.", "The cat.")
    with editor.putting(Origin("generated", 2, 0, 0, 8)):
        editor.write(step, 0, 8, "The dog.", "The dog.")
    assert made_of(tracker) == (Run(8, "generated", 2, 0),)
    editor.undo()
    editor.redo()
    assert made_of(tracker) == (Run(8, "generated", 2, 0),)


def test_what_is_cut_here_is_known_where_it_is_pasted(
    editor: Editor, tracker: OriginTracker
) -> None:
    QTest.keyClicks(editor, "mine ")
    write(editor, "the model's")
    editor.setTextCursor(editor.cursor_at(3, 9))
    editor.cut()
    clipboard = QGuiApplication.clipboard().mimeData()
    assert clipboard.hasFormat(MIME)
    assert clipboard.text() == "e the "
    editor.move_caret(0)
    editor.paste()
    assert made_of(tracker) == (
        Run(2, "typed"),
        Run(4, "generated", 7, 0),
        Run(3, "typed"),
        Run(7, "generated", 7, 4),
    )
    plain = QMimeData()
    plain.setText("e the ")  # through a program that keeps nothing but the text
    editor.move_caret(0)
    editor.insertFromMimeData(plain)
    assert made_of(tracker)[:2] == (Run(2, "typed"), Run(4, "generated", 7, 0))
    foreign = QMimeData()
    foreign.setText("abc")
    foreign.setData(MIME, b"damaged")
    editor.move_caret(0)
    editor.insertFromMimeData(foreign)
    assert made_of(tracker)[0] == Run(3, "pasted")


def test_what_is_moved_stays_what_it_was(editor: Editor, tracker: OriginTracker) -> None:
    QTest.keyClicks(editor, "mine ")
    write(editor, "theirs")
    editor.move_text(5, 11, 0)
    assert made_of(tracker) == (Run(6, "generated", 7, 0), Run(5, "typed"))
    editor.undo()
    assert made_of(tracker) == (Run(5, "typed"), Run(6, "generated", 7, 0))
    editor.redo()
    assert made_of(tracker) == (Run(6, "generated", 7, 0), Run(5, "typed"))


def test_what_is_reworked_and_put_back(editor: Editor, tracker: OriginTracker) -> None:
    write(editor, "One sentence here. Another one there.")
    before = made_of(tracker)
    text = editor.manuscript.text()
    changed = text.replace("one", "lovely")
    for new, old in ((changed, text), (text, changed)):
        with editor.putting(Reworked("typed")):
            editor.replace_text(0, len(old), new)
        if new == changed:
            kinds = [(run.kind, run.length) for run in tracker.spans.runs]
            assert kinds == [("generated", 27), ("typed", 6), ("generated", 7)]
    assert made_of(tracker) == before


def test_an_accepted_rewrite_is_one_and_can_be_taken_back(
    editor: Editor, tracker: OriginTracker
) -> None:
    QTest.keyClicks(editor, "one two three")
    changes = [Change(8, "three", "3 threes"), Change(0, "one", "1")]
    editor.history.add(changes, object())
    editor.carry_out(changes, Source.REWRITE)
    assert editor.manuscript.text() == "1 two 3 threes"
    accepted = (
        Run(1, "rewrite"),
        Run(5, "typed"),
        Run(8, "rewrite"),
    )
    assert made_of(tracker) == accepted
    editor.undo()
    assert made_of(tracker) == (Run(13, "typed"),)
    editor.redo()
    assert made_of(tracker) == accepted


def test_the_answers_of_rewrites_are_told_apart(editor: Editor, tracker: OriginTracker) -> None:
    QTest.keyClicks(editor, "one two three")
    tracked = TrackedChanges(editor)
    proposals = [tracked.begin(0, 3, "Tiny"), tracked.begin(8, 13, "Tiny")]
    for proposal, answer in zip(proposals, ("1", "3"), strict=True):
        proposal.finish(answer)
    assert tracked.accept([one.id for one in tracked.open]) == 2
    assert editor.manuscript.text() == "1 two 3"
    keys = [proposal.origin_key for proposal in proposals]
    assert made_of(tracker) == (
        Run(1, "rewrite", keys[0], 0),
        Run(5, "typed"),
        Run(1, "rewrite", keys[1], 0),
    )
    written = WrittenAnswer(editor, 7, "\n")
    written.show("An ans")
    written.show("An answer.")
    written.finish("An answered 𝄞.")
    assert made_of(tracker)[-1] == Run(16, "generated", written.origin_key, 0)


def test_a_text_that_nobody_spoke_of(editor: Editor, tracker: OriginTracker) -> None:
    editor.set_text("was there")
    assert made_of(tracker) == (Run(9, "unknown"),)
    step = editor.history.open(0, object())
    editor.write(step, 0, 0, "ab", "ab")
    assert made_of(tracker)[0] == Run(2, "generated")


_WORDS = st.sampled_from(["a", "稿", "𝄞", "word ", "two\nlines", "é"])
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["type", "type", "paste", "model", "back", "delete", "cut", "move", "undo", "redo"]
        ),
        st.floats(0, 1),
        st.floats(0, 0.5),
        _WORDS,
    ),
    max_size=25,
)


@seed(_SEED)
@settings(max_examples=_SEQUENCES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_any_steps_leave_each_letter_with_its_origin(
    editor: Editor, tracker: OriginTracker, steps
) -> None:
    """Undo and Redo give exactly the runs that were there, whatever lies between."""
    editor.set_text("")
    tracker.begin(())
    states: list[Runs] = [()]
    for name, where, share, word in steps:
        length = len(editor.manuscript)
        start = round(where * length)
        end = start + round(share * (length - start))
        _do(editor, name, start, end, word)
        runs = tracker.spans.runs
        assert length_of(runs) == len(editor.manuscript)
        done = editor.history._done
        if name in ("undo", "redo"):
            assert runs == states[done]
        elif not editor.history.can_redo:  # or nothing was changed
            del states[done:]
            states += [runs] * (done + 1 - len(states))


def _do(editor: Editor, name: str, start: int, end: int, word: str) -> None:
    if name in ("undo", "redo"):
        getattr(editor, name)()
        return
    editor.setTextCursor(editor.cursor_at(start, end))
    if name == "type":
        cursor = editor.textCursor()
        cursor.insertText(word)
    elif name == "paste":
        data = QMimeData()
        data.setText(word)
        editor.insertFromMimeData(data)
    elif name == "model":
        editor.move_caret(end)
        write(editor, word * 2)
    elif name == "cut":
        editor.cut()
    elif name == "move" and end > start:
        editor.move_text(start, end, 0)
    elif name in ("back", "delete"):
        editor.move_caret(start)
        key = Qt.Key.Key_Backspace if name == "back" else Qt.Key.Key_Delete
        QTest.keyClick(editor, key)
