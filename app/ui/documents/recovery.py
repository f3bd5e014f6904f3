"""Recovery: texts that were not saved when a program ended, offered until they are discarded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QWidget

from app.core.documents.text_files import new_document
from app.core.errors import DocumentChangedError, LampblackError
from app.core.store import Recovery
from app.program import Program
from app.ui.documents.controller import DocumentController
from app.ui.editor.manuscript import count_words
from app.ui.numbers import number_text
from app.ui.questions import Questions
from app.ui.texts import moment_text
from app.ui.widgets.controls import show_dialog
from app.ui.widgets.two_line_list import TextListDialog


class RecoveryDialog(TextListDialog):
    """Lists recovered texts; each can be restored, saved elsewhere or discarded, or wait."""

    restore_asked = Signal(object)
    save_asked = Signal(object)
    discard_asked = Signal(object)

    def __init__(self, recoveries: Sequence[Recovery], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Recovered Texts"))
        self.list.setAccessibleName(self.tr("Recovered texts"))
        self.preview.setAccessibleName(self.tr("Preview"))
        self.intro.setText(
            self.tr(
                "Lampblack ended before these texts were saved. "
                "They are kept until you restore or discard them."
            )
        )
        self.restore = self._button(self.tr("Restore"), self.restore_asked, "primary")
        self.restore.setDefault(True)
        self._button(self.tr("Save As…"), self.save_asked)
        self._button(self.tr("Discard"), self.discard_asked)
        self.buttons.addButton(self.tr("Later"), QDialogButtonBox.ButtonRole.RejectRole)
        self.fill((self._lines(recovery), recovery) for recovery in recoveries)

    def remove(self, recovery: Recovery) -> None:
        """Take a text off the list that has been dealt with; the last one closes the dialog."""
        for row in range(self.list.count()):
            if self.list.item(row).data(Qt.ItemDataRole.UserRole) == recovery:
                self.list.takeItem(row)
                break
        if not self.list.count():
            self.accept()

    def _button(self, text: str, signal: SignalInstance, kind: str = "") -> QPushButton:
        button = self.add_button(text, kind)
        button.clicked.connect(lambda: signal.emit(self.current()))
        return button

    def _lines(self, recovery: Recovery) -> str:
        name = Path(recovery.path).name if recovery.path else self.tr("Untitled")
        count = count_words(recovery.text)
        words = self.tr("{0} words", "", count).format(number_text(count))
        return f"{name}\n{words}, {moment_text(recovery.changed_at)}"


class RecoveryController(QObject):
    """Looks for recoverable texts at the start and shows the dialog for them."""

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        questions: Questions,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._program, self._documents, self._questions = program, documents, questions
        self._window = window
        self.dialog: RecoveryDialog | None = None

    def begin(self) -> None:
        """Show the dialog if there is anything to recover."""
        found = self._program.store.recoverable()
        if not found:
            return
        self.dialog = RecoveryDialog(found, self._window)
        self.dialog.destroyed.connect(self._forget)
        self.dialog.restore_asked.connect(self.restore)
        self.dialog.save_asked.connect(self.save)
        self.dialog.discard_asked.connect(self.discard)
        show_dialog(self.dialog)

    def restore(self, recovery: Recovery) -> None:
        """Put the text on the page."""
        if self._documents.restore(recovery):
            self._done(recovery)

    def save(self, recovery: Recovery) -> None:
        """Save the text into a file of the writer's choice."""
        name = Path(recovery.path) if recovery.path else Path.home() / "Recovered.txt"
        path = self._questions.save_path(name)
        try:
            if path is None or not self._save_to(path, recovery.text):
                return
            self._program.store.discard(recovery.id)
        except LampblackError as error:
            self._documents.failed.emit(error)
            return
        self._done(recovery)

    def discard(self, recovery: Recovery) -> None:
        """Forget the text; it is not offered again."""
        self._program.store.discard(recovery.id)
        self._done(recovery)

    def _save_to(self, path: Path, text: str, *, overwrite: bool = False) -> bool:
        """Whether the text is in the file now; a file that is there is asked about."""
        try:
            self._documents.files.save(new_document(), text, path, overwrite=overwrite)
        except DocumentChangedError as error:
            again = self._questions.overwrite(error)
            return again and self._save_to(path, text, overwrite=True)
        return True

    def _done(self, recovery: Recovery) -> None:
        if self.dialog is not None:
            self.dialog.remove(recovery)

    def _forget(self) -> None:
        self.dialog = None
