"""What export and import ask for on top of a window: files, folders and names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.core.conversion.importing import SUFFIXES
from app.ui.conversion.texts import format_name
from app.ui.questions import question_box

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter


class ConversionQuestions(QObject):
    """Asks the user; every method returns the answer, None or "" where there is none."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def target(self, suggestion: Path, suffix: str) -> Path | None:
        """Which file to write; that one is there already is asked afterwards."""
        from PySide6.QtWidgets import QFileDialog

        name, _filter = QFileDialog.getSaveFileName(
            self._window,
            self.tr("Export"),
            str(suggestion),
            f"{format_name(suffix)} (*{suffix})",
            "",
            QFileDialog.Option.DontConfirmOverwrite,
        )
        path = Path(name) if name else None
        if path is not None and path.suffix.lower() != suffix:
            path = path.with_name(path.name + suffix)
        return path

    def replace(self, path: Path) -> bool:
        """Whether to write over a file."""
        box = question_box(
            self._window,
            self.tr("Write over “{0}”?").format(path.name),
            self.tr("There is already a file of that name in {0}. What it holds is lost.").format(
                path.parent
            ),
        )
        replace = box.addButton(self.tr("Write Over It"), box.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(box.StandardButton.Cancel))
        box.exec()
        return box.clickedButton() is replace

    def printer(self, printer: QPrinter) -> bool:
        """Which printer, and how; what is answered is set in `printer`."""
        from PySide6.QtPrintSupport import QPrintDialog

        dialog = QPrintDialog(printer, self._window)
        dialog.setOption(QPrintDialog.PrintDialogOption.PrintPageRange)
        return bool(dialog.exec())

    def import_file(self, folder: Path) -> Path | None:
        """Which file to import."""
        kinds = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        filters = f"{self.tr('Texts')} ({kinds});;{self.tr('All files')} (*)"
        return self._open(self.tr("Import a Text"), folder, filters)

    def folder(self, suggestion: Path) -> Path | None:
        """Into which folder."""
        from PySide6.QtWidgets import QFileDialog

        name = QFileDialog.getExistingDirectory(
            self._window, self.tr("Choose a Folder"), str(suggestion)
        )
        return Path(name) if name else None

    def shared_profile(self) -> Path | None:
        """Which file of profiles to take in."""
        return self._open(self.tr("Take In a Profile"), Path.home(), "JSON (*.json)")

    def profile_target(self, name: str) -> Path | None:
        """Where to write a profile that is shared."""
        from PySide6.QtWidgets import QFileDialog

        found, _filter = QFileDialog.getSaveFileName(
            self._window,
            self.tr("Share This Profile"),
            str(Path.home() / f"{name}.json"),
            "JSON (*.json)",
        )
        path = Path(found) if found else None
        return path.with_suffix(".json") if path and not path.suffix else path

    def _open(self, title: str, folder: Path, filters: str) -> Path | None:
        from PySide6.QtWidgets import QFileDialog

        name, _filter = QFileDialog.getOpenFileName(self._window, title, str(folder), filters)
        return Path(name) if name else None
