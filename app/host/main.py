"""The engine host's loop: commands in, events out, one model at a time.

The main thread works; a second thread reads commands, so that a cancel is seen while a job runs
and the process leaves at once when the app is gone.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from time import perf_counter
from typing import Any, NoReturn, cast

import msgspec

from app.core.errors import (
    CancelledError,
    EngineStoppedError,
    GenerationError,
    LampblackError,
    NoModelLoadedError,
    OutOfMemoryError,
)
from app.core.memory_fit.demand import SEQUENCES
from app.core.options.rows import check_all
from app.core.options.sampling import Sampling
from app.core.system.crash_report import crash_text
from app.core.system.network import deny_network, network_state
from app.engine.child import Channel, settle_process, take_streams
from app.engine.messages import (
    PROTOCOL_VERSION,
    Classify,
    Count,
    Describe,
    Described,
    Detokenize,
    Done,
    Examine,
    Examined,
    Failed,
    Finished,
    Generate,
    Hello,
    HostEvent,
    JobCommand,
    Load,
    Loaded,
    Loading,
    Perplexity,
    Quantize,
    Quantized,
    Read,
    Score,
    ScoreChoices,
    Scored,
    ScorePrompts,
    Tokenize,
    Unload,
)
from app.host.channel import Inbox
from app.host.generation.batching import Scheduler
from app.host.interface import (
    CHOICES_AT_ONCE,
    MAX_TAKES,
    Answer,
    Engine,
    EngineModule,
    Job,
    Rows,
    Work,
    check_alternatives,
    check_takes,
)
from app.host.load_thread import Loader
from app.host.passport.examination import Examination
from app.host.process_memory import give_back, share_one_arena

ENGINE_MODULES = {
    "llama.cpp": "app.host.llama_cpp",
    "torch": "app.host.torch_engine",
    "fake": "app.host.fake",
}
IDLE_S = 2.0
"""How long no command has come when an engine may do what makes later ones faster."""

COLD_TOKENS = 512
"""How many newly read tokens are worth that work at once."""


def run_host() -> NoReturn:
    """Serve the app on the standard streams until they end; never returns."""
    share_one_arena()
    commands, events = take_streams()
    settle_process()
    channel = Channel(events)
    channel.emit(Hello(version=PROTOCOL_VERSION, pid=os.getpid(), network_denied=deny_network()))
    inbox = Inbox(commands, channel.emit)
    threading.Thread(target=inbox.read_forever, name="commands", daemon=True).start()
    host = Host(channel.emit, inbox, channel.together)
    while True:
        host.turn()


Shared = Generate | Score | ScoreChoices | ScorePrompts | Classify
QUICK = (Count, Tokenize, Detokenize)
"""Commands that are answered between two steps of others."""


class Host:
    """The one model of this process and what is asked of it.

    Jobs that may be shared go on side by side, a step each turn; every other command waits until
    none but jobs in the background run, and those pause for it.
    """

    def __init__(
        self,
        emit: Callable[[HostEvent], None],
        inbox: Inbox,
        together: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._emit = emit
        self._inbox = inbox
        self._engine: Engine | None = None
        self._loader: Loader | None = None
        self._settled = True
        self._is_cold = False  # whether a long prompt was new
        self._scheduler = Scheduler(
            self._compute, self._watch, self._end, self._release, together=together
        )
        self._weights: dict[int, int] = {}
        self._later: list[Shared] = []
        self._held: JobCommand | None = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do until the next command."""
        return self._settled or self._engine is None

    @property
    def is_busy(self) -> bool:
        """Whether a job runs or waits for others."""
        return bool(self._scheduler.is_busy or self._later or self._held)

    def turn(self) -> None:
        """Begin what has been asked for and compute a step, or wait for a command."""
        if not self.is_busy:
            command = self._inbox.next() if self.is_settled else self._inbox.next(IDLE_S)
            if command is None:
                self._settle()
                return
            self._take(command)
        while self._held is None and (command := self._inbox.next(0)) is not None:
            self._take(command)
        self._begin_later()
        self._scheduler.step()
        self._settle_cold()
        if self._held is not None and self._inbox.is_cancelled(self._held.job):
            self._inbox.end(self._held.job)
            self._held = None
        if self._held is not None and not self._scheduler.has_foreground:
            held, self._held = self._held, None
            self._do_alone(held)

    def _take(self, command: JobCommand) -> None:
        """Begin a command, or put it off until it may begin."""
        self._settled = False
        if self._inbox.is_cancelled(command.job):
            self._inbox.end(command.job)
        elif isinstance(command, QUICK):
            self._do_alone(command)
        elif _is_shared(command) and self._engine is not None:
            self._later.append(cast(Shared, command))
            self._later.sort(key=lambda one: one.background)
        elif isinstance(command, Read | Examine) and self.is_busy:
            self._fail(command.job, CancelledError("Stopped."))
            self._inbox.end(command.job)
        elif self.is_busy:
            self._held = command
        else:
            self._do_alone(command)

    def _begin_later(self) -> None:
        """Begin those that wait, as far as there are sequences for them."""
        for command in [*self._later]:
            if self._inbox.is_cancelled(command.job) or self._has_room(command):
                self._later.remove(command)
                self._begin(command)

    def _has_room(self, command: Shared) -> bool:
        taken = sum(self._weights.values())
        most = MAX_TAKES if command.background else SEQUENCES
        return not taken or taken + _weight(command) <= most

    def _begin(self, command: Shared) -> None:
        assert self._engine is not None
        job = Job(command.job, self._emit)
        if not self._inbox.begin(job):
            return
        self._weights[job.number] = _weight(command)
        try:
            work: Work[Any]
            if isinstance(command, Generate):
                work = self._engine.writing(_checked(command), job)
            elif isinstance(command, Score):
                check_alternatives(command.probabilities)
                work = self._engine.scoring(command, job)
            elif isinstance(command, ScorePrompts):
                work = self._engine.comparing(command, job)
            elif isinstance(command, Classify):
                work = self._engine.classifying(command, job)
            else:
                work = self._engine.choosing(command, job)
        except LampblackError as error:
            self._end(job, error)
        else:
            self._scheduler.add(job, work, background=command.background)

    def _compute(self, rows: Sequence[Rows]) -> Sequence[Answer]:
        assert self._engine is not None
        return self._engine.compute(rows)

    def _release(self, rows: Rows) -> None:
        assert self._engine is not None
        self._engine.release(rows)

    def _watch(self, jobs: Sequence[Job]) -> None:
        if self._engine is not None:
            self._engine.watch(jobs)

    def _end(self, job: Job, outcome: Finished | Exception) -> None:
        """Send the last event of a job that ran beside others."""
        self._weights.pop(job.number, None)
        if isinstance(outcome, Scored) and job.cancelled:
            outcome = CancelledError("Stopped.")
        self._inbox.end(job.number)
        self._answer(job, outcome)
        self._note(outcome)

    def _do_alone(self, command: JobCommand) -> None:
        """Do a command that runs by itself; jobs in the background pause for it, or end."""
        job = Job(command.job, self._emit)
        if not self._inbox.begin(job, gives_way=isinstance(command, Read | Examine)):
            return
        if isinstance(command, Load | Unload):
            for waiting in self._later:
                self._fail(waiting.job, _other_model())
                self._inbox.end(waiting.job)
            self._later.clear()
            self._scheduler.end(_other_model())
        elif self._engine is not None and not isinstance(command, QUICK):
            self._scheduler.pause()
        try:
            outcome: Finished | Exception = self._done(command, job)
        except Exception as error:  # noqa: BLE001 - a library's own bug must end the job, not the host
            outcome = error
        self._inbox.end(job.number)
        self._answer(job, outcome)
        if self._scheduler.is_busy and not isinstance(command, QUICK):
            self._scheduler.watch()
        self._note(outcome)
        self._settle_cold()

    def _note(self, outcome: Finished | Exception) -> None:
        """Take up whether a long prompt was new."""
        if isinstance(outcome, Done):
            stats = outcome.stats
            self._is_cold |= stats.prompt_tokens - stats.reused_tokens >= COLD_TOKENS

    def _settle_cold(self) -> None:
        """Save a long prompt that was new at once, while nothing else is asked for."""
        if self._is_cold and self._inbox.is_empty and not self.is_busy:
            self._settle()

    def _settle(self) -> None:
        self._settled = True
        self._is_cold = False
        try:
            if self._engine is not None:
                self._engine.settle()
        # It only prepares later commands: without it, all goes on.
        except Exception as error:  # noqa: BLE001
            sys.stderr.write(crash_text(error))

    def _answer(self, job: Job, outcome: Finished | Exception) -> None:
        """Send a job's last event."""
        if isinstance(outcome, LampblackError):
            self._fail(job.number, outcome)
        elif isinstance(outcome, MemoryError):
            message = "There is not enough memory for this."
            hint = "Choose a smaller model or context."
            self._fail(job.number, OutOfMemoryError(message, hint))
        elif isinstance(outcome, Exception):
            sys.stderr.write(crash_text(outcome))
            what = f"{type(outcome).__name__}: {outcome}"
            problem = f"The engine met an unexpected problem ({what})."
            self._fail(job.number, GenerationError(problem, "Your text is safe; try again."))
        else:
            self._emit(outcome)

    def _fail(self, job: int, error: LampblackError) -> None:
        self._emit(Failed(job=job, kind=error.kind, message=error.message, hint=error.hint))

    def _done(self, command: JobCommand, job: Job) -> Finished:
        if isinstance(command, Load):
            return self._load(command, job)
        if isinstance(command, Unload):
            self._unload()
            return Done(job=job.number)
        if isinstance(command, Describe):
            return self._describe(job)
        if isinstance(command, Quantize):
            quantized = importlib.import_module(ENGINE_MODULES["llama.cpp"]).quantize(command, job)
            return cast(Quantized, quantized)
        engine = self._engine
        if engine is None:
            raise NoModelLoadedError("No model is loaded.", "Load one first.")
        if isinstance(command, Generate):
            return engine.generate(_checked(command), job)
        if isinstance(command, Read):
            return self._read(engine, command, job)
        if isinstance(command, Examine):
            return Examined(job=job.number, passport=Examination(engine, job).passport())
        if isinstance(command, Count):
            return engine.counted(command)
        if isinstance(command, Tokenize):
            return engine.tokenize(command)
        if isinstance(command, Detokenize):
            return engine.detokenize(command)
        assert isinstance(command, Perplexity)
        return engine.perplexity(command.text, job)

    def _read(self, engine: Engine, command: Read, job: Job) -> Done:
        done = engine.read(command, job)
        if job.cancelled:
            raise CancelledError("Stopped.")
        return done

    def _load(self, command: Load, job: Job) -> Loaded:
        self._unload()
        begun = perf_counter()
        self._emit(Loading(job=job.number, fraction=0.0))
        module = _engine_module(command.engine)
        self._loader = Loader(module, command, job)
        self._engine = self._loader.wait()
        give_back()  # what was needed only to load it
        seconds = perf_counter() - begun
        return Loaded(job=job.number, model=self._engine.info, seconds=seconds)

    def _unload(self) -> None:
        if self._loader is not None:
            self._loader.discard()
        engine, self._engine, self._loader = self._engine, None, None
        if engine is not None:
            engine.close()
        del engine  # or what it still holds is not free yet
        give_back()

    def _describe(self, job: Job) -> Described:
        reports = tuple(
            _engine_module(name).describe() for name in ENGINE_MODULES if name != "fake"
        )
        return Described(job=job.number, engines=reports, network_denied=network_state())


def _is_shared(command: JobCommand) -> bool:
    """Whether others may run beside it."""
    return isinstance(command, Score | ScoreChoices | ScorePrompts | Classify) or (
        isinstance(command, Generate) and not command.exact
    )


def _weight(command: Shared) -> int:
    """How many texts it holds in the engine's memory at once."""
    if isinstance(command, Generate):
        return command.n
    if isinstance(command, ScoreChoices):
        return 1 + min(len(command.choices), CHOICES_AT_ONCE)
    return 1


def _other_model() -> EngineStoppedError:
    return EngineStoppedError("Another model was asked for meanwhile.", "Ask again.")


def _engine_module(name: str) -> EngineModule:
    return cast(EngineModule, importlib.import_module(ENGINE_MODULES[name]))


def _checked(request: Generate) -> Generate:
    """The request with every parameter inside its limits; raises ParameterError."""
    sampling: Sampling = check_all(request.sampling)
    check_takes(request.n)
    check_alternatives(request.probabilities)
    return msgspec.structs.replace(request, sampling=sampling)
