"""The program's half of a download: starts the broker early, and later asks it for a model."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from app.core.errors import CancelledError, DownloadError, ServerError, ServiceError, error_from
from app.core.options.servers import server_address
from app.core.system.processes import GRACE_S, end_child, program_command, start_child
from app.downloads.hub import endpoint_of
from app.downloads.messages import (
    CancelDownload,
    Fetched,
    FetchEvent,
    FetchFailed,
    KillServerChild,
    Request,
    StartDownload,
    StartFileDownload,
    StartListening,
    StartServerChild,
    events,
    send,
)
from app.downloads.request import FileRequest, ModelRequest, check_file, check_plain

if TYPE_CHECKING:
    from app.downloads.given_child import GivenChild

_ANSWER_S = 10.0
_TURN_S = 0.1
_LONGEST_WHY = 4096


class Fetcher:
    """Fetches models through the broker; start it before `deny_network`.

    `fetch` blocks and belongs on one thread; `cancel` and `close` may come from any.
    """

    def __init__(
        self,
        models: Path,
        broker: subprocess.Popen[bytes],
        handover: socket.socket | None = None,
    ) -> None:
        self._models = models
        self._broker = broker
        self._handover = handover
        self._listening = threading.Lock()
        self._busy = threading.Lock()
        self._sending = threading.Lock()
        self._turn = threading.Lock()
        self._file: FileRequest | None = None

    @classmethod
    def start(cls, models: Path, command: Sequence[str] | None = None) -> Fetcher:
        """Start the broker for one models folder; raises OSError where no process starts."""
        models = models.absolute()
        words = [*(command or program_command("broker")), str(models)]
        if sys.platform == "win32":
            return cls(models, start_child([*words, ""]))
        ours, theirs = socket.socketpair()
        ours.settimeout(_ANSWER_S)
        with theirs:
            return cls(models, start_child([*words, str(theirs.fileno())], [theirs.fileno()]), ours)

    @classmethod
    def for_files(cls, models: Path, address: str) -> Fetcher:
        """Start a broker that fetches files from below one address, or where that redirects to.

        Raises OSError where no process starts.
        """
        models = models.absolute()
        return cls(models, start_child([*program_command("file-broker"), str(models), address]))

    def fetch(
        self, wanted: ModelRequest, on_event: Callable[[FetchEvent], None], token: str = ""
    ) -> Path:
        """Fetch and verify a model; raises DownloadError or CancelledError.

        What was fetched until then is kept, and the next time continues from there.
        """
        check_plain(wanted)
        endpoint = "" if wanted.source == "pypi" else endpoint_of(os.environ)
        models = str(self._models)
        with self._busy:
            self._ask(StartDownload(models=models, endpoint=endpoint, wanted=wanted, token=token))
            return self._result(on_event)

    def fetch_file(
        self,
        wanted: FileRequest,
        on_event: Callable[[FetchEvent], None],
        is_stopped: Callable[[], bool] = lambda: False,
    ) -> Path:
        """Fetch one file, after a model that is being fetched; its path.

        Raises as `fetch` does, and keeps as it does. `is_stopped` ends the wait for its turn.
        """
        check_file(wanted)
        while not self._busy.acquire(timeout=_TURN_S):
            if is_stopped():
                raise _stopped()
        try:
            with self._turn:
                if is_stopped():
                    raise _stopped()
                self._ask(StartFileDownload(models=str(self._models), wanted=wanted))
                self._file = wanted
            return self._result(on_event)
        finally:
            with self._turn:
                self._file = None
            self._busy.release()

    def cancel_file(self) -> None:
        """Stop the file that is being fetched, if any, and no model."""
        with self._turn:
            if self._file is not None:
                self.cancel()

    def listen(self, port: int, *, lan: bool = False) -> socket.socket:
        """A socket that listens on that port; raises ServiceError.

        With `lan` other machines of the local network reach it. The broker makes it and hands it
        over, which only POSIX can.
        """
        why, found = self._handed(StartListening(port=port, lan=lan), 1)
        if found:
            return socket.socket(fileno=found[0])
        if not why:
            raise no_socket()
        raise ServiceError(why, "Choose another port in the settings.")

    def start_server_child(self, address: str) -> GivenChild:
        """A child that speaks to the server at that address; raises ServerError.

        The broker starts it and hands it over, which only POSIX can.
        """
        from app.downloads.given_child import PIPES, GivenChild

        told, found = self._handed(StartServerChild(address=server_address(address).url), PIPES)
        if len(found) == PIPES:
            pid = int(told)
            return GivenChild(pid, found, lambda: self._tell(KillServerChild(pid=pid)))
        if told:
            raise ServerError(told, "Close other programs, and try again.")
        raise no_server()

    def _handed(self, request: Request, most: int) -> tuple[str, list[int]]:
        """What the broker says and the descriptors that it hands over; nothing if it cannot."""
        if self._handover is None:
            return "", []
        with self._listening:
            try:
                self._ask(request)
                said, found, _flags, _address = socket.recv_fds(self._handover, _LONGEST_WHY, most)
            except TimeoutError:
                self._handover.close()  # a late answer would be taken for the next one's
                return "", []
            except (OSError, DownloadError):
                return "", []
        return said.decode(), [*found]

    def _tell(self, request: Request) -> bool:
        """Ask for what has no answer; False where the broker is gone."""
        try:
            self._ask(request)
        except DownloadError:
            return False
        return True

    def cancel(self) -> None:
        """Stop the download that runs, if any; `fetch` then raises CancelledError."""
        self._tell(CancelDownload())  # without the broker the download is gone as well

    def close(self) -> None:
        """End the broker, and a download with it; may be called twice."""
        assert self._broker.stdin is not None
        assert self._broker.stdout is not None
        with self._sending, suppress(BrokenPipeError):  # it ended before its last request
            self._broker.stdin.close()
        end_child(self._broker, 2 * GRACE_S)
        with self._busy:
            self._broker.stdout.close()
        with self._listening:
            if self._handover is not None:
                self._handover.close()

    def _ask(self, request: Request) -> None:
        assert self._broker.stdin is not None
        with self._sending:
            try:
                send(self._broker.stdin, request)
            except (BrokenPipeError, ValueError):  # ValueError: close() was called
                raise _broker_gone() from None

    def _result(self, on_event: Callable[[FetchEvent], None]) -> Path:
        assert self._broker.stdout is not None
        try:
            for event in events(self._broker.stdout):
                if isinstance(event, Fetched):
                    return Path(event.path)
                if isinstance(event, FetchFailed):
                    raise error_from(event.kind, event.message, event.hint)
                on_event(event)
        except msgspec.DecodeError as error:
            raise DownloadError("The download's own process sent something unreadable.") from error
        raise _broker_gone()


def _stopped() -> CancelledError:
    from app.downloads.retry import stopped  # which would make each start slower

    return stopped()


def _broker_gone() -> DownloadError:
    return DownloadError("The download broke off.", "Start Lampblack again and try once more.")


def no_server() -> ServerError:
    """That the child of a server cannot be had: on Windows never, elsewhere after a restart."""
    line = "The command line can use it: lampblack generate --server."
    if sys.platform == "win32":
        return ServerError("The window cannot use a server on Windows yet.", line)
    return ServerError("No server can be used in this window.", f"Start Lampblack again. {line}")


def no_socket() -> ServiceError:
    """That only the next start can make the socket."""
    return ServiceError(
        "The local service cannot be switched on in this window.",
        "It begins with the next start of Lampblack.",
    )
