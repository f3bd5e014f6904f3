"""The manager's desk: opens the model manager, and joins it with loading and smaller copies."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.ui.model_desk import ModelDesk
from app.workbench import Workbench

if TYPE_CHECKING:
    from app.ui.manager.window import ModelManager


class ManagerDesk(QObject):
    """One manager for a window, made when it is first opened.

    `make_smaller` opens the dialog for a smaller copy of the model at a path.
    """

    def __init__(
        self,
        bench: Workbench,
        desk: ModelDesk,
        make_smaller: Callable[[str], object],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._bench, self._desk, self._window = bench, desk, window
        self._make_smaller = make_smaller
        self.manager: ModelManager | None = None

    def open(self) -> None:
        """Show the models."""
        self._made().open()

    def find(self) -> None:
        """Show the catalogue."""
        manager = self._made()
        manager.open(manager.catalogue)

    def downloads(self) -> None:
        """Show what is being fetched."""
        manager = self._made()
        manager.open(manager.downloads)

    def show_network(self) -> None:
        """The settings may allow or forbid downloads now."""
        if self.manager is not None:
            self.manager.show_network()

    def refresh(self) -> None:
        """Other models are on the disk now."""
        if self.manager is not None and self.manager.isVisible():
            self.manager.refresh()

    def close(self) -> None:
        """The window closes, and the manager with it."""
        if self.manager is not None:
            self.manager.end()

    def _made(self) -> ModelManager:
        if self.manager is None:
            from app.ui.manager.window import ModelManager

            self.manager = ModelManager(self._bench, self._window)
            self._join(self.manager)
            self._follow()
        return self.manager

    def _join(self, manager: ModelManager) -> None:
        desk, models = self._desk, self._desk.models
        manager.load_requested.connect(desk.load)
        manager.unload_requested.connect(models.unload)
        manager.smaller_requested.connect(self._make_smaller)
        manager.changed.connect(lambda: desk.panel.refresh())
        models.failed.connect(lambda error: manager.show_error(error))
        models.loading.connect(lambda _path, _fraction: self._follow())
        for signal in (models.loading_ended, models.loaded, models.unloaded):
            signal.connect(self._follow)

    def _follow(self) -> None:
        model = self._bench.worker.model
        if self.manager is not None:
            path = model.path if model is not None else ""
            self.manager.set_loaded(path, is_loading=self._desk.models.is_loading)
