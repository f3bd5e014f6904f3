"""What drove a sentence, in the window: on a scripted engine that waits where the test says."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.core.context.entries import LoreEntry, StoryMemory
from app.core.errors import CancelledError, EngineStoppedError
from app.core.options.sampling import Sampling
from app.engine.messages import (
    Done,
    ModelInfo,
    Prefill,
    PromptScored,
    PromptsScored,
    ScorePrompts,
    ServerPlace,
    Stats,
)
from app.ui.generation.requests import kept_fields
from app.ui.interpretability.influence_controller import fields_of
from app.ui.interpretability.influence_rows import ABOUT, NATS
from tests.ui.conftest import MODEL
from tests.ui.generation.test_prompt_maker import CountingEngine

TEXT = (
    "The harbour was quiet.\n\nHer name was Zorblax, they said.\n\nIt rained for days.\n\n"
    "He looked up. Zorblax came in."
)
PLACE = ServerPlace(url="http://far:1", ip="10.0.0.1", is_here=False, masks=False)
STORY = StoryMemory(memory="It always rains.", lore=(LoreEntry("Zorblax", (), "A stranger."),))


class JudgingEngine(CountingEngine):
    """A sentence is 2 nats likelier for each name of it that a piece of the prompt has.

    It is 3 nats less likely where a piece says “not”.

    With a `gate` at a number, it waits there, once so many prompts were scored.
    """

    def __init__(self) -> None:
        super().__init__()
        self.scored: list[ScorePrompts] = []
        self.cancelled = threading.Event()
        self.gate_at, self.waits, self.gate = -1, threading.Event(), threading.Event()
        self.failure: Exception | None = None

    def cancel(self, _job: int) -> None:
        self.cancelled.set()
        self.gate.set()

    def run(self, command: Any, on_event: Any) -> Any:
        if not isinstance(command, ScorePrompts):
            return super().run(command, on_event)
        self.scored.append(command)
        self.cancelled.clear()
        words = [word for word in command.text.split() if word[:1].isupper()]
        found = []
        for number, gone in enumerate(command.without):
            if number == self.gate_at:
                self.waits.set()
                assert self.gate.wait(10)
            if self.cancelled.is_set():
                raise CancelledError("Stopped.")
            if self.failure is not None:
                raise self.failure
            kept = [one.text for place, one in enumerate(command.pieces) if place not in gone]
            likely = 2.0 * sum(text.count(word) for text in kept for word in words)
            found.append(likely - 20.0 - 3.0 * sum(" not " in text for text in kept))
            on_event(PromptScored(job=command.job, number=number, log_probability=found[-1]))
            on_event(Prefill(job=command.job, done=number + 1, total=len(command.without)))
        return PromptsScored(job=command.job, log_probabilities=tuple(found))


@pytest.fixture
def engine(studio):
    studio.worker.shared = JudgingEngine()
    yield studio.worker.shared
    studio.worker.shared.gate.set()


def opened(studio, qtbot, *, settled=True):
    controller = studio.window.manuscript.influence
    studio.do("influence")
    qtbot.waitUntil(lambda: controller.dialog is not None)
    if settled:
        qtbot.waitUntil(lambda: controller.dialog.is_settled)
    return controller.dialog


def shown_with_all(studio: Any, qtbot: Any) -> QWidget:
    """The window with memory, lore and a paragraph that is against the sentence, after an edit."""
    studio.worker.shared, studio.worker.model = JudgingEngine(), MODEL
    studio.window.manuscript.context.change(STORY)
    studio.show(TEXT.replace("days", "days. Away he went, and not Zorblax"))
    dialog: QWidget = opened(studio, qtbot)
    studio.window.editor.insert_plain(" 雨")
    return dialog


def rows(dialog):
    items = [dialog.list.item(row) for row in range(dialog.list.count())]
    return [(item.text(), item.data(NATS)) for item in items]


def marked(studio):
    spans = studio.window.editor.layers._layers["influence"]
    return [one.cursor.selectedText() for one in spans]


def test_the_paragraph_that_has_the_name_comes_first(studio, engine, qtbot):
    studio.show(TEXT)
    dialog = opened(studio, qtbot)
    assert dialog.sentence.text() == "“Zorblax came in.”"
    assert rows(dialog) == [
        ("“Her name was Zorblax, they said.”", "+2.00 nats"),
        ("“He looked up.”", "0.00 nats"),
        ("“It rained for days.”", "0.00 nats"),
        ("“The harbour was quiet.”", "0.00 nats"),
    ]
    abouts = [dialog.list.item(row).data(ABOUT) for row in range(4)]
    assert abouts[0] == "makes the sentence 7.4 times as likely; 2 paragraphs above"
    assert abouts[1] == "hardly matters; the same paragraph"
    (command,) = engine.scored
    assert command.background
    assert command.text == " Zorblax came in."
    assert "".join(one.text for one in command.pieces) == TEXT.removesuffix(command.text)
    assert command.without == ((), (3,), (2,), (1,), (0,))
    assert marked(studio) == ["Her name was Zorblax, they said."]
    assert not dialog.strip.isVisible()
    dialog.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    assert "1. “Her name was Zorblax, they said.” · +2.00 nats · makes" in copied
    dialog.reject()
    assert marked(studio) == []


def test_memory_and_lore_are_parts_that_lead_there(studio, engine, qtbot):
    studio.window.manuscript.context.change(STORY)
    studio.show(TEXT)
    dialog = opened(studio, qtbot)
    names = [name for name, _nats in rows(dialog)]
    assert {"Memory", "Lore: Zorblax"} <= {*names}
    assert not any("***" in name for name in names)
    dialog.list.setFocus()
    dialog.list.setCurrentRow(names.index("Memory"))
    assert marked(studio) == []
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    page = studio.window.manuscript.context.page
    qtbot.waitUntil(lambda: page is not None and page.memory.isVisible())


def test_enter_goes_to_the_paragraph_and_edits_carry_it(studio, engine, qtbot):
    studio.show(TEXT)
    dialog = opened(studio, qtbot)
    editor = studio.window.editor
    editor.move_caret(0)
    editor.insert_plain("Once more. ")
    assert dialog.changed_note.text()
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    place = editor.manuscript.text().index("Her name")
    assert editor.caret == place
    assert marked(studio) == ["Her name was Zorblax, they said."]
    end = editor.manuscript.text().index("It rained")
    editor.replace_text(place, end, "")
    assert not dialog.go_button.isEnabled()
    assert marked(studio) == []


def test_a_selection_is_asked_about(studio, engine, qtbot):
    studio.show(TEXT)
    editor = studio.window.editor
    start = TEXT.index("Her name")
    cursor = editor.cursor_at(start, start + len("Her name was Zorblax,"))
    editor.setTextCursor(cursor)
    dialog = opened(studio, qtbot)
    assert dialog.sentence.text() == "“Her name was Zorblax,”"
    assert [name for name, _nats in rows(dialog)] == ["“The harbour was quiet.”"]


def test_a_take_is_asked_about_with_the_prompt_that_it_saw(studio, engine, qtbot):
    studio.show("The harbour was quiet.\n\nHer name was Zorblax. ")
    studio.do("continue")
    qtbot.waitUntil(lambda: studio.worker.count_of("generate") == 1)
    studio.stream("She waited. Zorblax came in.")
    studio.done()
    studio.do("accept")
    editor = studio.window.editor
    editor.replace_text(0, 3, "A")  # the prompt stays what it was
    editor.move_caret(len(editor.manuscript) - 3)
    dialog = opened(studio, qtbot)
    (command,) = engine.scored
    assert [one.text for one in command.pieces] == [
        "The harbour was quiet.\n\n",
        "Her name was Zorblax. She waited.",
    ]
    assert command.text == " Zorblax came in."
    assert "the one that this take was written from" in dialog.note.text()
    assert dialog.question.places[0] == (0, len("A harbour was quiet."))


def test_a_sentence_that_a_take_has_twice_is_the_one_at_the_caret(studio, engine, qtbot):
    studio.show("The harbour was quiet.\n\nHer name was Zorblax. ")
    studio.do("continue")
    studio.stream("Yes. She waited. Yes.")
    studio.done()
    studio.do("accept")
    studio.window.editor.move_caret(len(studio.window.editor.manuscript) - 2)
    opened(studio, qtbot)
    (command,) = engine.scored
    assert command.pieces[-1].text == "Her name was Zorblax. Yes. She waited."
    assert command.text == " Yes."


def test_a_sentence_that_moved_while_its_prompt_is_made_is_not_asked_about(
    studio, engine, qtbot, monkeypatch
):
    studio.show(TEXT)
    controller, held = studio.window.manuscript.influence, []
    prompts = studio.window.generation.prompts
    with monkeypatch.context() as patch:
        patch.setattr(prompts, "made", lambda _asked, again, _failed: held.append(again))
        studio.do("influence")
        qtbot.waitUntil(lambda: bool(held))
    studio.window.editor.replace_text(0, 3, "A")
    held[0]()
    assert controller.dialog is None
    assert "Put the cursor" in studio.window.statusBar().currentMessage()


def test_a_take_after_a_chosen_word_read_it_and_one_before_a_text_is_not_scored_so():
    fields = {"prompt": "Up the lamp", "sampling": Sampling(), "n": 1}
    asked = fields_of(kept_fields(fields, 1, " lamp"))
    assert asked is not None
    assert asked["prompt"] == "Up the"
    assert fields_of(kept_fields(fields | {"suffix": " room"}, 1)) is None
    assert fields_of("") is None


def test_stop_leaves_what_is_done_and_it_can_be_gone_on_with(studio, engine, qtbot):
    studio.show(TEXT)
    engine.gate_at = 3
    dialog = opened(studio, qtbot, settled=False)
    qtbot.waitUntil(lambda: engine.waits.is_set() and dialog.list.count() == 2)
    assert dialog.strip.isVisible()
    assert "2 of 4 parts" in dialog.strip.text.text()
    dialog.strip.stop_button.click()
    qtbot.waitUntil(lambda: dialog.is_settled)
    assert "2 of 4 parts were left out so far" in dialog.note.text()
    assert len(rows(dialog)) == 2
    engine.gate_at = -1
    dialog.start_button.click()
    qtbot.waitUntil(lambda: dialog.is_settled)
    assert engine.scored[-1].without == ((), (1,), (0,))
    assert len(rows(dialog)) == 4


def test_closing_meanwhile_stops_it(studio, engine, qtbot):
    studio.show(TEXT)
    engine.gate_at = 2
    dialog = opened(studio, qtbot, settled=False)
    qtbot.waitUntil(engine.waits.is_set)
    dialog.reject()
    assert engine.cancelled.is_set()
    assert studio.window.manuscript.influence.dialog is None
    assert marked(studio) == []


def test_another_document_closes_it(studio, engine, qtbot):
    studio.show(TEXT)
    engine.gate_at = 2
    opened(studio, qtbot, settled=False)
    qtbot.waitUntil(engine.waits.is_set)
    studio.questions.unsaved_answer = "discard"
    studio.do("new")
    assert studio.window.manuscript.influence.dialog is None
    assert engine.cancelled.is_set()


def test_what_is_long_is_asked_first(studio, engine, qtbot):
    studio.tell(Done(job=1, stats=Stats(prompt_tokens=1000, prefill_s=1000.0)))
    studio.show(TEXT)
    dialog = opened(studio, qtbot)
    assert not engine.scored
    assert "4 parts are to be left out" in dialog.note.text()
    assert "seconds" in dialog.note.text() or "minutes" in dialog.note.text()
    dialog.start_button.click()
    qtbot.waitUntil(lambda: len(rows(dialog)) == 4)


def test_the_engines_trouble_is_said(studio, engine, qtbot):
    studio.show(TEXT)
    engine.failure = EngineStoppedError("Another model was asked for meanwhile.", "Ask again.")
    dialog = opened(studio, qtbot)
    assert "Another model was asked for meanwhile." in dialog.note.text()
    assert dialog.start_button.isVisible()


def test_another_model_does_not_go_on_with_it(studio, engine, qtbot):
    studio.show(TEXT)
    engine.gate_at = 3
    dialog = opened(studio, qtbot, settled=False)
    qtbot.waitUntil(lambda: engine.waits.is_set() and dialog.list.count() == 2)
    dialog.run.stop()
    qtbot.waitUntil(lambda: dialog.is_settled)
    studio.worker.model = ModelInfo(name="Other", path="/o", engine="llama.cpp", context=2048)
    dialog.start_button.click()
    assert "Another model is loaded now." in dialog.note.text()
    assert len(engine.scored) == 1
    assert len(rows(dialog)) == 2


def test_why_it_cannot_be_said_is_one_sentence(studio, engine, qtbot):
    controller = studio.window.manuscript.influence
    for model, said in (
        (None, "Load a model first"),
        (ModelInfo(name="x", path="x", engine="server", server=PLACE), "A server"),
        (ModelInfo(name="x", path="x", engine="torch", labels=("a",)), "only sorts"),
    ):
        studio.worker.model = model
        studio.do("influence")
        assert controller.dialog is None
        assert said in studio.window.statusBar().currentMessage()
