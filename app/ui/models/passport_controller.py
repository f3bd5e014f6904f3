"""Has a new model examined while the writer pauses, and keeps its passport."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from app.core.errors import LampblackError
from app.core.models.model_file import ModelFile
from app.core.passport import Passport, from_record
from app.engine.messages import Event, Examined, Failed, Loaded, ModelInfo, Working
from app.program import Program
from app.ui.background import BackgroundTasks
from app.ui.bridge import Bridge
from app.ui.editor.editor import Editor
from app.ui.texts import passport_summary
from app.ui.widgets.status_bar import StatusBar

WAITS_MS = (4_000, 30_000, 120_000)
"""How long the writer pauses before each attempt at a new model, in milliseconds."""

_ASKED_MS = 300  # until the next try of an examination that the writer asked for


class PassportController(QObject):
    """Examines the loaded model, unasked only if it has no passport; `moved` says that it goes on,
    `kept` that there is another passport.

    Whatever is asked of the model meanwhile goes first, and the next key stops an unasked
    examination; it is tried again in a longer pause.
    """

    moved = Signal()
    kept = Signal()

    def __init__(
        self, program: Program, editor: Editor, status: StatusBar, bridge: Bridge, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._program = program
        self._status = status
        self._job = 0
        self._is_asked = False
        self._attempt = len(WAITS_MS)
        self._step: Working | None = None
        self._unkept: dict[str, Passport] = {}
        self._background = BackgroundTasks(lambda _error: None, self)
        self.problem = ""
        self.is_held: Callable[[], bool] = lambda: False
        """Whether something of the writer's needs the processor, so that nothing is unasked."""
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._begin)
        editor.changed.connect(lambda _change, _source: self.wake())
        editor.caret_moved.connect(self.wake)
        bridge.subscribe(self._on_event, Event)

    @property
    def model(self) -> ModelInfo | None:
        """The loaded model."""
        return self._program.worker.model

    @property
    def passport(self) -> Passport | None:
        """What is known of the loaded model."""
        file = self._file()
        if file is not None and file.path in self._unkept:
            return self._unkept[file.path]
        return None if file is None else from_record(self._program.metadata.record(file).passport)

    @property
    def is_running(self) -> bool:
        """Whether the model is being examined, or will be as soon as it is free."""
        return bool(self._job) or self._is_asked

    @property
    def step(self) -> Working | None:
        """What is tried just now."""
        return self._step

    def examine(self) -> None:
        """Examine the loaded model as soon as it is free, because the writer asked for it."""
        self._is_asked = self.model is not None
        self.problem = ""
        if not self._job:
            self._begin()
        self.moved.emit()

    def stop(self) -> None:
        """Stop examining; what was asked for is not wanted any more."""
        self._is_asked = False
        self._timer.stop()
        self._attempt = len(WAITS_MS)
        if self._job:
            self._program.worker.cancel(self._job)
        self.moved.emit()

    def close(self) -> None:
        """The window closes."""
        self._timer.stop()
        self._background.close(finish=True)

    def wake(self) -> None:
        """The writer does something: stop the examination, and wait for the next pause."""
        if self._is_asked:
            return
        if self._job:
            self._program.worker.cancel(self._job)
        elif self._timer.isActive():
            self._timer.start()

    def give_way(self) -> None:
        """What `is_held` says may be another: stop what is not asked for while it is so."""
        if self.is_held():
            self.wake()

    def _on_event(self, event: Event) -> None:
        if isinstance(event, Loaded):
            self._on_loaded()
        elif isinstance(event, Working | Examined | Failed) and event.job == self._job != 0:
            self._on_own(event)
        elif not isinstance(event, Working):
            self.wake()

    # Beginning

    def _on_loaded(self) -> None:
        self._is_asked, self.problem = False, ""
        self._attempt = 0
        self._wait()
        self.moved.emit()

    def _wait(self) -> None:
        """Wait for a pause, if the model is still to be examined unasked."""
        passport = self.passport
        is_wanted = passport is None or not passport.is_whole
        is_wanted = is_wanted and self._program.settings.examine_models
        if is_wanted and self._attempt < len(WAITS_MS) and self._file() is not None:
            self._timer.start(WAITS_MS[self._attempt])

    def _begin(self) -> None:
        if self._job:
            return
        if self.model is None:
            self._is_asked = False
            self.moved.emit()
            return
        if self._is_asked or not self.is_held():
            self._job = self._program.worker.examine()
        if self._job:
            self.moved.emit()
        if not self._job:  # there are other things to do
            self._timer.start(_ASKED_MS if self._is_asked else WAITS_MS[self._attempt])

    # Ending

    def _on_own(self, event: Working | Examined | Failed) -> None:
        if isinstance(event, Working):
            self._step = event
            self._status.say(self.tr("Getting to know the model…"))
        else:
            self._job, self._step = 0, None
            self._status.clearMessage()
            if isinstance(event, Examined):
                self._on_examined(event.passport)
            else:
                self._on_failed(event)
        self.moved.emit()

    def _on_examined(self, passport: Passport) -> None:
        self._is_asked, self.problem = False, ""
        before = self.passport
        if before is not None and not before.is_whole:
            passport = replace(passport, attempt=before.attempt + 1)
        self._keep(passport)
        if self.model is not None:
            found = passport_summary(passport)
            self._status.say(f"{self.model.name} · {found}" if found else "")

    def _on_failed(self, event: Failed) -> None:
        if event.kind != "cancelled":
            # A model that brings the engine down must not do so at every start.
            self._is_asked, self.problem = False, event.message
            self._keep(Passport(problem=event.message))
        elif self._is_asked:  # the model was needed for something else meanwhile
            self._timer.start(_ASKED_MS)
        else:
            self._attempt += 1
            self._wait()

    def _keep(self, passport: Passport) -> None:
        file = self._file()
        if file is None:
            return
        self._unkept[file.path] = passport
        self._background.run(
            lambda: self._program.metadata.change(file, passport=msgspec.to_builtins(passport)),
            lambda _record: self._on_kept(file),
            lambda error: self._on_kept(file, str(error)),
        )

    def _on_kept(self, file: ModelFile, problem: str = "") -> None:
        self._unkept.pop(file.path, None)
        if problem:
            self.problem = problem
        else:
            self.kept.emit()
        self.moved.emit()

    def _file(self) -> ModelFile | None:
        """The loaded model's file; None if it is not on the list of models any more."""
        model = self.model
        if model is None:
            return None
        try:
            return self._program.library.resolve(model.path)
        except LampblackError:
            return None
