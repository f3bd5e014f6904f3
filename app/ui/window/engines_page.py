"""The engines' tab of the settings: the PyTorch engine, which is a pack of its own."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.engine.packs.installed import Pack
from app.ui.models.pack_controller import PackController
from app.ui.numbers import data_size_text
from app.ui.questions import question_box
from app.ui.sentences import joined, told
from app.ui.texts import list_text
from app.ui.widgets.controls import FlowingNote, ProgressStrip, show_dialog
from app.ui.window.pack_download_dialog import PackDownloadDialog


class EnginesPage(QWidget):
    """Says what the pack is for and what is installed; what it does goes on when it is closed."""

    def __init__(self, packs: PackController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._packs = packs
        self.title = QLabel(self.tr("PyTorch engine"))
        self.title.setProperty("kind", "heading")
        self.about = FlowingNote()
        self.state = FlowingNote("")
        self.sum = FlowingNote()
        self.sum.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.problem = FlowingNote("wrong")
        self.progress = ProgressStrip()
        self.progress.stop_button.setToolTip(self.tr("Stop installing; what was there stays"))
        self.progress.stopped.connect(packs.stop)
        self._make_buttons()
        self._lay_out()
        self.about.say(
            self.tr(
                "Runs Hugging Face models as folders of safetensors, and classifiers. GGUF models "
                "do not need it."
            )
        )
        packs.changed.connect(self._show)
        self._show()
        packs.refresh()

    def _make_buttons(self) -> None:
        self.install_button = QPushButton(self.tr("Install from &File…"))
        self.install_button.setToolTip(
            self.tr("Install the engine out of the file lampblack-torch-….tar.xz")
        )
        self.install_button.clicked.connect(self._install)
        self.download_button = QPushButton(self.tr("Do&wnload…"))
        self.download_button.setAccessibleName(self.tr("Download the PyTorch engine…"))
        self.download_button.clicked.connect(self._download)
        self.remove_button = QPushButton(self.tr("Remo&ve…"))
        self.remove_button.setToolTip(self.tr("Remove the engine from this computer; models stay"))
        self.remove_button.setAccessibleName(self.tr("Remove the PyTorch engine…"))
        self.remove_button.clicked.connect(self._remove)
        for button in (self.install_button, self.download_button, self.remove_button):
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self.install_button)
        line.addWidget(self.download_button)
        line.addWidget(self.remove_button)
        line.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        for widget in (
            self.title,
            self.about,
            self.state,
            self.sum,
            self.problem,
            self.progress,
        ):
            whole.addWidget(widget)
        whole.addLayout(line)

    def _show(self) -> None:
        packs = self._packs
        is_working = packs.fraction is not None
        self.state.say(self._state_text())
        self.sum.say(self.tr("SHA-256: {0}").format(packs.checksum) if packs.checksum else "")
        self.problem.say("" if is_working else packs.problem or _problem(packs.pack))
        if packs.fraction is not None:
            self.progress.show_fraction(packs.step or self.tr("Working…"), packs.fraction)
        self.progress.setVisible(is_working)
        self.progress.stop_button.setVisible(packs.can_stop)
        self.install_button.setEnabled(not is_working)
        refusal = packs.refusal
        self.download_button.setEnabled(not is_working and not refusal)
        self.download_button.setToolTip(
            told(refusal) or self.tr("Fetch the engine from an address, verify it and install it")
        )
        self.remove_button.setEnabled(not is_working)
        self.remove_button.setVisible(packs.pack is not None)

    def _state_text(self) -> str:
        packs = self._packs
        own = self.tr("This Lampblack has PyTorch itself and does not need the pack.")
        if not packs.is_known:
            return ""
        if packs.pack is None:
            return self.tr("Not installed.") if packs.is_needed else own
        info = packs.pack.info
        if info is None:
            return ""
        found = self.tr("Installed: version {0} with {1}, {2} on the disk.")
        names = (name for name in ("torch", "transformers") if name in info.versions)
        parts = list_text(f"{name} {info.versions[name]}" for name in names)
        text = found.format(info.version, parts, data_size_text(info.size_bytes))
        return text if packs.is_needed else joined((text, own))

    def _install(self) -> None:
        files = self.tr("Packs (*.tar.xz);;All files (*)")
        title = self.tr("Install the PyTorch Engine")
        path, _filter = QFileDialog.getOpenFileName(self, title, str(Path.home()), files)
        if path and self._may_install(Path(path).name):
            self._packs.install(Path(path))

    def _download(self) -> None:
        dialog = PackDownloadDialog(self)
        dialog.chosen.connect(self._packs.download)
        show_dialog(dialog)

    def _may_install(self, name: str) -> bool:
        box = question_box(
            self,
            self.tr("Install the engine in “{0}”?").format(name),
            self.tr(
                "It is a program that runs on this computer, without the network. Install only "
                "what comes from where you got Lampblack."
            ),
        )
        install = box.addButton(self.tr("Install"), box.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(box.StandardButton.Cancel))
        box.exec()
        return box.clickedButton() is install

    def _remove(self) -> None:
        box = question_box(
            self,
            self.tr("Remove the PyTorch engine?"),
            self.tr("Models that are folders of safetensors cannot be used without it. They stay."),
        )
        remove = box.addButton(self.tr("Remove"), box.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(box.StandardButton.Cancel))
        box.exec()
        if box.clickedButton() is remove:
            self._packs.remove()


def _problem(pack: Pack | None) -> str:
    return pack.problem if pack is not None else ""
