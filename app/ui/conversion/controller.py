"""File → Export, Print and Import of a window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog

from app.core.changes.compare import TextChange
from app.core.provenance.origins import Origin
from app.program import Program
from app.ui.actions import Actions
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor
from app.ui.widgets.banner import BannerArea
from app.ui.widgets.controls import show_dialog
from app.ui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from app.core.books.contents import BookContents
    from app.core.conversion.looks.choices import ExportMemory
    from app.core.conversion.looks.profile_store import ExportProfiles
    from app.ui.conversion.export_dialog import ExportDialog, Exported
    from app.ui.conversion.import_dialog import ImportDialog
    from app.ui.conversion.print_dialog import PrintDialog
    from app.ui.conversion.questions import ConversionQuestions
    from app.ui.conversion.sources import TextSource

Changes = Sequence[TextChange]
OpenOnPage = tuple[Changes, Sequence[str]]
"""Open changes, counted in the text's characters, and the author of each."""

_OTHERS = (".docx", ".odt", ".epub")

# What the dialogs need is imported with the first of them: the window is shown without it.


class ConversionController(QObject):
    """Exports and prints the text on the page, and imports those of other programs.

    `book` gives the open book, `open_book` opens another one; `changes` gives what is open in the
    text on the page, with the author of each, and `open_changes` opens such. All are set by the
    window.
    """

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
        self._dialog: QDialog | None = None
        self.show_folder: Callable[[Path], object] = _show_folder
        self.book: Callable[[], BookContents | None] = lambda: None
        self.open_book: Callable[[Path], object] = lambda _folder: None
        self.changes: Callable[[], OpenOnPage] = lambda: ((), ())
        self.open_changes: Callable[[Changes, Sequence[str]], object] = lambda _all, _by: None
        actions.connect_all(
            {"export": self.export, "import": self.choose_import, "print": self.print_text}
        )

    def begin(self) -> None:
        """The window is shown."""

    def close(self) -> None:
        """The window closes: stop what its dialog does."""
        if self._dialog is not None:
            self._dialog.reject()

    def _show(self, dialog: QDialog) -> None:
        """Show a dialog, of which there is one at a time."""
        self._dialog = dialog
        dialog.finished.connect(lambda _result: self._forget(dialog))
        show_dialog(dialog)

    def _forget(self, dialog: QDialog) -> None:
        if self._dialog is dialog:
            self._dialog = None

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
        """Open the dialog of export."""
        from app.ui.conversion.export_dialog import ExportDialog

        dialog = ExportDialog(self.sources(), *self._kept(), self.questions, self._editor.window())
        dialog.exported.connect(self._on_exported)
        self._show(dialog)
        return dialog

    def print_text(self) -> PrintDialog:
        """Open the dialog of printing."""
        from app.ui.conversion.print_dialog import PrintDialog

        dialog = PrintDialog(self.sources(), *self._kept(), self.questions, self._editor.window())
        dialog.printed.connect(self._on_printed)
        self._show(dialog)
        return dialog

    def _kept(self) -> tuple[ExportProfiles, ExportMemory]:
        from app.core.conversion.looks.choices import ExportMemory
        from app.core.conversion.looks.profile_store import ExportProfiles

        paths = self._program.paths
        return ExportProfiles(paths.export_profiles_file), ExportMemory(paths.exports_file)

    def sources(self) -> list[TextSource]:
        """What can be exported now: what is on the page, and the open book.

        The book comes first where the page is a scene of it.
        """
        from app.ui.conversion.sources import text_source

        manuscript, documents = self._editor.manuscript, self._documents
        start, end = self._editor.selection
        folder = documents.path.parent if documents.path else Path.home()
        nothing: OpenOnPage = ((), ())
        rows = [(self.tr("The whole document"), manuscript.text(), self.changes())]
        if end > start:
            rows.append((self.tr("The selection"), manuscript.text(start, end), nothing))
        shown = [
            text_source(label, documents.marked_as, documents.path, folder, text, *changes)
            for label, text, changes in rows
        ]
        path = documents.path
        is_scene = path is not None and documents.saves_itself(path)
        return [*self._of_book(path), *shown] if is_scene else [*shown, *self._of_book(None)]

    def _of_book(self, scene: Path | None) -> list[TextSource]:
        """The sources of the open book; its scene on the page is saved first."""
        contents = self.book()
        if contents is None:
            return []
        from app.ui.conversion.book_sources import book_sources

        if scene is not None and self._documents.is_modified:
            self._documents.save()
        return book_sources(contents, scene)

    def _on_printed(self, pages: int) -> None:
        self._status.say(self.tr("%n page(s) were sent to the printer.", "", pages))

    # Import

    def choose_import(self) -> None:
        """Ask which file to import."""
        documents = self._documents
        path = self.questions.import_file(documents.path.parent if documents.path else Path.home())
        if path is not None:
            self.import_file(path)

    def offer(self, path: Path) -> None:
        """Import a file that was dropped, or named at the start: as soon as the window is shown."""
        if self._editor.window().isVisible():
            self.import_file(path)
        else:
            QTimer.singleShot(0, self, lambda: self.import_file(path))

    def import_file(self, path: Path) -> ImportDialog:
        """Open the dialog for a file."""
        from app.ui.conversion.import_dialog import ImportDialog

        dialog = ImportDialog(path, self.questions, self._editor.window())
        dialog.as_document.connect(self._take_document)
        dialog.as_book.connect(self._take_chapters)
        self._show(dialog)
        return dialog

    def _take_document(self, text: str, authors: tuple[str, ...] = ()) -> None:
        """Put a text on a new page, as one step; changes that are marked in it are opened."""
        from app.core.changes.marked import unmarked

        if self._documents.new():
            original, changes, whose = unmarked(text, authors)
            with self._editor.putting(Origin("unknown")):
                self._editor.insert_plain(original)
            self.open_changes(changes, whose)
            self._editor.move_caret(0)
            self._status.say(self.tr("Imported. It is not saved yet."))

    def _take_chapters(self, folder: Path) -> None:
        """Open the book that was written."""
        self._banners.say(
            lambda: self.tr("The chapters are in {0}.").format(folder),
            "notice",
            lambda: {self.tr("Show in Folder"): lambda: self.show_folder(folder)},
        )
        self.open_book(folder)

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


def is_importable(path: Path) -> bool:
    """Whether a file is another program's, and imported where it is dropped or opened."""
    return path.suffix.lower() in _OTHERS


def _show_folder(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
