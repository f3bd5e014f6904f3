"""The legend above the page while the heat view is on: what its lines mean, and the sum of it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.interpretability.surprise import STEPS, SurpriseSum
from app.ui.actions import Actions
from app.ui.interpretability.surprise_words import odds_text, step_format, sum_text
from app.ui.languages import on_language_change
from app.ui.numbers import per_cent
from app.ui.widgets.announce import SpokenProgress
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.controls import IconButton
from app.ui.widgets.theme import Theme

_BESIDE, _BELOW = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
_EDGE = 5  # pixels around a sample's text


class StepSample(QWidget):
    """A chance, drawn as the page draws what is less likely than it."""

    def __init__(self, step: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step, self._text = step, ""
        on_theme_change(self.update)

    def say(self, text: str) -> None:
        """Show a text."""
        self._text = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As large as the text."""
        letters = self.fontMetrics()
        return QSize(letters.horizontalAdvance(self._text) + 2 * _EDGE, letters.height() + 4)

    def minimumSizeHint(self) -> QSize:
        """The same: it is never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it as a text of the page."""
        form = QTextCharFormat(step_format(self._step))
        form.setForeground(Theme.current().ink)
        part = QTextLayout.FormatRange()
        part.start, part.length, part.format = 0, len(self._text), form
        layout = QTextLayout(self._text, self.font())
        layout.setFormats([part])
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(self.width())
        layout.endLayout()
        painter = QPainter(self)
        layout.draw(painter, QPointF(_EDGE, (self.height() - line.height()) / 2))
        painter.end()


class SurpriseLegend(QFrame):
    """Two lines, or more in a narrow window; hidden while the view is off.

    `whole_asked` scores all of the text, `stopped` stops scoring, `closed` switches the view off.
    """

    whole_asked = Signal()
    stopped = Signal()
    closed = Signal()

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._total, self._fraction = SurpriseSum(), -1.0
        self.caption, self.label = QLabel(), QLabel()
        self.samples = [StepSample(step) for step in range(1, len(STEPS) + 1)]
        self.page_button, self.whole_button, self.stop_button = (QPushButton() for _ in range(3))
        self.close_button = IconButton("close", "")
        self._spoken = SpokenProgress(self)
        for label in (self.caption, self.label):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.label.setProperty("kind", "muted")
        self._lay_out()
        self.page_button.clicked.connect(actions["score_page"].trigger)
        self.whole_button.clicked.connect(self.whole_asked)
        self.stop_button.clicked.connect(self.stopped)
        self.close_button.clicked.connect(self.closed)
        self._word()
        on_language_change(self._word)
        self.hide()

    def _lay_out(self) -> None:
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(4)
        for button in (self.page_button, self.whole_button, self.stop_button):
            button.setProperty("kind", "small")
            self._buttons.addWidget(button)
        self._buttons.addWidget(self.close_button)
        self._key = QHBoxLayout()
        self._key.setSpacing(6)
        self._key.addWidget(self.caption)
        for sample in self.samples:
            self._key.addWidget(sample)
        self._key.addStretch(1)
        self._top = QBoxLayout(_BESIDE)
        self._top.addLayout(self._key, 1)
        self._top.addLayout(self._buttons)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(16, 6, 12, 10)
        lines.setSpacing(2)
        lines.addLayout(self._top)
        lines.addWidget(self.label)

    def show_sum(self, total: SurpriseSum) -> None:
        """Say what the scored text sums up to."""
        self._total = total
        self._say()

    def show_progress(self, fraction: float) -> None:
        """Say that the page is scored, and how far, 0 to 1; -1 when nothing is."""
        self._fraction = fraction
        self._say()
        self._spoken.tell(self.label.text() if fraction >= 0 else "", max(fraction, 0.0))

    def _word(self) -> None:
        self.caption.setText(self.tr("Less likely than"))
        for sample, odds in zip(self.samples, STEPS, strict=True):
            sample.say(odds_text(odds))
        self.page_button.setText(self.tr("Score the Page"))
        self.page_button.setToolTip(self._actions["score_page"].toolTip())
        self.whole_button.setText(self.tr("Score the Whole Text"))
        self.whole_button.setToolTip(
            self.tr("Let the model read all of this text, in the background")
        )
        self.stop_button.setText(self.tr("Stop"))
        self.stop_button.setToolTip(self.tr("Stop scoring; what is scored stays"))
        self.close_button.name(self.tr("Hide the heat view"))
        self._say()
        self._arrange()

    def _say(self) -> None:
        is_running = self._fraction >= 0
        if is_running:
            per = per_cent(100 * self._fraction)
            text = self.tr("Scoring the text: {0}").format(per)
        elif self._total.tokens:
            text = sum_text(self._total)
        else:
            text = self.tr(
                "Nothing of this page is scored yet: see what the model would not have expected."
            )
        self.label.setText(text)
        self.label.setAccessibleName(text)
        self.setAccessibleName(self.tr("Heat view: {0}").format(text))
        self.page_button.setHidden(is_running)
        self.whole_button.setHidden(is_running)
        self.stop_button.setVisible(is_running)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons below where they would leave the key too little room."""
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """As narrow as the buttons, or as the key."""
        width = max(self._buttons.minimumSize().width(), self._key_width(is_least=True)) + 28
        return QSize(width, super().minimumSizeHint().height())

    def _key_width(self, *, is_least: bool = False) -> int:
        caption = self.caption.fontMetrics().horizontalAdvance(self.caption.text())
        words = 40 if is_least else caption
        return words + sum(one.sizeHint().width() + 6 for one in self.samples)

    def _arrange(self) -> None:
        room = self.width() - 28 - self._buttons.sizeHint().width() - 12
        is_beside = room >= self._key_width() + 24  # or the caption would be broken
        self._top.setDirection(_BESIDE if is_beside else _BELOW)
        side = Qt.AlignmentFlag(0) if is_beside else Qt.AlignmentFlag.AlignRight
        self._top.setAlignment(self._buttons, side)
