"""The empty state: what a writer sees over the page before any model is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.core.starter import STARTER
from app.ui.controls import Note
from app.ui.icons import pixmap
from app.ui.progress import ProgressStrip
from app.ui.theme import Theme, heading_font

if TYPE_CHECKING:
    from app.fetch.client import Progress

_WIDTH = 430
_MARK = 56


class EmptyState(QWidget):
    """A few warm words and two ways to a model; shows the fetching and what went wrong with it."""

    get_starter_requested = Signal()
    open_requested = Signal()
    cancel_requested = Signal()
    find_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mark = QLabel()
        self.mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title = QLabel(self.tr("Your words, your machine"))
        self.title.setFont(heading_font(self.font(), 7))
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title.setWordWrap(True)
        self.text = self._make_text()
        self.starter_button = QPushButton(self._starter_words())
        self.starter_button.setProperty("kind", "primary")
        self.starter_button.clicked.connect(self.get_starter_requested)
        self.open_button = QPushButton(self.tr("Open a model file…"))
        self.open_button.clicked.connect(self.open_requested)
        self.find_button = QPushButton(self.tr("Find a model…"))
        self.find_button.clicked.connect(self.find_requested)
        self.strip = ProgressStrip()
        self.strip.stopped.connect(self.cancel_requested)
        self.error = QFrame()
        self.error.setProperty("kind", "error")
        self.error_text = Note("")
        self.hint = Note()
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self.reset()

    def reset(self) -> None:
        """Go back to the two choices."""
        self.strip.hide()
        self.error.hide()
        self._set_buttons(shown=True)

    def show_progress(self, progress: Progress | None) -> None:
        """Show how far fetching is; None goes back to the two choices."""
        if progress is None:
            self.reset()
            return
        self.error.hide()
        self._set_buttons(shown=False)
        self.strip.show_progress(progress)

    def show_error(self, sentence: str) -> None:
        """Say what went wrong; both choices are there again."""
        self.reset()
        self.error_text.say(sentence)
        self.error.setVisible(bool(sentence))

    def changeEvent(self, event: QEvent) -> None:
        """Draw the mark again in the colours of a new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_mark()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Cover the page with its own colour."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), Theme.current().page)
        painter.end()

    def _make_text(self) -> QLabel:
        text = QLabel(
            self.tr(
                "Lampblack writes with a language model that lives on this computer. It needs no "
                "account, and nothing you write ever leaves. All it needs now is a model."
            )
        )
        text.setWordWrap(True)
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        text.setProperty("kind", "muted")
        return text

    def _starter_words(self) -> str:
        size = round(STARTER.download_bytes / 1_000_000)
        return self.tr("Get the starter model ({0} MB)").format(size)

    def _set_buttons(self, *, shown: bool) -> None:
        self.starter_button.setVisible(shown)
        self.open_button.setVisible(shown)
        self.find_button.setVisible(shown)
        if shown:
            self.hint.say(
                self.tr(
                    "The starter model is small: good to try things with. A larger one "
                    "writes better; any GGUF file will do."
                )
            )
        else:
            self.hint.say(self.tr("This happens once. Afterwards Lampblack needs no network."))

    def _lay_out(self) -> None:
        error = QVBoxLayout(self.error)
        error.setContentsMargins(12, 8, 12, 8)
        error.addWidget(self.error_text)
        card = QWidget()
        card.setMaximumWidth(_WIDTH)
        column = QVBoxLayout(card)
        column.setSpacing(12)
        for widget in (self.mark, self.title, self.text):
            column.addWidget(widget)
        column.addSpacing(8)
        for button in (self.starter_button, self.find_button, self.open_button):
            button.setMinimumHeight(36)
            column.addWidget(button)
        for below in (self.strip, self.error, self.hint):
            column.addWidget(below)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(card, 8)
        line.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 24, 24, 24)
        whole.addStretch(2)
        whole.addLayout(line)
        whole.addStretch(3)
        self._draw_mark()

    def _draw_mark(self) -> None:
        color, ratio = Theme.current().take_ink, self.devicePixelRatioF()
        self.mark.setPixmap(pixmap("lamp", color, _MARK, ratio))
        self.starter_button.setIconSize(QSize(18, 18))
