"""One training at a time on a thread of its own; its news come back on the window's thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from app.core.errors import LampblackError, ParameterError
from app.program import Program
from app.ui.background import BackgroundTasks

if TYPE_CHECKING:  # none of it is needed before something is learned, and the window starts sooner
    from app.core.models.model_file import ModelFile
    from app.core.runs.record import RunRecord, RunRecords
    from app.core.training.cards import LearnedAdapter
    from app.core.training.orders import (
        HeldOutLoss,
        StyleSettings,
        TrainingNews,
        TrainingPlan,
        TrainingStep,
    )
    from app.core.training.pages import RunsOf, TrainingPages
    from app.engine.learning.child import TrainingChild
    from app.engine.learning.style import StyleLearning

_PATIENCE_S = 20.0
"""How long a training may take to write its checkpoint while the window closes."""

_FRESH_S = 30.0
"""A record written since then may be that of another program, which is at work on it."""

Doing = Literal["", "probe", "training"]


class LearningRun(QObject):
    """Probes or trains; `moved` says that there is news, `planned` carries what a probe foresees.

    `ended` carries the learned adapter, or the error; that it was stopped is a CancelledError.
    """

    moved = Signal()
    planned = Signal(object)
    ended = Signal(object)

    def __init__(self, program: Program, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = program
        self._tasks = BackgroundTasks(self._end, self)
        self.new_child: Callable[[], TrainingChild] = self._new_child
        self._child: TrainingChild | None = None
        self._learning: StyleLearning | None = None
        self.doing: Doing = ""
        self.is_stopping = False
        self._clear()

    def _clear(self) -> None:
        self.plan: TrainingPlan | None = None
        self.step: TrainingStep | None = None
        self.held_out: HeldOutLoss | None = None
        self.samples: float | None = None
        self.is_paused = False

    @property
    def is_idle(self) -> bool:
        """Whether nothing is done and all of it has been heard."""
        return self._tasks.is_idle

    @property
    def records(self) -> RunRecords:
        """The records of the home."""
        from app.core.runs.record import RunRecords

        return RunRecords(self._program.paths.runs)

    @property
    def record(self) -> RunRecord | None:
        """What is written of the present or last training."""
        return self._learning.record if self._learning is not None else None

    @property
    def fraction(self) -> float | None:
        """How far the steps are, 0 to 1; None where that is not known yet."""
        return self.step.step / max(1, self.step.steps) if self.step is not None else None

    # What the writer asks for

    def probe(self, model: ModelFile, pages: TrainingPages, settings: StyleSettings) -> None:
        """Find out how long it takes here; raises LampblackError where there is no trainer."""
        from app.engine.learning.preparing import probed

        child = self._begin("probe")
        cache = self._program.engine_cache
        self._tasks.run(lambda: probed(child, model, pages, settings, cache), self._on_planned)

    def start(
        self, name: str, model: ModelFile, pages: TrainingPages, settings: StyleSettings
    ) -> None:
        """Learn the style of `pages`; raises LampblackError where there is no trainer."""
        from app.engine.learning.preparing import require_memory

        learning = self._begin_learning()

        def work() -> LearnedAdapter:
            require_memory(model, settings)
            learning.begin(name, model, pages, settings)
            return learning.run(model, pages, self._tell)

        self._tasks.run(work, self._on_learned)

    def resume(self, run: str, runs_of: RunsOf | None) -> None:
        """Go on with a run that was stopped; raises LampblackError where there is no trainer.

        Its pages are read without what a model wrote, or else with it, as they were.
        """
        from app.core.training.pages import read_pages

        learning = self._begin_learning()

        def work() -> LearnedAdapter:
            _require_still(self.records.folder(run))
            try:
                pages = learning.take_up(run, lambda paths: read_pages(paths, runs_of))
            except ParameterError:
                pages = learning.take_up(run, read_pages)
            record = learning.record
            assert record is not None
            model = self._program.library.resolve(record.model_path)
            return learning.run(model, pages, self._tell, resumes=True)

        self._tasks.run(work, self._on_learned)

    def pause(self) -> None:
        """Hold it until `go_on`."""
        if self._child is not None and not self.is_paused:
            self.is_paused = True
            self._child.pause()
            self.moved.emit()

    def go_on(self) -> None:
        """Let it go on."""
        if self._child is not None and self.is_paused:
            self.is_paused = False
            self._child.go_on()
            self.moved.emit()

    def stop(self) -> None:
        """End it with a checkpoint, after the row that it is at."""
        if self._child is not None:
            self.is_stopping = True
            self._child.stop()
            self.moved.emit()

    def close(self) -> None:
        """The window closes: end it with a checkpoint, and wait for that, but not for ever."""
        child = self._child
        if child is None:
            self._tasks.close()
            return
        child.stop()
        timer = threading.Timer(_PATIENCE_S, child.kill)
        timer.start()
        self._tasks.close(finish=True)
        timer.cancel()
        timer.join()
        self._child, self.doing = None, ""

    # Beginning

    def _new_child(self) -> TrainingChild:
        from app.engine.learning.child import TrainingChild, trainer_command

        return TrainingChild(trainer_command(self._program.packs.command("torch")))

    def _begin(self, doing: Doing) -> TrainingChild:
        child = self.new_child()
        self._clear()
        self._child, self.doing, self.is_stopping = child, doing, False
        self.moved.emit()
        return child

    def _begin_learning(self) -> StyleLearning:
        from app.engine.learning.style import StyleLearning

        child = self._begin("training")
        paths, cache = self._program.paths, self._program.engine_cache
        self._learning = StyleLearning(child, self.records, paths.adapters, cache)
        return self._learning

    # News

    def _tell(self, news: TrainingNews) -> None:
        """On the thread: let it begin, and pass the news on."""
        from app.core.training.orders import TrainingPlan

        if isinstance(news, TrainingPlan) and (child := self._child) is not None:
            if self.is_paused:  # said before the child was there to hear it
                child.pause()
            child.begin()
        self._tasks.tell(lambda: self._hear(news))

    def _hear(self, news: TrainingNews) -> None:
        from app.core.training.orders import (
            HeldOutLoss,
            SamplesWritten,
            TrainingPlan,
            TrainingStep,
        )

        if isinstance(news, TrainingPlan):
            self.plan = news
        elif isinstance(news, TrainingStep):
            self.step = news
        elif isinstance(news, HeldOutLoss):
            self.held_out = news
        elif isinstance(news, SamplesWritten):
            self.samples = news.fraction
        self.moved.emit()

    def _on_planned(self, plan: TrainingPlan) -> None:
        self._child, self.doing = None, ""
        self.planned.emit(plan)
        self.moved.emit()

    def _on_learned(self, learned: LearnedAdapter) -> None:
        self._end(learned)

    def _end(self, how: LearnedAdapter | LampblackError) -> None:
        self._child, self.doing = None, ""
        self.is_paused = self.is_stopping = False
        self.ended.emit(how)
        self.moved.emit()


def stopped_runs(records: RunRecords) -> tuple[RunRecord, ...]:
    """The trainings of styles that can be gone on with, the newest first."""
    from app.engine.learning.style import KIND

    return tuple(one for one in records.list() if one.kind == KIND and one.state != "done")


def _require_still(folder: Path) -> None:
    """Raise ParameterError where another program seems to be at work on the run."""
    from app.core.runs.record import RECORD_FILE, RunRecords

    try:
        age = time.time() - (folder / RECORD_FILE).stat().st_mtime
        state = RunRecords(folder.parent).read(folder.name).state
    except OSError:
        return
    if state == "running" and 0 <= age < _FRESH_S:
        raise ParameterError(
            "Another program seems to be at work on this training.",
            "Try again in a minute, or end it there.",
        )
