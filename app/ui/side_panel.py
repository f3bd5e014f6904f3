"""The side panel: how the model writes, and the models, as two tabs."""

from __future__ import annotations

from PySide6.QtWidgets import QTabWidget, QWidget

_MODELS = 1  # the tab's place


class SidePanel(QTabWidget):
    """Shows `sampling` at once; the models come when they are made."""

    def __init__(self, sampling: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocumentMode(True)
        self.setAccessibleName(self.tr("Side panel"))
        self.addTab(sampling, self.tr("Writing"))
        self.addTab(QWidget(), self.tr("Models"))
        self.setMinimumWidth(300)

    def put_models(self, panel: QWidget) -> None:
        """Put the models in the place that was kept for them, whichever tab is in front."""
        shown, waiting, title = self.currentIndex(), self.widget(_MODELS), self.tabText(_MODELS)
        self.removeTab(_MODELS)
        self.insertTab(_MODELS, panel, title)
        self.setCurrentIndex(shown)
        if waiting is not None:
            waiting.deleteLater()
