"""Passages longer than what the model reads at once are worked in parts, and summaries of them."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.core.rewrites.table import REWRITES
from app.ui.rewrites.rewriting import passage_parts
from tests.ui.conftest import Studio

ACTIONS = {action.id: action for action in REWRITES}
PARAGRAPH = "The rain came down on the harbour number {0}, and nobody went out to the boats. " * 12
LONG = "\n\n".join(PARAGRAPH.format(number).strip() for number in range(6))


@pytest.fixture
def long(studio: Studio) -> Studio:
    studio.show(f"Before.\n\n{LONG}\n\nAfter.")
    editor = studio.window.editor
    editor.setTextCursor(editor.cursor_at(9, 9 + len(LONG)))
    return studio


def begin(studio: Studio, name: str) -> int:
    """Begin an action; how many parts there are."""
    rewrites = studio.window.manuscript.rewrites
    rewrites.start(ACTIONS[name])
    assert rewrites._running is not None
    return len(rewrites._running.parts)


def part_text(studio: Studio) -> str:
    """The part that is worked now."""
    running = studio.window.manuscript.rewrites._running
    assert running is not None
    return running.part.text


def test_parts_are_the_passage_without_its_comments() -> None:
    text = "  One here. Two there.\n\n%%A note.%% Three 雨 done.\n"
    parts = passage_parts(5, text, 4)
    whole = "".join(part.text + part.gap for part in parts)
    assert whole == "One here. Two there.\n\n%%A note.%% Three 雨 done."
    assert not any("note" in part.text for part in parts)
    assert [text[part.start - 5 : part.end - 5] for part in parts] == [part.text for part in parts]
    assert passage_parts(0, " %%only a note%% ", 10) == []


def test_a_long_passage_is_rewritten_part_by_part(long: Studio) -> None:
    count = begin(long, "grammar")
    assert count > 1
    rewrites = long.window.manuscript.rewrites
    for number in range(count):
        assert f"Part {number + 1} of {count}" in long.window.status.progress_text.text()
        said = long.worker.last("generate")[1]["messages"][-1].content
        assert ("No. 0" in said) == (number == 1)  # what came before, as it is now
        rewritten = part_text(long).replace("number ", "No. ")
        long.stream(rewritten)
        long.done()
    assert long.worker.count_of("generate") == count
    assert not rewrites.running
    long.do("accept_changes")
    assert long.text == f"Before.\n\n{LONG.replace('number ', 'No. ')}\n\nAfter."


def test_stopped_in_the_middle_what_is_done_stays(long: Studio) -> None:
    count = begin(long, "grammar")
    first = part_text(long)
    long.stream(first.replace("number ", "No. "))
    long.done()
    long.do("stop")
    long.done("cancelled")
    assert f"part 2 of {count}" in long.window.status.currentMessage()
    long.do("accept_changes")
    assert long.text == f"Before.\n\n{LONG}\n\nAfter.".replace(
        first, first.replace("number ", "No. ")
    )


def test_a_long_text_is_summarised_by_its_summaries(long: Studio, qtbot: QtBot) -> None:
    count = begin(long, "summarise")
    notes = long.window.manuscript.rewrites.notes
    for number in range(count):
        long.stream(f"It rained on harbour number {number}.")
        long.done()
        assert notes.notes[0].text.count("harbour") == number + 1
    said = long.worker.last("generate")[1]["messages"][-1].content
    assert "It rained on harbour number 0.\n\nIt rained on harbour number 1." in said
    assert "Before." not in said
    long.stream("Rain on harbour number 0. And on harbour number 1.")
    long.done()
    (note,) = notes.notes
    assert note.text == "Rain on harbour number 0. And on harbour number 1."
    qtbot.waitUntil(lambda: bool(note.sentences))
    notes.source_button.click()
    assert "harbour number 0" in long.window.editor.selected_text()
    long.window.editor.move_caret(0)
    long.window.editor.insert_plain("雨雨")
    notes.passage_asked.emit(note.sentences[1].passages[0])
    assert long.window.editor.selected_text().startswith("The rain came down on the harbour")
    assert long.text == f"雨雨Before.\n\n{LONG}\n\nAfter."


def test_a_summary_that_is_stopped_keeps_those_of_the_parts(long: Studio, qtbot: QtBot) -> None:
    begin(long, "outline")
    long.stream("It rained.")
    long.done()
    long.stream("It still")
    long.do("stop")
    long.done("cancelled")
    (note,) = long.window.manuscript.rewrites.notes.notes
    assert note.text == "It rained.\n\nIt still"
    assert not long.window.manuscript.rewrites.running


@pytest.mark.parametrize("answer", ["", "%%only a note%%"])
def test_a_summary_of_which_nothing_comes_is_over(long: Studio, answer: str) -> None:
    rewrites = long.window.manuscript.rewrites
    for _ in range(begin(long, "summarise")):
        long.stream(*filter(None, [answer]))
        long.done()
    if answer:  # the summaries are asked about, whatever is in them
        long.done()
    assert not rewrites.running
    assert "no answer" in long.window.status.currentMessage()
    long.do("continue")
    assert long.window.generation.session.running


def test_a_continuation_reads_the_end_of_a_long_passage(long: Studio) -> None:
    assert begin(long, "continue") == 1
    said = long.worker.last("generate")[1]["messages"][-1].content
    assert "number 5" in said
    assert "number 0" not in said
    long.stream("It went on.")
    long.done()
    assert long.text.endswith("boats. It went on.\n\nAfter.")


def test_comments_are_neither_sent_nor_taken_away(studio: Studio) -> None:
    studio.show("One is here. %%keep me%% Two is there.")
    studio.window.editor.selectAll()
    assert begin(studio, "rewrite") == 2
    for answer in ("One was here.", "Two was there."):
        assert "keep me" not in studio.worker.last("generate")[1]["messages"][-1].content
        studio.stream(answer)
        studio.done()
    studio.do("accept_changes")
    assert studio.text == "One was here. %%keep me%% Two was there."
