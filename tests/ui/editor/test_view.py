from __future__ import annotations

import pytest
from PySide6.QtGui import QImage

from app.ui.editor.editor import Editor
from app.ui.widgets.theme import THEMES, Theme


def dots(image: QImage, theme: Theme) -> int:
    """How many dots stand in the row that has the most of them."""

    def is_dot(x: int, y: int) -> bool:
        tint = theme.take_tint
        beside = image.pixelColor(x - 1, y) == tint == image.pixelColor(x + 1, y)
        return beside and image.pixelColor(x, y) == theme.edge

    columns = range(1, image.width() - 1)
    return max(sum(is_dot(x, y) for x in columns) for y in range(image.height()))


@pytest.mark.parametrize("theme", THEMES, ids=["light", "dark", "contrast", "sepia"])
def test_a_take_is_told_by_more_than_its_colour(qtbot, theme: Theme) -> None:
    editor = Editor()
    qtbot.addWidget(editor)
    editor.set_page("", 15, 150, 68)
    editor.set_colours(theme)
    editor.set_text("The harbour lay still, and the keeper counted the lamps.")
    editor.resize(700, 90)
    with qtbot.waitExposed(editor):
        editor.show()
    assert dots(editor.grab().toImage(), theme) == 0
    editor.set_tint(4, 54)
    assert dots(editor.grab().toImage(), theme) > 100
    editor.set_tint(0, 0)
    assert dots(editor.grab().toImage(), theme) == 0
