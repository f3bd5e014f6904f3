"""File → Export, Print and Import of a window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from app.program import Program
from app.ui.actions import Actions
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor
from app.ui.widgets.banner import BannerArea
from app.ui.widgets.controls import show_dialog
from app.ui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from app.ui.conversion.export_dialog import ExportDialog, Exported
    from app.ui.conversion.questions import ConversionQuestions
    from app.ui.conversion.sources import TextSource

# What the dialogs need is imported with the first of them: the window is shown without it.


class ConversionController(QObject):
    """Exports and prints the text on the page."""

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        editor: Editor,
        banners: BannerArea,
        status: StatusBar,
        actions: Actions,
    ) -> None:
        super().__init__(editor)
        self._program, self._documents, self._editor = program, documents, editor
        self._banners, self._status = banners, status
        self._questions: ConversionQuestions | None = None
        self.show_folder: Callable[[Path], object] = _show_folder
        actions.connect_all({"export": self.export})

    def begin(self) -> None:
        """The window is shown."""

    def close(self) -> None:
        """The window closes; its dialogs stop what they do as they close with it."""

    @property
    def questions(self) -> ConversionQuestions:
        """What is asked on top of the window."""
        if self._questions is None:
            from app.ui.conversion.questions import ConversionQuestions

            self._questions = ConversionQuestions(self._editor.window())
        return self._questions

    @questions.setter
    def questions(self, questions: ConversionQuestions) -> None:
        self._questions = questions

    def export(self) -> ExportDialog:
        """Open the dialog."""
        from app.core.conversion.looks.choices import ExportMemory
        from app.core.conversion.looks.profile_store import ExportProfiles
        from app.ui.conversion.export_dialog import ExportDialog

        paths = self._program.paths
        dialog = ExportDialog(
            self.sources(),
            ExportProfiles(paths.export_profiles_file),
            ExportMemory(paths.exports_file),
            self.questions,
            self._editor.window(),
        )
        dialog.exported.connect(self._on_exported)
        show_dialog(dialog)
        return dialog

    def sources(self) -> list[TextSource]:
        """What can be exported now; the selection comes first where there is one."""
        from app.ui.conversion.sources import text_source

        manuscript, documents = self._editor.manuscript, self._documents
        start, end = self._editor.selection
        folder = documents.path.parent if documents.path else Path.home()
        rows = [(self.tr("The whole document"), manuscript.text())]
        if end > start:
            rows.append((self.tr("The selection"), manuscript.text(start, end)))
        return [
            text_source(label, documents.marked_as, documents.path, folder, text)
            for label, text in rows
        ]

    def _on_exported(self, found: Exported) -> None:
        path, left_out = found.path, found.left_out

        def words() -> str:
            said = self.tr("Exported to {0}.").format(path)
            if left_out:
                said += " " + self.tr("%n image(s) were left out.", "", left_out)
            return said

        self._banners.say(
            words,
            "notice",
            lambda: {self.tr("Show in Folder"): lambda: self.show_folder(path.parent)},
        )
        self._status.say(self.tr("Exported {0}").format(path.name))


def _show_folder(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
