"""The bar at the left of the page."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.library.side_bar import SideBar


def test_a_title_that_has_no_room_gives_way_to_the_icons(qtbot: QtBot) -> None:
    bar = SideBar()
    qtbot.addWidget(bar)
    for title in ("Book", "Headings", "Recent", "Search everywhere"):
        bar.add_page(QWidget(), title, "find")
    bar.resize(600, 300)
    bar.show()
    bar.setCurrentIndex(3)
    assert bar.tabText(3) == "Search everywhere"
    bar.resize(230, 300)
    qtbot.waitUntil(lambda: bar.tabText(3) == "")
    assert bar.tabBar().sizeHint().width() <= bar.width()
    assert bar.tabToolTip(3) == "Search everywhere"
    bar.resize(600, 300)
    qtbot.waitUntil(lambda: bar.tabText(3) == "Search everywhere")
