"""The status bar: what goes on now, and the model, its speed, the context and the words."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QStatusBar, QToolButton, QWidget

from app.core.options.servers import server_address
from app.downloads.queue import Download
from app.engine.messages import ModelInfo
from app.ui.languages import on_language_change
from app.ui.numbers import number_text
from app.ui.sentences import Words, told
from app.ui.widgets.announce import SpokenProgress, announce
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.controls import ElidedLabel, IconButton, SteadyLabel, set_property
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
        self._make_progress()
        self._make_download()
        self._make_lamp()
        self._make_places()
        self._texts: dict[QLabel, Words] = {}
        self._counts, self._book = (0, 0), 0
        self._draft = ("", 0.0, 0.0)
        self.words = self._field()
        self.context = self._field()
        self.speed = self._field()
        self.model = self._field(ElidedLabel())
        self.show_model(None)
        self._word()
        on_language_change(self._word)

    def _word(self) -> None:
        """Say everything in the present language; what was said in passing has passed."""
        self.setAccessibleName(self.tr("Status"))
        self.clearMessage()
        self.progress_text.setText(told(self._progress))
        self.bar.setAccessibleName(self.tr("Progress"))
        self.stop_button.name(self.tr("Stop (Esc)"))
        self.download.setAccessibleName(self.tr("Show the downloads"))
        self.show_download(self._download)
        self.show_service(*self._service)
        self._word_places()
        names = {
            self.words: self.tr("Words"),
            self.context: self.tr("Context used"),
            self.speed: self.tr("Speed"),
            self.model: self.tr("Model"),
        }
        for label, name in names.items():
            label.setProperty("name", name)
            label.setToolTip(name)
            self._put(label, self._texts[label])
        self.speed.setToolTip(self._speed_text())
        self._show_placement()

    def _make_progress(self) -> None:
        self.progress = QWidget()
        self.progress_text = ElidedLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(140)
        self.stop_button = IconButton("stop", "")
        self.stop_button.clicked.connect(self.stopped)
        line = QHBoxLayout(self.progress)
        line.setContentsMargins(10, 0, 0, 0)
        line.setSpacing(8)
        for part in (self.progress_text, self.bar, self.stop_button):
            line.addWidget(part)
        self.addWidget(self.progress)
        self.progress.hide()
        self._spoken = SpokenProgress(self)
        self._progress: Words = ""

    def _make_download(self) -> None:
        self.download = QToolButton()
        self._download: Download | None = None
        self.download.setAutoRaise(True)
        self.download.clicked.connect(self.downloads_asked)
        self.download.hide()
        self.addPermanentWidget(self.download)

    def _make_lamp(self) -> None:
        self._service = ("", 0)
        self.lamp = IconButton("lamp-on", "")
        self.lamp.clicked.connect(self.service_asked)
        self.lamp.hide()
        self._dimming = QTimer(self, singleShot=True, interval=_GLOW_MS)
        self._dimming.timeout.connect(lambda: self.lamp.light(on=False))
        self.addPermanentWidget(self.lamp)

    def show_service(self, address: str, requests: int = 0) -> None:
        """Show the lamp of the local service; an empty address puts it out."""
        self._service = (address, requests)
        on = self.tr("Local service on at {0}; requests: {1}").format(address, requests)
        self.lamp.name(on if address else self.tr("Local service"))
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
        self._model: ModelInfo | None = None
        self.kept_here.setProperty("kind", "here")
        self.kept_here.clicked.connect(lambda: self.say(self.kept_here.toolTip()))
        self.server.clicked.connect(self.server_asked)
        on_theme_change(self._draw_places)

    def _word_places(self) -> None:
        text = self.tr("Stays here")
        tip = self.tr(
            "This document never goes to another machine. Take the mark off with File, Never to "
            "Another Machine."
        )
        self.kept_here.setText(text)
        self.kept_here.setAccessibleName(text)
        self.kept_here.setAccessibleDescription(tip)
        self.kept_here.setToolTip(tip)
        self._name_server()

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
        self._model = model if model is not None and model.server is not None else None
        self.server.setVisible(self._model is not None)
        self._fit(self.context, self.speed)
        self._name_server()
        self._draw_places()

    def _name_server(self) -> None:
        model = self._model
        place = model.server if model is not None else None
        if model is None or place is None:
            return
        host = server_address(place.url).place
        away = self.tr("Text leaves this machine: {0}").format(host)
        text = self.tr("Server on this machine: {0}").format(host) if place.is_here else away
        self.server.setText(text)
        self.server.setAccessibleName(text)
        notes = map(told, model.notes)
        self.server.setToolTip("\n".join((*notes, self.tr("Press to change the server."))))
        set_property(self.server, "kind", "here" if place.is_here else "away")

    def _field(self, label: QLabel | None = None) -> QLabel:
        label = label or SteadyLabel()
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("kind", "muted")
        self._texts[label] = ""
        label.setContentsMargins(8, 0, 8, 0)
        label.hide()
        self.addPermanentWidget(label)
        return label

    def say(self, text: str) -> None:
        """Say something in passing."""
        text = told(text)
        self.showMessage(text, _SAY_MS)
        announce(self, text)

    def show_progress(self, words: Words, fraction: float | None) -> None:
        """Show what goes on and how far it is (None: not known); an empty text ends it."""
        self._progress, text = words, told(words)
        if text:
            self.clearMessage()
            show_share(self.bar, fraction)
        self._spoken.tell(text, fraction)
        self.progress_text.setText(text)
        self.progress.setVisible(bool(text))

    def show_download(self, download: Download | None) -> None:
        """Show how far the download is that runs; None when none does."""
        self._download = download
        is_running = download is not None and download.state == "running"
        self.download.setVisible(is_running)
        if download is not None and is_running:
            from app.ui.texts import percent_text

            percent = percent_text(download)
            self.download.setText(self.tr("Downloading: {0}").format(percent))
            self.download.setToolTip(f"{download.title}\n{self.tr('Show the downloads')}")

    def show_model(self, model: ModelInfo | None) -> None:
        """Show the loaded model and where it runs."""
        self._loaded = model
        if model is None:
            self._put(self.model, lambda: self.tr("No model loaded"))
            self.show_speed(0)
            self.show_draft("", 0, 0)
            self.show_context(0, 0)
            return
        name = Path(model.path).stem if model.path.endswith(".gguf") else model.name
        device = f" · {model.settings.device}" if model.server is None else ""  # said beside it
        self._put(self.model, lambda: name + device)
        announce(self, self.model.accessibleName())
        self._show_placement()

    def _show_placement(self) -> None:
        model = self._loaded
        if model is not None:
            path = model.path if model.server is None else model.settings.device
            placed = [told(row.description) for row in model.placement]
            if model.draft:
                placed.append(self.tr("Draft model: {0}").format(model.draft))
            self.model.setToolTip("\n".join([path, *placed]))

    def show_speed(self, tokens_per_s: float) -> None:
        """Show how fast the model writes; nothing for 0."""
        speed = number_text(tokens_per_s, 1)
        self._put(
            self.speed, (lambda: self.tr("{0} tokens/s").format(speed)) if tokens_per_s else ""
        )

    def show_draft(self, name: str, kept: float, gain: float) -> None:
        """Say beside the speed what the draft model of that name brought; an empty name: nothing.

        `kept` is the share of its guesses that were right, `gain` how many times as fast that was.
        """
        self._draft = (name, kept, gain)
        self.speed.setToolTip(self._speed_text())

    def _speed_text(self) -> str:
        name, kept, gain = self._draft
        plain = self.tr("Speed")
        if not name:
            return plain
        if not kept:
            return "\n".join((plain, self.tr("{0} guessed nothing here.").format(name)))
        words = self.tr("{0} guessed ahead: {1} % of its guesses were kept, {2} times as fast.")
        return "\n".join((plain, words.format(name, number_text(kept * 100), number_text(gain, 2))))

    def show_context(self, used: int, available: int) -> None:
        """Show how many of the context's tokens the text up to the cursor takes."""
        numbers = number_text(used), number_text(available)
        self._put(
            self.context,
            (lambda: self.tr("{0} of {1} tokens").format(*numbers)) if available else "",
        )

    def show_words(self, words: int, selected: int) -> None:
        """Show the number of words, and of those selected."""
        counts = words, selected
        if counts != self._counts or not self._texts[self.words]:
            self._counts = counts
            self._put(self.words, self._words_text)

    def show_book(self, words: int) -> None:
        """Show beside them how many words the book has; nothing for 0."""
        if words != self._book:
            self._book = words
            self._put(self.words, self._words_text)

    def _words_text(self) -> str:
        words, selected = self._counts
        text = self.tr("{0} words", "", words).format(number_text(words))
        if selected:
            text = self.tr("{0} of {1}").format(number_text(selected), text)
        if self._book:
            text = self.tr("{0} · {1} in the book").format(text, number_text(self._book))
        return text

    def _put(self, label: QLabel, words: Words) -> None:
        self._texts[label] = words
        text = told(words)
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
