"""The empty state: what a writer sees over the page before any model is there."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.core.models.starter import STARTER
from app.downloads.queue import Download
from app.downloads.request import STARTER_ID
from app.ui.languages import on_language_change
from app.ui.models.download_strip import DownloadStrip
from app.ui.numbers import data_size_text
from app.ui.texts import resume_text
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.controls import NoteLabel, set_property
from app.ui.widgets.icons import pixmap
from app.ui.widgets.section import PanelScroll
from app.ui.widgets.theme import Theme, heading_font

_WIDTH = 430
_MARK = 56


class EmptyState(QWidget):
    """A few warm words and the ways to a model; shows a download and what went wrong.

    `download_asked` carries what is wanted of the download that is shown, and its id.
    """

    get_starter_requested = Signal()
    open_requested = Signal()
    find_requested = Signal()
    server_requested = Signal()
    download_asked = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._download: Download | None = None
        self._refusal = ""
        self.mark = QLabel()
        self.mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title = QLabel()
        self.title.setFont(heading_font(self.font(), 7))
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title.setWordWrap(True)
        self.text = self._make_text()
        self.starter_button = QPushButton()
        self.starter_button.setProperty("kind", "primary")
        self.starter_button.clicked.connect(self.get_starter_requested)
        self.resume_button = QPushButton()
        self.resume_button.setProperty("kind", "primary")
        self.resume_button.clicked.connect(self._resume)
        self.open_button = QPushButton()
        self.open_button.clicked.connect(self.open_requested)
        self.find_button = QPushButton()
        self.find_button.clicked.connect(self.find_requested)
        self.server_button = QPushButton()
        self.server_button.clicked.connect(self.server_requested)
        self.strip = DownloadStrip(resumes=False)
        self.strip.asked.connect(self.download_asked)
        self.error = QFrame()
        self.error.setProperty("kind", "error")
        self.error_text = NoteLabel("")
        self.hint = NoteLabel()
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self.error.hide()
        self._word()
        on_theme_change(self._draw_mark)
        on_language_change(self._word)

    def _word(self) -> None:
        self.title.setText(self.tr("Your words, your machine"))
        self.text.setText(
            self.tr(
                "Lampblack writes with a language model that lives on this computer. It needs no "
                "account, and nothing you write ever leaves, unless you name a server. All it "
                "needs now is a model."
            )
        )
        self.starter_button.setText(self._starter_words())
        self.open_button.setText(self.tr("Open a model file…"))
        self.find_button.setText(self.tr("Find a model…"))
        self.server_button.setText(self.tr("Use a server…"))
        self.server_button.setToolTip(
            self.tr("Write with a model of another program or machine; text is sent there")
        )
        self.error_text.reword()
        self._show_state()

    def show_download(self, download: Download | None) -> None:
        """Show how far a download is that is not over yet; None when there is none."""
        self._download = download
        if download is not None and download.state == "running":
            self.error.hide()
        had_focus = self._has_focus()
        self.strip.show_download(download)
        self._show_state()
        if had_focus and not self._has_focus():
            self.focus_first()  # the button that was pressed is gone

    def show_refusal(self, sentence: str) -> None:
        """Say why nothing can be fetched; empty when it can be."""
        self._refusal = sentence
        self._show_state()

    def show_error(self, sentence: str) -> None:
        """Say what went wrong."""
        self.error_text.say(sentence)
        self.error.setVisible(bool(sentence))

    def focus_first(self) -> None:
        """Put the focus on the first thing that can be done."""
        buttons = (self.resume_button, self.starter_button, self.open_button)
        shown = (button for button in buttons if not button.isHidden())
        next(shown, self.strip.buttons["pause"]).setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Cover the page with its own colour."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), Theme.current().page)
        painter.end()

    def _make_text(self) -> QLabel:
        text = QLabel()
        text.setWordWrap(True)
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        text.setProperty("kind", "muted")
        return text

    def _starter_words(self) -> str:
        size = data_size_text(STARTER.download_bytes)
        return self.tr("Get the starter model ({0})").format(size)

    def _show_state(self) -> None:
        """Show the ways that are open now."""
        download, can_fetch = self._download, not self._refusal
        is_active = download is not None and download.state in ("waiting", "running")
        is_starter = download is not None and download.id == STARTER_ID
        self.resume_button.setVisible(download is not None and not is_active)
        if download is not None:
            self.resume_button.setText(resume_text(download))
        self.starter_button.setVisible(can_fetch and not is_active and not is_starter)
        set_property(self.starter_button, "kind", "" if download is not None else "primary")
        self.find_button.setVisible(can_fetch and not is_active)
        self.open_button.setVisible(not is_active)
        self.server_button.setVisible(not is_active)
        self.hint.say(self._hint(is_active=is_active))

    def _hint(self, *, is_active: bool) -> str:
        if self._refusal:
            ways = self.tr("Open a model file that is on this computer, or on a disk.")
            return f"{self._refusal} {ways}"
        if is_active:
            return self.tr("This happens once. Afterwards Lampblack needs no network.")
        return self.tr(
            "The starter model is small: good to try things with. A larger one "
            "writes better; any model file that ends in .gguf will do."
        )

    def _has_focus(self) -> bool:
        return self.isAncestorOf(self.window().focusWidget() or self)

    def _resume(self) -> None:
        if self._download is not None:
            self.download_asked.emit("resume", self._download.id)

    def _lay_out(self) -> None:
        error = QVBoxLayout(self.error)
        error.setContentsMargins(12, 8, 12, 8)
        error.addWidget(self.error_text)
        card = QWidget()
        card.setMaximumWidth(_WIDTH)
        column = QVBoxLayout(card)
        column.setSpacing(12)
        for widget in (self.mark, self.title, self.text):
            column.addWidget(widget)
        column.addSpacing(8)
        column.addWidget(self.strip)
        ways = (self.find_button, self.open_button, self.server_button)
        for button in (self.resume_button, self.starter_button, *ways):
            button.setMinimumHeight(36)
            column.addWidget(button)
        for below in (self.error, self.hint):
            column.addWidget(below)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(card, 8)
        line.addStretch(1)
        scroll = PanelScroll()  # low windows leave too little room for all of it
        scroll.column.setContentsMargins(24, 24, 24, 24)
        scroll.column.addStretch(2)
        scroll.column.addLayout(line)
        scroll.column.addStretch(3)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)
        self._draw_mark()

    def _draw_mark(self) -> None:
        color, ratio = Theme.current().take_ink, self.devicePixelRatioF()
        self.mark.setPixmap(pixmap("lamp", color, _MARK, ratio))
        self.starter_button.setIconSize(QSize(18, 18))
