"""The passport of a model among its details: what was found out, or that it was not tried yet."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.core.passport import Passport, card, words
from app.ui.moments import moment_text
from app.ui.passport_words import passport_tr
from app.ui.widgets.controls import FlowingNote
from app.ui.widgets.theme import heading_font


class PassportCard(QWidget):
    """Sentences, the warnings apart, and the button that tries the model out."""

    def __init__(self, button: QPushButton, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = QLabel(self.tr("Passport"))
        self.heading.setFont(heading_font(self.font()))
        self.text = FlowingNote("")
        self.warning = FlowingNote("wrong")
        self.made = FlowingNote()
        line = QHBoxLayout()
        line.addWidget(button)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        for widget in (self.heading, self.text, self.warning, self.made):
            column.addWidget(widget)
        column.addLayout(line)

    def show_passport(self, passport: Passport | None) -> None:
        """Show what is known of a model."""
        if passport is None:
            self.text.say(self.tr("Not tried out yet."))
            self.warning.say("")
            self.made.say("")
            return
        warnings = card(passport, passport_tr).warnings
        told = words(passport, passport_tr)
        self.text.say("\n".join(told[: len(told) - len(warnings)]))
        self.warning.say("\n".join(warnings))
        made = self.tr("Tried out {0}, on this machine.")
        self.made.say(made.format(moment_text(passport.made_at)) if passport.made_at else "")
