"""Opens the Runs window from the menu."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.program import Program
from app.ui.actions import Actions
from app.ui.documents.controller import DocumentController

if TYPE_CHECKING:
    from app.ui.runs.dialog import RunsDialog


class RunsController(QObject):
    """One Runs window, which stays open beside the page."""

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        actions: Actions,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._program, self._documents, self._window = program, documents, window
        self.dialog: RunsDialog | None = None
        actions.connect_all({"runs": self.open})

    def begin(self) -> None:
        """The window is shown."""

    def close(self) -> None:
        """The window closes."""
        if self.dialog is not None:
            self.dialog.reject()

    def open(self) -> None:
        """Show the runs, or bring their window to the front."""
        from app.core.runs.record import RunRecords
        from app.ui.runs.dialog import RunsDialog

        if self.dialog is None:
            path = self._documents.path
            folder = path.parent if path is not None else Path.home()
            records = RunRecords(self._program.paths.runs)
            self.dialog = dialog = RunsDialog(records, folder, self._window)
            dialog.finished.connect(lambda _code: self._forget(dialog))
            dialog.show()
        self.dialog.activateWindow()

    def _forget(self, dialog: RunsDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None
        dialog.deleteLater()
