"""Opens the model manager, and joins it with loading, passports and smaller copies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from app.core.errors import LampblackError
from app.engine.messages import ModelInfo
from app.program import Program
from app.ui.languages import on_language_change
from app.ui.models.controller import ModelController
from app.ui.models.passport_controller import PassportController
from app.ui.startup import bring
from app.ui.window_state import WindowMemory

if TYPE_CHECKING:
    from app.core.system.background import BackgroundQueue
    from app.ui.manager.views import ManagerView
    from app.ui.manager.window import ModelManager
    from app.ui.widgets.banner import BannerArea

_CODE = (
    "app.core.models.removal",
    "app.core.models.catalogue",
    "psutil",
    "app.core.memory_fit.estimate",
    "app.core.memory_fit.report",
    "app.ui.manager.questions",
    "app.ui.manager.inventory",
    "app.ui.manager.views",
    "app.ui.manager.operations",
    "app.ui.manager.catalogue_tab",
    "app.ui.manager.downloads_tab",
    "app.ui.manager.fit_controller",
    "app.ui.manager.installed_tab",
    "app.ui.manager.token_controller",
    "app.ui.manager.window",
)
"""The modules of the manager, each short to import."""


class ManagerController(QObject):
    """One manager for a window, made when it is first opened.

    `make_copy` opens the dialog for a smaller copy of the model at a path.
    """

    def __init__(
        self,
        program: Program,
        models: ModelController,
        make_copy: Callable[[str], object],
        passports: PassportController,
        memory: WindowMemory,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._program, self._models, self._window = program, models, window
        self._make_copy, self._passports, self._memory = make_copy, passports, memory
        self._to_try = ""
        self._is_closed = self._is_outdated = False
        self.manager: ModelManager | None = None
        self._view: ManagerView | None = None
        self._ending: list[BackgroundQueue] = []
        self._follow_models()
        on_language_change(self._word)

    def open(self) -> None:
        """Show the models."""
        self._with(lambda manager: manager.open())

    def find(self) -> None:
        """Show the catalogue."""
        self._with(lambda manager: manager.open(manager.catalogue))

    def downloads(self) -> None:
        """Show what is being fetched."""
        self._with(lambda manager: manager.open(manager.downloads))

    def show_network(self) -> None:
        """The settings may allow or forbid downloads now."""
        if self.manager is not None:
            self.manager.show_network()

    def show_fit(self) -> None:
        """Say whether the loaded model fits, or the one that would be loaded."""
        model = self._program.worker.model
        path = model.path if model is not None else self._models.loader.last_path()

        def show(manager: ModelManager) -> None:
            manager.open(manager.installed)
            if path:
                manager.show_fit(path)

        self._with(show)

    def refresh(self) -> None:
        """Other models are on the disk now."""
        if self.manager is not None and self.manager.isVisible():
            self.manager.refresh()

    def _word(self) -> None:
        """Make the manager again in the language that is spoken now.

        What was looked at is looked at again; only messages are gone. One that is at work, or shows
        a dialog, stays as it is until it is opened again.
        """
        manager = self.manager
        if manager is None:
            return
        self._is_outdated = manager.is_busy
        if not manager.is_busy:
            is_shown = manager.isVisible()
            self._drop(manager)
            if is_shown:
                self._with(lambda made: made.open())

    def _drop(self, manager: ModelManager) -> None:
        """Do without it at once, also where it reads a disk that does not answer."""
        self._keep()
        self._view = _view_of(manager)
        self.manager = None
        self._ending = [queue for queue in self._ending if not queue.is_idle]
        self._ending += manager.end(wait=False)
        manager.deleteLater()

    def close(self) -> None:
        """The window closes, and the manager with it."""
        self._is_closed = True
        if self.manager is not None:
            self._keep()
            self.manager.end()
        for queue in self._ending:
            queue.wait()

    def _with(self, call: Callable[[ModelManager], object]) -> None:
        """Call it as soon as there is a manager, unless the window is closed by then."""

        def go_on() -> None:
            if not self._is_closed:
                call(self._made())

        bring(_CODE, self, go_on)

    def _made(self) -> ModelManager:
        if self._is_outdated and self.manager is not None and not self.manager.is_busy:
            self._drop(self.manager)
        if self.manager is None:
            self._is_outdated = False
            from app.ui.manager.window import ModelManager

            self.manager = ModelManager(self._program, self._window)
            self._memory.restore(self.manager, self.manager.installed.split, "manager/")
            self.manager.closed.connect(self._keep)
            if self._view is not None:
                _take_view(self.manager, self._view)
            self._join(self.manager)
            self._follow()
        return self.manager

    def _join(self, manager: ModelManager) -> None:
        models, loader = self._models, self._models.loader
        manager.add_requested.connect(lambda path: models.add(Path(path), self._banners))
        manager.load_requested.connect(models.load)
        manager.load_as_requested.connect(models.load)
        manager.passport_requested.connect(self._try_out)
        manager.unload_requested.connect(loader.unload)
        manager.copy_requested.connect(self._make_copy)
        manager.changed.connect(lambda: models.panel.refresh())

    def _follow_models(self) -> None:
        """Hear what goes on, for whichever manager there is then."""
        models, loader = self._models, self._models.loader
        models.added.connect(self.refresh)
        models.removal.removed.connect(self.refresh)
        models.ready.connect(self._on_ready)
        models.not_ready.connect(self._give_up)
        loader.remembered.connect(self.refresh)
        self._passports.kept.connect(self.refresh)
        loader.failed.connect(self._show_error)
        loader.loading.connect(lambda _path, _fraction: self._follow())
        for signal in (loader.loading_ended, loader.loaded, loader.unloaded):
            signal.connect(self._follow)

    def _show_error(self, error: LampblackError) -> None:
        if self.manager is not None:
            self.manager.show_error(error)

    def _try_out(self, path: str) -> None:
        """Examine the model at a path, after it was loaded if it is not."""
        model = self._program.worker.model
        if model is not None and model.path == path:
            self._show_passport()
            return
        self._to_try = path
        self._models.load(path)

    def _on_ready(self, model: ModelInfo) -> None:
        if self._to_try and model.path == self._to_try:
            # After all others have heard that the model is there.
            QTimer.singleShot(0, self, self._show_passport)
        self._to_try = ""

    def _give_up(self) -> None:
        self._to_try = ""

    def _show_passport(self) -> None:
        from app.ui.models.passport_dialog import show_passport

        show_passport(self._passports, self.manager or self._made(), again=True)

    def _banners(self) -> BannerArea:
        """Where an answer to the manager stands: there, unless another has taken its place."""
        shown = self.manager is not None and self.manager.isVisible()
        return self.manager.banners if shown and self.manager else self._models.banners

    def _keep(self) -> None:
        if self.manager is not None:
            self._memory.keep(self.manager, self.manager.installed.split, "manager/")

    def _follow(self) -> None:
        model = self._program.worker.model
        if self.manager is not None:
            path = model.path if model is not None else ""
            self.manager.set_loaded(path, is_loading=self._models.loader.is_loading)


def _view_of(manager: ModelManager) -> ManagerView:
    """What the writer looks at in a manager."""
    from app.ui.manager.views import ManagerView

    return ManagerView(
        tab=manager.tabs.currentIndex(),
        installed=manager.installed.view(),
        catalogue=manager.catalogue.view(),
    )


def _take_view(manager: ModelManager, view: ManagerView) -> None:
    """Look at the same in a new manager; what has to be read first is selected after that."""
    manager.tabs.setCurrentIndex(view.tab)
    manager.installed.take_view(view.installed)
    manager.catalogue.take_view(view.catalogue)
