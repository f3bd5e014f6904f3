from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from app.downloads.queue import Download
from app.ui.models.empty_state import EmptyState
from app.ui.widgets.apply_theme import apply_theme
from app.ui.widgets.theme import Theme


def starter(state: Any, done: int = 46_000_000, **more: Any) -> Download:
    return Download(id="starter", title="Small", state=state, done=done, total=92_871_040, **more)


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


def test_a_download_takes_the_place_of_the_choices(state: EmptyState, qtbot) -> None:
    state.show_download(starter("running", speed=5e6, left_s=9.0))
    for button in (state.starter_button, state.find_button, state.open_button):
        assert not button.isVisible()
    assert state.strip.title.text() == "Small"
    words = "downloading · 46 MB of 93 MB · 5 MB per second · less than a minute left"
    assert state.strip.words.text() == words
    assert state.strip.bar.value() == 50
    assert state.strip.bar.accessibleName() == "Progress of Small"
    for name in ("pause", "cancel"):
        with qtbot.waitSignal(state.download_asked) as asked:
            state.strip.buttons[name].click()
        assert asked.args == [name, "starter"]
    state.show_download(None)
    assert state.starter_button.isVisible()
    assert not state.strip.isVisible()


def test_what_was_paused_can_be_gone_on_with(state: EmptyState, qtbot) -> None:
    state.show_download(starter("paused", 41_000_000))
    assert state.resume_button.text() == "Resume, 41 of 93 MB"
    assert not state.starter_button.isVisible()
    assert state.find_button.isVisible()
    assert not {"resume", "retry"} & set(state.strip.buttons)
    state.focus_first()
    assert state.focusWidget() is state.resume_button
    with qtbot.waitSignal(state.download_asked) as asked:
        state.resume_button.click()
    assert asked.args == ["resume", "starter"]


def test_the_focus_goes_to_what_can_be_done_now(state: EmptyState) -> None:
    state.starter_button.setFocus()
    state.show_download(starter("running"))
    assert state.focusWidget() is state.strip.buttons["pause"]
    state.show_download(starter("paused"))
    assert state.focusWidget() is not None
    assert state.focusWidget().isVisible()


def test_beside_another_model_the_starter_is_still_offered(state: EmptyState) -> None:
    large = Download(id="b", title="B", state="paused", done=900_000_000, total=2_500_000_000)
    state.show_download(large)
    assert state.resume_button.text() == "Resume, 0.9 of 2.5 GB"
    assert state.starter_button.isVisible()
    assert state.starter_button.property("kind") == ""


def test_trouble_is_a_sentence_beside_the_choices(state: EmptyState) -> None:
    state.show_error("The network went away.")
    assert state.error_text.isVisible()
    assert state.error_text.text() == "The network went away."
    assert state.starter_button.isVisible()
    state.show_download(starter("running"))
    assert not state.error.isVisible()
    state.show_download(starter("failed", 0, problem="It broke."))
    assert state.strip.problem.text() == "It broke."
    assert state.resume_button.text() == "Try again"
    assert state.open_button.isVisible()


def test_without_the_network_a_sentence_stands_in_the_place_of_the_buttons(
    state: EmptyState,
) -> None:
    state.show_refusal("Downloads are switched off.")
    assert not state.starter_button.isVisible()
    assert not state.find_button.isVisible()
    assert state.open_button.isVisible()
    assert state.hint.text().startswith("Downloads are switched off.")
    state.show_refusal("")
    assert state.starter_button.isVisible()


@pytest.mark.parametrize("setting", ["light", "dark"])
def test_it_covers_the_page_in_its_colour(state, qapp: QApplication, setting: str) -> None:
    apply_theme(setting)
    corner = state.grab().toImage().pixelColor(2, 2)
    assert corner == QColor(Theme.current().page)


def test_small_windows_cut_nothing_off(state: EmptyState) -> None:
    state.resize(320, 480)
    for part in (state.title, state.text, state.starter_button, state.open_button):
        assert part.mapTo(state, part.rect().bottomRight()).x() < state.width()
        assert part.height() >= part.minimumSizeHint().height()


def test_a_low_window_scrolls(state: EmptyState) -> None:
    state.show_download(starter("paused"))
    state.resize(320, 240)
    for button in (state.resume_button, state.find_button, state.open_button):
        assert button.height() >= button.minimumSizeHint().height()
