"""How words are searched for: by letter case, as whole words, or as a regular expression."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from app.core.documents.normalise import normalise
from app.core.documents.search import Query
from app.ui.languages import on_language_change


class SearchSwitches(QWidget):
    """Three small buttons in a row, each with a sign. `toggled` when one was switched."""

    toggled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.case, self.whole, self.pattern = map(_switch, ("Aa", "|ab|", ".*"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for switch in self._all():
            row.addWidget(switch)
            switch.toggled.connect(lambda _on: self.toggled.emit())
        self._word()
        on_language_change(self._word)

    def query(self, words: str) -> Query:
        """What is searched for with these words as they were typed."""
        return Query(
            normalise(words),
            is_pattern=self.pattern.isChecked(),
            has_case=self.case.isChecked(),
            is_whole=self.whole.isChecked(),
        )

    def _all(self) -> tuple[QToolButton, ...]:
        return (self.case, self.whole, self.pattern)

    def _word(self) -> None:
        names = (self.tr("Match case"), self.tr("Whole words"), self.tr("Regular expression"))
        for switch, name in zip(self._all(), names, strict=True):
            switch.setToolTip(name)
            switch.setAccessibleName(name)


def _switch(sign: str) -> QToolButton:
    switch = QToolButton()
    switch.setText(sign)
    switch.setCheckable(True)
    switch.setAutoRaise(True)
    switch.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return switch
