"""The window of the model manager: what is here, what can be got, and what is on its way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.core.errors import CancelledError, LampblackError
from app.core.models.catalogue import CatalogueEntry
from app.core.models.model_file import ModelFile
from app.core.system.background import BackgroundQueue
from app.downloads.queue import Download, DownloadNeed
from app.downloads.request import ModelRequest, wanted
from app.program import Program
from app.ui.background import BackgroundTasks
from app.ui.bridge import Bridge
from app.ui.manager.catalogue_tab import CatalogueTab
from app.ui.manager.downloads_tab import DownloadsTab
from app.ui.manager.fit_controller import FitController
from app.ui.manager.installed_tab import InstalledTab
from app.ui.manager.inventory import Inventory, model_at, read_inventory
from app.ui.manager.operations import ModelOperations
from app.ui.manager.questions import ManagerQuestions
from app.ui.manager.token_controller import TokenController
from app.ui.models.downloads_controller import carry_out, is_agreed, remember_agreement
from app.ui.numbers import data_size_text
from app.ui.widgets.banner import BannerArea
from app.ui.widgets.controls import ProgressStrip, local_paths


class ModelManager(QWidget):
    """Stands beside the writing window and holds nothing up.

    Adding, loading, trying out and smaller copies are asked of the window it belongs to; a load
    can carry options for once. `changed` says that other models are on the list, `refreshed` that
    everything has been read.
    """

    add_requested = Signal(str)
    load_requested = Signal(str)
    load_as_requested = Signal(str, object)
    passport_requested = Signal(str)
    closed = Signal()
    unload_requested = Signal()
    copy_requested = Signal(str)
    changed = Signal()
    refreshed = Signal()

    def __init__(
        self,
        program: Program,
        parent: QWidget | None = None,
        questions: ManagerQuestions | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle(self.tr("Models"))
        self._program = program
        self._questions = questions or ManagerQuestions(self)
        self._inventory: Inventory | None = None
        self._wants_fit = ""
        self._loaded = ""
        self._is_reading = self._is_stale = False
        self._done: set[str] = set()
        self._background = BackgroundTasks(self._fail, self)
        self.operations = ModelOperations(program, self._questions, self)
        self.fits = FitController(program, self._background, self)
        self.tokens = TokenController(program, self._background, self)
        self._make_parts()
        self._lay_out()
        self._join()
        self._bridge = Bridge(self)
        self._bridge.arrived.connect(self._show_downloads)
        program.downloads.listen(self._bridge.post)
        downloads = program.downloads.all()
        self._done = _done(downloads)
        self._show_downloads(downloads)
        self.setAcceptDrops(True)
        self.resize(900, 640)

    def open(self, tab: QWidget | None = None) -> None:
        """Show the window, bring it to the front and read everything again."""
        if tab is not None:
            self.tabs.setCurrentWidget(tab)
        self.show_network()
        if self.isVisible():
            self.raise_()
        self.show()
        self.activateWindow()
        self.refresh()

    def refresh(self) -> None:
        """Read everything again in the background; `refreshed` follows."""
        if self._is_reading:
            self._is_stale = True
            return
        self._is_reading = True
        self._read(quick=True)

    def _read(self, *, quick: bool) -> None:
        """Read everything; what takes long, the headers of new models, comes after the rest."""
        catalogue = self._inventory.catalogue if self._inventory is not None else None
        self._background.run(
            lambda: read_inventory(self._program, self.fits.layouts, catalogue, quick=quick),
            self._show_inventory,
            self._on_unread,
        )

    def set_loaded(self, path: str, *, is_loading: bool = False) -> None:
        """Follow the engine: which model is loaded, and whether one is being loaded."""
        is_news = path != self._loaded
        self._loaded = path
        self.installed.set_loaded(path, is_loading=is_loading)
        if is_news and self.isVisible():
            self.refresh()  # other memory is free now

    def show_error(self, error: LampblackError) -> None:
        """Say here, too, why a model could not be loaded."""
        if self.isVisible() and not isinstance(error, CancelledError):
            self._fail(error)

    @property
    def is_busy(self) -> bool:
        """Whether it works with models, or shows a dialog."""
        is_asking = any(map(QDialog.isVisible, self.findChildren(QDialog)))
        return is_asking or not self.operations.is_idle

    def end(self, *, wait: bool = True) -> list[BackgroundQueue]:
        """Tell nothing any more, and end the threads: these, which are waited for now or later."""
        self.installed.keep_notes()
        self._program.downloads.unlisten(self._bridge.post)
        self._bridge.close()
        self._background.close(wait=wait)
        ending = [self._background.queue, *self.operations.close(wait=wait)]
        self.close()
        return ending

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep the notes; downloads go on."""
        self.installed.keep_notes()
        self.closed.emit()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders of this machine."""
        if local_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Use what was dropped, where it lies."""
        event.acceptProposedAction()
        self.tabs.setCurrentWidget(self.installed)
        for path in local_paths(event.mimeData()):
            self.add_requested.emit(str(path))

    # Building

    def _make_parts(self) -> None:
        self.banners = BannerArea()
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName(self.windowTitle())
        self.installed = InstalledTab(self.tabs)
        self.catalogue = CatalogueTab(self.tabs)
        self.downloads = DownloadsTab(self.tabs)
        self.tabs.addTab(self.installed, self.tr("On This Machine"))
        self.tabs.addTab(self.catalogue, self.tr("Catalogue"))
        self.tabs.addTab(self.downloads, self.tr("Downloads"))
        self.strip = ProgressStrip()
        self.total = QLabel()
        self.total.setProperty("kind", "muted")
        self.add_button = QPushButton(self.tr("Add and Watch"))
        self.add_button.setToolTip(self.tr("Models stay where they are; nothing is copied"))
        self.menu = QMenu(self.add_button)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.add_button.setMenu(self.menu)
        close = QAction(self.tr("Close"), self)
        close.setShortcuts([QKeySequence(QKeySequence.StandardKey.Close), QKeySequence("Esc")])
        close.triggered.connect(self.close)
        self.addAction(close)

    def _lay_out(self) -> None:
        bottom = QHBoxLayout()
        bottom.setContentsMargins(14, 0, 14, 10)
        bottom.addWidget(self.total, 1)
        bottom.addWidget(self.add_button)
        strip = QHBoxLayout()
        strip.setContentsMargins(14, 0, 14, 0)
        strip.addWidget(self.strip)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 6, 0, 0)
        whole.setSpacing(6)
        whole.addWidget(self.banners)
        whole.addWidget(self.tabs, 1)
        whole.addLayout(strip)
        whole.addLayout(bottom)

    def _join(self) -> None:
        self.installed.asked.connect(self._on_asked)
        self.installed.noted.connect(self._on_noted)
        self.installed.find_requested.connect(lambda: self.tabs.setCurrentWidget(self.catalogue))
        self.catalogue.download_requested.connect(self._prepare)
        self.catalogue.load_requested.connect(self.load_requested)
        self.downloads.load_requested.connect(self.load_requested)
        self.downloads.asked.connect(self._on_download_asked)
        self.fits.load_requested.connect(self.load_as_requested)
        self.fits.drafts.changed.connect(self.refresh)
        self.fits.entry_requested.connect(self._show_entry)
        self.operations.changed.connect(self.refresh)
        self.operations.changed.connect(self.changed)
        self.operations.failed.connect(self.banners.say)
        self.operations.progress.connect(self._show_progress)
        self.strip.stopped.connect(self.operations.stop)
        for said in (self.operations.said, self.tokens.said, self.fits.drafts.said):
            said.connect(lambda text: self.banners.say(text, "notice"))
        self.tokens.failed.connect(self.banners.say)
        self.tokens.given.connect(lambda name: self._on_download_asked("retry", name))

    def _fill_menu(self) -> None:
        menu, operations, settings = self.menu, self.operations, self._program.settings
        menu.clear()
        menu.addAction(self.tr("Add a Model File…"), self._add_file)
        menu.addAction(self.tr("Watch a Folder…"), self._add_folder)
        menu.addAction(self.tr("Models of Other Programs…"), operations.find_programs)
        menu.addSeparator()
        for folder in settings.watched_folders:
            text = self.tr("Stop Watching {0}").format(folder.replace("&", "&&"))
            menu.addAction(text, partial(operations.unwatch, folder))
        for name in settings.use_programs:
            text = self.tr("Stop Using the Models of {0}").format(name)
            menu.addAction(text, partial(operations.leave_program, name))
        menu.addSeparator()
        menu.addAction(self.tr("Find Duplicates"), self._find_duplicates)

    # What the writer asks for

    def _on_asked(self, wish: str, path: str) -> None:
        one = self.installed.selected()
        if one is None or one.model.path != path or self._inventory is None:
            return
        model, operations, inventory = one.model, self.operations, self._inventory
        calls: dict[str, Callable[[], object]] = {
            "load": lambda: self.load_requested.emit(path),
            "unload": self.unload_requested.emit,
            "rename": lambda: operations.rename(model),
            "favourite": lambda: operations.change_favourite(one),
            "reveal": lambda: operations.reveal(model),
            "verify": lambda: operations.verify(model, inventory),
            "quantize": lambda: self.copy_requested.emit(path),
            "fit": lambda: self.fits.open(one, inventory),
            "draft": lambda: self.fits.drafts.open(one, inventory),
            "passport": lambda: self._try_out(model),
            "remove": lambda: operations.removal.ask(model, self._loaded),
        }
        calls[wish]()

    def show_fit(self, path: str) -> None:
        """Select the model at a path and say whether it fits, as soon as that is known."""
        one = model_at(self._inventory, path)
        if one is None or self._inventory is None:
            self._wants_fit = path
            return
        self._wants_fit = ""
        self.tabs.setCurrentWidget(self.installed)
        self.installed.list.select(one.model.path)
        self.fits.open(one, self._inventory)

    def _show_entry(self, entry_id: str) -> None:
        self.tabs.setCurrentWidget(self.catalogue)
        self.catalogue.show_entry(entry_id)

    def _try_out(self, model: ModelFile) -> None:
        """Have a model tried; one that another has to make room for only after a question."""
        is_loaded = model.path == self._loaded
        if is_loaded or not self._loaded or self._questions.try_out(model.name):
            self.passport_requested.emit(model.path)

    def _on_noted(self, path: str, notes: str) -> None:
        for one in self._inventory.models if self._inventory is not None else ():
            if one.model.path == path:
                self.operations.note(one.model, notes)

    def _add_file(self) -> None:
        if path := self._questions.model_file():
            self.add_requested.emit(path)

    def _add_folder(self) -> None:
        if path := self._questions.folder():
            self.add_requested.emit(path)

    def _find_duplicates(self) -> None:
        if self._inventory is not None:
            self.operations.find_duplicates(self._inventory)

    # Downloads

    def _prepare(self, entry: CatalogueEntry) -> None:
        """Find out which host is asked and how much is needed; that looks at the disk."""
        model = wanted(entry)
        self._background.run(
            lambda: self._program.downloads.need(model), lambda need: self._fetch(model, need)
        )

    def _fetch(self, model: ModelRequest, need: DownloadNeed) -> None:
        """Ask the first time that a host is asked for anything, then download."""
        settings = self._program.settings_store
        if not is_agreed(settings, need.host):
            if not self._questions.download(model.title, need):
                return
            remember_agreement(settings, need.host)
        if self._try_download(lambda: self._program.downloads.add(model)):
            self.tabs.setCurrentWidget(self.downloads)

    def _on_download_asked(self, wish: str, name: str) -> None:
        if wish == "token":
            self.tokens.ask(name)
        else:
            self._try_download(lambda: carry_out(self._program.downloads, wish, name))

    def _try_download(self, call: Callable[[], object]) -> bool:
        try:
            call()
        except LampblackError as error:
            self._fail(error)
            return False
        return True

    def _show_downloads(self, downloads: Sequence[Download]) -> None:
        self.downloads.show_downloads(downloads)
        self.catalogue.show_downloads(downloads)
        active = sum(one.state in ("waiting", "running") for one in downloads)
        title = self.tr("Downloads ({0})").format(active) if active else self.tr("Downloads")
        self.tabs.setTabText(self.tabs.indexOf(self.downloads), title)
        before, self._done = self._done, _done(downloads)
        if self._done - before:
            self.refresh()  # the writing window loads it, if there is none to write with

    def show_network(self) -> None:
        """Without the network there is nothing to download, and one sentence says so."""
        refusal = self._program.downloads.refusal()
        self.catalogue.show_refusal(refusal)
        self.tabs.setTabVisible(self.tabs.indexOf(self.downloads), not refusal)

    # Showing

    def _show_inventory(self, inventory: Inventory) -> None:
        told = self._inventory.notes if self._inventory is not None else ()
        self._inventory = inventory
        self.installed.show_inventory(inventory)
        self.catalogue.show_inventory(inventory)
        words = self.tr("{0} models, {1} on disk", "", len(inventory.models))
        text = words.format(len(inventory.models), data_size_text(inventory.total))
        self.total.setText(text if inventory.models else "")
        for note in inventory.notes:
            if note not in told:
                self.banners.say(note, "notice")
        if self._wants_fit:
            self.show_fit(self._wants_fit)
        if inventory.is_whole:
            self._is_reading, self._wants_fit = False, ""
            self._end_reading()
        else:
            self._read(quick=False)

    def _on_unread(self, error: LampblackError) -> None:
        self._is_reading = False
        self._fail(error)
        self._end_reading()

    def _end_reading(self) -> None:
        if self._is_stale:
            self._is_stale = False
            self.refresh()
        else:
            self.refreshed.emit()

    def _show_progress(self, text: str, fraction: float) -> None:
        if text:
            self.strip.show_fraction(text, fraction)
        else:
            self.strip.hide()

    def _fail(self, error: LampblackError) -> None:
        self.banners.say(str(error))


def _done(downloads: Sequence[Download]) -> set[str]:
    return {download.id for download in downloads if download.state == "done"}
