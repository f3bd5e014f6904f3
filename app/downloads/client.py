"""The program's half of a download: starts the broker early, and later asks it for a model."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from app.core.errors import DownloadError, error_from
from app.core.system.processes import GRACE_S, end_child, program_command, start_child
from app.downloads.hub import endpoint_of
from app.downloads.messages import (
    CancelDownload,
    Fetched,
    FetchEvent,
    FetchFailed,
    Request,
    StartDownload,
    events,
    send,
)
from app.downloads.request import ModelRequest, check_plain


class Fetcher:
    """Fetches models through the broker; start it before `deny_network`.

    `fetch` blocks and belongs on one thread; `cancel` and `close` may come from any.
    """

    def __init__(self, models: Path, broker: subprocess.Popen[bytes]) -> None:
        self._models = models
        self._broker = broker
        self._busy = threading.Lock()
        self._sending = threading.Lock()

    @classmethod
    def start(cls, models: Path, command: Sequence[str] | None = None) -> Fetcher:
        """Start the broker for one models folder; raises OSError where no process starts."""
        models = models.absolute()
        broker = start_child([*(command or program_command("broker")), str(models)])
        return cls(models, broker)

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

    def cancel(self) -> None:
        """Stop the download that runs, if any; `fetch` then raises CancelledError."""
        with suppress(DownloadError):  # the broker is gone, and the download with it
            self._ask(CancelDownload())

    def close(self) -> None:
        """End the broker, and a download with it; may be called twice."""
        assert self._broker.stdin is not None
        assert self._broker.stdout is not None
        with self._sending, suppress(BrokenPipeError):  # it ended before its last request
            self._broker.stdin.close()
        end_child(self._broker, 2 * GRACE_S)
        with self._busy:
            self._broker.stdout.close()

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


def _broker_gone() -> DownloadError:
    return DownloadError("The download broke off.", "Start Lampblack again and try once more.")
