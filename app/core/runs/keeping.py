"""The record of a run that goes on: written as it changes, and closed at its end."""

from __future__ import annotations

import time
from contextlib import suppress

import msgspec

from app.core.errors import HousekeepingError, ParameterError
from app.core.runs.record import RunRecord, RunRecords, RunState
from app.core.system.throttle import Throttle

_RECORD_S = 10.0


class RunKeeper:
    """The record of a run that goes on: on the disk from the beginning, and closed at its end.

    Raises HousekeepingError where it goes on in another place already or is done, or where it
    cannot be recorded.
    """

    def __init__(self, records: RunRecords, record: RunRecord) -> None:
        self.record = record
        self._records = records
        self._is_time = Throttle(_RECORD_S)
        self._hold = records.hold(record.id)
        try:
            self._refuse_over(record.id)
            records.write(record)
        except BaseException:
            self._hold.close()
            raise

    def _refuse_over(self, run: str) -> None:
        """Raise HousekeepingError where it came to its end while its hold was waited for."""
        with suppress(ParameterError):
            if self._records.read(run).state == "done":
                raise HousekeepingError(f"The run {run} came to its end in another place.")

    def follow(self, record: RunRecord) -> None:
        """There is more to record; a disk that is full for a while does not end the run."""
        self.record = record
        if self._is_time():
            with suppress(HousekeepingError):
                self._records.write(record)

    def end(self, state: RunState, problem: str = "", **changes: object) -> None:
        """The run is over; raises HousekeepingError where a result cannot be recorded.

        Of one that was stopped or failed the reason of that is told, and not this.
        """
        self.record = msgspec.structs.replace(
            self.record, state=state, problem=problem, ended_at=time.time(), **changes
        )
        try:
            self._records.write(self.record)
        except HousekeepingError:
            if state == "done":
                raise
        finally:
            self._hold.remove()
