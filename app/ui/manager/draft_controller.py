"""Finds the models that can guess for another, and remembers which one shall."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.errors import LampblackError
from app.core.memory_fit.layout_cache import Layouts
from app.core.models.drafts import draft_choices
from app.core.models.metadata import ModelRecord
from app.core.models.model_file import ModelFile
from app.program import Program
from app.ui.background import BackgroundTasks
from app.ui.manager.draft_dialog import DraftDialog, DraftOffer, DraftOffers
from app.ui.manager.inventory import Fitting, Inventory, InventoryModel
from app.ui.widgets.controls import show_dialog


class DraftController(QObject):
    """Reads vocabularies in the background and shows what can be chosen.

    `changed` says that another model was chosen, `said` what that means. `load_requested` carries
    the path of the loaded model, which has to be loaded again for it.
    """

    changed = Signal()
    said = Signal(str)
    load_requested = Signal(str)

    def __init__(
        self, program: Program, layouts: Layouts, background: BackgroundTasks, window: QWidget
    ) -> None:
        super().__init__(window)
        self._program, self._layouts = program, layouts
        self._background, self._window = background, window
        self.dialog: DraftDialog | None = None

    def open(self, one: InventoryModel, inventory: Inventory) -> None:
        """Find out what can guess for the model, then ask."""
        models = [found.model for found in inventory.models]
        self._background.run(
            lambda: self._found(one, models), lambda found: self._show(one.model, found)
        )

    def _found(self, one: InventoryModel, models: list[ModelFile]) -> DraftOffers:
        choices = draft_choices(one.model, models)
        fitting = Fitting(self._program, self._layouts)
        offers = tuple(_offer(fitting, one.model, one.record, found) for found in choices.models)
        return DraftOffers(offers, one.record.draft, choices.reason)

    def _show(self, model: ModelFile, found: DraftOffers) -> None:
        dialog = self.dialog = DraftDialog(model.name, found, self._window)
        dialog.chosen.connect(lambda path: self._choose(model, found, path))
        show_dialog(dialog)

    def _choose(self, model: ModelFile, found: DraftOffers, path: str) -> None:
        if path == found.chosen:
            return
        self._background.run(
            lambda: self._program.metadata.change(model, draft=path),
            lambda _record: self._on_chosen(model, found, path),
        )

    def _on_chosen(self, model: ModelFile, found: DraftOffers, path: str) -> None:
        self.changed.emit()
        loaded = self._program.worker.model
        if loaded is not None and loaded.path == model.path:
            self.load_requested.emit(model.path)
            return
        names = {one.model.path: one.model.name for one in found.offers}
        guesses = self.tr("{0} guesses for {1} from the next time that it is loaded.")
        alone = self.tr("{0} writes alone from the next time that it is loaded.")
        said = guesses.format(names.get(path, path), model.name)
        self.said.emit(said if path else alone.format(model.name))


def _offer(
    fitting: Fitting, model: ModelFile, record: ModelRecord, smaller: ModelFile
) -> DraftOffer:
    try:
        fit, _machine = fitting.fit(model, msgspec.structs.replace(record, draft=smaller.path))
    except LampblackError:
        return DraftOffer(smaller)
    return DraftOffer(smaller, fit.total, fit.verdict)
