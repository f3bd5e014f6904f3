"""The engine host's loop: commands in, events out, one model at a time.

The main thread works; a second thread reads commands, so that a cancel is seen while a job runs
and the process leaves at once when the app is gone.
"""

from __future__ import annotations

import faulthandler
import importlib
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import BinaryIO, NoReturn, cast

import msgspec

from app.core.adapters import check_adapters
from app.core.errors import (
    CancelledError,
    GenerationError,
    LampblackError,
    NoModelLoadedError,
    OutOfMemoryError,
    ParameterError,
    ProtocolError,
)
from app.core.offline import deny_network, network_state
from app.core.parameters import Sampling
from app.core.rows import check_all
from app.engine.framing import frame, read_frame
from app.engine.messages import (
    PROTOCOL_VERSION,
    Cancel,
    Command,
    Count,
    Counted,
    Describe,
    Described,
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
    Quit,
    Read,
    Score,
    Scored,
    Unload,
    decode_command,
    encode,
)
from app.host.base import Engine, EngineModule, Job, check_variants
from app.host.examining.examination import Examination
from app.host.memory import give_back

ENGINE_MODULES = {
    "llama.cpp": "app.host.llama_cpp",
    "torch": "app.host.transformers",
    "fake": "app.host.fake",
}
IDLE_S = 2.0
"""How long no command has come when an engine may do what makes later ones faster."""

PROMPTS = "prompts"
"""The folder in the cache where prompts are saved."""

COLD_TOKENS = 512
"""So many tokens read anew are worth that work at once."""

MAX_ALTERNATIVES = 1000
"""The most alternatives for one token: more would only fill frames."""


def run_host() -> NoReturn:
    """Serve the app on the standard streams until they end; never returns."""
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


class Channel:
    """The way out: one event per frame."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def emit(self, event: HostEvent) -> None:
        """Send an event; leaves the process when nobody listens any more."""
        with self._lock:
            try:
                self._stream.write(frame(encode(event)))
                self._stream.flush()
            except OSError:
                os._exit(0)


class Inbox:
    """The way in: commands wait for the main thread, cancels reach the running job at once."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._commands: queue.SimpleQueue[JobCommand] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._job: Job | None = None
        self._gives_way = False
        self._cancelled: set[int] = set()

    def next(self, timeout: float | None = None) -> JobCommand | None:
        """The next command that starts a job; None when none came for `timeout` seconds."""
        try:
            return self._commands.get(timeout=timeout)
        except queue.Empty:
            return None

    @property
    def is_empty(self) -> bool:
        """Whether no command waits."""
        return self._commands.empty()

    def begin(self, job: Job, *, gives_way: bool = False) -> None:
        """Make `job` the one that cancels are for; one that gives way is stopped by any command."""
        with self._lock:
            self._job, self._gives_way = job, gives_way
            if job.number in self._cancelled or (gives_way and not self.is_empty):
                job.cancel()
            # Jobs are numbered in their order: what is left are cancels of those that still wait.
            self._cancelled = {number for number in self._cancelled if number > job.number}

    def read_forever(self) -> None:
        """Read until the app is gone, then leave at once, so that no orphan keeps the GPU."""
        try:
            while (payload := read_frame(self._stream)) is not None:
                self._take(decode_command(payload))
        except (ProtocolError, msgspec.MsgspecError) as error:
            sys.stderr.write(f"The app sent something that is not a command: {error}\n")
            sys.stderr.flush()
            os._exit(2)
        except OSError:
            pass  # the pipe broke: the app is gone all the same
        finally:
            os._exit(0)

    def _take(self, command: Command) -> None:
        if isinstance(command, Quit):
            os._exit(0)
        with self._lock:
            if not isinstance(command, Cancel):
                self._commands.put(command)
                if self._job is not None and self._gives_way:
                    self._job.cancel()
            elif self._job is not None and self._job.number == command.job:
                self._job.cancel()
            else:
                self._cancelled.add(command.job)


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
        # It only prepares what nobody asked for: without it, all goes on.
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
            return Counted(job=job.number, tokens=engine.count(command.prompt, command.messages))
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
        details = engine.score(command.text, command.probabilities, job)
        if job.cancelled:
            raise CancelledError("Stopped.")
        return Scored(job=job.number, details=details)

    def _load(self, command: Load, job: Job) -> Loaded:
        self._unload()
        begun = perf_counter()
        self._emit(Loading(job=job.number, fraction=0.0))
        module = _engine_module(command.engine)
        self._loader = Loader(module, command, job)
        self._engine = self._loader.wait()
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


class Loader:
    """Loads in a thread of its own: a library may read a header for long before it can be stopped.

    A load that is given up ends by itself at the library's first look at the cancel; what it still
    brings is freed then, and always before anything else is loaded.
    """

    def __init__(self, module: EngineModule, command: Load, job: Job) -> None:
        self._options = check_all(command.options)
        self._module, self._job = module, job
        self._path, self._cache = command.path, command.cache
        saves = command.cache and command.saves_prompts
        self._prompts = str(Path(command.cache) / PROMPTS) if saves else ""
        self._remeasure = command.remeasure
        check_adapters(command.adapters)
        self._adapters = command.adapters
        self._engine: Engine | None = None
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._load, name="loader")
        self._thread.start()

    def _load(self) -> None:
        try:
            self._engine = self._module.load(
                self._path,
                self._options,
                self._job,
                self._cache,
                self._prompts,
                remeasure=self._remeasure,
                adapters=self._adapters,
            )
        # Whatever it is, the waiting thread raises it again.
        except Exception as error:  # noqa: BLE001
            self._error = error
        if self._job.cancelled:
            self._forget()
        self._job.changed.set()

    def wait(self) -> Engine:
        """The engine; raises what went wrong, or CancelledError as soon as the job is stopped."""
        self._job.changed.wait()
        if self._job.cancelled:
            raise CancelledError("Stopped.")
        self._thread.join()
        if self._error is not None:
            try:
                raise self._error
            finally:
                self._error = None  # its traceback holds what was loaded so far
        engine, self._engine = self._engine, None
        assert engine is not None, "a load that does not fail brings an engine"
        return engine

    def discard(self) -> None:
        """Wait for a load that was given up, and free what it brought."""
        self._thread.join()
        self._forget()

    def _forget(self) -> None:
        engine, self._engine, self._error = self._engine, None, None
        if engine is not None:
            engine.close()
        del engine
        give_back()


def _engine_module(name: str) -> EngineModule:
    return cast(EngineModule, importlib.import_module(ENGINE_MODULES[name]))


def _checked(request: Generate) -> Generate:
    """The request with every parameter inside its limits; raises ParameterError."""
    sampling: Sampling = check_all(request.sampling)
    check_variants(request.n)
    _check_alternatives(request.probabilities)
    return msgspec.structs.replace(request, sampling=sampling)


def _check_alternatives(count: int) -> None:
    if not 0 <= count <= MAX_ALTERNATIVES:
        raise ParameterError(
            f"From 0 to {MAX_ALTERNATIVES:,} alternatives can be had for each token, not {count}."
        )
