"""The engine client: runs commands on the engine host and outlives every host.

Any thread may call `run`, and `cancel`. Commands of `SHARED` run side by side, every other one
begins when the one before it has ended. A host that dies is replaced at the next command and the
model loaded again. A cancel that is not obeyed within two seconds ends the host.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path

import msgspec

from app.core.errors import (
    CancelledError,
    EngineStoppedError,
    LampblackError,
    NoModelLoadedError,
    ProtocolError,
    error_from,
)
from app.core.models.model_file import inspect
from app.core.options.load_options import LoadOptions
from app.core.system.processes import program_command
from app.engine.crash_errors import crash_error, server_child_error
from app.engine.gpu_crashes import GpuMarks, LoadWatch
from app.engine.host_choice import CHOOSING, HostChoice, HostKey
from app.engine.messages import (
    SHARED,
    Cancel,
    Describe,
    Done,
    Event,
    Examine,
    Failed,
    Finished,
    Generate,
    Hello,
    HostDied,
    JobCommand,
    Load,
    Loaded,
    ModelInfo,
    Quit,
    Read,
    ServerPlace,
    Tokens,
    Unload,
)
from app.engine.process import Ended, HostChild, HostProcess, Mailbox, Starter
from app.engine.run import (
    ModelGoneError,
    Reported,
    Run,
    Runs,
    check_place,
    cut_short,
    greeting,
    named,
    no_server,
    not_passed_on,
    restarted,
)

CANCEL_S = 2.0

_NEED_NO_MODEL = (*CHOOSING, Unload)

Listener = Callable[[Event], None]


class EngineClient:
    """Drives the engine host. `model` is what is loaded now; `log` is the host's log file.

    `command` starts it; `cache` is the folder of the engine's cache, if there is one; `marks`
    remembers loads onto a GPU that crashed. `server` starts the child that speaks to the server
    saved under a name; it takes the host's place while a `Load` names one. `pack` gives the command
    of another host for an engine that the program does not have itself; empty for its own.
    """

    def __init__(
        self,
        command: Sequence[str] | Starter | None = None,
        *,
        log: Path | None = None,
        cache: Path | None = None,
        cancel_s: float = CANCEL_S,
        marks: GpuMarks | None = None,
        server: Callable[[str], HostChild] = no_server,
        pack: Callable[[str], Sequence[str]] = lambda _engine: (),
    ) -> None:
        own = command or program_command("engine-host")
        self._choice = HostChoice(own, server, pack)
        self._chosen = HostKey()  # which host it is
        self._log = log
        self._cache = cache
        self._loading = LoadWatch(marks)
        self._host: HostProcess | None = None
        self._wanted: Load | None = None
        self._place: ServerPlace | None = None
        self._lock = threading.Lock()
        self._runs = Runs(cancel_s)
        self.reported = Reported()
        self._closed = False
        self.model: ModelInfo | None = None
        self.hello: Hello | None = None

    def next_job(self) -> int:
        """A job number that was never used."""
        return self._runs.next_job()

    @property
    def host_pid(self) -> int | None:
        """The process number of the running host, if there is one."""
        host = self._host
        return host.pid if host is not None and host.alive else None

    @property
    def options(self) -> LoadOptions:
        """What the model was asked to be loaded with; the defaults if there is none."""
        return self._wanted.options if self._wanted is not None else LoadOptions()

    @property
    def needs_recovery(self) -> bool:
        """Whether the model that should be loaded is gone with its host."""
        return self._wanted is not None and self.model is None and not self._closed

    def run(self, command: JobCommand, on_event: Listener) -> Finished:
        """Do the command, passing its events on as they come, and return the last one.

        Raises the LampblackError that ended it instead; a generation that was cancelled returns
        `Done` with the text so far.
        """
        return self._run(command, on_event)

    def run_here(self, command: JobCommand, on_event: Listener) -> Finished:
        """As `run`, for what must never go to a server: NoModelLoadedError while one is chosen."""
        return self._run(command, on_event, stays_here=True)

    def _run(
        self, command: JobCommand, on_event: Listener, *, stays_here: bool = False
    ) -> Finished:
        if isinstance(command, Load) and command.engine not in ("server", "fake"):
            inspect(Path(command.path))
        if isinstance(command, Describe) and self.model is not None:
            return self._describe_apart(command)
        with self._runs.running(command.job, stays_here=stays_here) as run:
            if isinstance(command, SHARED):
                return self._run_beside(command, run, on_event)
            with self._alone(run):
                if isinstance(command, Describe) and self.model is not None:  # while it waited
                    return self._describe_apart(command)
                if isinstance(command, Load) and command.server and self._host is not None:
                    self._drop_host()  # its child was told the key and the names that held then
                self._ensure_host(self._host_for(command), run, on_event)
                self._prepare(command, run, on_event)
                finished = self._exchange(command, run, on_event)
                is_left = isinstance(command, Unload) and self._chosen != HostKey()
                if isinstance(command, Describe) or is_left:
                    self._drop_host()  # every engine's library is in it now, or another's program
                self._remember(command, finished)
            return self._choice.completed(finished, self._ask_apart)

    def _run_beside(self, command: JobCommand, run: Run, on_event: Listener) -> Finished:
        """Do a command beside others; only a host or a model that is missing is waited for."""
        while True:
            with self._lock:
                host = self._host if self.model is not None else None
            if host is None or not host.alive:
                with self._alone(run):
                    chosen = self._host_for(command)
                    if run.stays_here and chosen.server:
                        raise not_passed_on()
                    self._ensure_host(chosen, run, on_event)
                    self._prepare(command, run, on_event)
            try:
                return self._exchange(command, run, on_event)
            except ModelGoneError:
                continue  # it waits for the load or the unload that came between

    def _describe_apart(self, command: Describe) -> Finished:
        """Ask a host of its own, so that the one with the model stays as it is."""
        described = self._ask_apart(self._choice.own, command)
        return self._choice.completed(described, self._ask_apart)

    def _ask_apart(self, host: Sequence[str] | Starter, command: Describe) -> Finished:
        with closing(EngineClient(host, log=self._log)) as other:
            return other.run(command, lambda _event: None)

    def recover(self, job: int, on_event: Listener) -> None:
        """Start a new host and load the lost model again, as `job`; raises as `run` does."""
        self._check_open()
        if not self.needs_recovery:
            return
        with self._runs.running(job) as run, self._alone(run):
            if self._wanted is not None and self.model is None:
                self._ensure_host(self._choice.of(self._wanted), run, on_event)
                self._reload(self._wanted, run, job, on_event)

    def _alone(self, run: Run) -> AbstractContextManager[None]:
        return self._runs.alone(run, self._check_open)

    def cancel(self, job: int) -> None:
        """Ask the host to stop a job; may be called from any thread, before or after it began."""
        self._runs.cancel(job)

    def close(self) -> None:
        """End the host; a command that runs in another thread raises EngineStoppedError."""
        with self._lock:
            self._closed = True
            host = self._host
        if host is not None:
            host.send(Quit())
            host.end()
        self.model = None

    # The parts of a run

    def _host_for(self, command: JobCommand) -> HostKey:
        loaded = self._chosen if self.model is not None else None
        return self._choice.of(command, self._wanted, loaded)

    def _prepare(self, command: JobCommand, run: Run, on_event: Listener) -> None:
        if isinstance(command, _NEED_NO_MODEL) or self.model is not None:
            return
        if self._wanted is None or isinstance(command, Read | Examine):
            raise NoModelLoadedError("No model is loaded.", "Load one first.")
        self._reload(self._wanted, run, self.next_job(), on_event)

    def _reload(self, wanted: Load, run: Run, job: int, on_event: Listener) -> Finished:
        """Load what was lost; a reload that was only stopped is still wanted afterwards."""
        reload = msgspec.structs.replace(wanted, job=job)
        try:
            loaded = self._exchange(reload, run, on_event)
        except CancelledError:
            self._wanted = wanted
            raise
        if isinstance(loaded, Loaded):
            check_place(wanted.server, self._place, loaded.model.server)
        self._remember(reload, loaded)
        on_event(loaded)
        return loaded

    def _ensure_host(self, chosen: HostKey, run: Run, on_event: Listener) -> None:
        """Have the host run that was chosen."""
        self._check_open()
        if self._host is not None and self._host.alive and chosen == self._chosen:
            return
        if self._host is not None:
            self._drop_host()
        host = HostProcess(self._choice.start(chosen), self._log, self._cache)
        with self._lock:
            self._host, self._chosen = host, chosen
        run.attach(host.events.common)
        self._check_open()
        self._await_hello(host, run, on_event)

    def _check_open(self) -> None:
        if self._closed:
            self._drop_host()
            raise EngineStoppedError("The engine was closed.")

    def _await_hello(self, host: HostProcess, run: Run, on_event: Listener) -> None:
        try:
            hello = greeting(host, run, self._check_open)
        except LampblackError:
            self._drop_host()
            raise
        if isinstance(hello, Ended):
            raise self._died(host, hello, on_event, None)
        self.hello = hello
        on_event(hello)

    def _exchange(self, command: JobCommand, run: Run, on_event: Listener) -> Finished:
        with self._lock:
            host = self._host
        if host is None:
            raise restarted()
        kept = self.model, self._wanted
        box = host.events.open(command.job)
        try:
            run.attach(box)
            self._begin(host, command, run)
            return self._follow(host, box, command, run, on_event)
        except CancelledError:
            if isinstance(command, Load | Unload) and not self._loading.has_begun:
                self._restore(host, *kept)
            raise
        # An error of the caller's, or Ctrl+C: the job is not waited for. Else it is over anyway.
        except BaseException:
            host.send(Cancel(job=command.job))
            raise
        finally:
            self._loading.end(command)
            run.detach()
            host.forget(command.job)

    def _follow(
        self,
        host: HostProcess,
        box: Mailbox,
        command: JobCommand,
        run: Run,
        on_event: Listener,
    ) -> Finished:
        """Pass on the job's events until its last one."""
        written: dict[int, list[Tokens]] = {}
        while True:
            item = None if run.is_overdue else box.get(run.deadline)
            if item is None:
                if (given_up := self._end_overdue(host, command, run, written)) is not None:
                    return given_up
            elif isinstance(item, Ended):
                raise self._died(host, item, on_event, command)
            elif isinstance(item, Failed):
                raise error_from(item.kind, item.message, item.hint)
            elif isinstance(item, Finished):
                return named(command, item)
            else:
                self._loading.hear(command, item)
                if isinstance(item, Tokens):
                    written.setdefault(item.take, []).append(item)
                on_event(item)

    def _restore(self, host: HostProcess, model: ModelInfo | None, wanted: Load | None) -> None:
        """What was to take the model's place was stopped before it began."""
        with self._lock:
            if self._host is host:
                self.model, self._wanted = model, wanted

    def _begin(self, host: HostProcess, command: JobCommand, run: Run) -> None:
        with self._lock:
            if run.stays_here and (self._chosen.server or self._host is not host):
                raise not_passed_on() if self._chosen.server else restarted()
            if isinstance(command, SHARED) and self.model is None and self._host is host:
                raise ModelGoneError
            host.send(command)  # raises before anything is changed
            if isinstance(command, (Load, Unload)):
                self.model = None
                self._wanted = None
                self._loading.has_begun = False
        run.begin(lambda: host.send(Cancel(job=command.job)))
        if command.job in self._runs.cancelled:
            run.cancel()

    def _end_overdue(
        self, host: HostProcess, command: JobCommand, run: Run, written: dict[int, list[Tokens]]
    ) -> Done | None:
        """After a wake-up: end a host that does not obey a cancel, and keep what it had written.

        A job in the background may only have to wait for another one, and is just given up.
        """
        self._check_open()
        if not run.is_overdue:
            return None
        if not getattr(command, "background", False):
            self._drop_host(host)
        if not isinstance(command, Generate):
            raise CancelledError("Stopped.")
        return cut_short(command, written)

    def _drop_host(self, which: HostProcess | None = None) -> int | None:
        """End the host, if it still is `which`; its exit code, or None where there was none."""
        with self._lock:
            host = self._host
            if host is None or which not in (None, host):
                return None
            self._host = None
            self.model = None
        return host.end()

    def _died(
        self, host: HostProcess, ended: Ended, on_event: Listener, command: JobCommand | None
    ) -> LampblackError:
        """The error for a host that ended by itself, or was ended by another job."""
        model, server = self.model, self._chosen.server
        code = self._drop_host(host)
        if self._closed:
            return EngineStoppedError("The engine was closed.")
        if code is None:
            return restarted()
        on_event(HostDied(code=code, log_tail=host.log_tail))
        if ended.garbled:
            return ProtocolError(
                f"The engine broke off: {ended.garbled}", "Your text is safe; try again."
            )
        if server or (self._wanted is not None and self._wanted.engine == "server"):
            return server_child_error(code)
        return crash_error(code, command, model, self._loading.crash(command))

    def _remember(self, command: JobCommand, finished: Finished) -> None:
        self.reported.hear(finished)
        if isinstance(command, Load) and isinstance(finished, Loaded):
            self._wanted = msgspec.structs.replace(command, remeasure=False)
            self._place = finished.model.server
            with self._lock:
                self.model = finished.model if self._host is not None else None
