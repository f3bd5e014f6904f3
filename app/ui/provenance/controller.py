"""Provenance in the window: the tint, what the status bar says of the caret, and the report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QLabel

from app.core.provenance.report import ProvenanceReport
from app.program import Program
from app.ui.actions import Actions
from app.ui.background import BackgroundTasks
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor
from app.ui.languages import on_language_change
from app.ui.provenance.keeper import ProvenanceKeeper
from app.ui.provenance.tint import OriginTint
from app.ui.widgets.controls import ElidedLabel, show_dialog
from app.ui.widgets.status_bar import StatusBar

_PLACE = 4  # in the status bar, before the words


class ProvenanceController(QObject):
    """Shows what the `keeper` knows."""

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        editor: Editor,
        status: StatusBar,
        actions: Actions,
    ) -> None:
        super().__init__(editor)
        self._program, self._documents, self._editor = program, documents, editor
        self._status, self._actions = status, actions
        self.book: Callable[[], Path | None] = lambda: None
        """The folder of the book that the text on the page belongs to."""
        self.keeper = ProvenanceKeeper(program.store, documents, editor)
        self._tasks = BackgroundTasks(documents.failed.emit, self)
        self.tint = OriginTint(editor, self.keeper.tracker, program.store, self._tasks)
        self.label: QLabel = ElidedLabel()
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setProperty("kind", "muted")
        self.label.setContentsMargins(8, 0, 8, 0)
        self.label.hide()
        status.insertPermanentWidget(_PLACE, self.label)
        self.tint.told.connect(self._tell)
        actions.connect_all({"origins": self.toggle, "provenance": self.open})
        on_language_change(self.tint.show_now)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is looked up."""
        return self.keeper.is_idle and self._tasks.is_idle

    def begin(self) -> None:
        """The window is shown."""
        self.keeper.begin()

    def close(self) -> None:
        """The window closes."""
        self.tint.close()
        self._tasks.close()
        self.keeper.close()

    def toggle(self) -> None:
        """Show where the text comes from, or do not show it any more."""
        self.tint.switch(on=not self.tint.is_on)
        self._actions["origins"].setChecked(self.tint.is_on)

    def open(self) -> None:
        """Count where the text, or the book that it is in, comes from, and show it."""
        from app.core.books.provenance import UnsavedText, page_report, report_on

        path, folder = self._documents.path, self.book()
        text, runs = self._editor.manuscript.text(), self.keeper.tracker.spans.runs
        page, name = UnsavedText(path, text, runs), self._documents.name
        store, models = self._program.store, self._program.library

        def work() -> ProvenanceReport:
            licences = {model.path: model.licence for model in models.list()}
            if folder is not None:
                return report_on(folder, store, lambda model: licences.get(model, ""), page)
            return page_report(name, page, store, lambda model: licences.get(model, ""))

        self._status.say(self.tr("Counting the words…"))
        self._tasks.run(work, self._show)

    def _show(self, report: ProvenanceReport) -> None:
        from app.ui.provenance.report_dialog import ProvenanceDialog

        self._status.clearMessage()
        path = self._documents.path
        folder = path.parent if path is not None else Path.home()
        dialog = ProvenanceDialog(report, folder, self._editor.window())
        dialog.failed.connect(self._documents.failed)
        said = self.tr("The report is in {0}.")
        dialog.saved.connect(lambda path: self._status.say(said.format(path)))
        show_dialog(dialog)

    def _tell(self, words: str) -> None:
        self.label.setText(words)
        name = self.tr("At the cursor: {0}").format(words) if words else ""
        self.label.setAccessibleName(name)
        self.label.setToolTip(words)
        self.label.setVisible(bool(words))
