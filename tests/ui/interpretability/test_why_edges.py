"""The menu of a word where something else happens meanwhile, and beside what no model reads."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt

from app.core.errors import GenerationError, StoreError
from app.core.provenance.spans import OriginSpans
from app.core.store.takes.kept import TakeFilter
from app.engine.messages import Failed
from app.ui.editor.manuscript import Manuscript
from app.ui.interpretability.why_places import stretch_of
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


def test_what_follows_a_chosen_word_is_read_after_it_once(studio, engine, qtbot):
    go_on_with_the_lamp(studio, qtbot, " room", " stairs")
    studio.do("accept")
    studio.window.editor.move_caret(studio.text.index("stairs") + 2)
    engine.asked.clear()
    dialog = opened(studio, qtbot)
    assert engine.asked[0].text == " stairs"
    assert engine.asked[0].prompt == "The keeper climbed the lamp room"
    dialog.reject()


def test_the_chosen_word_itself_is_read_after_what_was_before_it(studio, engine, qtbot):
    go_on_with_the_lamp(studio, qtbot, " room")
    studio.do("accept")
    studio.window.editor.move_caret(studio.text.index("lamp") + 2)
    engine.asked.clear()
    dialog = opened(studio, qtbot)
    assert (engine.asked[0].prompt, engine.asked[0].text) == ("The keeper climbed the", " lamp")
    dialog.reject()


@pytest.mark.parametrize(
    ("text", "at", "found"),
    [
        ("He left.<!-- why -->Then", len("He left"), "."),
        ("He left<!-- why -->", len("He left"), " left"),
        ("He left<!-- why -->. Then", len("He left<!-- why -->"), "."),
        ("a%%b%%c", 0, "a"),
        ("a%%b%%c", len("a%%b%%"), "c"),
        ("She sat %%b%% down", len("She sat"), " sat"),
        ("😀😀<!-- x -->!", 0, "😀😀"),
    ],
)
def test_a_stretch_ends_where_a_comment_begins(text, at, found):
    manuscript = Manuscript(text)
    stretch = stretch_of(manuscript, OriginSpans(()), at)
    assert stretch is not None
    assert stretch.text == found
    assert manuscript.text(stretch.start, stretch.end) == found


def test_the_arrows_lead_over_comments(studio, engine, qtbot):
    studio.show("One%%a%%%%b%% two.", 1)
    dialog = opened(studio, qtbot)
    for key, word in ((Qt.Key.Key_Right, "two"), (Qt.Key.Key_Left, "One")):
        qtbot.keyClick(dialog.list, key)
        qtbot.waitUntil(lambda word=word: dialog.read is not None and dialog.word.text() == word)
    dialog.reject()


@pytest.mark.parametrize("meanwhile", ["another document", "an edit", "a rewrite"])
def test_a_text_is_not_written_into_at_a_place_of_before(
    studio, engine, qtbot, monkeypatch, meanwhile
):
    studio.show(TEXT, TEXT.index("climbed") + 3)
    dialog = opened(studio, qtbot)
    qtbot.keyClick(dialog.list, Qt.Key.Key_1)
    held = []
    generation = studio.window.generation
    with monkeypatch.context() as patch:  # as where a memory is counted first
        patch.setattr(generation.prompts, "made", lambda _asked, again, _failed: held.append(again))
        dialog.go_on.click()
    if meanwhile == "another document":
        studio.do("new")
    elif meanwhile == "an edit":
        studio.window.editor.move_caret(0)
        studio.window.editor.insert_plain("Once. ")
    else:
        monkeypatch.setattr(generation, "is_kept_busy", lambda: True)
    text = studio.text
    held[0]()
    settle(studio, qtbot)
    assert studio.text == text
    assert not studio.worker.count_of("generate")
    said = studio.window.statusBar().currentMessage()
    assert ("changed meanwhile" in said) is (meanwhile == "an edit")


def test_the_progress_of_what_follows_ends_when_it_is_not_wanted_any_more(studio, engine, qtbot):
    studio.show(TEXT, TEXT.index("climbed") + 3)
    dialog = opened(studio, qtbot)
    engine.gate.clear()
    qtbot.keyClick(dialog.list, Qt.Key.Key_1)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: len(engine.asked) == 2)
    bar = studio.window.statusBar()
    assert bar.progress_text.text()
    studio.window.manuscript.why.stop()
    settle(studio, qtbot)
    assert not bar.progress_text.text()
    assert len(engine.asked) == 2  # the second question was not asked any more


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


def test_again_begins_with_the_chosen_word_once_more(studio, engine, qtbot):
    go_on_with_the_lamp(studio, qtbot, " room", " stairs")
    studio.do("accept")
    (take,) = [
        one
        for one in studio.program.store.kept_takes.found(TakeFilter())
        if one.record.text == " lamp room stairs"
    ]
    fields = studio.worker.last("generate")[1]
    studio.worker.asked.clear()
    studio.window.manuscript.takes.again(take)
    qtbot.waitUntil(lambda: studio.worker.count_of("generate") == 1)
    assert studio.worker.last("generate")[1]["prompt"] == fields["prompt"]
    studio.stream(" room", " stairs")
    studio.done()
    assert studio.window.session.group.take.text == " lamp room stairs"


def test_going_on_follows_the_page_where_the_writer_has_changed_it(studio, engine, qtbot):
    write(studio, " climbed the old tower", "The keeper", " at night.")
    editor = studio.window.editor
    editor.replace_text(len("The "), len("The keeper"), "warden")
    editor.move_caret(len("The warden climbed the o"))
    dialog = opened(studio, qtbot)
    assert engine.asked[0].prompt == "The keeper climbed the"
    qtbot.keyClick(dialog.list, Qt.Key.Key_2)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    assert studio.worker.last("generate")[1]["prompt"] == "The warden climbed the lamp"
    studio.stream(" room")
    assert studio.text == "The warden climbed the lamp room at night."
    studio.do("undo")
    assert studio.text == "The warden climbed the old tower at night."


def test_what_another_model_wrote_stays_its_own(studio, engine, qtbot, tiny):
    studio.worker.model = replace(tiny, path="/models/first.gguf")
    write(studio, " climbed the old tower", "The keeper", " at night.")
    studio.worker.model = tiny
    studio.window.editor.move_caret(len("The keeper climbed the o"))
    dialog = opened(studio, qtbot)
    qtbot.keyClick(dialog.list, Qt.Key.Key_2)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    studio.stream(" room")
    studio.done()
    studio.window.generation.take_log.wait()
    kept = studio.program.store.kept_takes.found(TakeFilter())
    assert {one.record.text: one.record.model for one in kept} == {
        " climbed the old tower": "/models/first.gguf",
        " old tower": "/models/first.gguf",
        " lamp room": tiny.path,
    }


def test_what_was_taken_out_comes_back_where_going_on_fails(studio, engine, qtbot):
    write(studio, " climbed the old tower", "The keeper", " at night.")
    whole = studio.text
    studio.window.editor.move_caret(len("The keeper climbed the o"))
    dialog = opened(studio, qtbot)
    qtbot.keyClick(dialog.list, Qt.Key.Key_2)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    studio.tell(Failed(job=studio.worker.last("generate")[0], kind="stopped", message="It died."))
    assert studio.text == "The keeper climbed the lamp at night."
    studio.do("take_before")
    assert studio.text == whole
    studio.do("undo")
    assert studio.text == whole


def test_the_arrows_show_nothing_of_a_word_before_when_one_cannot_be_read(studio, engine, qtbot):
    studio.show(TEXT, 5)
    opened(studio, qtbot).reject()
    studio.window.editor.move_caret(TEXT.index("tower"))
    engine.problem = GenerationError("It broke.", "Try again.")
    dialog = studio.window.manuscript.why.open()
    assert dialog is not None
    qtbot.waitUntil(lambda: bool(dialog.trouble.text()))
    engine.problem = None
    qtbot.keyClick(dialog.list, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: dialog.read is not None)
    assert dialog.word.text() == "."
    dialog.reject()


def test_a_word_is_read_after_the_page_where_the_store_cannot_be_read(
    studio, engine, qtbot, monkeypatch
):
    write(studio, " climbed the old tower", "The keeper", " at night.")

    def broken(_numbers):
        raise StoreError("The store cannot be read.", "Look at the disk.")

    monkeypatch.setattr(studio.program.store.provenance, "takes", broken)
    studio.window.editor.move_caret(len("The keeper climbed the o"))
    dialog = opened(studio, qtbot)
    assert engine.asked[0].prompt == "The keeper climbed the"
    assert "would be given" in dialog.note.text()
    dialog.reject()
