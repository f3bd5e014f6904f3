"""Writing with the model: what is asked for, where the answer stands, and how it is taken back."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTextEdit

from app.core.options.sampling import Sampling
from app.engine.messages import Done, Take
from app.engine.values import FinishReason
from app.ui.editor.manuscript import count_words, units


def test_continue_in_the_middle_keeps_what_follows(studio, qtbot):
    studio.show("The door opened.\nThe end.", caret=8)
    qtbot.keyClick(studio.window.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    _job, fields = studio.worker.last("generate")
    assert fields["prompt"] == "The door"
    assert fields["n"] == 1
    assert fields["overflow"] == "drop_head"
    studio.stream(" of the", " tower")
    assert studio.text == "The door of the tower opened.\nThe end."
    assert studio.tinted == " of the tower"
    studio.done()
    assert studio.tinted == " of the tower"
    assert studio.window.editor.textCursor().position() == len("The door of the tower")


def test_the_selection_is_kept_and_written_after(studio):
    studio.show("One two three")
    cursor = studio.window.editor.cursor_at(0, 3)
    studio.window.editor.setTextCursor(cursor)
    studio.do("continue")
    studio.stream(" and a half")
    assert studio.text == "One and a half two three"


def test_a_trailing_space_is_written_once(studio):
    studio.show("The door ")
    studio.do("continue")
    assert studio.worker.last("generate")[1]["prompt"] == "The door"
    studio.stream(" ", "opened", " wide")
    assert studio.text == "The door opened wide"


def test_a_comment_never_reaches_the_model(studio):
    studio.show("The door %% whose? 😀 %% opened. <!-- slow -->And %% so on %% then.", caret=49)
    studio.do("continue")
    assert studio.worker.last("generate")[1]["prompt"] == "The door opened. And"
    studio.do("stop")
    studio.window.session.instruct("Go on.")
    asked = studio.worker.last("generate")[1]["messages"][-1].content
    assert "The door opened. And" in asked
    assert not {"whose", "slow", "so on"} & set(asked.split())
    assert "whose" in studio.text


def test_writing_on_accepts_and_goes_on(studio):
    studio.show("A")
    studio.do("continue")
    studio.stream(" b")
    studio.done()
    studio.do("continue")
    assert studio.tinted == ""
    assert studio.worker.last("generate")[1]["prompt"] == "A b"
    studio.stream(" c")
    assert studio.text == "A b c"
    assert studio.tinted == " c"


def test_accept_takes_the_tint_away(studio):
    studio.show("A")
    studio.do("continue")
    studio.stream(" b")
    studio.done()
    studio.do("accept")
    assert studio.tinted == ""
    assert studio.text == "A b"
    assert not studio.window.actions_table["accept"].isEnabled()


def test_only_a_finished_take_can_be_accepted(studio):
    studio.show("A")
    studio.do("continue")
    studio.stream(" b")
    assert not studio.window.actions_table["accept"].isEnabled()
    studio.do("continue")
    assert studio.worker.count_of("generate") == 1
    studio.stream(" c")
    studio.done()
    assert studio.text == "A b c"


def test_writing_on_at_once_after_stopping(studio):
    studio.show("A")
    studio.do("continue")
    first = studio.worker.last("generate")[0]
    studio.stream(" b")
    studio.do("stop")
    studio.do("continue")
    assert studio.worker.last("generate")[1]["prompt"] == "A b"
    studio.stream(" late", job=first)
    studio.done("cancelled", job=first)
    studio.stream(" c")
    studio.done()
    assert studio.text == "A b c"
    assert studio.tinted == " c"


def test_the_document_itself_stays_plain(studio):
    studio.show("A")
    studio.do("continue")
    studio.stream(" b")
    block = studio.window.editor.document().firstBlock()
    formats = {f.charFormat().background().style() for f in _fragments(block)}
    assert formats == {Qt.BrushStyle.NoBrush}
    assert isinstance(studio.window.editor.extraSelections()[0], QTextEdit.ExtraSelection)


def _fragments(block: Any) -> list[Any]:
    found = []
    iterator = block.begin()
    while not iterator.atEnd():
        found.append(iterator.fragment())
        iterator += 1
    return found


def test_escape_stops_and_keeps_the_text(studio, qtbot):
    studio.show("A")
    studio.do("continue")
    studio.stream(" b")
    qtbot.keyClick(studio.window.editor, Qt.Key.Key_Escape)
    job = studio.worker.last("generate")[0]
    assert studio.worker.cancelled == [job]
    studio.done("cancelled")
    assert studio.text == "A b"
    assert not studio.window.session.running


def test_undo_takes_the_whole_generation_back_in_one_step(studio):
    studio.show("A")
    studio.do("continue")
    studio.stream(" b", " c", "\n", "d")
    studio.done()
    studio.do("undo")
    assert studio.text == "A"
    assert studio.tinted == ""
    studio.do("redo")
    assert studio.text == "A b c\nd"
    assert studio.tinted == " b c\nd"


def test_undo_while_writing_stops_and_takes_it_back(studio):
    studio.show("A")
    studio.do("continue")
    studio.stream(" b", " c")
    studio.do("undo")
    job = studio.worker.last("generate")[0]
    assert studio.worker.cancelled == [job]
    assert studio.text == "A"
    studio.stream(" late")
    studio.done("cancelled")
    assert studio.text == "A"


def test_typing_while_the_model_writes_is_undone_first(studio, qtbot):
    editor = studio.window.editor
    studio.show("Start.\n\nEnd.", caret=6)
    studio.do("continue")
    studio.stream(" One.")
    editor.move_caret(len(editor.manuscript))
    qtbot.keyClicks(editor, "xy")
    studio.stream(" Two.", " Three.")
    editor.move_caret(0)
    qtbot.keyClicks(editor, "ab")
    studio.stream(" Four.")
    studio.done()
    assert studio.text == "abStart. One. Two. Three. Four.\n\nEnd.xy"
    assert studio.tinted == " One. Two. Three. Four."
    studio.do("undo")
    assert studio.text == "Start. One. Two. Three. Four.\n\nEnd.xy"
    studio.do("undo")
    assert studio.text == "Start. One. Two. Three. Four.\n\nEnd."
    studio.do("undo")
    assert studio.text == "Start.\n\nEnd."
    for _ in range(3):
        studio.do("redo")
    assert studio.text == "abStart. One. Two. Three. Four.\n\nEnd.xy"


def test_typing_undone_while_the_model_writes(studio, qtbot):
    editor = studio.window.editor
    studio.show("Start. End.", caret=6)
    studio.do("continue")
    studio.stream(" One.")
    editor.move_caret(len(editor.manuscript))
    qtbot.keyClicks(editor, "xy")
    studio.do("undo")
    studio.stream(" Two.")
    studio.do("redo")
    assert studio.text == "Start. One. Two. End.xy"
    studio.do("undo")
    studio.do("undo")
    assert studio.text == "Start. End."


def test_typing_at_the_seam_stays_whole(studio, qtbot):
    studio.show("A")
    studio.do("continue")
    studio.stream(" b")
    qtbot.keyClicks(studio.window.editor, "xy")
    studio.stream(" c")
    qtbot.keyClicks(studio.window.editor, "z")
    studio.stream(" d")
    studio.done()
    assert studio.text == "A b c dxyz"
    assert studio.tinted == " b c d"
    studio.do("undo")
    assert studio.text == "A b c d"
    studio.do("undo")
    assert studio.text == "A"


def test_typing_before_the_first_word_comes(studio, qtbot):
    studio.show("A")
    studio.do("continue")
    qtbot.keyClicks(studio.window.editor, "x")
    studio.stream(" b")
    assert studio.text == "A bx"


def test_changing_a_finished_take_accepts_it(studio, qtbot):
    studio.show("A")
    studio.do("continue")
    studio.stream(" bcd")
    studio.done()
    studio.window.editor.move_caret(3)
    qtbot.keyClicks(studio.window.editor, "x")
    assert studio.text == "A bxcd"
    assert studio.tinted == ""


def test_changing_the_take_while_it_is_written(studio, qtbot):
    studio.show("A")
    studio.do("continue")
    studio.stream(" bcd")
    studio.window.editor.move_caret(3)
    qtbot.keyClicks(studio.window.editor, "x")
    studio.stream(" e")
    studio.done()
    assert studio.text == "A bxcd e"
    assert studio.tinted == " e"
    studio.do("undo")
    assert studio.text == "A bxcd"
    studio.do("undo")
    assert studio.text == "A bcd"
    studio.do("undo")
    assert studio.text == "A"


def test_deleting_the_end_of_the_take_stops_the_model(studio, qtbot):
    studio.show("A")
    studio.do("continue")
    studio.stream(" bc")
    qtbot.keyClick(studio.window.editor, Qt.Key.Key_Backspace)
    assert studio.worker.cancelled
    studio.stream(" late")
    studio.done("cancelled")
    assert studio.text == "A b"


def test_deleting_everything_while_the_model_writes(studio, qtbot):
    studio.show("A")
    studio.do("continue")
    studio.stream(" bc")
    studio.window.editor.selectAll()
    qtbot.keyClick(studio.window.editor, Qt.Key.Key_Delete)
    studio.stream(" late")
    studio.done("cancelled")
    assert studio.text == ""
    studio.do("undo")
    assert studio.text == "A bc"


def test_retry_and_the_way_between_the_takes(studio, qtbot):
    studio.show("A. Z", caret=2)
    studio.do("continue")
    studio.stream(" one")
    studio.done()
    qtbot.keyClick(studio.window.editor, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert studio.text == "A. Z"
    assert studio.worker.last("generate")[1]["prompt"] == "A."
    studio.stream(" two", "!")
    studio.done()
    assert studio.text == "A. two! Z"
    label = studio.window.page.write_bar.takes.label
    assert label.text() == "Take 2 of 2"
    qtbot.keyClick(studio.window.editor, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert studio.text == "A. one Z"
    assert studio.tinted == " one"
    assert label.text() == "Take 1 of 2"
    qtbot.keyClick(studio.window.editor, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert studio.text == "A. two! Z"
    qtbot.keyClick(studio.window.editor, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert studio.text == "A. one Z"
    studio.do("undo")
    assert studio.text == "A. Z"
    studio.do("redo")
    assert studio.text == "A. one Z"
    studio.do("take_after")
    assert studio.text == "A. two! Z"


def test_retry_while_writing_stops_the_first(studio):
    studio.show("A")
    studio.do("continue")
    first = studio.worker.last("generate")[0]
    studio.stream(" one")
    studio.do("retry")
    assert studio.worker.cancelled == [first]
    studio.stream(" late", job=first)
    studio.done("cancelled", job=first)
    studio.stream(" two")
    studio.done()
    assert studio.text == "A two"
    studio.do("take_before")
    assert studio.text == "A one late"


def test_a_retry_that_fails_gives_the_former_take_back(studio):
    studio.show("A")
    studio.do("continue")
    studio.stream(" one")
    studio.done()
    studio.do("retry")
    assert studio.text == "A"
    studio.fail("generation_failed", "The engine failed.")
    assert studio.text == "A one"
    assert studio.window.session.take_count == 1
    assert studio.banners == ["The engine failed."]


def test_a_retry_with_a_fixed_seed_is_another_take(make_studio):
    studio = make_studio(sampling=Sampling(seed=2**32 - 1))
    studio.show("A")
    studio.do("continue")
    assert studio.worker.last("generate")[1]["sampling"].seed == 2**32 - 1
    studio.stream(" one")
    studio.done()
    studio.do("retry")
    assert studio.worker.last("generate")[1]["sampling"].seed == 0


def test_several_takes_at_once(make_studio):
    studio = make_studio(takes_at_once=3)
    studio.show("A")
    studio.do("continue_many")
    assert studio.worker.last("generate")[1]["n"] == 3
    studio.stream(" one", take=0)
    studio.stream(" zwei", take=1)
    assert studio.text == "A"
    studio.do("take_after")
    assert studio.text == "A one"
    studio.do("take_after")
    assert studio.text == "A zwei"
    studio.stream(" drei", take=1)
    assert studio.text == "A zwei drei"
    studio.stream(" san", take=2)
    studio.done()
    studio.do("take_after")
    assert studio.text == "A san"
    studio.do("take_after")
    assert studio.text == "A one"
    records = studio.window.generation.take_log.takes(studio.window.documents.journal, "")
    assert [record.text for record in records] == [" one", " zwei drei", " san"]
    assert {record.prompt for record in records} == {"A"}
    assert {record.seed for record in records} == {7}
    assert msgspec.json.decode(records[0].sampling, type=Sampling).temperature == 0.8


def test_an_instruction_becomes_a_conversation(studio, qtbot):
    studio.show("Once upon a time.")
    line = studio.window.page.write_bar.line
    studio.do("instruct")
    qtbot.keyClicks(line, "the next paragraph as a letter")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    fields = studio.worker.last("generate")[1]
    assert "prompt" not in fields
    said = " ".join(message.content for message in fields["messages"])
    assert "Once upon a time." in said
    assert "the next paragraph as a letter" in said
    assert line.text() == ""
    studio.stream("\n\n", "Dear", " Sir")
    assert studio.text == "Once upon a time.\nDear Sir"
    studio.done()
    assert studio.tinted == "\nDear Sir"


def test_an_instruction_is_kept_while_the_model_is_busy(studio, qtbot):
    line = studio.window.page.write_bar.line
    studio.show("A")
    studio.do("continue")
    line.setText("a letter")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert line.text() == "a letter"
    assert "still writing" in studio.window.status.currentMessage()
    assert studio.worker.count_of("generate") == 1


DEEDS = [
    *("type", "type", "type", "delete", "move", "paste"),
    *("stream", "stream", "stream", "stream", "continue", "many", "done", "done", "retry"),
    *("before", "after", "undo", "redo", "stop", "accept"),
]


@pytest.mark.parametrize("seed", range(30))
def test_whatever_happens_in_whatever_order_undo_leads_back(studio, seed):
    """The writer, the model, stops, retries, switches, undo and redo, all at random."""
    chance = random.Random(seed)
    window, editor = studio.window, studio.window.editor
    editor.set_text("One two.\n\nThree 😀 four.")
    editor.move_caret(8)
    for _ in range(60):
        deed = chance.choice(DEEDS)
        running = [job for job, one in window.session._requests.items() if one.takes]
        length = len(editor.manuscript)
        if deed == "type":
            editor.textCursor().insertText(chance.choice(["a", " ", "\n", "é", "😀"]))
        elif deed == "paste":
            editor.insert_plain("pasted\ntext")
        elif deed == "delete":
            start = chance.randrange(length + 1)
            _whole(editor, start, min(length, start + chance.randrange(6))).removeSelectedText()
        elif deed == "move":
            editor.setTextCursor(_whole(editor, *[chance.randrange(length + 1)] * 2))
        elif deed == "stream" and running:
            job = chance.choice(running)
            take = chance.randrange(len(window.session._requests[job].takes))
            studio.stream(f" w{chance.randrange(99)}", take=take, job=job)
        elif deed == "done" and running:
            job = chance.choice(running)
            reason: FinishReason = "cancelled" if window.session._requests[job].stopped else "stop"
            count = len(window.session._requests[job].takes)
            takes = tuple(
                Take(index=number, text="", finish_reason=reason) for number in range(count)
            )
            studio.tell(Done(job=job, takes=takes))
        else:
            names = {"many": "continue_many", "before": "take_before", "after": "take_after"}
            if deed not in ("stream", "done"):
                window.actions_table[names.get(deed, deed)].trigger()
        text = studio.text
        group = window.session.group
        if group is not None:
            shown = group.shown[: group.written]
            assert editor.manuscript.text(group.start, group.end) == shown
        assert editor.manuscript.words == count_words(text)
    window.session.end()
    while editor.history.can_redo:
        editor.redo()
    text = studio.text
    while editor.history.can_undo:
        editor.undo()
    assert studio.text == "One two.\n\nThree 😀 four."
    while editor.history.can_redo:
        editor.redo()
    assert studio.text == text


def _whole(editor, start, end):
    """A cursor that never parts a pair of surrogates."""
    text = editor.manuscript.text()
    places = [units(text[:number]) for number in range(len(text) + 1)]
    return editor.cursor_at(*(max(p for p in places if p <= place) for place in (start, end)))


def test_a_base_model_takes_no_instruction(make_studio, tiny):
    studio = make_studio(model=msgspec.structs.replace(tiny, has_chat_template=False))
    line = studio.window.page.write_bar.line
    assert not line.isEnabled()
    assert "Tiny" in line.toolTip()
