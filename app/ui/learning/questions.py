"""What the window asks about a training and about what was learned."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.core.conversion.importing import SUFFIXES


class LearningQuestions(QObject):
    """Asks the user, on top of `window`; every method returns the answer."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def leave(self, name: str) -> bool:
        """Whether to leave the program while a training goes on."""
        from app.ui.questions import question_box

        box = question_box(
            self._window,
            self.tr("Leave while “{0}” is being learned?").format(name),
            self.tr(
                "The training is stopped; what was learned so far is kept. Go on with it later in "
                "Model, Learn My Style."
            ),
        )
        stop = box.addButton(self.tr("Stop and Leave"), box.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(box.StandardButton.Cancel))
        box.exec()
        return box.clickedButton() is stop

    def files(self, start: Path) -> list[Path]:
        """Which files are learned from, too."""
        from PySide6.QtWidgets import QFileDialog

        known = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        filters = self.tr("Texts ({0});;All files (*)").format(known)
        title = self.tr("Add Pages")
        names, _filter = QFileDialog.getOpenFileNames(self._window, title, str(start), filters)
        return list(map(Path, names))

    def folder(self, start: Path) -> Path | None:
        """Which folder is learned from, too."""
        from PySide6.QtWidgets import QFileDialog

        title = self.tr("Add a Folder of Pages")
        name = QFileDialog.getExistingDirectory(self._window, title, str(start))
        return Path(name) if name else None
