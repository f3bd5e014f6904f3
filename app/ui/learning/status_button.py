"""The button in the status bar that says how far a training is, and leads to its window."""

from __future__ import annotations

from PySide6.QtWidgets import QToolButton, QWidget

from app.ui.languages import on_language_change
from app.ui.learning.gives_way import GivesWay
from app.ui.learning.learning_run import LearningRun
from app.ui.numbers import per_cent


class LearningButton(QToolButton):
    """Hidden while nothing is learned and nothing learned is to be looked at."""

    def __init__(self, run: LearningRun, way: GivesWay, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run, self._way = run, way
        self._learned = ""
        self.setAutoRaise(True)
        self._word()
        run.moved.connect(self._word)
        way.changed.connect(self._word)
        on_language_change(self._word)

    def show_learned(self, name: str) -> None:
        """Say that something was learned, until it is looked at; an empty name says nothing."""
        self._learned = name
        self._word()

    def _word(self) -> None:
        text = self._text()
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)
        self.setToolTip(self.tr("Show what is learned, and how far it is"))
        self.setVisible(bool(text))

    def _text(self) -> str:
        run = self._run
        if run.doing != "training":
            return self.tr("Learned: {0}").format(self._learned) if self._learned else ""
        if self._way.reason:
            return self.tr("Learning: paused")
        if run.samples is not None:
            return self.tr("Learning: writing samples")
        if run.fraction is None:
            return self.tr("Learning…")
        return self.tr("Learning: {0}").format(per_cent(int(100 * run.fraction)))
