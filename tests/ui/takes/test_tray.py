"""Takes side by side: nothing on the page before one is picked, and everything by key and mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from app.engine.messages import Failed

CONTROL = Qt.KeyboardModifier.ControlModifier


def test_takes_stream_side_by_side_and_the_page_waits_for_a_choice(bench):
    bench.studio.show("The door")
    bench.studio.do("continue_many")
    assert bench.studio.worker.last("generate")[1]["n"] == 3
    bench.studio.stream(" one", take=0)
    bench.studio.stream(" zwei", take=1)
    assert bench.shown == ["one", "zwei", ""]
    bench.studio.stream(" three", take=0)
    assert bench.shown == ["one three", "zwei", ""]
    assert bench.studio.text == "The door"
    assert not bench.studio.window.editor.history.can_redo
    bench.studio.do("undo")
    assert bench.studio.text == ""


def test_enter_or_a_number_puts_a_take_on_the_page_in_one_step(bench):
    bench.write(" one", " zwei", " san")
    bench.press(Qt.Key.Key_2)
    assert (bench.studio.text, bench.studio.tinted) == ("A zwei", " zwei")
    bench.press(Qt.Key.Key_Right)
    bench.press(Qt.Key.Key_Return)
    assert bench.studio.text == "A san"
    assert [card.property("shown") for card in bench.cards] == [False, False, True]
    bench.press(Qt.Key.Key_9)
    assert bench.studio.text == "A san"
    bench.studio.do("undo")
    assert bench.studio.text == "A"
    bench.studio.do("redo")
    assert bench.studio.text == "A san"


def test_leaving_changes_nothing_before_and_after_a_choice(bench):
    bench.write(" one", " zwei", " san")
    bench.press(Qt.Key.Key_Escape)
    assert bench.studio.text == "A"
    assert not bench.controller.tray.is_open
    bench.studio.do("take_after")
    bench.studio.do("takes_here")
    bench.press(Qt.Key.Key_3)
    bench.press(Qt.Key.Key_Return)
    assert bench.studio.text == "A san"
    assert not bench.controller.tray.is_open
    assert bench.studio.window.editor.hasFocus()


def test_escape_leaves_the_tray_while_something_else_could_be_stopped(bench):
    bench.write(" one", " zwei", " san")
    stopped = []
    stop = bench.studio.window.actions_table["stop"]
    stop.triggered.connect(lambda: stopped.append("stop"))
    stop.setEnabled(True)  # as while a model is examined
    bench.press(Qt.Key.Key_Escape)
    assert not bench.controller.tray.is_open
    assert stopped == []


def test_escape_stops_first_and_what_is_written_stays_in_the_tray(bench, qtbot):
    bench.studio.show("A")
    bench.studio.do("continue_many")
    bench.studio.stream(" one", take=0)
    bench.press(Qt.Key.Key_Escape)
    job = bench.studio.worker.last("generate")[0]
    assert bench.studio.worker.cancelled == [job]
    bench.studio.done("cancelled")
    assert bench.shown == ["one"]
    bench.press(Qt.Key.Key_Escape)
    assert not bench.controller.tray.is_open


def test_a_picked_take_goes_on_streaming_on_the_page(bench):
    bench.studio.show("A")
    bench.studio.do("continue_many")
    bench.studio.stream(" one", take=0)
    bench.studio.stream(" zwei", take=1)
    bench.press(Qt.Key.Key_2)
    bench.studio.stream(" drei", take=1)
    bench.studio.stream(" two", take=0)
    assert bench.studio.text == "A zwei drei"
    assert bench.shown[:2] == ["one two", "zwei drei"]


def test_the_writer_types_on_while_takes_are_written(bench):
    bench.studio.show("A. The end.", caret=2)
    bench.studio.do("continue_many")
    bench.studio.stream(" one", take=0)
    editor = bench.studio.window.editor
    editor.move_caret(len(editor.manuscript))
    editor.insert_plain(" Really.")
    editor.move_caret(0)
    editor.insert_plain("Oh. ")
    bench.studio.stream(" two", take=0)
    bench.studio.done()
    bench.press(Qt.Key.Key_1)
    assert bench.studio.text == "Oh. A. one two The end. Really."


def test_sentences_of_several_takes_become_one(bench):
    bench.write(" He ran. She sat.", " He stood. She left. They met.", " None.")
    bench.press(Qt.Key.Key_Space, card=1)
    assert bench.studio.text == "A He stood."
    bench.press(Qt.Key.Key_Down, card=0)
    bench.press(Qt.Key.Key_Space)
    assert bench.studio.text == "A He stood. She sat."
    QTest.mouseDClick(
        bench.cards[1].view.viewport(),
        Qt.MouseButton.LeftButton,
        pos=bench.cards[1].view.cursorRect().center(),
    )  # its first sentence, where the caret of the view is
    assert bench.studio.text == "A She sat."
    assert [card.title.text() for card in bench.cards] == ["Take 1", "Take 2", "Take 3", "Mixed"]
    mixed = bench.kept()[-1]
    assert (mixed.record.text, mixed.record.finish_reason) == (" She sat.", "mixed")
    bench.cards[0].sentence.click()
    assert bench.studio.text == "A"
    assert len(bench.cards) == 3
    bench.cards[1].sentence.click()
    assert bench.studio.text == "A He stood."


def test_chinese_sentences_are_mixed_without_spaces(bench):
    bench.write("他跑了。她坐下。", "他站着。她走了。", "没有。", before="门")
    bench.press(Qt.Key.Key_Down, card=0)
    bench.press(Qt.Key.Key_Space)
    bench.press(Qt.Key.Key_Space, card=1)
    assert bench.studio.text == "门她坐下。他站着。"


def test_a_take_is_gone_on_from_and_knows_its_parent(bench):
    bench.write(" one", " zwei", " san")
    bench.press(Qt.Key.Key_C, card=1)
    assert bench.studio.text == "A zwei"
    assert bench.studio.worker.last("generate")[1]["prompt"] == "A zwei"
    bench.studio.stream(" und", take=0)
    bench.studio.done()
    assert bench.shown == ["und"]
    kept = bench.kept()
    assert kept[-1].parent == kept[1].key
    assert kept[-1].place != kept[1].place
    assert [one.parent for one in kept[:3]] == ["", "", ""]
    assert len({one.request for one in kept[:3]}) == 1
    assert [one.number for one in kept[:3]] == [0, 1, 2]


def test_two_more_come_beside_the_others_and_change_nothing(bench):
    bench.write(" one", " zwei", " san")
    bench.press(Qt.Key.Key_2)
    bench.press(Qt.Key.Key_Plus)
    assert bench.studio.worker.last("generate")[1]["n"] == 2
    assert bench.studio.worker.last("generate")[1]["prompt"] == "A"
    bench.studio.stream(" vier", take=0)
    assert bench.studio.text == "A zwei"
    assert bench.shown == ["one", "zwei", "san", "vier", ""]
    bench.studio.done()
    bench.press(Qt.Key.Key_4)
    assert bench.studio.text == "A vier"
    assert len({one.place for one in bench.kept()}) == 1


def test_stars_names_and_copies(bench, qtbot):
    bench.write(" one", " zwei", " san")
    bench.press(Qt.Key.Key_S, card=2)
    bench.press(Qt.Key.Key_F2)
    qtbot.keyClicks(bench.cards[2].name, "The quiet one")
    qtbot.keyClick(bench.cards[2].name, Qt.Key.Key_Return)
    assert bench.cards[2].title.text() == "The quiet one"
    assert "with a star" in bench.cards[2].view.accessibleName()
    kept = bench.kept()
    assert [(one.name, one.is_starred) for one in kept] == [
        ("", False), ("", False), ("The quiet one", True),
    ]  # fmt: skip
    bench.press(Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "san"
    bench.cards[2].star.click()
    assert not bench.kept()[2].is_starred


def test_what_differs_from_the_first_take_is_marked(bench):
    bench.write(" the old grey sea slept", " the old green sea slept", " 大海")
    marked = [
        [one.cursor.selectedText() for one in card.view.extraSelections()]
        for card in bench.cards[1:]
    ]
    assert marked[0] == ["green"]
    assert marked[1] == ["大海"]


def test_a_failure_leaves_no_empty_cards(bench):
    bench.studio.show("A")
    bench.studio.do("continue_many")
    job = bench.studio.worker.last("generate")[0]
    bench.studio.tell(Failed(job=job, kind="GenerationError", message="It broke."))
    bench.controller.tray.follow()
    assert not bench.controller.tray.is_open
    assert bench.studio.banners == ["It broke."]


def test_the_side_is_remembered(bench):
    bench.write(" one", " zwei", " san")
    middle = bench.studio.window.page.middle
    assert middle.orientation() == Qt.Orientation.Vertical
    bench.tray.side.click()
    assert middle.orientation() == Qt.Orientation.Horizontal
    assert bench.studio.program.settings.takes_tray == "beside"


def test_a_single_take_opens_no_tray(bench):
    bench.studio.show("A")
    bench.studio.do("continue")
    bench.studio.stream(" b")
    assert bench.studio.text == "A b"
    assert not bench.tray.isVisible()


def test_nothing_is_picked_into_a_text_that_can_only_be_read(bench):
    bench.write(" one", " zwei", " san")
    bench.studio.window.editor.setReadOnly(True)
    bench.press(Qt.Key.Key_1)
    assert bench.studio.text == "A"


@pytest.mark.parametrize("side", ["below", "beside"])
def test_eight_takes_are_a_scroll_away(make_bench, side, qtbot):
    bench = make_bench(takes_at_once=8, takes_tray=side)
    bench.studio.window.resize(1180, 800)
    bench.write(*(f" take number {number}" for number in range(8)))
    bench.press(Qt.Key.Key_8)
    assert bench.studio.text == "A take number 7"
    qtbot.waitUntil(lambda: not bench.cards[7].visibleRegion().isEmpty())
    seen = sum(card.visibleRegion().boundingRect().size() == card.size() for card in bench.cards)
    assert seen >= 3
