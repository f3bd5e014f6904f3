from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from app.fetch.client import Progress
from app.ui.dressing import dress
from app.ui.empty_state import EmptyState
from app.ui.theme import Theme


@pytest.fixture
def state(qtbot) -> EmptyState:
    made = EmptyState()
    qtbot.addWidget(made)
    made.resize(600, 560)
    made.show()
    return made


def test_it_offers_two_ways(state: EmptyState, qtbot) -> None:
    assert "93 MB" in state.starter_button.text()
    with qtbot.waitSignal(state.get_starter_requested):
        state.starter_button.click()
    with qtbot.waitSignal(state.open_requested):
        state.open_button.click()


def test_fetching_takes_the_place_of_the_choices(state: EmptyState, qtbot) -> None:
    state.show_progress(Progress(phase="downloading", done=46_000_000, total=92_000_000))
    assert not state.starter_button.isVisible()
    assert state.strip.text.text() == "Downloading the starter model: 46 of 92 MB"
    assert state.strip.bar.value() == state.strip.bar.maximum() / 2
    with qtbot.waitSignal(state.cancel_requested):
        state.strip.stop_button.click()
    state.show_progress(None)
    assert state.starter_button.isVisible()
    assert not state.strip.isVisible()


def test_trouble_is_a_sentence_beside_the_choices(state: EmptyState) -> None:
    state.show_progress(Progress(phase="unpacking", done=1, total=2))
    state.show_error("The network went away.")
    assert state.error_text.isVisible()
    assert state.error_text.text() == "The network went away."
    assert state.starter_button.isVisible()
    state.show_progress(Progress(phase="verifying", done=1, total=2))
    assert not state.error.isVisible()
    state.reset()
    assert state.open_button.isVisible()


@pytest.mark.parametrize("setting", ["light", "dark"])
def test_it_covers_the_page_in_its_colour(state, qapp: QApplication, setting: str) -> None:
    dress(qapp, setting)
    corner = state.grab().toImage().pixelColor(2, 2)
    assert corner == QColor(Theme.current().page)


def test_small_windows_cut_nothing_off(state: EmptyState) -> None:
    state.resize(320, 480)
    for part in (state.title, state.text, state.starter_button, state.open_button):
        assert part.mapTo(state, part.rect().bottomRight()).x() < state.width()
        assert part.height() >= part.minimumSizeHint().height()
