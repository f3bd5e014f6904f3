"""An engine's own side of its pipes: what every child of an engine client begins with."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import msgspec

from app.engine.codec import frame
from app.engine.messages import HostEvent, encode


class Opening(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first frame: `key` is the server's, empty for none; `names` are masked.

    Names and numbers are masked for a server on another machine, unless `masks` says otherwise.
    `certificates` is the PEM text of those that may vouch for it, beside the system's.
    """

    key: str = ""
    names: tuple[str, ...] = ()
    masks: bool | None = None
    certificates: str = ""


class Channel:
    """The way out: one event per frame."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._gathers = 0  # the thread that does

    def emit(self, event: HostEvent) -> None:
        """Send an event; ends the process when the app is gone."""
        with self._lock:
            self._out(frame(encode(event)))

    @contextmanager
    def together(self) -> Iterator[None]:
        """Send what comes while it is entered at its end, with one waking of the app.

        What another thread sends meanwhile is sent at once.
        """
        self._gathers = threading.get_ident()
        try:
            yield
        finally:
            with self._lock:
                self._gathers = 0
                self._out(b"")

    def _out(self, payload: bytes) -> None:
        try:
            self._stream.write(payload)
            if self._gathers != threading.get_ident():
                self._stream.flush()
        except OSError:
            os._exit(0)


def take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keep the protocol's streams for ourselves: a library's print goes to the log instead."""
    commands = os.fdopen(os.dup(0), "rb")
    events = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return commands, events


def settle_process() -> None:
    """No core dumps (they would hold the text), no Ctrl+C, a trace of a crash in the log."""
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
