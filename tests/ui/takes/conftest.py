"""A window in which several takes were written side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.core.store.takes.kept import KeptTake, TakeFilter
from app.ui.takes.card import TakeCard


class Bench:
    """The tray of a studio, and the keys in it."""

    def __init__(self, studio: Any, qtbot: Any) -> None:
        self.studio, self._qtbot = studio, qtbot

    @property
    def controller(self):
        return self.studio.window.manuscript.takes

    @property
    def tray(self):
        return self.controller.tray.tray

    @property
    def cards(self) -> list[TakeCard]:
        self.controller.tray.follow()
        cards: list[TakeCard] = self.tray.cards
        return cards

    @property
    def shown(self) -> list[str]:
        return [card.view.toPlainText() for card in self.cards]

    def press(self, key: Qt.Key, *modifiers: Qt.KeyboardModifier, card: int | None = None) -> None:
        """Press a key in the text of a card, or where the focus was put last."""
        if card is not None:
            self.tray.focus_card(card)
        number = self.tray._focused
        modifier = modifiers[0] if modifiers else Qt.KeyboardModifier.NoModifier
        self._qtbot.keyClick(self.cards[number].view, key, modifier)

    def press_escape(self) -> None:
        """Leave the tray."""
        self.press(Qt.Key.Key_Escape)

    def write(self, *texts: str, before: str = "A") -> None:
        """Have takes written at the end of the page, these texts."""
        if before:
            self.studio.show(before)
        self.studio.do("continue_many")
        for number, text in enumerate(texts):
            self.studio.stream(text, take=number)
        self.studio.done()

    def kept(self) -> list[KeptTake]:
        """What the store has of all takes, the oldest first."""
        self.studio.window.generation.take_log.wait()
        return list(reversed(self.studio.program.store.kept_takes.found(TakeFilter())))


@pytest.fixture
def make_bench(make_studio: Callable[..., Any], qtbot: Any) -> Callable[..., Bench]:
    return lambda **given: Bench(make_studio(**({"takes_at_once": 3} | given)), qtbot)


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    return make_bench()
