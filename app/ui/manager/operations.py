"""Operations on the models here: renaming, notes, verifying, removing, other programs."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, Signal

from app.core.errors import CancelledError, LampblackError
from app.core.models.checksum_process import checksums_in_process
from app.core.models.duplicates import duplicates
from app.core.models.model_file import ModelFile
from app.core.models.other_programs import ProgramStore, find_programs
from app.core.models.removal import reveal
from app.core.models.verify import Verdict, verify_known
from app.core.system.background import BackgroundQueue
from app.program import Program
from app.ui.background import BackgroundTasks
from app.ui.manager.inventory import Inventory, InventoryModel
from app.ui.manager.questions import ManagerQuestions
from app.ui.models.removal import ModelRemoval
from app.ui.numbers import data_size_text
from app.ui.sentences import joined
from app.ui.texts import list_text

Trash = Callable[[str], None]


class ModelOperations(QObject):
    """Does to models what the writer asks for; all work on the disk runs in the background.

    `changed` says that the list is another one now, `said` and `failed` carry sentences, and
    `progress` a text with how far it is; the text is empty when it is over.
    """

    changed = Signal()
    said = Signal(str)
    failed = Signal(str)
    progress = Signal(str, float)

    def __init__(
        self,
        program: Program,
        questions: ManagerQuestions,
        parent: QObject | None = None,
        *,
        trash: Trash | None = None,
    ) -> None:
        super().__init__(parent)
        self._program, self._questions = program, questions
        self._background = BackgroundTasks(self._fail, self)
        self.removal = ModelRemoval(program, questions, self._background, self, trash=trash)
        self.removal.removed.connect(self.changed)
        self.removal.said.connect(self.said)
        self._long = BackgroundTasks(self._end_long, self)
        self._stop = threading.Event()
        self._is_long = False

    @property
    def is_long(self) -> bool:
        """Whether models are being read through."""
        return self._is_long

    @property
    def is_idle(self) -> bool:
        """Whether nothing is read through, removed or looked for."""
        return not self._is_long and self._background.is_idle

    def close(self, *, wait: bool = True) -> list[BackgroundQueue]:
        """Stop what reads, and end the threads: those that are waited for, now or later."""
        self._stop.set()
        self._background.close(finish=True, wait=wait)  # notes may be on their way
        self._long.close(wait=wait)
        return [self._background.queue, self._long.queue]

    def stop(self) -> None:
        """Stop reading through models."""
        self._stop.set()

    # What is remembered

    def rename(self, model: ModelFile) -> None:
        """Ask for another name and show the model by it."""
        present = model.name if model.own_name else ""
        title = self._questions.title(present)
        if title is not None and title != present:
            self._remember(model, title=title)

    def change_favourite(self, one: InventoryModel) -> None:
        """Keep the model at the top, or not any more."""
        self._remember(one.model, favourite=not one.record.favourite)

    def note(self, model: ModelFile, notes: str) -> None:
        """Keep the writer's notes."""
        self._remember(model, notes=notes)

    def _remember(self, model: ModelFile, **changes: object) -> None:
        self._change(lambda: self._program.metadata.change(model, **changes))

    # Files

    def reveal(self, model: ModelFile) -> None:
        """Show the model in the system's file manager."""
        path = Path(model.path)
        self._background.run(lambda: reveal(path), _start)

    def unwatch(self, folder: str) -> None:
        """Do not look for models in the folder any more."""
        self._change(lambda: self._program.settings_store.drop("watched_folders", folder))

    # Other programs

    def find_programs(self) -> None:
        """Ask, look for models of other programs, and ask whether to use them."""
        if self._questions.look_for_programs():
            self._background.run(lambda: find_programs(Path.home(), os.environ), self._on_found)

    def _on_found(self, stores: Sequence[ProgramStore]) -> None:
        if not stores:
            self.said.emit(self.tr("No models of other programs were found."))
        elif self._questions.use_programs(stores):
            names = [store.name for store in stores]
            self._change(lambda: self._program.settings_store.put("use_programs", *names))

    def leave_program(self, name: str) -> None:
        """Do not use a program's models any more."""
        self._change(lambda: self._program.settings_store.drop("use_programs", name))

    # Reading through

    def verify(self, model: ModelFile, inventory: Inventory) -> None:
        """Read every byte of the model and compare it with what is known."""
        text = self.tr("Verifying {0}…").format(model.name)

        def work() -> Verdict:
            return verify_known(
                model,
                self._program.metadata,
                inventory.catalogue,
                self._program.paths.models,
                self._shows(text),
                self._stop.is_set,
                sums=checksums_in_process,
            )

        self._begin_long(text, work, lambda found: self._on_verified(model, found))

    def _on_verified(self, model: ModelFile, found: Verdict) -> None:
        self._end_long()
        by = found.by
        known = self.tr("{0} is sound; every byte was compared with {1}.").format(model.name, by)
        new = self.tr(
            "{0} was read to the end; Verify will tell from now on if its file has changed."
        )
        said = known if by else "" if found.problem else new.format(model.name)
        self.said.emit(joined((said, found.problem)))
        self.changed.emit()

    def find_duplicates(self, inventory: Inventory) -> None:
        """Say which models are on the disk twice."""
        text = self.tr("Comparing the models…")
        models = [one.model for one in inventory.models]

        def work() -> tuple[tuple[ModelFile, ...], ...]:
            return duplicates(
                models,
                self._program.metadata,
                self._shows(text),
                self._stop.is_set,
                sums=checksums_in_process,
            )

        self._begin_long(text, work, self._on_compared)

    def _on_compared(self, groups: tuple[tuple[ModelFile, ...], ...]) -> None:
        self._end_long()
        words = self.tr("The same content, {0} each: {1}.")
        lines = [
            words.format(data_size_text(group[0].size_bytes), list_text(one.path for one in group))
            for group in groups
        ]
        self.said.emit("\n".join(lines) or self.tr("No model is here twice."))

    def _begin_long(
        self, text: str, work: Callable[[], object], then: Callable[..., object]
    ) -> None:
        if self._is_long:
            return
        self._is_long = True
        self._stop.clear()
        self.progress.emit(text, 0.0)
        self._long.run(work, then)

    def _end_long(self, error: LampblackError | None = None) -> None:
        self._is_long = False
        self.progress.emit("", 0.0)
        if error is not None and not isinstance(error, CancelledError):
            self._fail(error)

    def _shows(self, text: str) -> Callable[[int, int], None]:
        """What tells the window how far it is, a hundred times at most."""
        last = -1

        def show(done: int, total: int) -> None:
            nonlocal last
            percent = done * 100 // max(1, total)
            if percent != last:
                last = percent
                self._long.tell(partial(self.progress.emit, text, percent / 100))

        return show

    # Inside

    def _change(self, work: Callable[[], object]) -> None:
        self._background.run(work, lambda _result: self.changed.emit())

    def _fail(self, error: LampblackError) -> None:
        self.failed.emit(str(error))


def _start(command: Sequence[str]) -> None:
    QProcess.startDetached(command[0], list(command[1:]))
