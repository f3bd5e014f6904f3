"""The window of learning: choosing, following, what came of it, and the blind test."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QStackedWidget, QVBoxLayout, QWidget

from app.ui.learning.blind_page import BlindPage
from app.ui.learning.card_page import CardPage
from app.ui.learning.gives_way import GivesWay
from app.ui.learning.learning_run import LearningRun
from app.ui.learning.progress_page import ProgressPage
from app.ui.learning.setup_page import SetupPage


class LearningWindow(QDialog):
    """One of four pages; closing it leaves a training running."""

    def __init__(self, run: LearningRun, way: GivesWay, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Learn My Style"))
        self.setup, self.progress = SetupPage(), ProgressPage(run, way)
        self.card, self.blind = CardPage(), BlindPage()
        self.stack = QStackedWidget()
        for page in (self.setup, self.progress, self.card, self.blind):
            self.stack.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.stack)
        self.progress.hidden_asked.connect(self.close)
        self.card.test_asked.connect(self._test)
        self.blind.left.connect(lambda: self.show_page(self.card))
        self.blind.done.connect(self.card.show_result)
        self.resize(640, 700)

    def show_page(self, page: QWidget) -> None:
        """Bring a page to the front."""
        self.stack.setCurrentWidget(page)
        if page is self.progress:
            self.progress.show_now()

    def _test(self) -> None:
        if self.card.learned is not None:
            self.show_page(self.blind)
            self.blind.begin(self.card.learned)
