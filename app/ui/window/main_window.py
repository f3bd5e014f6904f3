"""The main window: puts the parts side by side and joins their signals."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QSplitter

from app.core.options.presets import suggested
from app.engine.messages import Done, ModelInfo
from app.program import Program
from app.ui.actions import Actions
from app.ui.bridge import Bridge
from app.ui.documents.controller import DocumentController
from app.ui.documents.display import DocumentDisplay
from app.ui.documents.encodings import Encodings
from app.ui.documents.kept_here import KeptHere
from app.ui.documents.recent_files import RecentMenu
from app.ui.models.controller import ModelController
from app.ui.models.passport_controller import PassportController
from app.ui.questions import Questions
from app.ui.sampling.panel import SamplingPanel
from app.ui.servers.controller import ServersController
from app.ui.service.controller import ServiceController
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.status_bar import StatusBar
from app.ui.window.allowed_actions import AllowedActions
from app.ui.window.generation_controller import GenerationController
from app.ui.window.manager_controller import ManagerController
from app.ui.window.manuscript_parts import ManuscriptParts
from app.ui.window.notices import Notices
from app.ui.window.page import PageColumn
from app.ui.window.view_controller import SidePanel, ViewController
from app.ui.window_state import WindowMemory

if TYPE_CHECKING:
    from app.ui.models.panel import ModelsPanel
    from app.ui.models.quantize_controller import QuantizeController

_KEEP_SAMPLING_MS = 600
_MODEL_SUFFIX = ".gguf"


class MainWindow(QMainWindow):
    """One window with one manuscript."""

    closed = Signal()

    def __init__(self, program: Program, questions: Questions | None = None) -> None:
        super().__init__()
        self.program = program
        self._memory = WindowMemory(program.paths.config / "window.ini")
        self.questions = questions or Questions(self)
        self._empty_was_shown = False
        self._make_parts()
        self._lay_out()
        self.view = ViewController(
            self, self.page, self.side, self.actions_table, program, self._memory
        )
        self._connect_actions()
        self._connect_models()
        self._connect_documents()
        self.view.show_settings()
        self._memory.restore(self, self.splitter)
        self.display.show_document()
        self.generation.show_takes()
        on_theme_change(self.actions_table.redraw)

    # Making

    def _make_parts(self) -> None:
        """Make the parts; of those that hear the same event, the ones made earlier hear it first.

        The loader is made before all that ask it for the model.
        """
        program, settings, bridge = self.program, self.program.settings, Bridge(self)
        self.bridge = bridge
        self.actions_table = Actions(self)
        self.page = PageColumn(self.actions_table)
        self.editor = self.page.editor
        self.status = StatusBar()
        self.sampling = SamplingPanel(
            program.presets,
            settings.sampling,
            preset=settings.preset,
            every=settings.all_parameters,
        )
        self.models = ModelController(
            program,
            self._make_models_panel,
            lambda: self.page.empty,
            self.status,
            self.page.banners,
            self.questions,
            bridge,
            self,
        )
        self.notices = Notices(program, self.page.banners, self.models, bridge, self)
        self.documents = DocumentController(
            program, self.editor, self.questions, self._memory, self
        )
        self.display = DocumentDisplay(
            self, self.documents, self.editor, self.status, self.actions_table
        )
        self.kept_here = KeptHere(program, self.documents, self.status, self.actions_table, self)
        self.encodings = Encodings(
            program, self.documents, self.editor, self.page.banners, self.questions, self
        )
        self.passports = PassportController(program, self.editor, self.status, bridge, self)
        self.generation = GenerationController(
            program,
            self.page,
            self.status,
            self.actions_table,
            self.models,
            self.documents,
            self.passports,
            self.sampling.sampling,
            self.kept_here,
            bridge,
        )
        self.session = self.generation.session
        self.manager = ManagerController(
            program,
            self.models,
            lambda path: self.quantize.open(path),
            self.passports,
            self._memory,
            self,
        )
        self.service = ServiceController(
            program, self.models.loader, self.status, self.page.banners, bridge, self
        )
        self.servers = ServersController(
            program, self.models, self.status, self.page.banners, self.questions, bridge, self
        )
        self.manuscript = ManuscriptParts(
            program, self.page, self.documents, self.display, self.status, self.actions_table, self
        )
        self.manuscript.follow(self.generation, self.models.loader, self)
        self.history = self.manuscript.history
        self._keep_sampling = QTimer(self, singleShot=True, interval=_KEEP_SAMPLING_MS)
        self._keep_sampling.timeout.connect(self._store_sampling)
        program.worker.listen(bridge.post)
        program.settings_store.write_in_background(bridge.post)

    def _lay_out(self) -> None:
        self.side = SidePanel(self.sampling)
        self.splitter = QSplitter()
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        self.splitter.setProperty("kind", "page")
        self.splitter.addWidget(self.page)
        self.splitter.addWidget(self.side)
        self.splitter.setStretchFactor(0, 1)
        self.setCentralWidget(self.manuscript.beside(self.splitter))
        self.setStatusBar(self.status)
        self.setMinimumSize(520, 380)
        self.actions_table.fill(self.menuBar())
        self.recent_menu = RecentMenu(self.program.settings_store, self.documents.open_path, self)
        self.actions_table.menus["File"].insertMenu(self.actions_table["save"], self.recent_menu)

    def _make_models_panel(self) -> ModelsPanel:
        from app.ui.models.panel import ModelsPanel

        panel = ModelsPanel(self.program.library, lambda: self.program.servers.all())
        self.side.put_models(panel)
        return panel

    @cached_property
    def quantize(self) -> QuantizeController:
        """Makes smaller copies; itself made when it is first asked for."""
        from app.ui.models.quantize_controller import QuantizeController

        quantize = QuantizeController(
            self.program, self.page.banners, self.display.passage, self.bridge, self
        )
        quantize.made.connect(lambda _path: self.models.panel.refresh())
        quantize.wanted.connect(self.models.load)
        return quantize

    def _connect_actions(self) -> None:
        """Connect what no controller connects by itself."""
        editor = self.editor
        self.actions_table.connect_all(
            {
                "new": self.documents.new,
                "open": self.documents.open,
                "open_as": self.encodings.open_as,
                "save": self.documents.save,
                "save_as": self.documents.save_as,
                "quit": self.close,
                "undo": editor.undo,
                "redo": editor.redo,
                "cut": editor.cut,
                "copy": editor.copy,
                "paste": editor.paste,
                "select_all": editor.selectAll,
                "load": self.models.loader.load_last,
                "unload": self.models.loader.unload,
                "measure": self.models.loader.measure_again,
                "quantize": lambda: self.quantize.open(),
                "adapters": self.models.open_adapters,
                "add_model": self.models.choose,
                "get_starter": self.models.fetching.get_starter,
                "downloads": self.manager.downloads,
                "manage": self.manager.open,
                "fit": self.manager.show_fit,
                "models": self.show_models,
                "passport": self._show_passport,
                "service": self.service.open,
                "add_server": self.servers.add,
                "edit_server": lambda: self.servers.edit(self.models.loader.server),
                "shortcuts": lambda: _help().show_shortcuts(self),
                "logs": lambda: _help().show_folder(self.program.paths.logs),
                "about": lambda: _help().show_about(self, self.program.packs),
            }
        )
        AllowedActions(self.actions_table, self.models, self)

    def _connect_models(self) -> None:
        models, view = self.models, self.view
        models.ready.connect(self._on_model_ready)
        models.gone.connect(lambda: self.page.write_bar.line.show_model(None))
        models.wanted.connect(self._on_model_wanted)
        models.settled.connect(self._show_empty_if_needed)
        models.manage_requested.connect(self.manager.open)
        models.find_requested.connect(self.manager.find)
        models.downloads_requested.connect(self.manager.downloads)
        models.engines_requested.connect(lambda: view.open_settings("Engines"))
        view.packs = lambda: models.packs
        self.manuscript.join(view)
        models.server_requested.connect(self.servers.add)
        models.edit_server_requested.connect(self.servers.edit)
        models.remove_server_requested.connect(self.servers.remove)
        for asking in (self.servers, self.generation.gate):
            asking.names_asked.connect(lambda: view.open_settings("Servers"))
        self.generation.gate.models_asked.connect(self.show_models)
        self.passports.kept.connect(self._suggest)
        self.status.downloads_asked.connect(self.manager.downloads)
        view.settings_applied.connect(self.servers.follow)
        view.settings_applied.connect(self.notices.offer_reload)
        view.settings_applied.connect(self.generation.reading.wake)
        view.settings_applied.connect(self._show_network)
        view.settings_applied.connect(self.service.follow)
        self._show_network()
        self.sampling.changed.connect(lambda _sampling: self._keep_sampling.start())
        settings = self.program.settings_store
        self.sampling.preset_changed.connect(lambda name: settings.change(preset=name))
        self.bridge.subscribe(self._show_seed, Done)

    def _connect_documents(self) -> None:
        documents = self.documents
        documents.replaced.connect(self.page.show_page)
        documents.saved.connect(self._on_saved)
        documents.failed.connect(self.notices.show_error)
        self.editor.files_dropped.connect(self.open_paths)
        self.page.files_dropped.connect(self.open_paths)

    # Beginning and ending

    def begin(self) -> None:
        """After the window is shown: say what was wrong, list the models, load the last one."""
        self.notices.begin()
        self.models.begin()
        self.manuscript.begin()
        settings = self.program.settings
        if settings.load_at_start and self.models.loader.last_path():
            self.models.loader.load_last()
        self.service.follow()
        self.editor.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved text, then end everything that runs."""
        if not (self.manuscript.may_leave() and self.documents.may_leave()):
            event.ignore()
            return
        if self._keep_sampling.isActive():
            self._store_sampling()
        self.bridge.close()
        self.service.close()
        self.servers.close()
        self.passports.close()
        self.generation.close()
        self.manuscript.close()
        self.documents.end()
        self.page.end()
        self._memory.keep(self, self.splitter)
        self.models.close()
        self.manager.close()
        if "quantize" in vars(self):
            self.quantize.close()
        event.accept()
        self.closed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the page the room when there is too little for both."""
        super().resizeEvent(event)
        self.view.fit()

    # The model

    def _show_seed(self, event: Done) -> None:
        if event.takes:
            self.sampling.set_last_seed(event.seed)

    def _on_model_ready(self, model: ModelInfo) -> None:
        self.sampling.set_engine(model.engine, model.unsupported)
        self._suggest()
        self.page.write_bar.line.show_model(model)
        if self.page.is_empty_shown:
            self.page.show_page()
        if not self.models.loader.is_loading:  # else for the model that was asked for meanwhile
            self.session.begin_waiting()
        self.generation.tokens.wake()

    def _suggest(self) -> None:
        """Offer the preset that suits the model, and say so where it is taken."""
        model, passport = self.passports.model, self.passports.passport
        if model is None:
            return
        repeats = passport is not None and passport.repeats
        suggestion = suggested(model.parameters, repeats=repeats)
        if self.sampling.suggest(suggestion) and suggestion is not None:
            self.status.say(
                self.tr(
                    "The preset suggested for {0} is set: it keeps the text from repeating itself."
                ).format(model.name)
            )

    def _show_network(self) -> None:
        """Where nothing may be fetched, nothing that fetches is offered."""
        for name in ("get_starter", "downloads"):
            self.actions_table[name].setEnabled(not self.models.fetching.refusal)
        self.models.fetching.pause_if_refused()
        self.models.show_downloads()
        self.manager.show_network()

    def _on_model_wanted(self, some_on_disk: bool) -> None:
        if some_on_disk:
            self.show_models()
            self.status.say(self.tr("Choose the model to write with."))
        else:
            self.page.show_empty()

    def _show_empty_if_needed(self) -> None:
        """At a first start there is no model and no text yet: offer a model instead of a page."""
        fresh = not len(self.editor.manuscript) and self.documents.path is None
        if fresh and not self.models.has_models and not self._empty_was_shown:
            self._empty_was_shown = True
            self.page.show_empty()

    def _show_passport(self) -> None:
        from app.ui.models.passport_dialog import show_passport

        show_passport(self.passports, self)

    def show_models(self) -> None:
        """Bring the models to the front of the side panel."""
        self.view.open_side()
        self.side.setCurrentWidget(self.models.panel)
        self.models.panel.list.setFocus()

    # The manuscript

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open the first manuscript among `paths`; models go on the list."""
        paths = self.manuscript.open_dropped(paths)
        models = [path for path in paths if self._is_model(path)]
        texts = [path for path in paths if path not in models]
        for path in models:
            self.models.add(path)
        if texts and self.documents.open_path(texts[0]):
            self.page.show_page()

    def _is_model(self, path: Path) -> bool:
        return path.suffix.lower() == _MODEL_SUFFIX or self.documents.files.is_folder(path)

    def _on_saved(self, path: str) -> None:
        self.display.show_document()
        self.status.say(self.tr("Saved {0}").format(path))

    # Settings

    def _store_sampling(self) -> None:
        self.program.settings_store.change(sampling=self.sampling.sampling())


def _help() -> ModuleType:
    """Imported when it is first asked for: the window is shown without it."""
    from app.ui.window import help

    return help
