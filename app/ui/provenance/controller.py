"""Provenance in the window: the tint, and what the status bar says of the text at the caret."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QLabel

from app.program import Program
from app.ui.actions import Actions
from app.ui.background import BackgroundTasks
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor
from app.ui.languages import on_language_change
from app.ui.provenance.keeper import ProvenanceKeeper
from app.ui.provenance.tint import OriginTint
from app.ui.widgets.controls import ElidedLabel
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
        self._actions = actions
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
        actions.connect_all({"origins": self.toggle})
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

    def _tell(self, words: str) -> None:
        self.label.setText(words)
        self.label.setAccessibleName(self.tr("At the cursor: {0}").format(words))
        self.label.setToolTip(words)
        self.label.setVisible(bool(words))
