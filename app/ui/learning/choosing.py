"""Looks at what is chosen to learn from, off the window's thread, and says what is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject

from app.core.errors import EngineMissingError, LampblackError
from app.core.models.model_file import ModelFile
from app.core.system.machine import Verdict
from app.program import Program
from app.ui.background import BackgroundTasks
from app.ui.learning.learning_run import LearningRun, stopped_runs
from app.ui.learning.setup_page import SetupPage
from app.ui.learning.words import memory_text

if TYPE_CHECKING:
    from app.core.runs.record import RunRecord
    from app.core.training.pages import RunsOf, TrainingPages


class MemoryNeed(NamedTuple):
    """The bytes that a training takes, how they fit, and the bytes that are free."""

    need: int
    verdict: Verdict
    free: int


class WhatIsThere(NamedTuple):
    """The models that can learn, the path of the usual one, and the trainings to go on with."""

    models: tuple[ModelFile, ...]
    usual: str
    stopped: tuple[RunRecord, ...]


class Choosing(QObject):
    """Counts the pages, checks settings, engine and memory, and lists models and old trainings.

    Every answer belongs to a question; one that was asked before the newest is dropped.
    """

    def __init__(
        self, program: Program, tasks: BackgroundTasks, run: LearningRun, setup: SetupPage
    ) -> None:
        super().__init__(setup)
        self._program, self._tasks, self._run, self._setup = program, tasks, run, setup
        self._is_open = True
        self._counted = self._checked = 0
        self._is_checked = False
        self.pages: TrainingPages | None = None
        setup.chosen.connect(self.count)
        setup.changed.connect(self._check)
        run.moved.connect(self._on_moved)

    def close(self) -> None:
        """The window is closed: what is still found is of no use."""
        self._is_open = False

    def say(self, error: LampblackError) -> None:
        """Say what is wrong; about a missing engine it is offered to get it."""
        is_engine = isinstance(error, EngineMissingError)
        self._setup.show_problem(str(error), about_engine=is_engine)

    # Models

    def list_models(self, path: str) -> None:
        """Offer the models, the one at `path` first, or else the usual one."""
        program, records = self._program, self._run.records

        def work() -> WhatIsThere:
            found = tuple(model for model in program.library.list() if _can_learn(model))
            usual = path or program.usual_path(lambda: found)
            return WhatIsThere(found, usual, stopped_runs(records))

        self._tasks.run(work, self._show_models, self._on_not_listed)

    def _show_models(self, found: WhatIsThere) -> None:
        if self._is_open:
            self._setup.show_models(found.models, found.usual)
            self._setup.show_stopped(found.stopped)

    def _on_not_listed(self, error: LampblackError) -> None:
        if self._is_open:
            self.say(error)

    # Pages

    def runs_of(self) -> RunsOf:
        """Where the parts of a file's text come from."""
        log = self._program.store.provenance
        return lambda path, text: log.find(str(path.absolute()), text)

    def count(self) -> None:
        """Read the pages that are checked."""
        from app.core.training.cards import free_name
        from app.core.training.pages import read_pages

        self._counted += 1
        number, self.pages, setup = self._counted, None, self._setup
        paths = setup.pages.paths()
        self._check()
        if not paths:
            setup.count.say(lambda: self.tr("Check the pages to learn from, or add some."))
            setup.show_problem("")
            return
        setup.show_count(None)
        runs_of = None if setup.with_takes.isChecked() else self.runs_of()
        wanted, home = setup.pages.first_name(), self._program.paths.adapters

        def work() -> tuple[TrainingPages, str]:
            return read_pages(paths, runs_of), free_name(wanted, home)

        self._tasks.run(
            work,
            lambda found: self._on_counted(number, *found),
            lambda error: self._on_not_counted(number, error),
        )

    def _on_counted(self, number: int, pages: TrainingPages, name: str) -> None:
        if number == self._counted and self._is_open:
            self.pages = pages
            self._setup.show_count(pages)
            self._setup.suggest_name(name)
            self._check()

    def _on_not_counted(self, number: int, error: LampblackError) -> None:
        if number == self._counted and self._is_open:
            self._setup.count.say("")
            self.say(error)

    # Whether it can be learned

    def _check(self) -> None:
        """Say whether it can be learned: enough words, settings, engine, memory."""
        from app.core.system.machine import this_machine
        from app.core.training.orders import check_style
        from app.core.training.pages import require_enough
        from app.engine.learning.preparing import require_memory

        self._checked += 1
        number, setup, pages = self._checked, self._setup, self.pages
        model = setup.chosen_model
        setup.time.say("")
        setup.memory.say("")
        self._allow(is_checked=False)
        if pages is None:
            return
        try:
            require_enough(pages)
            settings = check_style(setup.settings())
        except LampblackError as error:
            self.say(error)
            return
        if model is None:
            setup.show_problem(
                lambda: self.tr("There is no model to teach. Get one in Model, Manage Models.")
            )
            return

        def work() -> MemoryNeed:
            self._program.packs.command("torch")  # raises where there is no trainer
            need, machine = require_memory(model, settings), this_machine()
            return MemoryNeed(need, machine.judge(need), machine.memory_free)

        self._tasks.run(
            work,
            lambda found: self._on_checked(number, found),
            lambda error: self._on_not_checked(number, error),
        )

    def _on_checked(self, number: int, found: MemoryNeed) -> None:
        if number == self._checked and self._is_open:
            self._setup.show_problem("")
            self._setup.memory.say(lambda: memory_text(*found))
            self._allow(is_checked=True)

    def _on_not_checked(self, number: int, error: LampblackError) -> None:
        if number == self._checked and self._is_open:
            self.say(error)

    def _on_moved(self) -> None:
        self._allow()

    def _allow(self, *, is_checked: bool | None = None) -> None:
        """Enable what can be begun now; `is_checked` says that what is chosen can be learned."""
        if is_checked is not None:
            self._is_checked = is_checked
        setup, doing = self._setup, self._run.doing
        setup.allow(can_learn=self._is_checked and not doing)
        setup.resume_button.setEnabled(not doing)
        if doing == "probe":
            setup.strip.show_fraction(lambda: self.tr("Trying some steps with the model…"), -1)
        else:
            setup.strip.hide()


def _can_learn(model: ModelFile) -> bool:
    return not model.problem and not model.labels
