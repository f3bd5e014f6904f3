"""The questions of the manager: before a download, and which file or folder."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox

from app.core.models.other_programs import PROGRAMS, ProgramStore
from app.downloads.queue import DownloadNeed
from app.ui.numbers import data_size_text
from app.ui.questions import Questions, question_box
from app.ui.texts import list_text


class ManagerQuestions(Questions):
    """Asks on top of the manager, what other windows ask and more."""

    def download(self, title: str, need: DownloadNeed) -> bool:
        """Whether to fetch a model from a host."""
        size = (
            data_size_text(need.bytes) if need.bytes else self.tr("a size that only the host knows")
        )
        box = question_box(
            self._window,
            self.tr("Download {0}?").format(title),
            self.tr(
                "It comes from {0} and takes {1}; {2} are free on the disk. Every byte is checked, "
                "and nothing you write is sent. You can pause it and go on at any time. For {0} "
                "you are asked only this once, unless you choose otherwise in Settings."
            ).format(need.host, size, data_size_text(need.free)),
        )
        return self._is_agreed(box, self.tr("Download"))

    def try_out(self, title: str) -> bool:
        """Whether the loaded model may be unloaded to try another one."""
        box = question_box(
            self._window,
            self.tr("Load {0} to try it out?").format(title),
            self.tr("The model that is loaded now makes room for it; you can load it again later."),
        )
        return self._is_agreed(box, self.tr("Load and Try Out"))

    def look_for_programs(self) -> bool:
        """Whether the places of other programs may be looked at."""
        box = question_box(
            self._window,
            self.tr("Look for models that other programs have?"),
            self.tr(
                "The folders where {0} keep their models are looked at; nothing in them is ever "
                "changed."
            ).format(list_text(PROGRAMS)),
        )
        return self._is_agreed(box, self.tr("Look"))

    def use_programs(self, stores: Sequence[ProgramStore]) -> bool:
        """Whether to use what was found where it lies."""
        line = self.tr("{0}: {1} in {2}")
        found = [line.format(one.name, len(one.models), one.folder) for one in stores]
        box = question_box(
            self._window, self.tr("Use these models where they lie?"), "\n".join(found)
        )
        return self._is_agreed(box, self.tr("Use Them"))

    def title(self, present: str) -> str | None:
        """The title for a model; empty for its own name."""
        text, is_given = QInputDialog.getText(
            self._window,
            self.tr("Rename"),
            self.tr("Show this model as (empty for its own name):"),
            text=present,
        )
        return text.strip() if is_given else None

    def model_file(self) -> str:
        """Which model file to add; empty for none."""
        path, _filter = QFileDialog.getOpenFileName(
            self._window, self.tr("Add a Model"), "", self.tr("Models (*.gguf);;All files (*)")
        )
        return path

    def folder(self) -> str:
        """Which folder to watch; empty for none."""
        return QFileDialog.getExistingDirectory(self._window, self.tr("Watch a Folder"))

    def _is_agreed(self, box: QMessageBox, yes: str) -> bool:
        agreed = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
        box.addButton(self.tr("Not Now"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(agreed)
        box.exec()
        return box.clickedButton() is agreed
