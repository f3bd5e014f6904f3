"""The child that speaks to a server: commands in, events out, each job on a thread of its own."""

from __future__ import annotations

import os
import sys
import threading
from functools import cached_property, partial
from time import perf_counter
from typing import BinaryIO, NoReturn

import msgspec

from app.core.errors import (
    CancelledError,
    GenerationError,
    LampblackError,
    NoModelLoadedError,
    ParameterError,
    ProtocolError,
)
from app.core.masking import Masker
from app.core.options.servers import server_address
from app.core.system.crash_report import crash_text
from app.core.system.network import allow_one_port
from app.engine.child import Channel, Opening, settle_process, take_streams
from app.engine.codec import read_frame
from app.engine.messages import (
    PROTOCOL_VERSION,
    Cancel,
    Command,
    Done,
    Failed,
    Finished,
    Generate,
    Hello,
    HostEvent,
    JobCommand,
    ListModels,
    Load,
    Loaded,
    ModelsListed,
    Preview,
    Quit,
    Read,
    Unload,
    decode_command,
)
from app.remote.abilities import Abilities
from app.remote.address import Pinned, pin
from app.remote.asking import answered
from app.remote.connections import MOST_CONNECTIONS
from app.remote.hiding import Hiding
from app.remote.probing import described, model_names, probe
from app.remote.request import preview, request
from app.remote.tokens import Asker
from app.remote.web import IN_A_BATCH, PATIENT, Server
from app.remote.writing import Emit, RemoteJob, write

PATIENCE_S = 1.0
"""How long a cancelled job may take to end by itself; the app waits 2 s."""


def run_remote_host(address: str) -> NoReturn:
    """Serve the app on the standard streams, with one server, until they end; never returns.

    The name is looked up first, then the kernel is asked to refuse every other port; only then is
    there a thread or anything of the writer's.
    """
    commands, events = take_streams()
    settle_process()
    pinned: Pinned | LampblackError
    try:
        pinned = pin(server_address(address))
        allow_one_port(pinned.address.port)
    except LampblackError as error:
        pinned = error
    channel = Channel(events)
    channel.emit(Hello(version=PROTOCOL_VERSION, pid=os.getpid()))
    try:
        _serve(commands, channel.emit, pinned)
    except (ProtocolError, msgspec.MsgspecError) as error:
        sys.stderr.write(f"The app sent something that is not a command: {error}\n")
        sys.stderr.flush()
        os._exit(2)
    except OSError:
        pass  # the pipe broke: the app is gone
    finally:
        os._exit(0)


def _serve(commands: BinaryIO, emit: Emit, pinned: Pinned | LampblackError) -> None:
    if (first := read_frame(commands)) is None:
        return
    host = RemoteHost(emit, pinned, msgspec.msgpack.decode(first, type=Opening))
    while (payload := read_frame(commands)) is not None:
        host.take(decode_command(payload))


class RemoteHost:
    """One server and what is asked of it; `pinned` may be why it cannot be reached at all."""

    def __init__(self, emit: Emit, pinned: Pinned | LampblackError, opening: Opening) -> None:
        self._emit = emit
        self._pinned = pinned
        self._opening = opening
        self._hiding = Hiding(None)
        self._abilities: Abilities | None = None
        self._jobs: dict[int, RemoteJob] = {}
        self._lock = threading.Lock()

    def take(self, command: Command) -> None:
        """Begin a command on a thread of its own, or stop one."""
        if isinstance(command, Quit):
            os._exit(0)
        with self._lock:
            if isinstance(command, Cancel):
                running = self._jobs.get(command.job)
            else:
                job = self._jobs[command.job] = RemoteJob(command.job)
        if not isinstance(command, Cancel):
            threading.Thread(target=self._run, args=(command, job), daemon=True).start()
        elif running is not None:
            running.cancel()
            timer = threading.Timer(PATIENCE_S, self._give_up, (running,))
            timer.daemon = True
            timer.start()

    def _give_up(self, job: RemoteJob) -> None:
        """End a job that its cancel has not ended, so that the app does not end this process."""
        self._end(job, job.so_far() if job.so_far else _failed(job, CancelledError("Stopped.")))

    def _end(self, job: RemoteJob, outcome: Finished | Failed) -> None:
        """Say how a job ended, unless that was said already."""
        with self._lock:
            if self._jobs.get(job.number) is not job:
                return
            del self._jobs[job.number]
        self._emit(outcome)

    def _emit_of(self, job: RemoteJob, event: HostEvent) -> None:
        """Pass on an event of a job, unless it has ended."""
        with self._lock:
            if self._jobs.get(job.number) is job:
                self._emit(event)

    def _run(self, command: JobCommand, job: RemoteJob) -> None:
        outcome: Finished | Failed
        try:
            outcome = self._done(command, job)
        except LampblackError as error:
            outcome = _failed(job, CancelledError("Stopped.") if job.is_cancelled else error)
        except Exception as error:  # noqa: BLE001 - our own bug must end the job, not the child
            sys.stderr.write(crash_text(error))
            what = f"{type(error).__name__}: {error}"
            problem = GenerationError(f"The engine met an unexpected problem ({what}).")
            outcome = _failed(job, problem)
        self._end(job, outcome)

    def _done(self, command: JobCommand, job: RemoteJob) -> Finished:
        if isinstance(command, Load):
            return self._load(command, job)
        if isinstance(command, Unload | Read):  # a server is not told what may never be asked
            self._abilities = None if isinstance(command, Unload) else self._abilities
            return Done(job=job.number)
        if isinstance(command, ListModels):
            return ModelsListed(job=job.number, names=model_names(self._server, job.line))
        if self._abilities is None:
            raise NoModelLoadedError("No server is chosen.", "Choose one first.")
        if isinstance(command, Generate):
            self._hiding.check_prompt(command.tokens)
            with self._hiding.lock:
                asked = request(command, self._abilities, self._hiding.masker)
            return write(command, asked, self._server, job, partial(self._emit_of, job))
        if isinstance(command, Preview):
            with self._hiding.lock:
                asked = request(command.asked, self._abilities, self._hiding.masker)
            return preview(job.number, asked, self._server)
        patience = IN_A_BATCH if getattr(command, "background", False) else PATIENT
        asker = Asker(self._server, self._abilities, job.line, patience)
        return answered(command, asker, self._hiding, job.line)

    @cached_property
    def _server(self) -> Server:
        """One for all jobs, which keeps its connections."""
        if isinstance(self._pinned, LampblackError):
            raise self._pinned
        opening = self._opening
        return Server(self._pinned, opening.key, certificates=opening.certificates)

    def _load(self, command: Load, job: RemoteJob) -> Loaded:
        begun = perf_counter()
        if isinstance(self._pinned, LampblackError):
            raise self._pinned
        if command.adapters:
            raise ParameterError("A server cannot be given adapters.", "Load them there.")
        opening, self._abilities = self._opening, None
        is_masked = opening.masks if opening.masks is not None else not self._pinned.is_here
        self._hiding = Hiding(Masker(opening.names) if is_masked else None)
        self._server.limit(MOST_CONNECTIONS)
        self._abilities = probe(self._server, command.path, job.line)
        if self._abilities.takes_turns:
            self._server.limit(1)
        info = described(self._pinned, self._abilities, self._hiding.masker)
        return Loaded(job=command.job, model=info, seconds=perf_counter() - begun)


def _failed(job: RemoteJob, error: LampblackError) -> Failed:
    return Failed(job=job.number, kind=error.kind, message=error.message, hint=error.hint)
