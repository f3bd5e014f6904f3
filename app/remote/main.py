"""The child that speaks to a server: commands in, events out, each job on a thread of its own."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from functools import cached_property
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
    UnsupportedError,
)
from app.core.masking import Masker
from app.core.options.servers import server_address
from app.core.system.network import allow_one_port
from app.engine.child import Channel, Opening, settle_process, take_streams
from app.engine.codec import read_frame
from app.engine.messages import (
    PROTOCOL_VERSION,
    Cancel,
    Command,
    Count,
    Counted,
    Done,
    Failed,
    Finished,
    Generate,
    Hello,
    JobCommand,
    ListModels,
    Load,
    Loaded,
    ModelsListed,
    Preview,
    Quit,
    Unload,
    decode_command,
)
from app.remote.address import Pinned, pin
from app.remote.probing import Abilities, count, described, model_names, probe
from app.remote.web import Server
from app.remote.writing import Emit, RemoteJob, preview, request, write


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
        self._masker: Masker | None = None
        self._masking = threading.Lock()
        self._abilities: Abilities | None = None
        self._jobs: dict[int, RemoteJob] = {}
        self._lock = threading.Lock()

    def take(self, command: Command) -> None:
        """Begin a command on a thread of its own, or stop one."""
        if isinstance(command, Quit):
            os._exit(0)
        with self._lock:
            if isinstance(command, Cancel):
                if (running := self._jobs.get(command.job)) is not None:
                    running.cancel()
                return
            job = self._jobs[command.job] = RemoteJob(command.job)
        threading.Thread(target=self._run, args=(command, job), daemon=True).start()

    def _run(self, command: JobCommand, job: RemoteJob) -> None:
        outcome: Finished | Failed
        try:
            outcome = self._done(command, job)
        except LampblackError as error:
            stopped = CancelledError("Stopped.") if job.cancelled.is_set() else error
            outcome = _failed(job, stopped)
        except Exception as error:  # noqa: BLE001 - our own bug must end the job, not the child
            traceback.print_exc()
            what = f"{type(error).__name__}: {error}"
            problem = GenerationError(f"The engine met an unexpected problem ({what}).")
            outcome = _failed(job, problem)
        with self._lock:
            del self._jobs[job.number]
        self._emit(outcome)

    def _done(self, command: JobCommand, job: RemoteJob) -> Finished:
        if isinstance(command, Load):
            return self._load(command)
        if isinstance(command, Unload):
            self._abilities = None
            return Done(job=job.number)
        if isinstance(command, ListModels):
            return ModelsListed(job=job.number, names=model_names(self._server))
        if self._abilities is None:
            raise NoModelLoadedError("No server is chosen.", "Choose one first.")
        if isinstance(command, Generate):
            with self._masking:
                asked = request(command, self._abilities, self._masker)
            return write(command, asked, self._server, job, self._emit)
        if isinstance(command, Preview):
            with self._masking:
                asked = request(command.asked, self._abilities, self._masker)
                return preview(job.number, asked, self._server)
        if isinstance(command, Count):
            return self._count(command, self._abilities)
        raise UnsupportedError(
            f"A server cannot do this ({type(command).__name__}).", "Use a model on this machine."
        )

    @cached_property
    def _server(self) -> Server:
        """One for all jobs: to make one takes as long as a short answer."""
        if isinstance(self._pinned, LampblackError):
            raise self._pinned
        return Server(self._pinned, self._opening.key)

    def _load(self, command: Load) -> Loaded:
        begun = perf_counter()
        if isinstance(self._pinned, LampblackError):
            raise self._pinned
        if command.adapters:
            raise ParameterError("A server cannot be given adapters.", "Load them there.")
        masks = self._opening.masks
        is_masked = masks if masks is not None else not self._pinned.is_here
        self._masker = Masker(self._opening.names) if is_masked else None
        self._abilities = probe(self._server, command.path)
        info = described(self._pinned, self._abilities, self._masker)
        return Loaded(job=command.job, model=info, seconds=perf_counter() - begun)

    def _count(self, command: Count, abilities: Abilities) -> Counted:
        if not abilities.counts or command.messages:
            raise UnsupportedError("The server cannot count the tokens of this.")
        with self._masking:
            text = self._masker.mask(command.prompt) if self._masker else command.prompt
        return Counted(job=command.job, tokens=count(self._server, abilities, text))


def _failed(job: RemoteJob, error: LampblackError) -> Failed:
    return Failed(job=job.number, kind=error.kind, message=error.message, hint=error.hint)
