from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon

from app.ui.widgets.icons import ICONS, icon, pixmap

NAMES = sorted(path.stem for path in ICONS.glob("*.svg"))
SOURCES = sorted((Path(__file__).parents[3] / "app" / "ui").rglob("*.py"))


def has_ink(picture: QIcon, size: int, ratio: float = 1) -> bool:
    image = picture.pixmap(QSize(size, size), ratio).toImage()
    return any(
        image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(image.height())
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_drawing_is_sound_and_draws(qapp, name: str) -> None:
    root = ElementTree.parse(ICONS / f"{name}.svg").getroot()
    assert root.get("viewBox") == "0 0 24 24"
    assert has_ink(icon(name, QColor("#336699")), 16)


def test_drawings_take_the_colour(qapp) -> None:
    image = icon("stop", QColor("#cc2211")).pixmap(QSize(48, 48)).toImage()
    colors = {
        image.pixelColor(x, y).name()
        for x in range(48)
        for y in range(48)
        if image.pixelColor(x, y).alpha() == 255
    }
    assert colors == {"#cc2211"}


def test_twice_the_scale_has_twice_the_pixels(qapp) -> None:
    assert icon("add", QColor("black")).pixmap(QSize(20, 20), 2.0).width() == 40
    assert pixmap("lamp", QColor("black"), 56, 2.0).width() == 112


def test_a_missing_drawing_is_an_empty_icon(qapp) -> None:
    assert icon("no-such-drawing", QColor("black")).isNull()


def test_every_drawing_that_the_panels_name_exists() -> None:
    named = {
        match
        for source in SOURCES
        for match in re.findall(
            r'(?:icon|pixmap|IconButton)\("([a-z-]+)"', source.read_text(encoding="utf-8")
        )
    }
    assert named
    assert named <= set(NAMES)
