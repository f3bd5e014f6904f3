"""The mark of a document that never goes to another machine."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.program import Program
from app.ui.actions import Actions
from app.ui.documents.controller import DocumentController
from app.ui.widgets.status_bar import StatusBar


class KeptHere(QObject):
    """Keeps the mark of the document on the page, and shows it in the menu and the status bar.

    The mark goes along to every file that the document is saved as, and back to it after a crash.
    `moved` when it is put on or taken off, or another document has come.
    """

    moved = Signal()

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        status: StatusBar,
        actions: Actions,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._program, self._documents = program, documents
        self._status, self._action = status, actions["keep_here"]
        self.is_on = False
        documents.replaced.connect(self._read)
        documents.saved.connect(self._carry)
        documents.followed.connect(self._carry)
        actions.connect_all({"keep_here": lambda: self.mark(not self.is_on)})

    def mark(self, is_on: bool) -> None:
        """Put the mark on or take it off.

        Where the disk refuses, which is told, the document counts as marked in this window.
        """
        kept = self._program.store.keep_here(self._documents.marked_as, is_on=is_on)
        self._show(is_on or not kept)
        if kept:
            stays = self.tr("Sent to no other machine.")
            self._status.say(stays if is_on else self.tr("May be sent to other machines."))

    def _read(self) -> None:
        self._show(self._program.store.is_kept_here(self._documents.marked_as))

    def _carry(self, path: str) -> None:
        """The document has a file, or another one, which may have been marked before."""
        if self.is_on:
            self._program.store.keep_here(path)
        else:
            self._show(self._program.store.is_kept_here(path))

    def _show(self, is_on: bool) -> None:
        self.is_on = is_on
        self._action.setChecked(is_on)
        self._status.show_kept_here(is_on)
        self.moved.emit()
