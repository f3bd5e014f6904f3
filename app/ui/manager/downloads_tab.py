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
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.downloads.queue import Download
from app.ui.models.download_strip import TOKEN_KEY, DownloadView
from app.ui.widgets.controls import NoteLabel
from app.ui.widgets.theme import heading_font

_BUTTONS = ("pause", "resume", "retry", "cancel", "load", "token", "forget")


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
        area.setAccessibleName(self.tr("Downloads"))
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
                self.rows[name] = row = DownloadRow()
                row.asked.connect(self._ask)
                self._column.insertWidget(self._column.count() - 1, row)
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

    def _ask(self, wish: str, name: str) -> None:
        if wish == "load" and (download := self.rows[name].download) is not None:
            self.load_requested.emit(str(Path(download.path)))
        else:
            self.asked.emit(wish, name)


class DownloadRow(DownloadView):
    """A title over a bar, how far it is, and buttons for what can be done now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QLabel(), _BUTTONS, parent)
        self.title.setFont(heading_font(self.title.font()))
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

    def show_download(self, download: Download | None) -> None:
        """Show how it is now; one that is over needs no bar."""
        super().show_download(download)
        self.bar.setVisible(download is not None and download.state != "done")
