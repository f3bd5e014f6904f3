"""A record of one training, and the folder that all of them are kept in."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from app.core.errors import HousekeepingError, ParameterError
from app.core.system.files import read_regular, why, write_atomically
from app.core.system.machine import MachineFacts

FORMAT = 1
RECORD_FILE = "run.json"
_MOST_BYTES = 64 * 1024 * 1024
_ID = re.compile(r"[a-z]+-\d{8}-\d{6}(-\d+)?")

RunState = Literal["running", "stopped", "failed", "done"]
Number = int | float


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What was done with what, and what came of it.

    Moments are in seconds since 1970. `data` names the files, `data_sha256` is that of what was
    learned from. `curve` has a row for each step: the step, its loss and its rate; `held_out` one
    for each test: the step and the loss. `figures` are the results by name, `made` is the path of
    what came out.
    """

    lampblack_run: int = FORMAT
    id: str
    kind: str
    state: RunState
    begun_at: float
    ended_at: float = 0.0
    name: str
    model: str
    model_path: str
    model_sha256: str = ""
    data: tuple[str, ...] = ()
    data_sha256: str = ""
    settings: dict[str, Number] = {}
    seed: int = 0
    versions: dict[str, str] = {}
    machine: MachineFacts | None = None
    curve: tuple[tuple[int, float, float], ...] = ()
    held_out: tuple[tuple[int, float], ...] = ()
    figures: dict[str, Number] = {}
    made: str = ""
    problem: str = ""


class RunRecords:
    """The records in one folder, each in a folder of its own with what its run needs to go on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new_id(self, kind: str) -> str:
        """An id that no run has, for one that begins now; its folder is made.

        Raises HousekeepingError.
        """
        stem = f"{kind}-{time.strftime('%Y%m%d-%H%M%S')}"
        for number in range(1, 1000):
            name = stem if number == 1 else f"{stem}-{number}"
            try:
                (self._folder / name).mkdir(parents=True)
            except FileExistsError:
                continue
            except OSError as error:
                raise HousekeepingError(
                    f"No folder for the run can be made in {self._folder}: {why(error)}."
                ) from error
            return name
        raise HousekeepingError(f"There are too many runs in {self._folder}.")

    def folder(self, run: str) -> Path:
        """The folder of a run; raises ParameterError for what is no run's id."""
        if not _ID.fullmatch(run):
            raise ParameterError(f"There is no run {run!r}.", "See `lampblack runs list`.")
        return self._folder / run

    def write(self, record: RunRecord) -> None:
        """Write a record in place of its former state; raises HousekeepingError."""
        data = msgspec.json.format(msgspec.json.encode(record), indent=1)
        try:
            write_atomically(self.folder(record.id) / RECORD_FILE, data)
        except OSError as error:
            raise HousekeepingError(f"The run could not be recorded: {why(error)}.") from error

    def read(self, run: str) -> RunRecord:
        """The record of a run; raises ParameterError where there is none that can be read."""
        found = self._read(self.folder(run))
        if found is None:
            raise ParameterError(f"There is no run {run!r}.", "See `lampblack runs list`.")
        return found

    def list(self) -> Iterator[RunRecord]:
        """Every run, the newest first."""
        try:
            folders = [one for one in self._folder.iterdir() if _ID.fullmatch(one.name)]
        except OSError:
            return
        records = (self._read(folder) for folder in folders)
        found = [one for one in records if one is not None]
        yield from sorted(found, key=lambda one: (one.begun_at, one.id), reverse=True)

    def _read(self, folder: Path) -> RunRecord | None:
        try:
            data = read_regular(folder / RECORD_FILE, _MOST_BYTES)
            return msgspec.json.decode(data, type=RunRecord)
        except (OSError, ValueError):
            return None
