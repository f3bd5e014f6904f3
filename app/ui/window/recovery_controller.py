"""The recovery models: offers the texts that were never saved, and obeys the writer's answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.core.documents.text_files import new_document, save_document
from app.core.errors import DocumentChangedError, LampblackError
from app.core.store import Recovery
from app.ui.widgets.controls import show_dialog
from app.ui.window.main_window import MainWindow

if TYPE_CHECKING:
    from app.ui.documents.recovery_dialog import RecoveryDialog


class RecoveryController(QObject):
    """Looks for recoverable texts at the start and shows the dialog for them."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._store = window.program.store
        self.dialog: RecoveryDialog | None = None

    def begin(self) -> None:
        """Show the dialog if there is anything to recover."""
        found = self._store.recoverable()
        if not found:
            return
        from app.ui.documents.recovery_dialog import RecoveryDialog

        self.dialog = RecoveryDialog(found, self._window)
        self.dialog.destroyed.connect(self._forget)
        self.dialog.restore_asked.connect(self.restore)
        self.dialog.save_asked.connect(self.save)
        self.dialog.discard_asked.connect(self.discard)
        show_dialog(self.dialog)

    def restore(self, recovery: Recovery) -> None:
        """Put the text on the page."""
        if self._window.documents.restore(recovery):
            self._window.page.show_page()
            self._done(recovery)

    def save(self, recovery: Recovery) -> None:
        """Save the text into a file of the writer's choice."""
        name = Path(recovery.path) if recovery.path else Path.home() / "Recovered.txt"
        path = self._window.questions.save_path(name)
        try:
            if path is None or not self._save_to(path, recovery.text):
                return
            self._store.discard(recovery.id)
        except LampblackError as error:
            self._window.notices.show_error(error)
            return
        self._done(recovery)

    def discard(self, recovery: Recovery) -> None:
        """Forget the text for good."""
        self._store.discard(recovery.id)
        self._done(recovery)

    def _save_to(self, path: Path, text: str, *, overwrite: bool = False) -> bool:
        """Whether the text is in the file now; a file that is there is asked about."""
        snapshots = self._window.program.paths.snapshots
        try:
            save_document(new_document(), text, path, snapshots=snapshots, overwrite=overwrite)
        except DocumentChangedError as error:
            again = self._window.questions.overwrite(error)
            return again and self._save_to(path, text, overwrite=True)
        return True

    def _done(self, recovery: Recovery) -> None:
        if self.dialog is not None:
            self.dialog.remove(recovery)

    def _forget(self) -> None:
        self.dialog = None
