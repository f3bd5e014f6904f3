"""Input methods and scripts: half-typed text is nobody's text yet, and no direction gets lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.conftest import Studio


def compose(studio: Studio, half: str = "", whole: str = "") -> None:
    """What an input method sends: half-typed text, or the whole that was chosen."""
    event = QInputMethodEvent(half, [])
    if whole:
        event.setCommitString(whole)
    QApplication.sendEvent(studio.window.editor, event)


def test_half_typed_text_is_neither_counted_nor_sent(studio: Studio) -> None:
    studio.show("雨停了。")
    words = studio.window.editor.manuscript.words
    compose(studio, "ni hao")
    assert studio.window.editor.manuscript.text() == "雨停了。"
    assert studio.window.editor.manuscript.words == words
    studio.do("continue")
    assert studio.worker.count_of("generate") == 0
    assert "Finish the word" in studio.window.status.currentMessage()
    compose(studio, whole="你好")
    studio.do("continue")
    _job, fields = studio.worker.last("generate")
    assert fields["prompt"].endswith("雨停了。你好")


def test_half_typed_text_is_not_saved_and_not_lost_by_saving(
    studio: Studio, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "rain.txt"
    studio.questions.save_answer = path
    studio.show("雨")
    compose(studio, "ting")
    studio.do("save")
    assert path.read_text("utf-8") == "雨"
    assert studio.window.editor.is_composing
    compose(studio, whole="停")
    assert studio.text == "雨停"
    studio.do("save")
    assert path.read_text("utf-8") == "雨停"


def test_the_model_waits_with_its_text_while_a_word_is_typed(studio: Studio) -> None:
    studio.show("Once ")
    studio.do("continue")
    studio.stream("upon")
    studio.window.editor.move_caret(0)
    compose(studio, "ni")
    studio.stream(" a time")
    assert studio.window.editor.manuscript.text() == "Once upon"
    compose(studio, whole="你")
    assert studio.text == "你Once upon a time"
    studio.done()
    assert studio.text == "你Once upon a time"


def test_composition_that_is_broken_off_leaves_nothing(studio: Studio) -> None:
    studio.show("Once")
    compose(studio, "ni")
    compose(studio)
    assert studio.text == "Once"
    assert not studio.window.editor.is_composing
    studio.do("continue")
    assert studio.worker.count_of("generate") == 1


@pytest.mark.parametrize("text", ["ירד גשם כל הלילה.", "هطل المطر طوال الليل."])
def test_a_paragraph_runs_as_its_letters_do(studio: Studio, text: str) -> None:
    studio.show(f"Rain.\n{text}\nRain.")
    document = studio.window.editor.document()
    ways = [document.findBlockByNumber(row).textDirection() for row in range(3)]
    right, left = Qt.LayoutDirection.RightToLeft, Qt.LayoutDirection.LeftToRight
    assert ways == [left, right, left]
    assert studio.text == f"Rain.\n{text}\nRain."


def test_the_model_goes_on_in_mixed_text_where_the_caret_is(studio: Studio) -> None:
    text = "הוא אמר “OK, 42” והלך"
    studio.show(text)
    studio.do("continue")
    studio.stream(" הביתה.")
    studio.done()
    assert studio.text == text + " הביתה."
    assert studio.tinted == " הביתה."
