"""The progress strip: what is going on, how far it is, and a Stop button."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.ui.widgets.controls import Note

_STEPS = 1000


class ProgressStrip(QWidget):
    """One line of text over a slim bar; hidden while there is nothing to show."""

    stopped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = Note()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.stop_button = QPushButton(self.tr("Stop"))
        self.stop_button.setProperty("kind", "small")
        self.stop_button.clicked.connect(self.stopped)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.bar, 1)
        line.addWidget(self.stop_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2)
        whole.addWidget(self.text)
        whole.addLayout(line)
        self.hide()

    def show_fraction(self, text: str, fraction: float) -> None:
        """Show `text` and how far it is, 0 to 1; below 0 the end is not known."""
        self.text.say(text)
        self.bar.setRange(0, 0 if fraction < 0 else _STEPS)
        self.bar.setValue(round(max(0.0, min(fraction, 1.0)) * _STEPS))
        self.show()
