"""The blind test: ten pairs, one text before and one after, in a hidden order."""

from __future__ import annotations

import random
import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from app.core.training.blind_test import BlindPair, BlindResult, blind_pairs
from app.core.training.cards import LearnedAdapter
from app.ui.learning.card_page import result_text
from app.ui.learning.side_by_side import SideBySide
from app.ui.numbers import number_text
from app.ui.widgets.announce import announce
from app.ui.widgets.controls import FlowingNote
from app.ui.widgets.section import PanelScroll
from app.ui.widgets.theme import heading_font


class BlindPage(PanelScroll):
    """Asks for one of two texts, by button or the keys 1 and 2; says nothing before the last.

    `done` carries the result, `left` goes back to the card.
    """

    done = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column.setContentsMargins(18, 14, 16, 14)
        self.column.setSpacing(8)
        self.draw: random.Random = random.SystemRandom()
        self.pairs: tuple[BlindPair, ...] = ()
        self._at = self._hits = 0
        self.title = QLabel(self.tr("Which sounds like you?"))
        self.title.setFont(heading_font(self.font(), 2))
        self.number = QLabel()
        self.prompt = FlowingNote()
        self.texts = SideBySide()
        self.texts.name(self.tr("Text 1"), self.tr("Text 2"))
        self.result = FlowingNote("")
        self.buttons = self._button("1"), self._button("2")
        self.buttons[0].clicked.connect(lambda: self._choose(0))
        self.buttons[1].clicked.connect(lambda: self._choose(1))
        self.back_button = QPushButton(self.tr("&Back to the Card"))
        self.back_button.clicked.connect(self.left)
        line = QHBoxLayout()
        line.addWidget(self.back_button)
        line.addStretch(1)
        for button in self.buttons:
            line.addWidget(button)
        for part in (self.title, self.number, self.prompt, self.result):
            self.column.addWidget(part)
        self.column.addWidget(self.texts, 1)
        self.column.addStretch(0)  # takes the room once the texts are gone
        self.column.addLayout(line)

    def _button(self, key: str) -> QPushButton:
        button = QPushButton(self.tr("Text {0}").format(key))
        button.setToolTip(self.tr("Text {0} sounds more like me (key {0})").format(key))
        return button

    def begin(self, learned: LearnedAdapter) -> None:
        """Begin anew with the pairs of an adapter's card."""
        self.pairs = blind_pairs(learned.card.pairs, self.draw)
        self._at = self._hits = 0
        self.result.say("")
        self._show()
        self.texts.fields[0].setFocus(Qt.FocusReason.OtherFocusReason)
        if not self.pairs:
            self.result.say(
                lambda: self.tr(
                    "The texts before and after are the same: there is nothing to tell."
                )
            )

    def _show(self) -> None:
        is_on = self._at < len(self.pairs)
        for part in (*self.buttons, self.texts, self.number):
            part.setVisible(is_on)
        if not is_on:
            self.prompt.say("")
            return
        pair = self.pairs[self._at]
        numbers = number_text(self._at + 1), number_text(len(self.pairs))
        self.number.setText(self.tr("Pair {0} of {1}, in a drawn order").format(*numbers))
        self.prompt.say(f"… {' '.join(pair.prompt.split())} …")
        self.texts.show_texts(pair.texts[0].strip(), pair.texts[1].strip())
        announce(self, self.number.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """1 and 2 choose a text, wherever the focus is on the page."""
        if event.text() in ("1", "2"):
            self._choose(int(event.text()) - 1)
        else:
            super().keyPressEvent(event)

    def _choose(self, which: int) -> None:
        if self._at >= len(self.pairs):
            return
        self._hits += self.pairs[self._at].learned == which
        self._at += 1
        self._show()
        if self._at == len(self.pairs):
            result = BlindResult(pairs=len(self.pairs), hits=self._hits, at=time.time())
            text = result_text(result)
            self.result.say(text)
            announce(self, text)
            self.back_button.setFocus(Qt.FocusReason.OtherFocusReason)
            self.done.emit(result)
