"""The status bar: what goes on now, and the model, its speed, the context and the words."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QStatusBar, QToolButton, QWidget

from app.core.options.servers import server_address
from app.downloads.queue import Download
from app.engine.messages import ModelInfo
from app.ui.numbers import number_text
from app.ui.sentences import told
from app.ui.widgets.announce import SpokenProgress, announce
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.controls import ElidedLabel, IconButton, set_property
from app.ui.widgets.icons import icon
from app.ui.widgets.motion import show_share
from app.ui.widgets.theme import Theme

_SAY_MS = 12_000
_GLOW_MS = 700
_TIGHT = 800  # pixels: with less, not all fits beside the note of a server


class StatusBar(QStatusBar):
    """Numbers that need no attention.

    `stopped` when the user stops what is in progress, `downloads_asked` for more about a download,
    `service_asked` for more about the local service, `server_asked` about the server in use.
    """

    stopped = Signal()
    downloads_asked = Signal()
    service_asked = Signal()
    server_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.setAccessibleName(self.tr("Status"))
        self._make_progress()
        self._make_download()
        self._make_lamp()
        self._make_places()
        self.words = self._field(self.tr("Words"))
        self.context = self._field(self.tr("Context used"))
        self.speed = self._field(self.tr("Speed"))
        self.model = self._field(self.tr("Model"), ElidedLabel())
        self.show_model(None)

    def _make_progress(self) -> None:
        self.progress = QWidget()
        self.progress_text = ElidedLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(140)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.stop_button = IconButton("stop", self.tr("Stop (Esc)"))
        self.stop_button.clicked.connect(self.stopped)
        line = QHBoxLayout(self.progress)
        line.setContentsMargins(10, 0, 0, 0)
        line.setSpacing(8)
        for part in (self.progress_text, self.bar, self.stop_button):
            line.addWidget(part)
        self.addWidget(self.progress)
        self.progress.hide()
        self._spoken = SpokenProgress(self)

    def _make_download(self) -> None:
        self.download = QToolButton()
        self.download.setAutoRaise(True)
        self.download.setAccessibleName(self.tr("Show the downloads"))
        self.download.clicked.connect(self.downloads_asked)
        self.download.hide()
        self.addPermanentWidget(self.download)

    def _make_lamp(self) -> None:
        self.lamp = IconButton("lamp-on", self.tr("Local service"))
        self.lamp.clicked.connect(self.service_asked)
        self.lamp.hide()
        self._dimming = QTimer(self, singleShot=True, interval=_GLOW_MS)
        self._dimming.timeout.connect(lambda: self.lamp.light(on=False))
        self.addPermanentWidget(self.lamp)

    def show_service(self, address: str, requests: int = 0) -> None:
        """Show the lamp of the local service; an empty address puts it out."""
        text = self.tr("Local service on at {0}; requests: {1}").format(address, requests)
        self.lamp.name(text)
        self.lamp.setVisible(bool(address))

    def glow(self) -> None:
        """Show for a moment that the local service answers a request."""
        self.lamp.light(on=True)
        self._dimming.start()

    def _make_places(self) -> None:
        """Make what says where a text goes, and where this one never goes."""
        self.kept_here, self.server = QToolButton(), QToolButton()
        for button in (self.kept_here, self.server):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIconSize(QSize(14, 14))
            button.hide()
            self.addPermanentWidget(button)
        text = self.tr("Stays here")
        tip = self.tr(
            "This document never goes to another machine. Take the mark off with File, Never to "
            "Another Machine."
        )
        self.kept_here.setText(text)
        self.kept_here.setProperty("kind", "here")
        self.kept_here.setAccessibleName(text)
        self.kept_here.setAccessibleDescription(tip)
        self.kept_here.setToolTip(tip)
        self.kept_here.clicked.connect(lambda: self.say(tip))
        self.server.clicked.connect(self.server_asked)
        on_theme_change(self._draw_places)

    def _draw_places(self) -> None:
        """Draw what is shown; reading a drawing that is not would cost time at the start."""
        theme = Theme.current()
        if not self.server.isHidden():
            is_away = self.server.property("kind") == "away"
            self.server.setIcon(icon("globe", theme.warning_ink if is_away else theme.muted))
        if not self.kept_here.isHidden():
            self.kept_here.setIcon(icon("lock", theme.muted))

    def show_kept_here(self, is_on: bool) -> None:
        """Say that the document on the page never goes to another machine."""
        self.kept_here.setVisible(is_on)
        self._draw_places()

    def show_server(self, model: ModelInfo | None) -> None:
        """Say where text goes while the model is a server's; None, or one of ours, says nothing."""
        place = model.server if model is not None else None
        self.server.setVisible(place is not None)
        self._fit(self.context, self.speed)
        if model is None or place is None:
            return
        host = server_address(place.url).place
        away = self.tr("Text leaves this machine: {0}").format(host)
        text = self.tr("Server on this machine: {0}").format(host) if place.is_here else away
        self.server.setText(text)
        self.server.setAccessibleName(text)
        self.server.setToolTip("\n".join((*model.notes, self.tr("Press to change the server."))))
        set_property(self.server, "kind", "here" if place.is_here else "away")
        self._draw_places()

    def _field(self, name: str, label: QLabel | None = None) -> QLabel:
        label = label or QLabel()
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("kind", "muted")
        label.setProperty("name", name)
        label.setToolTip(name)
        label.setContentsMargins(8, 0, 8, 0)
        label.hide()
        self.addPermanentWidget(label)
        return label

    def say(self, text: str) -> None:
        """Say something in passing."""
        text = told(text)
        self.showMessage(text, _SAY_MS)
        announce(self, text)

    def show_progress(self, text: str, fraction: float | None) -> None:
        """Show what goes on and how far it is (None: not known); an empty text ends it."""
        if text:
            self.clearMessage()
            show_share(self.bar, fraction)
        self._spoken.tell(text, fraction)
        self.progress_text.setText(text)
        self.progress.setVisible(bool(text))

    def show_download(self, download: Download | None) -> None:
        """Show how far the download is that runs; None when none does."""
        is_running = download is not None and download.state == "running"
        self.download.setVisible(is_running)
        if download is not None and is_running:
            from app.ui.texts import percent_text

            percent = percent_text(download)
            self.download.setText(self.tr("Downloading: {0}").format(percent))
            self.download.setToolTip(f"{download.title}\n{self.tr('Show the downloads')}")

    def show_model(self, model: ModelInfo | None) -> None:
        """Show the loaded model and where it runs."""
        if model is None:
            self._put(self.model, self.tr("No model loaded"))
            self.show_speed(0)
            self.show_context(0, 0)
            return
        name = Path(model.path).stem if model.path.endswith(".gguf") else model.name
        device = f" · {model.settings.device}" if model.server is None else ""  # said beside it
        self._put(self.model, name + device)
        announce(self, self.model.accessibleName())
        path = model.path if model.server is None else model.settings.device
        placed = [told(row.description) for row in model.placement]
        self.model.setToolTip("\n".join([path, *placed]))

    def show_speed(self, tokens_per_s: float) -> None:
        """Show how fast the model writes; nothing for 0."""
        text = self.tr("{0} tokens/s").format(number_text(tokens_per_s, 1)) if tokens_per_s else ""
        self._put(self.speed, text)

    def show_context(self, used: int, available: int) -> None:
        """Show how many of the context's tokens the text up to the cursor takes."""
        text = self.tr("{0} of {1} tokens").format(number_text(used), number_text(available))
        self._put(self.context, text if available else "")

    def show_words(self, words: int, selected: int) -> None:
        """Show the number of words, and of those selected."""
        text = self.tr("{0} words", "", words).format(number_text(words))
        if selected:
            text = self.tr("{0} of {1}").format(number_text(selected), text)
        self._put(self.words, text)

    def _put(self, label: QLabel, text: str) -> None:
        label.setText(text)
        label.setAccessibleName(f"{label.property('name')}: {text}")  # Qt reads it, and no more
        self._fit(label)

    def _fit(self, *labels: QLabel) -> None:
        """Show what has a text; in a narrow window the numbers make room for where text goes."""
        is_tight = not self.server.isHidden() and self.width() < _TIGHT
        for label in labels:
            left_out = is_tight and label in (self.context, self.speed)
            label.setVisible(bool(label.text()) and not left_out)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give up numbers, or take them back."""
        super().resizeEvent(event)
        self._fit(self.context, self.speed)
