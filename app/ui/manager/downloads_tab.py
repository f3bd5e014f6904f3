"""The tab of the downloads: how far each is, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.downloads.queue import Download
from app.ui.models.download_strip import show_on_bar
from app.ui.texts import download_text
from app.ui.widgets.controls import NoteLabel
from app.ui.widgets.theme import heading_font

TOKEN_KEY = "Ctrl+T"  # noqa: S105 - the key that asks for a token


class DownloadsTab(QWidget):
    """One row for each download. `asked` carries what is wanted, and of which id."""

    asked = Signal(str, str)
    load_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: dict[str, DownloadRow] = {}
        self.empty = NoteLabel()
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        body = QWidget()
        body.setProperty("kind", "body")
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)
        self._column.addStretch(1)
        area = QScrollArea()
        area.setProperty("kind", "plain")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(14, 12, 14, 8)
        whole.addWidget(self.empty, 1)
        whole.addWidget(area, 1)
        self._area = area
        self.token_action = QAction(self.tr("Enter a Token…"), self)
        self.token_action.setShortcut(QKeySequence(TOKEN_KEY))
        self.token_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.token_action.triggered.connect(self._ask_for_token)
        self.addAction(self.token_action)
        self.show_downloads(())

    def show_downloads(self, downloads: Sequence[Download]) -> None:
        """Show these; rows that are there already only change."""
        wanted = {download.id: download for download in downloads}
        for gone in [name for name in self.rows if name not in wanted]:
            row = self.rows.pop(gone)
            row.hide()
            row.deleteLater()
        for name, download in wanted.items():
            if name not in self.rows:
                self.rows[name] = self._make_row(name)
            self.rows[name].show_download(download)
        self.token_action.setEnabled(any(one.needs_token for one in downloads))
        self.empty.say("" if wanted else self.tr("Nothing is being downloaded."))
        self._area.setVisible(bool(wanted))

    def _ask_for_token(self) -> None:
        """The key's: for the first download that needs one."""
        for row in self.rows.values():
            if not row.buttons["token"].isHidden():
                row.buttons["token"].click()
                return

    def _make_row(self, name: str) -> DownloadRow:
        row = DownloadRow()
        row.asked.connect(lambda wish: self.asked.emit(wish, name))
        row.load_requested.connect(self.load_requested)
        self._column.insertWidget(self._column.count() - 1, row)
        return row


class DownloadRow(QWidget):
    """A title over a bar, how far it is, and buttons for what can be done now."""

    asked = Signal(str)
    load_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = ""
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setFont(heading_font(self.title.font()))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.words, self.problem = NoteLabel(), NoteLabel("wrong")
        self.buttons = {
            "pause": QPushButton(self.tr("Pause")),
            "resume": QPushButton(self.tr("Resume")),
            "retry": QPushButton(self.tr("Try Again")),
            "cancel": QPushButton(self.tr("Cancel")),
            "load": QPushButton(self.tr("Load")),
            "token": QPushButton(self.tr("Enter a Token…")),
            "forget": QPushButton(self.tr("Clear")),
        }
        key = QKeySequence(TOKEN_KEY).toString(QKeySequence.SequenceFormat.NativeText)
        helps = {
            "pause": self.tr("Stop, and keep what is here already"),
            "resume": self.tr("Go on where it stopped"),
            "retry": self.tr("Go on, with what is here already"),
            "cancel": self.tr("Stop, and remove what is here already"),
            "load": self.tr("Write with this model"),
            "token": self.tr("Say who you are to a hub that asks for it ({0})").format(key),
            "forget": self.tr("Take it off this list; the model stays"),
        }
        for name, button in self.buttons.items():
            button.setToolTip(helps[name])
            button.setProperty("kind", "small")
            button.clicked.connect(lambda _on=False, wish=name: self._ask(wish))
        self._lay_out()

    def show_download(self, download: Download) -> None:
        """Show how it is now."""
        self._path = download.path
        self.title.setText(download.title)
        show_on_bar(self.bar, download)
        self.bar.setVisible(download.state != "done")
        self.words.say(download_text(download))
        self.problem.say(download.problem or download.note)
        shown = {
            "waiting": ("pause", "cancel"),
            "running": ("pause", "cancel"),
            "paused": ("resume", "cancel"),
            "failed": ("retry", "cancel"),
            "done": ("load", "forget"),
        }[download.state]
        for name, button in self.buttons.items():
            button.setVisible(name in shown or (name == "token" and download.needs_token))
            button.setAccessibleName(f"{button.text()} {download.title}")

    def _ask(self, wish: str) -> None:
        if wish == "load":
            self.load_requested.emit(str(Path(self._path)))
        else:
            self.asked.emit(wish)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self.title, 1)
        for button in self.buttons.values():
            top.addWidget(button)
        rule = QFrame()
        rule.setProperty("kind", "rule")
        rule.setFixedHeight(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(5)
        whole.addLayout(top)
        for part in (self.bar, self.words, self.problem, rule):
            whole.addWidget(part)
