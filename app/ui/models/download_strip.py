"""The strip of one download: its title, how far it is, and buttons that pause or end it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.downloads.queue import Download
from app.ui.texts import download_text
from app.ui.widgets.controls import ElidedLabel, NoteLabel

_STEPS = 1000


class DownloadStrip(QWidget):
    """Hidden while there is no download. `asked` carries what is wanted, and of which id.

    Without `resumes` another button beside it goes on with what was paused.
    """

    asked = Signal(str, str)

    def __init__(self, parent: QWidget | None = None, *, resumes: bool = True) -> None:
        super().__init__(parent)
        self._id = ""
        self._resumes = resumes
        self.title = ElidedLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.words, self.problem = NoteLabel(), NoteLabel("wrong")
        self.buttons = {
            "pause": QPushButton(self.tr("Pause")),
            "resume": QPushButton(self.tr("Resume")),
            "cancel": QPushButton(self.tr("Cancel")),
        }
        helps = {
            "pause": self.tr("Stop, and keep what is here already"),
            "resume": self.tr("Go on where it stopped"),
            "cancel": self.tr("Stop, and remove what is here already"),
        }
        for name, button in self.buttons.items():
            button.setToolTip(helps[name])
            button.setProperty("kind", "small")
            button.clicked.connect(lambda _on=False, wish=name: self.asked.emit(wish, self._id))
        self._lay_out()
        self.hide()

    def show_download(self, download: Download | None) -> None:
        """Show how a download is now; None hides the strip."""
        self.setVisible(download is not None)
        if download is None:
            return
        self._id = download.id
        self.title.setText(download.title)
        self.title.setToolTip(download.title)
        show_on_bar(self.bar, download)
        self.words.say(download_text(download))
        self.problem.say(download.problem or download.note)
        is_active = download.state in ("waiting", "running")
        self.buttons["pause"].setVisible(is_active)
        again = self.tr("Try Again") if download.state == "failed" else self.tr("Resume")
        self.buttons["resume"].setText(again)
        self.buttons["resume"].setVisible(self._resumes and not is_active)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.bar, 1)
        for button in self.buttons.values():
            line.addWidget(button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(3)
        whole.addWidget(self.title)
        whole.addLayout(line)
        whole.addWidget(self.words)
        whole.addWidget(self.problem)


def show_on_bar(bar: QProgressBar, download: Download) -> None:
    """Let a bar show how far a download is."""
    name = QCoreApplication.translate("Downloads", "Progress of {0}")
    bar.setAccessibleName(name.format(download.title))
    is_unknown = download.state == "running" and not download.total
    bar.setRange(0, 0 if is_unknown else _STEPS)
    if not is_unknown:
        share = download.done / max(1, download.total)
        bar.setValue(round(_STEPS * min(1.0, share)))
