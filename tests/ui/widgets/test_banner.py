"""Banners in wide and narrow windows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.widgets.banner import Banner, BannerArea, OwnBanner

SENTENCE = "The text on the disk is another one than here, because some other program changed it."
NAMES = ("[Šhöw thë öthër öñë·········]", "[Kéëp whât îs hërë, plëäsë········]")


@pytest.fixture
def window(qtbot) -> QWidget:
    """An empty window."""
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def area(window: QWidget) -> BannerArea:
    """An area for banners above a page in that window."""
    column = QVBoxLayout(window)
    column.setContentsMargins(0, 0, 0, 0)
    banners = BannerArea()
    column.addWidget(banners)
    column.addWidget(QWidget(), 1)
    window.resize(1200, 400)
    window.show()
    return banners


def said(area: BannerArea, *names: str) -> Banner:
    return area.say(SENTENCE, "notice", lambda: {name: lambda: None for name in names})


def is_below(banner: Banner) -> bool:
    """Whether all buttons are below the whole text."""
    text = banner._label.geometry()
    return all(button.y() > text.bottom() for button in banner.buttons)


def shows_all(banner: Banner) -> bool:
    """Whether no button and no line of the text is cut off, or has something on it."""
    parts = [banner._label, *banner.buttons, banner.close_button]
    boxes = [part.geometry() for part in parts]
    apart = all(not one.intersects(two) for one in boxes for two in boxes if one is not two)
    wide = all(button.width() >= button.minimumSizeHint().width() for button in banner.buttons)
    text = banner._label
    high = text.height() >= text.heightForWidth(text.width())
    return apart and wide and high and all(banner.rect().contains(box) for box in boxes)


def test_buttons_stand_beside_the_text_where_there_is_room(area: BannerArea, qtbot) -> None:
    banner = said(area, *NAMES)
    qtbot.waitUntil(lambda: not is_below(banner) and shows_all(banner))
    assert banner.buttons[0].y() == banner.buttons[1].y()


@pytest.mark.parametrize("width", [640, 500, 360])
def test_they_go_below_it_in_a_narrow_window(area: BannerArea, qtbot, width: int) -> None:
    banner = said(area, *NAMES)
    area.window().resize(width, 400)
    qtbot.waitUntil(lambda: banner.width() < width and is_below(banner) and shows_all(banner))
    assert area.window().width() == width  # it has not become wider for them
    first, second = banner.buttons
    assert (second.y() > first.y()) is (width == 360)
    area.window().resize(1200, 400)
    qtbot.waitUntil(lambda: not is_below(banner) and shows_all(banner))


def test_one_without_buttons_needs_little_room(area: BannerArea, qtbot) -> None:
    banner = said(area)
    area.window().resize(240, 400)
    qtbot.waitUntil(lambda: banner.width() < 240 and shows_all(banner))


class Painted(QObject):
    """Notes the height and the place that something had whenever it was painted."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self.seen: list[tuple[int, int]] = []
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            self.seen.append((watched.y(), watched.height()))
        return False


@pytest.mark.parametrize("width", [1200, 640])
def test_its_first_frame_is_as_high_as_the_last(
    area: BannerArea, window: QWidget, qtbot, width: int
) -> None:
    window.resize(width, 400)
    qtbot.waitExposed(window)
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    page = next(one for one in window.findChildren(QWidget, options=direct) if one is not area)
    page.repaint()
    below = Painted(page)
    banner = said(area, *NAMES)
    painted = Painted(banner)
    qtbot.waitUntil(lambda: bool(painted.seen and below.seen) and shows_all(banner))
    window.repaint()
    assert is_below(banner) is (width == 640)
    assert len(set(painted.seen)) == 1
    assert len(set(below.seen)) == 1


def test_the_banner_of_one_matter_is_replaced_and_put_away(area: BannerArea) -> None:
    own = OwnBanner(area)
    own.clear()
    own.say("The disk is full.", choices=lambda: {"Look": lambda: own.say("It is not full.")})
    assert own.text == "The disk is full."
    area.banners()[0].buttons[0].click()
    assert [banner.text for banner in area.banners()] == [own.text] == ["It is not full."]
    own.clear()
    assert own.text == ""
    assert area.banners() == []
    own.say("Again.")
    area.banners()[0].dismiss()
    assert own.text == ""
