"""Removing models after a question, in the list of the window and in the manager alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.core.models.model_file import ModelFile
from app.program import Program
from app.ui.background import BackgroundTasks
from app.ui.numbers import data_size_text
from app.ui.questions import Questions

if TYPE_CHECKING:
    from app.core.models.removal import Removal


class ModelRemoval(QObject):
    """Asks, then takes a model off the list or moves it to the trash; `background` tells failures.

    `removed` says that the list is another one now, `said` carries a sentence on what was done.
    """

    removed = Signal()
    said = Signal(str)

    def __init__(
        self,
        program: Program,
        questions: Questions,
        background: BackgroundTasks,
        parent: QObject,
        *,
        trash: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(parent)
        self._program, self._questions, self._background = program, questions, background
        self._trash = trash

    def ask(self, model: ModelFile, loaded: str = "") -> None:
        """Ask what to do with a model, unless it is the one at `loaded`, and do that."""
        from app.core.models.removal import plan_removal, remove

        def decide(plan: Removal) -> None:
            answer = self._questions.remove(model.name, plan)
            if answer == "list":
                stays = self.tr("{0} is off the list; its files stay where they are.")
                gone = self.tr("{0} is off the list.")
                self._take_off(model, (stays if plan.paths else gone).format(model.name))
            elif answer == "trash":
                self._background.run(
                    lambda: remove(model, loaded=loaded, trash=self._trash),
                    lambda freed: self._take_off(
                        model, words.format(model.name, data_size_text(freed))
                    ),
                )

        words = self.tr("{0} is in the trash; emptying it frees {1}.")
        self._background.run(lambda: plan_removal(model, loaded=loaded), decide)

    def _take_off(self, model: ModelFile, done: str) -> None:
        from app.core.models.removal import take_off

        def tell(_result: object) -> None:
            self.removed.emit()
            self.said.emit(done)

        settings, metadata = self._program.settings_store, self._program.metadata
        self._background.run(lambda: take_off(model, settings, metadata), tell)
