"""Takes of the tray beside an action that writes: no text is lost, and one writes at a time."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.core.rewrites.table import REWRITES
from app.ui.takes.all_takes import AllTakesDialog

CONTINUATION = next(action for action in REWRITES if action.goes == "after")


@pytest.fixture
def open_tray(bench: Any) -> Any:
    """Two takes are for the place behind “One.”, and “Two.” is the first word after it."""
    bench.studio.show("One. Two. Three.", caret=4)
    bench.write(" Een, twee.", " Uno.", before="")
    return bench


def go_on_after(bench: Any, start: int, end: int) -> None:
    """Have the model go on after a passage."""
    editor = bench.studio.window.editor
    editor.setTextCursor(editor.cursor_at(start, end))
    bench.studio.window.manuscript.rewrites.start(CONTINUATION)


def test_a_take_picked_before_an_answer_leaves_the_answer_whole(open_tray):
    studio = open_tray.studio
    go_on_after(open_tray, 0, 9)
    studio.stream("Four")
    open_tray.press(Qt.Key.Key_1)
    studio.stream(" times.")
    studio.done()
    assert studio.text == "One. Een, twee. Two. Four times. Three."
    studio.do("undo")
    studio.do("undo")
    assert studio.text == "One. Two. Three."


def test_an_answer_before_a_picked_take_leaves_the_text_around_the_take(open_tray):
    studio = open_tray.studio
    go_on_after(open_tray, 0, 3)
    studio.stream("Half")
    open_tray.press(Qt.Key.Key_1)
    studio.stream(" of it")
    open_tray.press(Qt.Key.Key_2)
    studio.stream(" all")
    studio.done()
    assert studio.text == "One Half of it all. Uno. Two. Three."


def test_the_tray_and_retry_wait_for_an_answer(open_tray):
    studio = open_tray.studio
    go_on_after(open_tray, 0, 9)
    open_tray.press(Qt.Key.Key_1)
    count = studio.worker.count_of("generate")
    open_tray.controller.tray.more()
    assert "still writing" in studio.window.status.currentMessage()
    assert len(open_tray.cards) == 2
    studio.window.status.clearMessage()
    studio.do("retry")
    assert "still writing" in studio.window.status.currentMessage()
    assert studio.worker.count_of("generate") == count
    studio.done()
    open_tray.controller.tray.more()
    assert studio.worker.count_of("generate") == count + 1


def test_a_take_is_not_written_again_while_an_answer_comes(open_tray, qtbot):
    studio = open_tray.studio
    go_on_after(open_tray, 0, 9)
    count = studio.worker.count_of("generate")
    studio.do("all_takes")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, AllTakesDialog)
    qtbot.waitUntil(lambda: dialog.background.is_idle)
    dialog.list.setCurrentRow(0)
    dialog.again.click()
    assert "still writing" in studio.window.status.currentMessage()
    qtbot.waitUntil(lambda: open_tray.controller._tasks.is_idle)
    assert studio.worker.count_of("generate") == count
