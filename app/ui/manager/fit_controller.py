"""Reads in the background what a model needs, and shows it in a dialog, one at a time."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.memory_fit.layout_cache import Layouts
from app.core.memory_fit.report import FitReport
from app.core.models.model_file import ModelFile
from app.program import Program
from app.ui.background import BackgroundTasks
from app.ui.manager.draft_controller import DraftController
from app.ui.manager.fit_dialog import FitDialog
from app.ui.manager.inventory import Fitting, Inventory, InventoryModel


class FitController(QObject):
    """Says whether a model fits; `layouts` are the headers that were read already.

    `drafts` offers the smaller models that can guess for one, and counts the memory of both.
    `load_requested` carries a path and the options to load with for once, or None;
    `entry_requested` the id of a smaller model in the catalogue.
    """

    load_requested = Signal(str, object)
    entry_requested = Signal(str)

    def __init__(self, program: Program, background: BackgroundTasks, window: QWidget) -> None:
        super().__init__(window)
        self._program, self._background, self._window = program, background, window
        self.layouts = Layouts()
        self.drafts = DraftController(program, self.layouts, background, window)
        self.drafts.load_requested.connect(lambda path: self.load_requested.emit(path, None))
        self.dialog: FitDialog | None = None

    def open(self, one: InventoryModel, inventory: Inventory) -> None:
        """Read the model's header, if it was not read yet, and show the sum."""

        def work() -> FitReport:
            fitting = Fitting(self._program, self.layouts)
            return fitting.report(one.model, one.record, inventory.catalogue)

        self._background.run(work, lambda report: self._show(one.model, report))

    def _show(self, model: ModelFile, report: FitReport) -> None:
        if self.dialog is not None:
            self.dialog.close()
        dialog = self.dialog = FitDialog(model, report, self._window)
        dialog.load_requested.connect(partial(self.load_requested.emit, model.path))
        dialog.entry_requested.connect(self.entry_requested)
        dialog.finished.connect(partial(self._on_closed, dialog))
        dialog.show()

    def _on_closed(self, dialog: FitDialog, _result: int) -> None:
        if self.dialog is dialog:
            self.dialog = None
