"""The tree of takes: what came of what, in the tray and in the history of all takes."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.ui.takes.all_takes import AllTakesDialog
from app.ui.takes.tree import TakeTree


def rows(tree: TakeTree) -> list[str]:
    """The rows, indented, with a mark at those of the place that is shown."""
    found = []
    for item in tree.items:
        depth, above = 0, item.parent()
        while above is not None:
            depth, above = depth + 1, above.parent()
        found.append("  " * depth + item.text(0) + (" *" if item.font(0).bold() else ""))
    return found


def settle(bench: Any, qtbot: Any) -> None:
    QApplication.processEvents()
    qtbot.waitUntil(lambda: bench.controller._tasks.is_idle)


@pytest.fixture
def branched(bench, qtbot):
    """Three takes; the second goes on in three others, of which the first is on the page."""
    bench.write(" one", " zwei", " san")
    settle(bench, qtbot)
    assert not bench.tray.tree.isVisible()  # nothing came of them
    bench.press(Qt.Key.Key_2)
    bench.cards[1].go_on.click()
    for number, text in enumerate((" drei", " vier", " go")):
        bench.studio.stream(text, take=number)
    bench.studio.done()
    bench.press(Qt.Key.Key_1)
    settle(bench, qtbot)
    qtbot.waitUntil(bench.tray.tree.isVisible)
    return bench


def test_the_tray_shows_what_the_takes_go_on_from(branched, qtbot):
    tree = branched.tray.tree
    assert rows(tree) == ["zwei", "  drei *", "  vier *", "  go *"]
    told = tree.items[1].data(0, Qt.ItemDataRole.AccessibleTextRole)
    assert told == "drei, goes on from: zwei"


def test_a_row_leads_to_its_take_by_key_and_by_mouse(branched, qtbot):
    tree = branched.tray.tree
    tree.setCurrentItem(tree.items[3])
    qtbot.keyClick(tree, Qt.Key.Key_Return)
    assert branched.cards[2].view.hasFocus()
    qtbot.mouseClick(
        tree.viewport(),
        Qt.MouseButton.LeftButton,
        pos=tree.visualItemRect(tree.items[0]).center(),
    )
    settle(branched, qtbot)
    assert branched.shown == ["one", "zwei", "san"]
    assert branched.cards[1].view.hasFocus()
    settle(branched, qtbot)
    assert rows(tree) == ["one *", "zwei *", "  drei", "  vier", "  go", "san *"]
    qtbot.keyClick(tree, Qt.Key.Key_Escape)
    assert not branched.controller.tray.is_open


def test_a_take_whose_place_is_not_in_the_text_is_said_to_be_in_all_takes(branched, qtbot):
    branched.press_escape()
    branched.studio.window.editor.selectAll()
    branched.studio.window.editor.insert_plain("Other")
    branched.studio.window.editor.selectAll()
    branched.studio.do("takes_here")
    settle(branched, qtbot)
    take = branched.kept()[0]
    branched.controller.anchors._anchors.clear()
    branched.controller.open_take(take)
    assert "All Takes has the take" in branched.studio.window.status.currentMessage()


def test_a_take_written_again_stands_below_the_first_in_all_takes(branched, qtbot):
    branched.press_escape()
    first = next(one for one in branched.kept() if one.record.text == " vier")
    branched.controller.again(first)
    qtbot.waitUntil(lambda: branched.studio.worker.count_of("generate") == 3)
    branched.studio.stream(" fünf", take=0)
    branched.studio.done()
    branched.kept()
    branched.studio.do("all_takes")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, AllTakesDialog)
    qtbot.waitUntil(lambda: dialog.background.is_idle)
    dialog.tabs.setCurrentWidget(dialog.tree)
    qtbot.waitUntil(lambda: dialog.background.is_idle)
    assert "    fünf" in [line.rstrip(" *") for line in rows(dialog.tree)]
    dialog.line.setText("fünf")
    dialog.search()
    qtbot.waitUntil(lambda: dialog.background.is_idle)
    assert dialog.list.count() == 1
    item = next(item for item in dialog.tree.items if item.text(0) == "zwei")
    dialog.tree.setCurrentItem(item)
    qtbot.keyClick(dialog.tree, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.background.is_idle)
    assert dialog.isVisible()
    assert dialog.text() == " zwei"
    assert dialog.list.count() == 2
    assert dialog.tree.selectedItems()[0].text(0) == "zwei"
    dialog.reject()
