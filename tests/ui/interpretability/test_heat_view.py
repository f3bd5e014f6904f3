"""The heat view in the real window: what it shows, of which text, and what stops it."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from app.core.errors import GenerationError
from app.engine.messages import ModelInfo, Score, ServerPlace, Tokenize

TEXT = "The lamp rained purple all night."


def test_the_page_is_scored_and_shown_in_steps(studio, engine, heat, settle, marked) -> None:
    studio.show(TEXT)
    studio.do("score_page")
    settle()
    assert marked() == {1: "lamp", 2: "rained", 3: "purple"}
    layers = studio.window.editor.layers._layers
    lines = [layers[f"surprise {step}"][0].format.underlineStyle() for step in (1, 2, 3)]
    assert len(set(lines)) == 3  # readable without colours
    assert studio.window.actions_table["heat"].isChecked()
    assert heat.legend.isVisible()
    assert heat.legend.label.text().startswith("40 % of the scored words are surprising.")
    assert "between 26 equally" in heat.legend.label.text()
    assert all(command.background for command in engine.of(Score))
    studio.do("heat")
    assert marked() == {}
    assert heat.legend.isHidden()
    assert heat.label.isHidden()
    studio.do("heat")  # what was scored stays as long as the text does
    assert marked() == {1: "lamp", 2: "rained", 3: "purple"}
    assert len(engine.of(Score)) == 1


def test_nothing_is_connected_and_made_while_it_is_off(studio, heat) -> None:
    QTest.keyClicks(studio.window.editor, "It rained.")
    assert "scorer" not in vars(heat)
    studio.do("heat")
    studio.do("heat")
    known = heat.scorer.numbers.spans
    QTest.keyClicks(studio.window.editor, " All night.")
    assert heat.scorer.numbers.spans is known
    assert heat.tint.is_idle


def test_the_cursor_and_the_mouse_are_told(studio, heat, settle) -> None:
    studio.show(TEXT)
    studio.do("score_page")
    settle()
    said = {}
    for word in ("The", "lamp", "rained", "purple", "night"):
        studio.window.editor.move_caret(studio.text.index(word) + 1)
        settle()
        said[word] = heat.label.text()
    assert said == {
        "The": "",  # nothing stands before it
        "lamp": "A little surprising · 1 in 20",
        "rained": "Surprising · 1 in 200",
        "purple": "Very surprising · 1 in 10,000",
        "night": "Expected · 1 in 2",
    }
    assert heat.label.accessibleName() == f"At the cursor: {said['night']}"


@pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
def test_the_mouse_is_told(studio, heat, settle) -> None:
    studio.show(TEXT)
    studio.do("score_page")
    settle()
    editor = studio.window.editor
    place = editor.cursorRect(editor.cursor_at(TEXT.index("purple") + 2)).center()
    viewport = editor.viewport()
    event = QHelpEvent(QHelpEvent.Type.ToolTip, place, viewport.mapToGlobal(place))
    QApplication.sendEvent(viewport, event)
    assert QToolTip.text() == "Very surprising · 1 in 10,000"
    QToolTip.hideText()


def test_edits_take_their_tint_at_once_and_move_the_others(studio, heat, settle, marked) -> None:
    studio.show(TEXT)
    studio.do("score_page")
    settle()
    editor = studio.window.editor
    editor.move_caret(TEXT.index("rained") + 3)
    QTest.keyClicks(editor, "x")
    editor.move_caret(0)
    QTest.keyClicks(editor, "So, ")
    settle()
    assert marked() == {1: "lamp", 3: "purple"}
    assert heat.legend.label.text().startswith("25 % ")
    studio.do("heat")
    editor.replace_text(0, 4, "")
    at = studio.text.index("lamp")
    editor.replace_text(at, at + 4, "moon")
    studio.do("heat")  # while it was off it did not look; now it does
    assert marked() == {3: "purple"}


def test_the_selection_alone_is_scored_with_what_is_before_it(
    studio, engine, heat, settle, marked
) -> None:
    studio.show("A purple lamp. %%purple%% It rained. The lamp rained.")
    start, end = studio.text.index("It"), studio.text.index(" The")
    editor = studio.window.editor
    editor.setTextCursor(editor.cursor_at(start, end))
    studio.do("score_page")
    settle()
    assert marked() == {2: "rained"}
    assert [one.text for one in engine.of(Tokenize)] == ["A purple lamp. It rained."]
    heat.legend.whole_button.click()
    settle()
    assert marked() == {1: "lamp|lamp", 2: "rained|rained", 3: "purple"}


def test_it_shows_how_far_it_is_and_stops(studio, engine, heat, settle, marked, qtbot) -> None:
    studio.show(TEXT)
    engine.gate.clear()
    studio.do("score_page")
    assert heat.legend.label.text() == "Scoring the text: 0 %"
    assert heat.legend.stop_button.isVisible()
    assert not heat.legend.page_button.isVisible()
    qtbot.waitUntil(engine.waiting.is_set)
    studio.do("stop")  # as Esc does
    settle()
    assert engine.cancelled
    assert marked() == {}
    assert not studio.window.actions_table["stop"].isEnabled()
    assert "Nothing of this page is scored yet" in heat.legend.label.text()
    assert studio.banners == []
    engine.waiting.clear()
    engine.gate.clear()
    studio.do("score_page")
    qtbot.waitUntil(engine.waiting.is_set)
    heat.legend.stop_button.click()
    settle()
    assert marked() == {}


def test_what_is_edited_while_it_is_scored_is_not_shown(
    studio, engine, heat, settle, marked, qtbot
) -> None:
    studio.show(TEXT)
    engine.gate.clear()
    studio.do("score_page")
    qtbot.waitUntil(engine.waiting.is_set)
    editor = studio.window.editor
    editor.move_caret(TEXT.index("rained") + 6)
    QTest.keyClicks(editor, "y")
    editor.move_caret(0)
    editor.insert_plain("🏮 So: ")
    engine.gate.set()
    settle()
    assert marked() == {1: "lamp", 3: "purple"}


def test_nothing_of_a_text_is_shown_on_another(studio, engine, heat, settle, marked, qtbot) -> None:
    studio.show(TEXT)
    engine.gate.clear()
    studio.do("score_page")
    qtbot.waitUntil(engine.waiting.is_set)
    studio.do("new")
    studio.show("A quite other text with a lamp.")
    engine.gate.set()
    settle()
    assert marked() == {}
    assert not heat.running
    studio.do("score_page")
    settle()
    studio.do("heat")
    studio.do("new")  # also while the view is off
    studio.show("A quite other text with a lamp.")
    studio.do("heat")
    settle()
    assert marked() == {}


def test_the_window_closes_while_it_is_scored(studio, engine, heat, qtbot) -> None:
    studio.show(TEXT)
    engine.gate.clear()
    studio.do("score_page")
    qtbot.waitUntil(engine.waiting.is_set)
    studio.window.close()
    assert engine.cancelled
    assert heat.scorer._tasks.queue.is_idle


def test_a_failure_is_said_once(studio, engine, heat, settle) -> None:
    studio.show(TEXT)
    engine.error = GenerationError("The engine broke.", "Try again.")
    studio.do("score_page")
    settle()
    assert studio.banners == ["The engine broke. Try again."]
    studio.window.editor.selectAll()
    engine.error = None
    studio.do("score_page")
    settle()
    assert studio.banners == []


def test_what_the_model_wrote_is_scored_by_itself(
    studio, engine, heat, settle, marked, qtbot
) -> None:
    QTest.keyClicks(studio.window.editor, "My purple lamp.")
    studio.do("heat")
    settle()
    assert not engine.commands  # the writer's own text waits until it is asked for
    studio.do("continue")
    studio.stream(" It rained", " on a purple lamp.")
    settle()
    assert not engine.commands  # it is still written
    studio.done()
    qtbot.waitUntil(lambda: marked() == {1: "lamp", 2: "rained", 3: "purple"})
    settle()
    assert len(engine.of(Score)) == 1
    assert not studio.window.actions_table["stop"].isEnabled()
    expected = studio.window.editor.layers._layers["expected"]
    assert expected[0].cursor.selectedText() == studio.tinted  # the take's dots say nothing here
    studio.window.editor.move_caret(0)
    settle()
    assert len(engine.of(Score)) == 1


def test_scoring_the_page_begins_nothing_else(studio, engine, heat, settle, marked) -> None:
    studio.do("continue")
    studio.stream("It rained on a purple lamp.")
    studio.done()
    studio.do("score_page")
    settle()
    assert marked() == {1: "lamp", 2: "rained", 3: "purple"}
    assert len(engine.of(Score)) == 1


def test_what_goes_wrong_by_itself_is_not_said_and_not_tried_again(
    studio, engine, heat, settle, qtbot
) -> None:
    studio.do("heat")
    engine.error = GenerationError("The engine broke.", "Try again.")
    studio.do("continue")
    studio.stream("It rained.")
    studio.done()
    qtbot.waitUntil(lambda: bool(engine.commands))
    settle()
    assert studio.banners == []
    asked = len(engine.commands)
    studio.window.editor.move_caret(0)
    settle()
    assert len(engine.commands) == asked


def test_the_two_tints_exclude_each_other(studio, heat, settle) -> None:
    table = studio.window.actions_table
    studio.do("origins")
    studio.do("heat")
    assert (table["origins"].isChecked(), table["heat"].isChecked()) == (False, True)
    assert not studio.window.manuscript.provenance.tint.is_on
    studio.do("origins")
    assert (table["origins"].isChecked(), table["heat"].isChecked()) == (True, False)
    assert studio.window.manuscript.provenance.tint.is_on
    assert not heat.is_on


def test_another_model_s_numbers_are_not_mixed_in(studio, engine, heat, settle, marked) -> None:
    studio.show(TEXT + "\nThe lamp.")
    studio.do("score_page")
    settle()
    other = ModelInfo(name="Other", path="/models/Other.gguf", engine="llama.cpp", context=2048)
    studio.worker.model = other
    editor = studio.window.editor
    editor.setTextCursor(editor.cursor_at(len(TEXT) + 1, len(studio.text)))
    studio.do("score_page")
    settle()
    assert marked() == {1: "lamp"}


def test_an_empty_page_and_a_comment_are_not_scored(studio, engine, heat, settle) -> None:
    studio.do("score_page")
    settle()
    studio.show("%%purple%%")
    studio.do("score_page")
    settle()
    assert not engine.of(Score)
    assert not heat.running


def test_without_a_model_it_waits_for_one(make_studio, qtbot) -> None:
    studio = make_studio(model=None)
    studio.show(TEXT)
    heat = studio.window.manuscript.surprise
    studio.do("score_page")
    assert not heat.running  # there is none to load, which the window says
    assert heat.legend.label.text().startswith("Nothing of this page")


PLACE = ServerPlace(url="https://far.example", ip="203.0.113.1", is_here=False, masks=False)


def far(*abilities: str) -> ModelInfo:
    return ModelInfo(
        name="Far", path="", engine="server", context=2000, abilities=abilities, server=PLACE
    )


def test_a_marked_document_goes_to_no_server(studio, engine, heat, settle) -> None:
    studio.worker.model = far("score", "tokenize")
    studio.worker.anywhere = engine
    studio.program.settings_store.put("agreed_servers", PLACE.url)
    studio.show(TEXT)
    studio.window.kept_here.mark(True)
    studio.do("score_page")
    settle()
    assert not engine.commands
    assert "marked never to go to another machine" in studio.banners[0]
    assert not heat.running
    studio.window.kept_here.mark(False)
    studio.do("score_page")
    settle()
    assert engine.of(Score)


def test_a_server_is_sent_nothing_that_was_not_asked_for(studio, engine, heat, settle) -> None:
    studio.worker.model = far("score", "tokenize")
    studio.worker.anywhere = engine
    studio.show(TEXT)
    studio.do("heat")
    settle()
    assert not engine.commands
    studio.do("score_page")  # what would go out is shown first
    assert studio.worker.last("preview")[1]["prompt"] == TEXT
    assert heat.running
    heat.stop()
    assert not heat.running
    assert not engine.commands


def test_a_server_without_scores_is_one_sentence(studio, engine, heat, settle) -> None:
    studio.worker.model = far("tokenize")
    studio.show(TEXT)
    studio.do("score_page")
    settle()
    assert len(studio.banners) == 1
    assert studio.banners[0].startswith("The server of Far does not say how likely")
    assert not engine.commands


def test_a_text_of_the_file_takes_every_number(studio, engine, heat, settle, marked) -> None:
    studio.show(TEXT)
    studio.do("score_page")
    settle()
    studio.window.editor.set_text(f"{TEXT} It was read again.")
    settle()
    assert marked() == {}
