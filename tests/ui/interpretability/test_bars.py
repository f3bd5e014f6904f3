"""Bars of the lists that explain a text can be seen in every theme, on the selected row, too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QListWidget

from app.core.interpretability.why import ReadWord
from app.ui.interpretability.influence_rows import InfluenceList
from app.ui.interpretability.why_list import WordList
from app.ui.widgets.apply_theme import apply_theme
from app.ui.widgets.theme import Theme
from tests.ui.widgets.test_theme import contrast


@pytest.fixture(params=["light", "dark", "sepia", "contrast"], autouse=True)
def _theme(request: pytest.FixtureRequest, qapp: object) -> Iterator[None]:
    apply_theme(request.param)
    yield
    apply_theme("light")


def assert_bar_is_seen(shown: QListWidget, qtbot, x: float) -> None:
    """That what is drawn at a share of the selected row's width, in its middle, is seen there."""
    qtbot.addWidget(shown)
    shown.resize(400, 120)
    shown.setCurrentRow(0)
    with qtbot.waitExposed(shown):
        shown.show()
    area = shown.visualItemRect(shown.item(0))
    image = shown.viewport().grab().toImage()
    column = [
        image.pixelColor(round(area.width() * x), y) for y in range(area.top(), area.bottom())
    ]
    ground = Theme.current().selection
    drawn = [one for one in column if one != ground]
    assert 0 < len(drawn) < len(column)
    assert contrast(drawn[len(drawn) // 2], ground) >= 3


def test_of_what_drove_a_sentence(qtbot) -> None:
    shown = InfluenceList()
    shown.add(0, "A", "+2.00", "B", 1.0)
    assert_bar_is_seen(shown, qtbot, 0.5)


def test_of_what_a_word_could_have_been(qtbot) -> None:
    shown = WordList()
    shown.fill(ReadWord("old", 0, 0.4, 1, ()))
    assert_bar_is_seen(shown, qtbot, 0.6)
