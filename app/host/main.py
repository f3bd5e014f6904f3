"""The engine host's loop: commands in, events out, one model at a time.

The main thread works; a second thread reads commands, so that a cancel is seen while a job runs
and the process leaves at once when the app is gone.
"""

from __future__ import annotations

import faulthandler
import importlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from time import perf_counter
from typing import BinaryIO, NoReturn, cast

import msgspec

from app.core.errors import (
    CancelledError,
    GenerationError,
    LampblackError,
    NoModelLoadedError,
    OutOfMemoryError,
    ParameterError,
)
from app.core.options.rows import check_all
from app.core.options.sampling import Sampling
from app.core.system.network import deny_network, network_state
from app.engine.messages import (
    PROTOCOL_VERSION,
    Count,
    Counted,
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
    Tokenize,
    Unload,
)
from app.host.channel import Channel, Inbox
from app.host.interface import Engine, EngineModule, Job, check_takes
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

MAX_ALTERNATIVES = 1000
"""The most alternatives for one token: more would only fill frames."""


def run_host() -> NoReturn:
    """Serve the app on the standard streams until they end; never returns."""
    share_one_arena()
    commands, events = _take_streams()
    _settle_process()
    channel = Channel(events)
    channel.emit(Hello(version=PROTOCOL_VERSION, pid=os.getpid(), network_denied=deny_network()))
    inbox = Inbox(commands)
    threading.Thread(target=inbox.read_forever, name="commands", daemon=True).start()
    host = Host(channel.emit, inbox)
    while True:
        host.serve(inbox.next() if host.is_settled else inbox.next(IDLE_S))


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keep the protocol's streams for ourselves: a library's print goes to the log instead."""
    commands = os.fdopen(os.dup(0), "rb")
    events = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return commands, events


def _settle_process() -> None:
    """No core dumps (they would hold the text), no Ctrl+C, a trace of a crash in the log."""
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Host:
    """The one model of this process and what is asked of it."""

    def __init__(self, emit: Callable[[HostEvent], None], inbox: Inbox) -> None:
        self._emit = emit
        self._inbox = inbox
        self._engine: Engine | None = None
        self._loader: Loader | None = None
        self._settled = True

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do until the next command."""
        return self._settled or self._engine is None

    def serve(self, command: JobCommand | None) -> None:
        """Do one command and send its last event; None says that none came for a while."""
        if command is None:
            self._settle()
            return
        job = Job(command.job, self._emit)
        self._inbox.begin(job, gives_way=isinstance(command, Read | Examine))
        self._settled = False
        finished = self._finish(command, job)
        if isinstance(finished, Done) and self._inbox.is_empty:
            stats = finished.stats
            if stats.prompt_tokens - stats.reused_tokens >= COLD_TOKENS:
                self._settle()

    def _settle(self) -> None:
        self._settled = True
        try:
            if self._engine is not None:
                self._engine.settle()
        # It only prepares later commands: without it, all goes on.
        except Exception:  # noqa: BLE001
            traceback.print_exc()

    def _finish(self, command: JobCommand, job: Job) -> Finished | None:
        """Do a command and send its last event; None if it failed."""
        try:
            finished = self._answer(command, job)
            self._emit(finished)
        except LampblackError as error:
            self._fail(job, error)
        except MemoryError:
            message = "There is not enough memory for this."
            self._fail(job, OutOfMemoryError(message, "Choose a smaller model or context."))
        # A library's own bug must end the job, not the host.
        except Exception as error:  # noqa: BLE001
            traceback.print_exc()
            problem = f"The engine met an unexpected problem ({type(error).__name__}: {error})."
            self._fail(job, GenerationError(problem, "Your text is safe; try again."))
        else:
            return finished
        return None

    def _fail(self, job: Job, error: LampblackError) -> None:
        self._emit(Failed(job=job.number, kind=error.kind, message=error.message, hint=error.hint))

    def _answer(self, command: JobCommand, job: Job) -> Finished:
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
            asked = command.prompt, command.messages
            tokens = engine.count(*asked, special=command.special)
            return Counted(job=job.number, tokens=tokens)
        if isinstance(command, Tokenize):
            return engine.tokenize(command)
        if isinstance(command, Detokenize):
            return engine.detokenize(command)
        if isinstance(command, ScoreChoices):
            return engine.score_choices(command, job)
        if isinstance(command, Perplexity):
            return engine.perplexity(command.text, job)
        return self._score(engine, command, job)

    def _read(self, engine: Engine, command: Read, job: Job) -> Done:
        done = engine.read(command, job)
        if job.cancelled:
            raise CancelledError("Stopped.")
        return done

    def _score(self, engine: Engine, command: Score, job: Job) -> Scored:
        _check_alternatives(command.probabilities)
        scored = engine.score(command, job)
        if job.cancelled:
            raise CancelledError("Stopped.")
        return scored

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


def _engine_module(name: str) -> EngineModule:
    return cast(EngineModule, importlib.import_module(ENGINE_MODULES[name]))


def _checked(request: Generate) -> Generate:
    """The request with every parameter inside its limits; raises ParameterError."""
    sampling: Sampling = check_all(request.sampling)
    check_takes(request.n)
    _check_alternatives(request.probabilities)
    return msgspec.structs.replace(request, sampling=sampling)


def _check_alternatives(count: int) -> None:
    if not 0 <= count <= MAX_ALTERNATIVES:
        raise ParameterError(
            f"From 0 to {MAX_ALTERNATIVES:,} alternatives can be had for each token, not {count}."
        )
