"""Moves the document on the page to the trash, shows the trash, and empties it of what is old."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.core.errors import DocumentError, LampblackError
from app.core.store import TrashedDocument
from app.program import Program
from app.ui.actions import Actions
from app.ui.background import BackgroundTasks
from app.ui.documents.controller import DocumentController
from app.ui.history.trash_dialog import TrashDialog
from app.ui.questions import question_box
from app.ui.widgets.banner import BannerArea
from app.ui.widgets.controls import show_dialog
from app.ui.widgets.status_bar import StatusBar


class TrashController(QObject):
    """The trash in the window."""

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        banners: BannerArea,
        status: StatusBar,
        actions: Actions,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._trash, self._documents = program.store.trash, documents
        self._banners, self._status, self._window = banners, status, window
        self._background = BackgroundTasks(documents.failed.emit, self)
        self.dialog: TrashDialog | None = None
        actions.connect_all({"trash_document": self.put, "trash": self.open})

    def begin(self) -> None:
        """Delete for ever, in the background, what has been in the trash for 30 days."""
        self._background.run(self._trash.purge)

    def close(self) -> None:
        """The window closes."""
        self._background.close()

    def put(self) -> None:
        """Move the file of the document on the page to the trash, and show an empty page."""
        path = self._documents.path
        if path is None:
            self._status.say(self.tr("This text is in no file, so there is none to delete."))
            return
        if not self._documents.may_leave():
            return
        try:
            number = self._trash.put(path, self._documents.document.encoding)
        except LampblackError as error:
            self._documents.failed.emit(error)
            return
        self._documents.leave(path)
        self._banners.say(
            lambda: self.tr("“{0}” is in the trash, where it stays for 30 days.").format(path.name),
            "notice",
            lambda: {self.tr("Put It Back"): partial(self._put_back, number)},
        )

    def open(self) -> None:
        """Show what is in the trash."""
        self.dialog = TrashDialog(self._trash.documents(), self._trash.data, self._window)
        self.dialog.finished.connect(lambda _result: self._forget())
        self.dialog.restore_asked.connect(lambda document: self.restore(document, None))
        self.dialog.restore_as_asked.connect(self._restore_as)
        self.dialog.delete_asked.connect(self.delete)
        show_dialog(self.dialog)

    def restore(self, document: TrashedDocument, to: Path | None) -> None:
        """Write a document to where it was, or `to`."""
        try:
            path = self._trash.restore(document.id, to)
        except LampblackError as error:
            self._documents.failed.emit(error)
            return
        self._gone(document)
        self._status.say(self.tr("Restored {0}").format(path))

    def delete(self, document: TrashedDocument) -> None:
        """Delete a document for ever, if that is meant."""
        if self._is_meant(document) and self._trash.delete(document.id):
            self._gone(document)

    def _restore_as(self, document: TrashedDocument) -> None:
        path = self._documents.questions.save_path(Path(document.path))
        if path is not None:
            self.restore(document, path)

    def _put_back(self, number: int) -> None:
        """Restore what has just been deleted, and open it again."""
        try:
            path = self._trash.restore(number)
        except DocumentError as error:
            self._documents.failed.emit(error)
        else:
            self._documents.open_path(path)

    def _is_meant(self, document: TrashedDocument) -> bool:
        box = question_box(
            self.dialog or self._window,
            self.tr("Delete “{0}” for ever?").format(document.name),
            self.tr(
                "The document and its versions are gone then. What the model wrote for it stays "
                "among the takes, and the backups of the store hold it for some days."
            ),
        )
        delete = box.addButton(self.tr("Delete for Ever"), box.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(box.StandardButton.Cancel))
        box.exec()
        return box.clickedButton() is delete

    def _gone(self, document: TrashedDocument) -> None:
        if self.dialog is not None:
            self.dialog.remove(document)

    def _forget(self) -> None:
        self.dialog = None
