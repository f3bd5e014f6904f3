"""The menu of a word where something else happens meanwhile, and beside what no model reads."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.ui.interpretability.test_why import TEXT, opened, settle, write
from tests.ui.interpretability.word_engine import OTHERS, ScoringEngine


@pytest.fixture
def engine(studio) -> ScoringEngine:
    studio.worker.shared = found = ScoringEngine()
    return found


def go_on_with_the_lamp(studio, qtbot, *texts):
    """A take of which a word was replaced, after which the model went on."""
    write(studio, " climbed the old tower", "The keeper", " at night.")
    studio.window.editor.move_caret(len("The keeper climbed the o"))
    dialog = opened(studio, qtbot)
    qtbot.keyClick(dialog.list, Qt.Key.Key_2)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    studio.stream(*texts)
    studio.done()
    studio.window.generation.take_log.wait()


def test_a_line_end_of_another_system_is_put_in_as_one_line_end(studio, engine, qtbot, monkeypatch):
    monkeypatch.setattr("tests.ui.interpretability.word_engine.OTHERS", ("\r\n", *OTHERS[1:]))
    studio.show(TEXT, TEXT.index("climbed") + 3)
    dialog = opened(studio, qtbot)
    qtbot.keyClick(dialog.list, Qt.Key.Key_1)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    settle(studio, qtbot)
    assert studio.text == TEXT.replace(" climbed", "\n")
    spans = studio.window.manuscript.provenance.keeper.tracker.spans
    assert len(spans) == len(studio.window.editor.manuscript)
    assert studio.window.editor.toPlainText() == studio.text
    studio.do("undo")
    assert studio.text == TEXT
