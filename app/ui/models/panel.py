"""The models panel: what is on this machine, loading and unloading, adding in place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeySequence,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.models.starter import STARTER
from app.core.options.servers import SavedServer, server_of
from app.downloads.request import STARTER_ID
from app.ui.background import BackgroundTasks
from app.ui.languages import on_language_change
from app.ui.models.add_button import AddButton
from app.ui.models.cards import cards_of, load_words
from app.ui.models.download_strip import DownloadStrip
from app.ui.texts import loading_text
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.card_list import CardsView
from app.ui.widgets.controls import (
    IconButton,
    NoteLabel,
    ProgressStrip,
    local_paths,
    set_property,
)
from app.ui.widgets.icons import icon
from app.ui.widgets.theme import Theme

if TYPE_CHECKING:
    from app.core.errors import LampblackError
    from app.core.models.library import ModelLibrary
    from app.core.models.model_file import ModelFile
    from app.downloads.queue import Download
    from app.engine.messages import ModelInfo


_Listed = tuple[tuple["ModelFile", ...], tuple[SavedServer, ...]]


class ModelsPanel(QWidget):
    """Shows the library's models and asks others to load, unload, add, remove and fetch them.

    It does none of these itself, and never deletes a file. `refreshed` ends every reading of the
    disk, well or not. Below the models are the servers, each under the path that `server_key` makes
    of its name.
    """

    load_requested = Signal(str)
    unload_requested = Signal()
    add_requested = Signal(str)
    remove_requested = Signal(object)
    get_starter_requested = Signal()
    cancel_requested = Signal()
    download_asked = Signal(str, str)
    manage_requested = Signal()
    server_asked = Signal()
    edit_server_asked = Signal(str)
    remove_server_asked = Signal(str)
    refreshed = Signal()

    def __init__(
        self,
        library: ModelLibrary,
        servers: Callable[[], tuple[SavedServer, ...]] = tuple,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._saved_servers = servers
        self.models: tuple[ModelFile, ...] = ()
        self.servers: tuple[SavedServer, ...] = ()
        self._loaded = self._loading = ""
        self._download: Download | None = None
        self._refusal = ""
        self._background = BackgroundTasks(self._show_trouble, self)
        self._is_waiting = False
        self._wanted = ""
        self.list = self._make_list()
        self._make_parts()
        self._lay_out()
        self.setAcceptDrops(True)
        self._word()
        on_language_change(self._word)
        self.refresh()

    # What the window tells

    def refresh(self, wanted: str = "") -> None:
        """Read the library on another thread, after the present reading; `refreshed` follows.

        What has the key `wanted` is selected then.
        """
        self._wanted = wanted or self._wanted
        if not self._is_waiting:
            self._is_waiting = True
            self._background.run(self._read, self._show_models)

    def wait(self) -> None:
        """Wait until no reading is under way; for the end of the program."""
        self._background.wait()

    def set_loading(self, path: str | None, fraction: float = 0.0) -> None:
        """Show how far loading the model at `path` is; None when it is over."""
        self._loading = path or ""
        if path:
            self.hide_error()
            words = partial(loading_text, path)
            self.strip.show_fraction(words, -1.0 if server_of(path) else fraction)
        self._show_state()

    def set_loaded(self, model: ModelInfo | None) -> None:
        """Mark the loaded model, or none."""
        self._loaded = model.path if model is not None else ""
        self._loading = ""
        self._show_cards()
        self._show_state()

    def show_download(self, download: Download | None) -> None:
        """Show how far a download is that is not over yet; None when there is none."""
        self._download = download
        self.download.show_download(download)
        self._show_state()

    def show_refusal(self, sentence: str) -> None:
        """Nothing can be fetched, for this reason; empty when it can be."""
        self._refusal = sentence
        self._show_state()

    def show_error(self, sentence: str) -> None:
        """Show a sentence about what went wrong until it is closed or something else begins."""
        self.error_text.say(sentence)
        self.error.setVisible(bool(sentence))

    def hide_error(self) -> None:
        """Put the sentence away."""
        self.show_error("")

    def selected(self) -> ModelFile | None:
        """The selected model."""
        path = self.list.selected()
        return next((model for model in self.models if model.path == path), None)

    def select(self, path: str) -> None:
        """Select the model at `path`, or the first if it is not listed."""
        self.list.select(path)

    # What the user does

    def activate(self) -> None:
        """Load the selected model or server, or unload it if it is the loaded one."""
        key = self.list.selected()
        if key and key == self._loaded:
            self.unload_requested.emit()
        elif key:
            self._load()

    def remove_selected(self) -> None:
        """Ask to remove the selected model or server."""
        if name := server_of(self.list.selected()):
            self.remove_server_asked.emit(name)
        elif (model := self.selected()) is not None:
            self.remove_requested.emit(model)

    def edit_selected(self) -> None:
        """Ask to change the selected server."""
        if name := server_of(self.list.selected()):
            self.edit_server_asked.emit(name)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders of this machine."""
        if local_paths(event.mimeData()):
            event.acceptProposedAction()
            set_property(self.list, "drop", "true")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Nothing will be dropped here."""
        set_property(self.list, "drop", "false")
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped where it lies."""
        set_property(self.list, "drop", "false")
        event.acceptProposedAction()
        for path in local_paths(event.mimeData()):
            self._add(str(path))

    # Inside

    def _make_list(self) -> CardsView:
        view = CardsView("")
        view.setMinimumHeight(90)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.selectionModel().currentChanged.connect(self._show_state)
        view.activated.connect(self._load)
        view.customContextMenuRequested.connect(self._open_menu)
        return view

    def _make_parts(self) -> None:
        self.cut_note = NoteLabel()
        self.cut_note.setProperty("kind", "muted")
        self.empty_text = NoteLabel()
        self.empty_text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.strip = ProgressStrip()
        self.strip.stopped.connect(self.cancel_requested)
        self.download = DownloadStrip()
        self.download.asked.connect(self.download_asked)
        self.error = QFrame()
        self.error.setProperty("kind", "error")
        self.error_text = NoteLabel("")
        self.close_error = IconButton("close", "")
        self.close_error.clicked.connect(self.hide_error)
        self.error.hide()
        self.load_button = QPushButton()
        self.load_button.clicked.connect(self.activate)
        self.remove_action = QAction(self)
        self.remove_action.setShortcut(QKeySequence(QKeySequence.StandardKey.Delete))
        self.remove_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.remove_action.triggered.connect(self.remove_selected)
        self.list.addAction(self.remove_action)
        self.edit_action = QAction(self)
        self.edit_action.setShortcut(QKeySequence("F2"))
        self.edit_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.edit_action.triggered.connect(self.edit_selected)
        self.list.addAction(self.edit_action)
        self.starter_button = QPushButton()
        self.starter_button.clicked.connect(self.get_starter_requested)
        self.manage_button = QPushButton()
        self.manage_button.clicked.connect(self.manage_requested)
        self.add_button = AddButton((self.edit_action, self.remove_action))
        self.add_button.chosen.connect(self._add)
        self.add_button.server_asked.connect(self.server_asked)
        self._draw_icons()
        on_theme_change(self._draw_icons)

    def _word(self) -> None:
        self.list.setAccessibleName(self.tr("Models on this machine"))
        self.close_error.name(self.tr("Close the message"))
        self.remove_action.setText(self.tr("Remove…"))
        self.edit_action.setText(self.tr("Edit the server…"))
        self.starter_button.setText(self.tr("Get the starter model"))
        self.manage_button.setText(self.tr("Manage models…"))
        self.manage_button.setToolTip(self.tr("Find, download, check and remove models"))
        for note in (self.cut_note, self.error_text):
            note.reword()
        self._show_cards()
        self._show_state()

    def _lay_out(self) -> None:
        error = QHBoxLayout(self.error)
        error.setContentsMargins(10, 6, 4, 6)
        error.addWidget(self.error_text, 1)
        error.addWidget(self.close_error, 0, Qt.AlignmentFlag.AlignTop)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.load_button, 1)
        buttons.addWidget(self.add_button, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(14, 12, 12, 12)
        whole.setSpacing(8)
        whole.addWidget(self.empty_text, 1)
        whole.addWidget(self.list, 1)
        for widget in (self.cut_note, self.error, self.strip, self.download, self.starter_button):
            whole.addWidget(widget)
        whole.addLayout(buttons)
        whole.addWidget(self.manage_button)

    def _draw_icons(self) -> None:
        theme = Theme.current()
        self.starter_button.setIcon(icon("download", theme.muted))
        self.remove_action.setIcon(icon("remove", theme.muted))
        self.edit_action.setIcon(icon("edit", theme.muted))

    def _read(self) -> _Listed:
        self._is_waiting = False
        return self._library.list(), self._saved_servers()

    def _show_models(self, listed: _Listed) -> None:
        chosen = self.list.selected()
        self.models, self.servers = listed
        self._show_cards()
        self.cut_note.say("\n".join(self._library.notes))
        self.select(self._wanted or chosen or self._loaded)
        self._wanted = ""
        self._show_state()
        self.refreshed.emit()

    def _show_cards(self) -> None:
        self.list.show_cards(cards_of(self.models, self.servers, self._loaded))

    def _show_trouble(self, error: LampblackError) -> None:
        self.show_error(str(error))
        self.refreshed.emit()

    def _show_state(self) -> None:
        """Show what can be done now."""
        models, model, key = self.models, self.selected(), self.list.selected()
        server = server_of(key)
        self.list.setVisible(bool(models or self.servers))
        has_starter = any(Path(one.path).name == STARTER.file_name for one in models)
        is_coming = self._download is not None and self._download.id == STARTER_ID
        can_get = not self._refusal and not has_starter and not is_coming
        self.starter_button.setVisible(can_get)
        self.empty_text.say("" if models or self.servers else self._empty_words())
        if not self._loading:
            self.strip.hide()
        loaded = bool(key) and key == self._loaded
        text, tip = load_words(is_server=bool(server), loaded=loaded)
        self.load_button.setText(text)
        self.load_button.setToolTip(tip)
        set_property(self.load_button, "kind", "" if loaded else "primary")
        can_load = bool(server) or (model is not None and not model.problem)
        self.load_button.setEnabled(loaded or (can_load and not self._loading))
        self.remove_action.setEnabled(bool(server) or (model is not None and not loaded))
        tip = (
            self.tr("Take it off the list, and forget its key")
            if server
            else self.tr("Take it off the list, or into the trash")
        )
        self.remove_action.setToolTip(tip)
        self.edit_action.setVisible(bool(server))

    def _empty_words(self) -> str:
        if self._refusal:
            words = self.tr(
                "No models yet.\n\nDrop a model (a .gguf file or a folder) here, or add one from "
                "disk."
            )
            return f"{words}\n\n{self._refusal}"
        return self.tr(
            "No models yet.\n\nDrop a model (a .gguf file or a folder) here, add one from disk, "
            "or get the small starter model to begin with."
        )

    def _load(self) -> None:
        model, key = self.selected(), self.list.selected()
        if not key or key == self._loaded or self._loading:
            return
        if model is not None and model.problem:
            self.show_error(model.problem)
            return
        self.hide_error()
        self.load_requested.emit(key)

    def _add(self, path: str) -> None:
        self.hide_error()
        self.add_requested.emit(path)

    def _open_menu(self, position: QPoint) -> None:
        if not self.list.indexAt(position).isValid():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.load_button.text(), self.activate).setEnabled(
            self.load_button.isEnabled()
        )
        menu.addAction(self.edit_action)
        menu.addAction(self.remove_action)
        menu.popup(self.list.viewport().mapToGlobal(position))
