"""Places with takes: carried through edits, kept with the document, marked in the margin."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import Qt

from app.core.store.takes.kept import TakeFilter
from app.core.store.takes.places import NEAR, TakePlace, located
from app.core.system.throttle import Throttle
from app.ui.editor.manuscript import Manuscript
from app.ui.takes.anchors import Anchor


def data(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def place_in(text: str, start: int, stop: int) -> TakePlace:
    whole = Manuscript(text)
    before = whole.text(max(0, start - NEAR), start)
    return TakePlace("p", start, stop, before, whole.text(stop, min(len(whole), stop + NEAR)))


TEXT = "Es war einmal ein König, der hatte drei Töchter. 😀 Die Jüngste war so schön, dass."


def test_a_place_is_found_where_the_text_is_the_same():
    assert located(data(TEXT), place_in(TEXT, 10, 20)) == (10, 20)
    assert located(data(TEXT), place_in(TEXT, 0, 0)) == (0, 0)
    assert located(data(""), place_in("", 0, 0)) == (0, 0)


@pytest.mark.parametrize("more", ["Vorher. ", "稿" * 100, "😀"])
def test_a_place_is_found_where_text_came_before_it(more):
    shift = len(data(more)) // 2
    assert located(data(more + TEXT), place_in(TEXT, 14, 23)) == (14 + shift, 23 + shift)


def test_of_a_place_whose_own_text_changed_the_beginning_is_left():
    changed = TEXT.replace("ein König", "eine Königin")
    assert located(data(changed), place_in(TEXT, 14, 23)) == (14, 14)


def test_a_place_is_not_found_where_its_words_are_gone():
    assert located(data("Something else altogether."), place_in(TEXT, 14, 23)) is None


def test_of_equal_words_the_nearest_are_the_place():
    text = "\n".join(["the same line of words"] * 9)
    moved = "x\n" + text
    found = located(data(moved), place_in(text, 100, 104))
    assert found is not None
    assert abs(found[0] - 102) <= 23


def test_a_place_stays_with_its_words_through_any_edits():
    chance = random.Random(7)
    for _ in range(300):
        text = Manuscript("abcdefgh" * 6)
        start = chance.randrange(1, 40)
        stop = chance.randrange(start, 44)
        text.replace(start, stop - start, "TAKE")
        anchor = Anchor("p", start, start + 4)
        for _edit in range(8):
            at = chance.randrange(len(text) + 1)
            removed = chance.randrange(3)
            if at < anchor.stop and at + removed > anchor.start:
                continue
            change = text.replace(at, min(removed, len(text) - at), "x" * chance.randrange(4))
            if change is not None:
                anchor.follow(change)
        assert text.text(anchor.start, anchor.stop) == "TAKE"


def test_a_mark_opens_the_takes_of_its_line_again_after_a_restart(make_bench, tmp_path, qtbot):
    path = tmp_path / "novel.md"
    path.write_text("One.\n\nTwo.\n", "utf-8")
    bench = make_bench()
    assert bench.studio.window.documents.open_path(path)
    bench.studio.window.editor.move_caret(4)
    bench.write(" He ran.", " He sat.", " He fell.", before="")
    bench.press(Qt.Key.Key_2)
    bench.press(Qt.Key.Key_Escape)
    editor = bench.studio.window.editor
    editor.move_caret(0)
    editor.insert_plain("Zero. ")
    assert bench.studio.window.documents.save()
    bench.studio.questions.unsaved_answer = "discard"
    bench.studio.window.close()
    bench.studio.program.close()

    path.write_text("A new first line.\n" + path.read_text("utf-8"), "utf-8")
    again = make_bench()
    with qtbot.waitSignal(again.controller.anchors._tasks._bridge.arrived):
        assert again.studio.window.documents.open_path(path)
    qtbot.waitUntil(lambda: bool(again.controller.anchors.all))
    marks = again.controller.marks
    marks.place()
    (mark,) = [button for button in marks._buttons if button.isVisible()]
    assert mark.accessibleName() == "Takes of this line"
    row = again.studio.window.editor.cursorRect(
        again.studio.window.editor.cursor_at(len("A new first line.\n"))
    )
    assert abs(mark.y() - row.y()) < row.height()
    mark.click()
    qtbot.waitUntil(lambda: again.controller.tray.is_open)
    assert again.shown == ["He ran.", "He sat.", "He fell."]
    assert again.cards[1].property("shown")
    again.press(Qt.Key.Key_3)
    assert again.studio.text == "A new first line.\nZero. One. He fell.\n\nTwo.\n"
    picked = again.controller.tray.takes[2].origin_key
    (named,) = again.studio.program.store.provenance.takes([picked]).values()
    assert named.text == " He fell."
    again.studio.do("undo")
    assert again.studio.text == "A new first line.\nZero. One. He sat.\n\nTwo.\n"


def test_the_marks_follow_a_text_that_streams_a_few_times_a_second(bench, qtbot):
    bench.write(" He ran.", " He sat.")
    bench.press(Qt.Key.Key_Escape)
    marks, layout = bench.controller.marks, bench.studio.window.editor.document().documentLayout()
    qtbot.waitUntil(lambda: not marks.later.isActive())
    marks.is_time = Throttle(1.0, lambda: 0.0)
    layout._redraw(0, 1)
    assert marks.later.interval() == 0
    qtbot.waitUntil(lambda: not marks.later.isActive())
    layout._redraw(0, 1)
    assert marks.later.isActive()
    assert marks.later.interval() > 0
    bench.studio.window.editor.verticalScrollBar().valueChanged.emit(0)
    assert marks.later.interval() == 0


def test_what_the_writer_changed_stays_when_another_take_is_picked(bench, qtbot):
    bench.write(" He ran.", " He sat.", " He fell.")
    bench.press(Qt.Key.Key_1)
    bench.press(Qt.Key.Key_Escape)
    editor = bench.studio.window.editor
    editor.move_caret(4)
    editor.insert_plain("slowly ")
    bench.studio.do("takes_here")
    qtbot.waitUntil(lambda: bench.controller.tray.is_open)
    bench.press(Qt.Key.Key_3)
    assert bench.studio.text == "A Heslowly  ran. He fell."


def test_a_place_stays_with_its_words_while_its_takes_are_at_hand(bench):
    bench.write(" one", " zwei", before="Once. The end.")
    editor = bench.studio.window.editor
    editor.move_caret(0)
    editor.insert_plain("Long ago. ")
    [anchor] = bench.controller.anchors.all
    assert (anchor.start, anchor.stop) == (24, 24)
    bench.press(Qt.Key.Key_1)
    editor.move_caret(0)
    editor.insert_plain("Very ")
    editor.replace_text(30, 33, "")
    [anchor] = bench.controller.anchors.all
    assert editor.manuscript.text(anchor.start, anchor.stop) == " "


def test_where_there_are_no_takes_a_sentence_says_so(bench):
    bench.studio.show("A")
    bench.studio.do("takes_here")
    assert not bench.controller.anchors.all
    assert bench.studio.window.status.currentMessage() == "No takes were written for this text yet."


def test_another_text_has_no_marks_of_the_last_one(bench):
    bench.write(" one", " zwei", " san")
    assert len(bench.controller.anchors.all) == 1
    bench.studio.window.documents.new()
    assert bench.controller.anchors.all == []
    assert not bench.controller.tray.is_open


def test_takes_are_found_again_where_another_program_moved_the_file(make_bench, tmp_path, qtbot):
    path = tmp_path / "novel.md"
    path.write_text("It rained all day, and the keeper kept the lamp.\n", "utf-8")
    bench = make_bench()
    assert bench.studio.window.documents.open_path(path)
    bench.studio.window.editor.move_caret(17)
    bench.write(" He ran.", " He sat.", " He fell.", before="")
    bench.press(Qt.Key.Key_2)
    assert bench.studio.window.documents.save()
    bench.studio.window.close()
    bench.studio.program.close()

    moved = path.rename(tmp_path / "other.md")
    again = make_bench()
    assert again.studio.window.documents.open_path(moved)
    qtbot.waitUntil(lambda: bool(again.controller.anchors.all))
    again.studio.do("takes_here")
    qtbot.waitUntil(lambda: again.controller.tray.is_open)
    assert again.cards[1].property("shown")
    found = again.studio.program.store.kept_takes.found(TakeFilter(path=str(moved)))
    assert len(found) == 3


@pytest.mark.parametrize("leaving", ["new", "close"])
def test_of_a_text_that_is_discarded_no_words_stay(bench, leaving):
    bench.write(" one", " zwei", before="A secret stood here.")
    store, journal = bench.studio.program.store, bench.studio.window.documents.journal
    bench.controller.anchors.keep()
    assert "secret" in store.take_places.of(journal)[0].before
    bench.studio.questions.unsaved_answer = "discard"
    if leaving == "new":
        bench.studio.do("new")
    else:
        bench.studio.window.close()
    assert store.take_places.of(journal) == ()
    assert len(bench.kept()) == 2  # the takes stay for ever
