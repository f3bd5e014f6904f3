"""The dialog that shows the text on the page and the file's side by side."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QScrollBar,
    QVBoxLayout,
    QWidget,
)

from app.core.text.differences import difference
from app.ui.background import BackgroundTasks
from app.ui.history.difference_view import DifferenceView
from app.ui.history.excerpt import Part, parts_of


class ComparisonDialog(QDialog):
    """Marks in each of two texts what the other has not; `answered` is "theirs", "mine" or empty.

    They are compared in the background.
    """

    answered = Signal(str)

    def __init__(self, name: str, mine: str, theirs: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answer = ""
        self._is_scrolling = False
        self._background = BackgroundTasks(lambda _error: None, self)
        self.setWindowTitle(self.tr("Both Side by Side"))
        self.theirs, self.mine = DifferenceView(), DifferenceView()
        self._lay_out(name)
        for one, other in ((self.theirs, self.mine), (self.mine, self.theirs)):
            one.say(self.tr("Comparing…"))
            bars = one.verticalScrollBar(), other.verticalScrollBar()
            bars[0].valueChanged.connect(partial(self._scroll, *bars))
        self.finished.connect(self._on_finished)
        self._background.run(lambda: parts_of(difference(theirs, mine)), self._show)

    def _lay_out(self, name: str) -> None:
        intro = QLabel(
            self.tr(
                "Underlined is what only one of the texts has. Whichever stays, the other one is "
                "kept in the history, from which passages can be taken."
            )
        )
        intro.setWordWrap(True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        titles = (self.tr("In the file {0}").format(name), self.tr("On the page"))
        for column, (title, view) in enumerate(zip(titles, (self.theirs, self.mine), strict=True)):
            label = QLabel(title)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setBuddy(view)
            view.setAccessibleName(title)
            grid.addWidget(label, 0, column)
            grid.addWidget(view, 1, column)
            grid.setColumnStretch(column, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 16)
        whole.setSpacing(12)
        whole.addWidget(intro)
        whole.addLayout(grid, 1)
        whole.addWidget(self._make_buttons())
        self.resize(960, 600)

    def _make_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.take_theirs = buttons.addButton(self.tr("Take Theirs"), role)
        self.keep_mine = buttons.addButton(self.tr("Keep Mine"), role)
        buttons.addButton(self.tr("Later"), QDialogButtonBox.ButtonRole.RejectRole)
        self.take_theirs.clicked.connect(lambda: self._decide("theirs"))
        self.keep_mine.clicked.connect(lambda: self._decide("mine"))
        buttons.rejected.connect(self.reject)
        return buttons

    def _show(self, parts: tuple[Part, ...]) -> None:
        if not parts:
            for view in (self.theirs, self.mine):
                view.say(self.tr("Both texts are the same."))
            return
        self.theirs.show_parts(
            [
                replace(one, kind="added") if one.kind == "removed" else one
                for one in parts
                if one.kind != "added"
            ]
        )
        self.mine.show_parts([one for one in parts if one.kind != "removed"])

    def _scroll(self, moved: QScrollBar, other: QScrollBar, value: int) -> None:
        """Show about the same place of the other text."""
        if self._is_scrolling or not moved.maximum():
            return
        self._is_scrolling = True
        other.setValue(round(value * other.maximum() / moved.maximum()))
        self._is_scrolling = False

    def _decide(self, answer: str) -> None:
        self._answer = answer
        self.accept()

    def _on_finished(self) -> None:
        self._background.close()
        self.answered.emit(self._answer)
