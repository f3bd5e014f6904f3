"""A record of one run, and the folder that all of them are kept in."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from math import isfinite
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from app.core.errors import HousekeepingError, ParameterError
from app.core.runs.hold import RunHold
from app.core.system.files import read_regular, to_trash, why, write_atomically
from app.core.system.json_store import NewerFormatError, decode_numbered
from app.core.system.machine import MachineFacts

FORMAT = 1
RECORD_FILE = "run.json"
HOLD_FILE = "running.lock"
_MOST_BYTES = 64 * 1024 * 1024
_ID = re.compile(r"[a-z]+-\d{8}-\d{6}(-\d+)?")
_BEGINS_S = 60.0  # how long a run may be without a record, as it has only just begun
_TRIES, _TRY_S = 50, 0.02
_BROKEN_OFF = "It ended without a word: the program was closed, or the machine went off."

RunState = Literal["running", "stopped", "failed", "done"]
Number = int | float
Setting = bool | int | float | str

_WORD = 1 << 63
Whole = Annotated[int, msgspec.Meta(ge=-_WORD, le=_WORD - 1)]
"""An integer that also counts as a float; JSON could hold any."""
Count = Annotated[int, msgspec.Meta(ge=0, le=_WORD - 1)]
Moment = Annotated[float, msgspec.Meta(ge=0, le=32_500_000_000)]
"""Seconds since 1970, before the year 3000: what every system's calendar can say."""


class RunMeasure(msgspec.Struct, frozen=True, kw_only=True):
    """A figure with the interval of 95 % that it lies in; `better` is "higher" or "lower"."""

    name: str
    value: float
    low: float
    high: float
    better: str = "higher"


class RunConfusion(msgspec.Struct, frozen=True, kw_only=True):
    """How often each label was chosen: a line for each right label, a column for each chosen."""

    labels: tuple[str, ...]
    counts: tuple[tuple[Count, ...], ...]

    def __post_init__(self) -> None:
        """Raise ValueError for what is no square."""
        if {len(self.labels)} != {len(self.counts), *map(len, self.counts)}:
            raise ValueError


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What was done with what, and what came of it.

    Moments are in seconds since 1970. `data` names the files, `data_sha256` is that of what was
    learned from or measured on. `facts` say how the model was loaded. `curve` has a row for each
    step, or for steps that lie evenly: the step, its loss and its rate; `held_out` one for each
    test: the step and the loss; `scores` the same with the macro F1, where labels are learned.
    `figures` are the results by name, `measures` those of them that have an interval; `made` is
    the path of what came out. `problem` is a sentence on why it did not come to its end.
    """

    lampblack_run: int = FORMAT
    id: str
    kind: str
    state: RunState
    begun_at: Moment
    ended_at: Moment = 0.0
    name: str
    model: str
    model_path: str
    model_sha256: str = ""
    data: tuple[str, ...] = ()
    data_sha256: str = ""
    settings: dict[str, bool | Whole | float | str] = {}
    seed: Whole = 0
    versions: dict[str, str] = {}
    facts: dict[str, str] = {}
    machine: MachineFacts | None = None
    curve: tuple[tuple[Whole, float, float], ...] = ()
    held_out: tuple[tuple[Whole, float], ...] = ()
    scores: tuple[tuple[Whole, float], ...] = ()
    figures: dict[str, Whole | float] = {}
    measures: tuple[RunMeasure, ...] = ()
    confusion: RunConfusion | None = None
    made: str = ""
    problem: str = ""


class RunProblem(msgspec.Struct, frozen=True):
    """A run whose record is of no use; `reason` ends a sentence."""

    id: str
    reason: str

    @property
    def sentence(self) -> str:
        """What is said of it."""
        return f"The record of {self.id} cannot be read: {self.reason}."


class RunsFound(msgspec.Struct, frozen=True):
    """Every run, the newest first, and those whose records cannot be read."""

    records: tuple[RunRecord, ...] = ()
    problems: tuple[RunProblem, ...] = ()


class RunRecords:
    """The records in one folder, each in a folder of its own with what its run needs to go on."""

    def __init__(self, folder: Path) -> None:
        self.path = folder

    def new_id(self, kind: str) -> str:
        """An id that no run has, for one that begins now; its folder is made.

        Raises HousekeepingError.
        """
        stem = f"{kind}-{time.strftime('%Y%m%d-%H%M%S')}"
        for number in range(1, 1000):
            name = stem if number == 1 else f"{stem}-{number}"
            try:
                (self.path / name).mkdir(parents=True)
            except FileExistsError:
                continue
            except OSError as error:
                raise HousekeepingError(
                    f"No folder for the run can be made in {self.path}: {why(error)}."
                ) from error
            return name
        raise HousekeepingError(f"There are too many runs in {self.path}.")

    def folder(self, run: str) -> Path:
        """The folder of a run; raises ParameterError for what is no run's id."""
        if not _ID.fullmatch(run):
            raise ParameterError(f"There is no run {run!r}.", "See `lampblack runs list`.")
        return self.path / run

    def write(self, record: RunRecord) -> None:
        """Write a record in place of its former state; raises HousekeepingError.

        Figures that are no numbers, as of a training that ran away, are left out: JSON has none.
        """
        data = msgspec.json.format(msgspec.json.encode(_with_numbers(record)), indent=1)
        path = self.folder(record.id) / RECORD_FILE
        for left in reversed(range(_TRIES)):
            try:
                write_atomically(path, data)
                return
            except PermissionError as error:
                if not left:
                    raise _not_recorded(error) from error
                time.sleep(_TRY_S)  # Windows replaces no file that somebody is reading
            except OSError as error:
                raise _not_recorded(error) from error

    def clear(self, run: str, *, keeping: Collection[str] = (RECORD_FILE,)) -> None:
        """Remove what a run leaves in its folder but for some names; what cannot be, stays."""
        with suppress(OSError):
            for path in self.folder(run).iterdir():
                if path.name in keeping:
                    continue
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    with suppress(OSError):
                        path.unlink()

    def read(self, run: str) -> RunRecord:
        """The record of a run; raises ParameterError where there is none that can be read."""
        folder = self.folder(run)
        found = self._read(folder) if folder.is_dir() else None
        if isinstance(found, RunProblem):
            raise ParameterError(
                found.sentence, "Look into its folder: `lampblack runs path` names the place."
            )
        if found is None:
            raise ParameterError(f"There is no run {run!r}.", "See `lampblack runs list`.")
        return found

    def meant(self, given: str) -> RunRecord:
        """The run of an id or of a name that only one run has; raises ParameterError."""
        if _ID.fullmatch(given):
            return self.read(given)
        named = [one for one in self.list() if one.name == given]
        if len(named) > 1:
            ids = ", ".join(one.id for one in named[:5])
            raise ParameterError(f"Several runs are called {given}.", f"Give an id: {ids}.")
        if not named:
            raise ParameterError(f"There is no run {given!r}.", "See `lampblack runs list`.")
        return named[0]

    def list(self) -> Iterator[RunRecord]:
        """Every run that can be read, the newest first."""
        yield from self.look().records

    def look(self) -> RunsFound:
        """Every run, and what is wrong with those that cannot be read."""
        try:
            named = sorted(one for one in self.path.iterdir() if _ID.fullmatch(one.name))
            folders = [one for one in named if one.is_dir()]
        except OSError:
            return RunsFound()
        found = [self._read(folder) for folder in folders]
        records = [one for one in found if isinstance(one, RunRecord)]
        records.sort(key=lambda one: (one.begun_at, one.id), reverse=True)
        return RunsFound(tuple(records), tuple(one for one in found if isinstance(one, RunProblem)))

    def stamp(self) -> tuple[tuple[str, int, int], ...]:
        """What is another once a record was added, changed or removed."""
        found = []
        with suppress(OSError):
            for folder in sorted(self.path.iterdir()):
                with suppress(OSError):
                    status = (folder / RECORD_FILE).stat()
                    found.append((folder.name, status.st_mtime_ns, status.st_size))
        return tuple(found)

    def hold(self, run: str) -> RunHold:
        """Mark a run as going on; raises HousekeepingError where it goes on already."""
        for _try in range(_TRIES):  # somebody may only be looking whether it goes on
            try:
                return RunHold(self.folder(run) / HOLD_FILE)
            except BlockingIOError:
                time.sleep(_TRY_S)
            except OSError as error:
                raise HousekeepingError(
                    f"The run {run} cannot be marked as going on: {why(error)}."
                ) from error
        raise HousekeepingError(f"The run {run} goes on in another window or terminal.")

    def is_running(self, run: str) -> bool:
        """Whether a process works on the run now."""
        path = self.folder(run) / HOLD_FILE
        try:
            RunHold(path, makes=False).close()
        except BlockingIOError:
            return True
        except OSError:
            pass
        return False

    def remove(self, run: str, trash: Callable[[str], None] | None = None) -> None:
        """Move a run's folder to the system's trash; what was made by the run stays.

        Raises ParameterError where there is none, HousekeepingError where it goes on or the
        system refuses.
        """
        folder = self.folder(run)
        if not folder.is_dir() or folder.is_symlink():
            raise ParameterError(f"There is no run {run!r}.", "See `lampblack runs list`.")
        if self.is_running(run):
            raise HousekeepingError(f"The run {run} goes on.", "Stop it first.")
        try:
            (trash or to_trash)(str(folder))
        except OSError as error:
            raise HousekeepingError(
                f"{run} could not be moved to the trash: {why(error)}.",
                "Remove its folder in the file manager.",
            ) from error

    def _read(self, folder: Path) -> RunRecord | RunProblem | None:
        """The record in a folder, or what is wrong with it; None for a run that only begins."""
        try:
            data = read_regular(folder / RECORD_FILE, _MOST_BYTES)
            record = decode_numbered(data, "lampblack_run", FORMAT, RunRecord)
        except FileNotFoundError:
            if _age(folder) < _BEGINS_S:
                return None
            return RunProblem(folder.name, "it is not there")
        except OSError as error:
            return RunProblem(folder.name, why(error))
        except NewerFormatError as error:
            return RunProblem(folder.name, str(error))
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return RunProblem(folder.name, "it is damaged")
        if record.id != folder.name:
            return RunProblem(folder.name, "it is that of another run")
        if record.state == "running" and not self.is_running(record.id):
            return msgspec.structs.replace(record, state="stopped", problem=_BROKEN_OFF)
        return record


def _not_recorded(error: OSError) -> HousekeepingError:
    return HousekeepingError(f"The run could not be recorded: {why(error)}.")


def _with_numbers(record: RunRecord) -> RunRecord:
    return msgspec.structs.replace(
        record,
        settings={
            name: str(value) if isinstance(value, float) and not isfinite(value) else value
            for name, value in record.settings.items()
        },
        curve=tuple(row for row in record.curve if all(map(isfinite, row))),
        held_out=tuple(row for row in record.held_out if all(map(isfinite, row))),
        scores=tuple(row for row in record.scores if all(map(isfinite, row))),
        figures={name: value for name, value in record.figures.items() if isfinite(value)},
        measures=tuple(
            one for one in record.measures if all(map(isfinite, (one.value, one.low, one.high)))
        ),
    )


def _age(folder: Path) -> float:
    try:
        return time.time() - folder.stat().st_mtime
    except OSError:
        return 0.0
