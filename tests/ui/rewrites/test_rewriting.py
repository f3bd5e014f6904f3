"""Actions on a selection, from the menu to the text: what is asked, shown, stopped and kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from app.core.context.entries import StoryMemory
from app.core.rewrites.table import REWRITES
from app.engine.messages import Done, Stats
from tests.ui.conftest import MODEL, Studio
from tests.ui.rewrites.conftest import PASSAGE

ACTIONS = {action.id: action for action in REWRITES}
TALE = (
    "She go home. It rains a lot in May. They sit by the fire all the long day. " + 99 * "The end. "
)
AROUND = "It was May.\n\n{0}\n\nThe end."


def start(studio: Studio, name: str, instruction: str = "") -> None:
    studio.window.manuscript.rewrites.start(ACTIONS[name], instruction)


def accepted(studio: Studio) -> str:
    """The text once every open change is accepted."""
    studio.do("accept_changes")
    return studio.text


def test_an_answer_stands_as_changes_until_they_are_accepted(passage: Studio) -> None:
    start(passage, "shorten")
    fields = passage.worker.last("generate")[1]
    said = fields["messages"][-1].content
    assert PASSAGE in said
    assert "It was May." in said
    assert "The end." not in said
    assert fields["sampling"].temperature == 0.4
    assert 16 < fields["sampling"].max_tokens < 200
    tracked = passage.window.manuscript.changes.tracked
    passage.stream("Sure, here is the", " shorter text:\n\n", "Rain on Monday. ", "She left.")
    assert tracked.is_being_written
    passage.done()
    assert "Sure" not in "".join(one.added for one in tracked.open)
    assert {one.author for one in tracked.open} == {"Tiny"}
    assert passage.window.editor.manuscript.text() == AROUND.format(PASSAGE)
    assert accepted(passage) == AROUND.format("Rain on Monday. She left.")
    passage.do("undo")
    assert passage.window.editor.manuscript.text() == AROUND.format(PASSAGE)


def test_what_the_model_always_knows_goes_along(passage: Studio) -> None:
    context = passage.window.manuscript.context
    context.change(StoryMemory(memory="Maren is afraid of dogs. %%not this%%"))
    start(passage, "expand")
    said = passage.worker.last("generate")[1]["messages"][-1].content
    assert "Maren is afraid of dogs." in said
    assert "not this" not in said
    passage.done()


def test_nothing_changes_where_nothing_comes_or_the_same(passage: Studio) -> None:
    for answer, said in (("", "no answer"), (PASSAGE, "changed nothing")):
        start(passage, "grammar")
        passage.stream(answer)
        passage.done()
        assert passage.text == AROUND.format(PASSAGE)
        assert said in passage.window.status.currentMessage()
        editor = passage.window.editor
        editor.setTextCursor(editor.cursor_at(13, 13 + len(PASSAGE)))


def test_esc_keeps_what_came_and_what_it_did_not_come_to(passage: Studio) -> None:
    start(passage, "rewrite")
    passage.stream("Rain fell on Monday. ", "She")
    passage.do("stop")
    job = passage.worker.last("generate")[0]
    assert passage.worker.cancelled[-1] == job
    passage.done("cancelled")
    assert accepted(passage) == AROUND.format("Rain fell on Monday. She went home.")
    assert not passage.window.manuscript.rewrites.running


def test_retry_asks_for_another_answer_to_the_same_passage(passage: Studio) -> None:
    start(passage, "rewrite", "shorter")
    passage.stream("Rain. Home.")
    passage.done()
    first = passage.worker.last("generate")[1]["messages"]
    passage.do("retry")
    assert passage.text == AROUND.format(PASSAGE)
    assert passage.worker.count_of("generate") == 2
    assert passage.worker.last("generate")[1]["messages"] == first
    passage.stream("It poured. She left.")
    passage.done()
    assert accepted(passage) == AROUND.format("It poured. She left.")


def test_only_one_thing_is_written_at_a_time(passage: Studio) -> None:
    start(passage, "shorten")
    passage.do("continue")
    assert passage.worker.count_of("generate") == 1
    assert "still writing" in passage.window.status.currentMessage()
    start(passage, "expand")
    assert passage.worker.count_of("generate") == 1
    passage.done()
    passage.do("continue")
    assert passage.worker.count_of("generate") == 2
    start(passage, "expand")
    assert passage.worker.count_of("generate") == 2


def test_a_continuation_goes_after_the_selection(passage: Studio) -> None:
    start(passage, "continue")
    passage.stream("The door was open.")
    passage.done()
    assert passage.text == AROUND.format(f"{PASSAGE} The door was open.")


def test_what_is_typed_before_a_continuation_is_no_part_of_it(passage: Studio) -> None:
    start(passage, "continue")
    passage.stream("The door")
    editor = passage.window.editor
    editor.move_caret(13 + len(PASSAGE))
    editor.insert_plain(" Or ran.")
    passage.stream(" was open.")
    passage.done()
    assert passage.text == AROUND.format(f"{PASSAGE} Or ran. The door was open.")
    for _ in range(2):
        passage.do("undo")
    assert passage.text == AROUND.format(PASSAGE)


def test_a_continuation_that_was_changed_stays_where_another_is_asked_for(passage: Studio) -> None:
    start(passage, "continue")
    passage.stream("The door was open.")
    passage.done()
    written = passage.text
    passage.window.editor.move_caret(16 + len(PASSAGE))
    passage.window.editor.insert_plain("a")
    passage.do("undo")
    passage.do("retry")
    passage.stream("Or not.")
    passage.done()
    assert passage.text == AROUND.format(f"{PASSAGE} Or not. The door was open.")
    passage.do("undo")
    assert passage.text == written


def test_a_base_model_is_shown_examples(passage: Studio) -> None:
    passage.worker.model = replace(MODEL, has_chat_template=False)
    start(passage, "shorten")
    fields = passage.worker.last("generate")[1]
    assert "messages" not in fields
    assert fields["prompt"].endswith(f"Text: {PASSAGE}\nShorter:")
    assert "\nText:" in fields["sampling"].stop
    passage.stream(" Rain. Home.")
    passage.done()
    assert accepted(passage) == AROUND.format("Rain. Home.")
    editor = passage.window.editor
    editor.setTextCursor(editor.cursor_at(0, 11))
    offer = passage.window.manuscript.rewrites.offers.offer(ACTIONS["explain"])
    assert offer.obstacle.startswith("Tiny only goes on with text")


def test_a_note_stays_beside_the_text(passage: Studio) -> None:
    rewrites = passage.window.manuscript.rewrites
    start(passage, "title")
    passage.stream("Title: ", '"Rain ', 'on Monday"')
    passage.done()
    assert passage.text == AROUND.format(PASSAGE)
    assert [note.text for note in rewrites.notes.notes] == ["Rain on Monday"]
    assert rewrites.notes.isVisible()
    passage.window.editor.move_caret(0)
    rewrites.notes.insert_button.click()
    assert passage.text.startswith("Rain on Monday")
    rewrites.notes.remove_button.click()
    assert rewrites.notes.notes == []


def test_every_answer_is_kept_with_the_takes(passage: Studio) -> None:
    start(passage, "translate", "French")
    passage.stream("Il pleuvait lundi.")
    passage.done()
    passage.do("reject_changes")
    passage.window.manuscript.rewrites._log.wait()
    store, journal = passage.program.store, passage.window.documents.journal
    (take,) = store.takes(journal)
    assert (take.instruction, take.text) == ("Translate: French", "Il pleuvait lundi.")
    assert take.prompt == PASSAGE


def test_a_failure_leaves_the_text_and_is_told(passage: Studio) -> None:
    start(passage, "shorten")
    passage.fail("prompt_too_long", "The prompt is too long.")
    assert passage.text == AROUND.format(PASSAGE)
    assert passage.banners == ["The prompt is too long."]
    assert not passage.window.manuscript.rewrites.running


def test_what_is_asked_for_waits_for_the_model(passage: Studio, own_home: Path) -> None:
    path = own_home / "Last.gguf"
    path.touch()
    passage.worker.model = None
    passage.library.add(str(path))
    passage.program.settings_store.change(model=str(path))
    start(passage, "shorten")
    assert passage.worker.count_of("generate") == 0
    assert passage.worker.count_of("load") == 1
    passage.loaded()
    assert passage.worker.count_of("generate") == 1
    passage.done()


def test_another_document_stops_it_and_clears_the_notes(passage: Studio) -> None:
    rewrites = passage.window.manuscript.rewrites
    start(passage, "questions")
    passage.stream("Why?")
    passage.do("new")
    assert passage.worker.cancelled
    assert rewrites.notes.notes == []
    assert not rewrites.running
    assert not rewrites.can_retry


def test_what_was_taken_off_is_shown_on_demand(passage: Studio) -> None:
    rewrites = passage.window.manuscript.rewrites
    start(passage, "shorten")
    passage.stream("<think>Hm.</think>Sure, here is the text:\n\nRain.")
    passage.done()
    assert "taken off" in passage.window.status.currentMessage()
    assert [(part.what, part.text) for part in rewrites.taken_off] == [
        ("thoughts", "<think>Hm.</think>"),
        ("greeting", "Sure, here is the text:"),
    ]


def test_an_answer_without_takes_is_an_end_as_well(passage: Studio) -> None:
    start(passage, "shorten")
    passage.stream("Rain.")
    passage.tell(Done(job=passage.worker.last("generate")[0], takes=(), stats=Stats(), seed=7))
    assert not passage.window.manuscript.rewrites.running
    assert accepted(passage) == AROUND.format("Rain.")


@pytest.mark.parametrize("is_window_closed", [False, True])
def test_what_is_written_of_a_change_when_the_text_is_left_comes_back_with_it(
    make_studio, tmp_path: Path, qtbot, is_window_closed: bool
) -> None:
    studio, path = make_studio(), tmp_path / "tale.md"
    path.write_text(TALE)
    studio.window.documents.open_path(path)
    studio.window.editor.selectAll()
    start(studio, "grammar")
    studio.stream("She goes home. ", "It rained a lot in May. They sit by the fire ")
    if is_window_closed:
        studio.window.close()
        studio.program.close()
        studio = make_studio()
    else:
        studio.do("new")
        assert not studio.window.manuscript.rewrites.running
    assert path.read_text() == TALE
    studio.window.documents.open_path(path)
    changes = studio.window.manuscript.changes
    qtbot.waitUntil(lambda: not changes.keeper.is_opening)
    assert [one.added for one in changes.tracked.open] == ["goes", "rained"]
    assert {one.author for one in changes.tracked.open} == {"Tiny"}
    assert studio.window.editor.manuscript.text() == TALE
    assert accepted(studio) == TALE.replace("go ", "goes ").replace("rains", "rained")
