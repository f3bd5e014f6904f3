"""Joins loading and downloading of models with everything that shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.core.errors import CancelledError, EngineMissingError, LampblackError
from app.core.options.load_options import LoadOptions
from app.downloads.queue import Download
from app.engine.gpu_crashes import GpuMark
from app.engine.messages import ModelInfo
from app.program import Program
from app.ui.background import BackgroundTasks
from app.ui.bridge import Bridge
from app.ui.models.downloads_controller import DownloadsController
from app.ui.models.loader import ModelLoader
from app.ui.models.removal import ModelRemoval
from app.ui.questions import Questions
from app.ui.texts import loading_text, watched_text
from app.ui.widgets.banner import BannerArea
from app.ui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from app.core.models.model_file import ModelFile
    from app.ui.models.adapters_controller import AdaptersController
    from app.ui.models.empty_state import EmptyState
    from app.ui.models.pack_controller import PackController
    from app.ui.models.panel import ModelsPanel


class ModelController(QObject):
    """Loads, unloads, adds and fetches models, and says how it goes wherever it is seen.

    `moved` says that something began or ended. `ready` and `not_ready` end a wait for a model.
    `wanted` says that there is no model to load, with whether some are on disk; `settled` that the
    list of models has been read, `added` that something was put on it; `manage_requested` and
    `find_requested` ask for the manager and its catalogue, and `downloads_requested` for what it
    is fetching, `engines_requested` for the engines in the settings. `server_requested` and those
    like it ask for a new server, or to change or remove one by its name. `make_panel` makes that
    list, and `make_empty` what a writer without a model sees, once each.
    """

    moved = Signal()
    ready = Signal(object)
    not_ready = Signal()
    gone = Signal()
    wanted = Signal(bool)
    settled = Signal()
    added = Signal()
    manage_requested = Signal()
    find_requested = Signal()
    engines_requested = Signal()
    downloads_requested = Signal()
    server_requested = Signal()
    edit_server_requested = Signal(str)
    remove_server_requested = Signal(str)

    def __init__(
        self,
        program: Program,
        make_panel: Callable[[], ModelsPanel],
        make_empty: Callable[[], EmptyState],
        status: StatusBar,
        banners: BannerArea,
        questions: Questions,
        bridge: Bridge,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._program = program
        self._make_panel = make_panel
        self._make_empty = make_empty
        self._status = status
        self._banners = banners
        self._questions = questions
        self._background = BackgroundTasks(self._show_error, self)
        self.loader = ModelLoader(program, bridge, self)
        self._is_listed = False
        self._place = ""
        self.loader.listed = self._listed
        self.fetching = DownloadsController(program, questions, self)
        self._join_models()

    @property
    def has_models(self) -> bool:
        """Whether any model or server is on the list."""
        return bool(self.panel.models or self.panel.servers)

    def _listed(self) -> Sequence[ModelFile] | None:
        models = self.panel.models  # whose making begins the first listing
        return models if self._is_listed else None

    def _on_listed(self) -> None:
        self._is_listed = True
        self.loader.on_listed()
        self.settled.emit()

    def _join_models(self) -> None:
        loader = self.loader
        loader.loading.connect(self.moved)
        loader.loading_ended.connect(self.moved)
        loader.loading.connect(self._on_loading)
        loader.measuring.connect(self._on_measuring)
        loader.loading_ended.connect(self._on_loading_ended)
        loader.loaded.connect(self._on_loaded)
        loader.unloaded.connect(self._on_unloaded)
        loader.failed.connect(self._on_load_failed)
        loader.missing.connect(self._on_missing)
        loader.doubted.connect(self._on_doubted)
        self.fetching.changed.connect(self.show_downloads)
        self.fetching.arrived.connect(self._on_arrived)
        self.fetching.failed.connect(self._on_fetch_failed)
        self.fetching.refused.connect(self._show_error)

    def begin(self) -> None:
        """The window is shown: make the views of models, of which the list reads the disk."""
        for view in (self.empty, self.panel):
            self._show_download_in(view)

    @cached_property
    def panel(self) -> ModelsPanel:
        """The list of models, made when it is first asked for."""
        panel = self._make_panel()
        panel.load_requested.connect(self.load)
        panel.unload_requested.connect(self.loader.unload)
        panel.add_requested.connect(lambda path: self.add(Path(path)))
        panel.remove_requested.connect(self._remove)
        panel.refreshed.connect(self._on_listed)
        panel.get_starter_requested.connect(self.fetching.get_starter)
        panel.download_asked.connect(self.fetching.do)
        panel.cancel_requested.connect(self.stop)
        panel.manage_requested.connect(self.manage_requested)
        panel.server_asked.connect(self.server_requested)
        panel.edit_server_asked.connect(self.edit_server_requested)
        panel.remove_server_asked.connect(self.remove_server_requested)
        return panel

    @cached_property
    def empty(self) -> EmptyState:
        """What a writer without a model sees, made when it is first asked for."""
        empty = self._make_empty()
        empty.get_starter_requested.connect(self.fetching.get_starter)
        empty.download_asked.connect(self.fetching.do)
        empty.open_requested.connect(self.choose)
        empty.find_requested.connect(self.find_requested)
        empty.server_requested.connect(self.server_requested)
        return empty

    @cached_property
    def packs(self) -> PackController:
        """The PyTorch engine's pack, made when it is first asked for."""
        from app.ui.models.pack_controller import PackController

        packs = PackController(self._program, self)
        packs.said.connect(self._status.say)
        return packs

    @property
    def busy(self) -> bool:
        """Whether something goes on that `stop` would stop."""
        return self.loader.is_loading

    def stop(self) -> None:
        """Stop loading; a download has buttons of its own."""
        self.loader.cancel()

    def close(self) -> None:
        """The window closes: what was asked for is written, and the threads end."""
        self.fetching.close()
        self._background.close(finish=True)
        self.loader.close()
        if "packs" in vars(self):
            self.packs.close()
        if "panel" in vars(self):
            self.panel.wait()

    # Adding

    def load(self, path: str, options: LoadOptions | None = None) -> None:
        """Load a model that the writer chose, with these options for once if there are any.

        What went wrong before is over.
        """
        self._banners.clear("error")
        self.loader.load(path, options=options)

    def choose(self) -> None:
        """Ask for a model file, add it where it lies and load it."""
        path = self._questions.model_path(Path.home())
        if path is not None:
            self.add(path)

    @property
    def banners(self) -> BannerArea:
        """The window's."""
        return self._banners

    def add(self, path: Path, banners: Callable[[], BannerArea] | None = None) -> None:
        """Put a model file or folder on the list, in place, and load it if no other is.

        It is looked at off the window's thread; a folder that only holds models is watched. What
        there is to say stands in the `banners` of that moment, the window's unless told.
        """
        from app.core.models.removal import add_in_place

        self._background.run(
            lambda: add_in_place(path, self._program.settings_store, self._program.metadata),
            lambda found: self._on_added(found, banners() if banners else self._banners),
            self._show_error if banners is None else lambda error: banners().say(str(error)),
        )

    def _on_added(self, found: ModelFile | Path, banners: BannerArea) -> None:
        self.panel.refresh()
        self.added.emit()
        if isinstance(found, Path):
            banners.say(lambda: watched_text(found), "notice")
        elif self.loader.model is None and not self.loader.is_loading:
            self.loader.load(found.path)

    def _remove(self, model: ModelFile) -> None:
        loaded = self.loader.model
        self.removal.ask(model, loaded.path if loaded is not None else "")

    @cached_property
    def removal(self) -> ModelRemoval:
        """Removes models of the list, after a question."""
        removal = ModelRemoval(self._program, self._questions, self._background, self)
        removal.removed.connect(lambda: self.panel.refresh())
        removal.said.connect(self._status.say)
        return removal

    def open_adapters(self) -> None:
        """Show the adapters of the loaded model."""
        if (model := self.loader.model) is not None:
            self.adapters.open(model)

    @cached_property
    def adapters(self) -> AdaptersController:
        """Attaches adapters, made when it is first asked for."""
        from app.ui.models.adapters_controller import AdaptersController

        window = self._status.window()
        return AdaptersController(self._program, self._background, self.load, window)

    # Loading

    def _on_loading(self, path: str, fraction: float) -> None:
        self._status.show_progress(lambda: loading_text(path), fraction or None)
        self.panel.set_loading(path, fraction)

    def _on_measuring(self, path: str) -> None:
        name = Path(path).stem
        self._status.show_progress(
            lambda: self.tr("Finding out how {0} runs fastest here…").format(name), None
        )

    def _on_loading_ended(self) -> None:
        self._status.show_progress("", None)
        self.panel.set_loading(None, 0.0)

    def _on_loaded(self, model: ModelInfo) -> None:
        self.panel.set_loaded(model)
        self._status.show_model(model)
        notes = model.notes if model.server is None else ()
        for note in notes:
            self._banners.say(note, "notice")
        self._say_place(model)
        if (mark := self.loader.avoided) is not None:
            self._say_avoided(mark)
        self.ready.emit(model)

    def _say_place(self, model: ModelInfo | None) -> None:
        """Say where text goes with a server; the status bar says enough where that is here."""
        self._banners.take_back(self._place)
        is_away = model is not None and model.server is not None and not model.server.is_here
        self._place = " ".join(model.notes) if model is not None and is_away else ""
        if self._place:
            self._banners.say(self._place, "notice")

    def _on_unloaded(self) -> None:
        self._say_place(None)
        self.panel.set_loaded(None)
        self._status.show_model(None)
        self.gone.emit()

    def _on_load_failed(self, error: LampblackError) -> None:
        if isinstance(error, EngineMissingError) and self.loader.engine == "torch":
            self._banners.say(
                str(error),
                choices=lambda: {self.tr("Show Engines"): self.engines_requested.emit},
            )
            self.empty.show_error(str(error))
        elif not isinstance(error, CancelledError):
            self._show_error(error)
        self.not_ready.emit()

    def _on_missing(self) -> None:
        """With models to choose from, what the writer asked for waits for the choice."""
        self.wanted.emit(self.has_models)
        if not self.has_models:
            self.not_ready.emit()

    def _on_doubted(self, mark: GpuMark) -> None:
        """A crash is told with both ways out of it."""
        name = Path(mark.path).stem
        self._banners.say(
            lambda: self.tr("The graphics card ({0}) failed while loading {1} last time.").format(
                mark.gpu, name
            ),
            choices=lambda: {
                self.tr("Load on the processor"): lambda: self.loader.load_on_processor(mark),
                self.tr("Try the graphics card again"): lambda: self.loader.try_gpu(mark),
            },
        )
        self.not_ready.emit()

    def _say_avoided(self, mark: GpuMark) -> None:
        name = Path(mark.path).stem
        self._banners.say(
            lambda: self.tr(
                "{0} is on the processor, because the graphics card failed with it."
            ).format(name),
            "notice",
            lambda: {self.tr("Try the graphics card again"): lambda: self.loader.try_gpu(mark)},
        )

    def _show_error(self, error: LampblackError) -> None:
        self._banners.say(str(error))
        self.empty.show_error(str(error))

    # Fetching

    def show_downloads(self) -> None:
        """Show what is being fetched wherever models are, or why nothing can be."""
        for name in ("empty", "panel"):
            if name in vars(self):
                self._show_download_in(getattr(self, name))
        self._status.show_download(self.fetching.shown)

    def _show_download_in(self, view: EmptyState | ModelsPanel) -> None:
        view.show_refusal(self.fetching.refusal)
        view.show_download(self.fetching.shown)

    def _on_arrived(self, path: str) -> None:
        """A model has come: it is listed, and loaded if there is none to write with."""
        self.panel.refresh()
        if self.loader.model is None and not self.loader.is_loading:
            self.load(path)

    def _on_fetch_failed(self, download: Download) -> None:
        if "empty" in vars(self) and self.empty.isVisible():
            return  # which says it beside the button that tries again
        self._banners.say(
            f"{download.title}: {download.problem}",
            choices=lambda: {self.tr("Show Downloads"): self.downloads_requested.emit},
        )
