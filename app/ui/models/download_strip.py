"""One download: its title, how far it is, and the buttons of what can be done with it now."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.downloads.queue import Download
from app.ui.languages import on_language_change
from app.ui.texts import download_text
from app.ui.widgets.controls import ElidedLabel, NoteLabel
from app.ui.widgets.motion import show_share

TOKEN_KEY = "Ctrl+T"  # noqa: S105 - the key that asks for a token
_CAN = {
    "waiting": ("pause", "cancel"),
    "running": ("pause", "cancel"),
    "paused": ("resume", "cancel"),
    "failed": ("retry", "cancel"),
    "done": ("load", "forget"),
}


class DownloadView(QWidget):
    """The parts that show a download, and those of the `buttons` that it has use for.

    `asked` carries what is wanted, and of which id.
    """

    asked = Signal(str, str)

    def __init__(self, title: QLabel, buttons: tuple[str, ...], parent: QWidget | None) -> None:
        super().__init__(parent)
        self.download: Download | None = None
        self.title = title
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.words, self.problem = NoteLabel(), NoteLabel("wrong")
        self.buttons = {name: self._button(name) for name in buttons}
        self._word()
        on_language_change(self._word)

    def _word(self) -> None:
        self.bar.setAccessibleName(self.tr("Progress"))
        for name, button in self.buttons.items():
            text, tip = self._texts(name)
            button.setText(text)
            button.setToolTip(tip)
        self._show()

    def show_download(self, download: Download | None) -> None:
        """Show how it is now."""
        self.download = download
        self._show()

    def _show(self) -> None:
        if (download := self.download) is None:
            return
        self.title.setText(download.title)
        self._show_share(download)
        self.words.say(download_text(download))
        self.problem.say(download.problem or download.note)
        for name, button in self.buttons.items():
            can = name in _CAN[download.state] or (name == "token" and download.needs_token)
            button.setVisible(can)
            button.setAccessibleName(f"{button.text()} {download.title}")

    def _show_share(self, download: Download) -> None:
        self.bar.setAccessibleName(self.tr("Progress of {0}").format(download.title))
        is_unknown = download.state == "running" and not download.total
        show_share(self.bar, None if is_unknown else download.done / max(1, download.total))

    def _texts(self, name: str) -> tuple[str, str]:
        """What a button says, and its tooltip."""
        key = QKeySequence(TOKEN_KEY).toString(QKeySequence.SequenceFormat.NativeText)
        return {
            "pause": (self.tr("Pause"), self.tr("Stop, and keep what is here already")),
            "resume": (self.tr("Resume"), self.tr("Go on where it stopped")),
            "retry": (self.tr("Try Again"), self.tr("Go on, with what is here already")),
            "cancel": (self.tr("Cancel"), self.tr("Stop, and remove what is here already")),
            "load": (self.tr("Load"), self.tr("Write with this model")),
            "token": (
                self.tr("Enter a Token…"),
                self.tr("Say who you are to a hub that asks for it ({0})").format(key),
            ),
            "forget": (self.tr("Clear"), self.tr("Take it off this list; the model stays")),
        }[name]

    def _button(self, name: str) -> QPushButton:
        button = QPushButton()
        button.setProperty("kind", "small")
        button.clicked.connect(lambda: self._ask(name))
        button.hide()  # until there is a download: unused, it would widen the panel
        return button

    def _ask(self, wish: str) -> None:
        if self.download is not None:
            self.asked.emit(wish, self.download.id)


class DownloadStrip(DownloadView):
    """Hidden while there is no download.

    Without `resumes` another button beside it goes on with what was paused.
    """

    def __init__(self, parent: QWidget | None = None, *, resumes: bool = True) -> None:
        going_on = ("resume", "retry") if resumes else ()
        super().__init__(ElidedLabel(), ("pause", *going_on, "cancel"), parent)
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
        self.hide()

    def show_download(self, download: Download | None) -> None:
        """Show how it is now; None hides the strip."""
        self.setVisible(download is not None)
        self.title.setToolTip(download.title if download is not None else "")
        super().show_download(download)
