"""The side bar: shown and hidden, its width, the keyboard's way, and its pages of lists."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QSplitter, QWidget
from pytestqt.qtbot import QtBot

from app.ui.library.bar_controller import BarController
from app.ui.library.outline_page import OutlineHeading, OutlinePage, headings
from app.ui.library.recent_page import RecentPage
from app.ui.library.side_bar import NARROWEST, SideBar
from tests.ui.conftest import Studio


def bar_of(studio: Studio) -> BarController:
    return studio.window.manuscript.bar


def outline(studio: Studio) -> OutlinePage:
    assert bar_of(studio).bar is not None
    page = studio.window.manuscript.books.outline
    bar_of(studio).open(page)
    return page


def test_it_is_not_made_before_it_is_asked_for(studio: Studio) -> None:
    studio.window.manuscript.begin()
    assert studio.window.manuscript.books.page is None
    assert bar_of(studio).width == 0
    studio.do("side_bar")
    assert bar_of(studio).bar.isVisible()
    assert studio.program.settings.side_bar
    assert studio.window.actions_table["side_bar"].isChecked()
    tabs = bar_of(studio).bar
    names = [tabs.tabBar().accessibleTabName(index) for index in range(tabs.count())]
    assert names == ["Book", "Headings", "Recent", "Memory", "Search"]
    splitter = tabs.parentWidget()
    assert isinstance(splitter, QSplitter)
    splitter.setSizes([500, 900])  # where there is room for the title
    assert tabs.tabText(0) == "Book"
    assert tabs.tabText(1) == ""
    studio.do("side_bar")
    assert bar_of(studio).width == 0
    assert not studio.program.settings.side_bar


def test_its_state_and_width_are_remembered(
    studio: Studio, make_studio: Callable[..., Studio]
) -> None:
    studio.do("side_bar")
    splitter = bar_of(studio).bar.parentWidget()
    assert isinstance(splitter, QSplitter)
    before = bar_of(studio).width
    QTest.mouseMove(splitter.handle(1))
    QTest.mousePress(splitter.handle(1), Qt.MouseButton.LeftButton)
    QTest.mouseMove(splitter.handle(1), QPoint(-40, 50))
    QTest.mouseRelease(splitter.handle(1), Qt.MouseButton.LeftButton)
    width = bar_of(studio).width
    assert width < before
    studio.window.close()
    again = make_studio()
    again.window.manuscript.begin()
    assert bar_of(again).width == width


def test_a_page_that_another_part_adds_is_there_at_once_or_when_it_is_made(studio: Studio) -> None:
    made: list[str] = []
    bar_of(studio).fill(lambda bar: (made.append("early"), bar.add_page(QLabel("a"), "A")))
    assert made == []
    bar_of(studio).open()
    bar_of(studio).fill(lambda bar: bar.add_page(QLabel("b"), lambda: "B", "find"))
    bar = bar_of(studio).bar
    assert made == ["early"]
    assert [bar.tabToolTip(index) for index in (5, 6)] == ["A", "B"]
    assert bar.tabText(5) == "A", "without a drawing there is only the title"


def test_f6_goes_through_it(studio: Studio) -> None:
    studio.window.activateWindow()
    bar_of(studio).open()
    studio.window.editor.setFocus()
    studio.do("previous_pane")
    focus = QApplication.focusWidget()
    assert focus is not None
    assert bar_of(studio).bar.isAncestorOf(focus)
    studio.do("next_pane")
    assert studio.window.editor.hasFocus()


def test_a_narrow_window_and_a_full_screen_show_the_page_alone(
    studio: Studio, qtbot: QtBot
) -> None:
    bar_of(studio).open()
    studio.window.resize(540, 600)
    qtbot.waitUntil(lambda: bar_of(studio).width == 0)
    assert studio.program.settings.side_bar, "it comes back by itself"
    studio.window.resize(1200, 700)
    qtbot.waitUntil(lambda: bar_of(studio).width > 0)
    studio.do("full_screen")
    qtbot.waitUntil(lambda: bar_of(studio).width == 0)
    studio.do("full_screen")
    qtbot.waitUntil(lambda: bar_of(studio).width > 0)


def test_headings_are_found_where_markdown_has_them() -> None:
    text = "# One 😀 #\n\ntext # no\n\n```\n# code\n```\n\n   ### Three\n#none\n####### no\n## Two"
    assert list(headings(text)) == [
        OutlineHeading(1, "One 😀", 0),
        OutlineHeading(3, "Three", text.index("   ###") + 1),
        OutlineHeading(2, "Two", text.index("## Two") + 1),
    ]


def test_the_outline_follows_the_caret_and_jumps(studio: Studio, qtbot: QtBot) -> None:
    studio.show("# One\n\ntext\n\n## Two\n\nmore\n", caret=8)
    page = outline(studio)
    assert [page.list.item(row).text().strip() for row in range(2)] == ["One", "Two"]
    assert page.list.currentRow() == 0
    spoken = page.list.item(1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Two, level 2"
    studio.window.editor.setFocus()
    studio.window.editor.move_caret(22)
    assert page.list.currentRow() == 1
    page.list.setFocus()
    page.list.setCurrentRow(0)
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    assert studio.window.editor.caret == 0
    assert studio.window.editor.hasFocus()
    studio.window.editor.insert_plain("# Zero\n\n")
    qtbot.waitUntil(lambda: page.list.count() == 3)
    assert page.list.item(0).text() == "Zero"
    studio.window.editor.selectAll()
    studio.window.editor.insert_plain("plain")
    qtbot.waitUntil(lambda: page.stack.currentIndex() == 1)


def test_what_was_opened_is_listed_and_opens(
    make_studio: Callable[..., Studio], tmp_path: Path
) -> None:
    document = tmp_path / "letter.md"
    document.write_text("Dear all")
    studio = make_studio(recent_files=(str(document),), recent_books=(str(tmp_path / "gone"),))
    assert bar_of(studio).bar is not None
    page: RecentPage = studio.window.manuscript.books.recent
    bar_of(studio).open(page)
    shown = [page.list.item(row).text().split("\n")[0] for row in range(2)]
    assert shown == ["gone", "letter.md"]
    page.list.setCurrentRow(0)
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    assert studio.banners[-1].startswith("There is no folder")
    page.list.setCurrentRow(1)
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    assert studio.text == "Dear all"


@pytest.mark.parametrize("count", [2000])
def test_the_outline_of_a_long_text_is_quick(studio: Studio, count: int) -> None:
    import time

    text = "".join(f"# Chapter {n}\n\n" + "word " * 60 + "\n\n" for n in range(count))
    began = time.process_time()
    assert sum(1 for _ in headings(text)) == count
    assert time.process_time() - began < 1


def test_a_title_that_has_no_room_gives_way_to_the_icons(qtbot: QtBot) -> None:
    bar = SideBar()
    qtbot.addWidget(bar)
    for title in ("Book", "Headings", "Recent", "Search everywhere"):
        bar.add_page(QWidget(), title, "find")
    bar.resize(600, 300)
    bar.show()
    bar.setCurrentIndex(3)
    assert bar.tabText(3) == "Search everywhere"
    bar.resize(NARROWEST, 300)
    qtbot.waitUntil(lambda: bar.tabText(3) == "")
    assert bar.tabBar().sizeHint().width() <= bar.width()
    assert bar.tabToolTip(3) == "Search everywhere"
    bar.resize(600, 300)
    qtbot.waitUntil(lambda: bar.tabText(3) == "Search everywhere")
