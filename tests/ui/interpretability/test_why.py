"""The menu of a word: what is asked of the model, and what becomes of the page."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from app.core.errors import GenerationError
from app.engine.messages import ServerPlace
from app.ui.interpretability.why_dialog import WhyDialog
from tests.ui.interpretability.word_engine import ScoringEngine

TEXT = "The keeper climbed the tower. Below, the sea was loud."


@pytest.fixture
def engine(studio) -> ScoringEngine:
    studio.worker.shared = found = ScoringEngine()
    return found


def opened(studio, qtbot) -> WhyDialog:
    studio.do("why")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, WhyDialog)
    qtbot.waitUntil(lambda: dialog.read is not None)
    return dialog


def settle(studio, qtbot):
    qtbot.waitUntil(lambda: studio.window.manuscript.why.is_settled)


def write(studio, text, before, after=""):
    """Have the model write something between two texts."""
    studio.show(before + after, len(before))
    studio.do("continue")
    studio.stream(text)
    studio.done()
    studio.window.generation.take_log.wait()
    studio.do("accept")
    studio.worker.asked.clear()


def rows(dialog):
    role = Qt.ItemDataRole.AccessibleTextRole
    return [dialog.list.item(row).data(role) for row in range(dialog.list.count())]


def kinds(studio):
    spans = studio.window.manuscript.provenance.keeper.tracker.spans
    text = studio.window.editor.manuscript.text()
    return [(text[one.start : one.end], one.run.kind) for one in spans]


def test_a_word_of_the_writer_is_read_after_what_the_model_would_get(studio, engine, qtbot):
    studio.show(TEXT, TEXT.index("climbed") + 3)
    dialog = opened(studio, qtbot)
    (asked,) = engine.asked
    assert (asked.prompt, asked.text) == ("The keeper", " climbed")
    assert asked.probabilities == 11
    assert dialog.word.text() == "climbed"
    assert dialog.rank.text() == "40 %, the likeliest here"
    assert rows(dialog)[:4] == [
        "climbed, 40 %, as it stands", "1: door, 20 %", "2: lamp, 10 %", "3: …s, 6.7 %",
    ]  # fmt: skip
    assert rows(dialog)[4:6] == ["4: (part of a letter), 5.0 %", "5: (the end), 4.0 %"]
    assert "would be given" in dialog.note.text()
    assert studio.window.editor.selected_text() == " climbed"
    dialog.reject()
    assert studio.window.editor.caret == TEXT.index("climbed") + 3


def test_what_a_take_saw_is_what_its_words_are_read_after(studio, engine, qtbot):
    write(studio, " climbed the old tower", "The keeper", " at night. The sea was loud.")
    studio.window.editor.insert_plain(" slowly")
    studio.window.editor.move_caret(len("The keeper climbed the o"))
    dialog = opened(studio, qtbot)
    assert (engine.asked[0].prompt, engine.asked[0].text) == ("The keeper climbed the", " old")
    assert "when it wrote this" in dialog.note.text()
    dialog.reject()


def test_going_on_from_another_word_is_one_step_and_keeps_both_takes(studio, engine, qtbot):
    write(studio, " climbed the old tower", "The keeper", " at night. The sea was loud.")
    whole = studio.text
    studio.window.editor.move_caret(len("The keeper climbed the o"))
    dialog = opened(studio, qtbot)
    qtbot.keyClick(dialog.list, Qt.Key.Key_2)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    _job, fields = studio.worker.last("generate")
    assert fields["prompt"] == "The keeper climbed the lamp"
    assert fields["n"] == 1
    studio.stream(" room", " stairs")
    assert studio.text == "The keeper climbed the lamp room stairs at night. The sea was loud."
    studio.done()
    assert studio.window.session.take_count == 2
    assert ("The keeper", "typed") in kinds(studio)
    assert (" lamp room stairs", "generated") in kinds(studio)
    studio.do("take_before")
    assert studio.text == whole
    studio.do("take_after")
    studio.do("undo")
    assert studio.text == whole
    assert (" climbed the old tower", "generated") in kinds(studio)
    studio.window.generation.take_log.wait()
    from app.core.store.takes.kept import TakeFilter

    kept = [one.record.text for one in studio.program.store.kept_takes.found(TakeFilter())]
    assert kept == [" lamp room stairs", " old tower", " climbed the old tower"]


def test_a_typed_word_is_replaced_and_the_model_goes_on_before_what_follows(studio, engine, qtbot):
    studio.show(TEXT, TEXT.index("climbed") + 3)
    dialog = opened(studio, qtbot)
    qtbot.keyClick(dialog.list, Qt.Key.Key_1)
    dialog.go_on.click()
    fields = studio.worker.last("generate")[1]
    assert fields["prompt"] == "The keeper door"
    studio.stream(" fell on")
    assert studio.text == TEXT.replace("climbed", "door fell on")
    studio.done()
    studio.do("undo")
    assert studio.text == TEXT


def test_keeping_what_follows_says_how_well_it_fits(studio, engine, qtbot):
    write(studio, " climbed the old tower", "The keeper", " at night. The sea was loud.")
    whole = studio.text
    studio.window.editor.move_caret(len("The keeper climbed the o"))
    dialog = opened(studio, qtbot)
    qtbot.keyClick(dialog.list, Qt.Key.Key_2)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    settle(studio, qtbot)
    rests = engine.asked[-2:]
    assert [one.prompt for one in rests] == [
        "The keeper climbed the old",
        "The keeper climbed the lamp",
    ]
    assert {one.text for one in rests} == {" tower at night. The sea was loud."}
    assert {one.told for one in rests} == {0}
    said = studio.window.statusBar().currentMessage()
    assert said.startswith("What follows fits a little worse than before: on average 25 %")
    assert studio.text == whole.replace("old", "lamp")
    assert not studio.worker.count_of("generate")
    assert (" lamp", "generated") in kinds(studio) or ("lamp", "generated") in kinds(studio)
    studio.do("undo")
    assert studio.text == whole


def test_the_arrows_lead_from_word_to_word(studio, engine, qtbot):
    studio.show(TEXT, 5)
    dialog = opened(studio, qtbot)
    seen = [dialog.word.text()]
    for _ in range(3):
        qtbot.keyClick(dialog.list, Qt.Key.Key_Right)
        qtbot.waitUntil(lambda: dialog.read is not None and dialog.word.text() != seen[-1])
        seen.append(dialog.word.text())
    assert seen == ["keeper", "climbed", "the", "tower"]
    qtbot.keyClick(dialog.list, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: dialog.word.text() == "the")
    dialog.reject()


def test_parts_of_letters_and_the_end_cannot_be_put_in(studio, engine, qtbot):
    studio.show("她数了灯。", 1)
    dialog = opened(studio, qtbot)
    for key, words in ((Qt.Key.Key_4, "first part of a letter"), (Qt.Key.Key_5, "ended")):
        qtbot.keyClick(dialog.list, key)
        assert words in dialog.trouble.text()
        assert not dialog.go_on.isEnabled()
        qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    assert studio.text == "她数了灯。"
    dialog.reject()


def test_where_it_cannot_be_had_one_sentence_says_so(studio, engine, qtbot, tiny):
    why, bar = studio.window.manuscript.why, studio.window.statusBar()
    studio.show("One %%a note%% two.", 7)
    assert why.open() is None
    assert "no word here" in bar.currentMessage()
    studio.worker.model = replace(
        tiny, server=ServerPlace(url="http://h", ip="1.2.3.4", is_here=False, masks=False)
    )
    assert why.open(1) is None
    assert "Only a model on this machine" in bar.currentMessage()
    studio.worker.model = None
    assert why.open(1) is None
    assert "Load a model first" in bar.currentMessage()
    studio.worker.model = tiny
    engine.problem = GenerationError("It broke.", "Try again.")
    dialog = why.open(1)
    assert dialog is not None
    qtbot.waitUntil(lambda: bool(dialog.trouble.text()))
    assert "It broke." in dialog.trouble.text()
    assert not dialog.keep.isEnabled()
    dialog.reject()
    assert studio.text == "One %%a note%% two."


def test_closing_it_stops_the_reading(studio, engine, qtbot):
    studio.show(TEXT, 5)
    engine.gate.clear()
    dialog = studio.window.manuscript.why.open()
    qtbot.waitUntil(lambda: bool(engine.asked))
    dialog.reject()
    assert engine.cancelled
    settle(studio, qtbot)


@pytest.mark.parametrize("text", ["", "\n"])
def test_an_empty_page_has_no_word(studio, engine, text):
    if text:
        studio.show(text)
    dialog = studio.window.manuscript.why.open()
    if dialog is not None:
        dialog.reject()


def rest_mouse(studio, position):
    editor = studio.window.editor
    point = editor.cursorRect(editor.cursor_at(position)).center()
    event = QHelpEvent(QEvent.Type.ToolTip, point, editor.viewport().mapToGlobal(point))
    QApplication.sendEvent(editor.viewport(), event)


def test_the_mouse_tells_other_words_only_where_that_is_wanted(studio, engine, qtbot, monkeypatch):
    monkeypatch.setattr(QToolTip, "showText", lambda *_args: None)  # offscreen raises no window
    studio.show(TEXT)
    hover = studio.window.manuscript.why.hover
    rest_mouse(studio, TEXT.index("climbed") + 3)
    assert not engine.asked
    studio.program.settings_store.change(word_hints=True)
    rest_mouse(studio, TEXT.index("climbed") + 3)
    qtbot.waitUntil(lambda: bool(hover.text))
    lines = hover.text.splitlines()
    assert lines[0] == "climbed: 40 %, the likeliest here"
    assert lines[1] == "██████ 20 %  door"
    assert len(lines) == 11
    engine.gate.clear()
    rest_mouse(studio, TEXT.index("tower") + 2)
    qtbot.waitUntil(lambda: len(engine.asked) == 2)
    hover.stop()
    assert engine.cancelled
    settle(studio, qtbot)
    assert lines == hover.text.splitlines()
