"""The record of a measurement on the command line."""

from __future__ import annotations

import shutil
import time
from typing import Any

from app.cli import output
from app.core.errors import HousekeepingError
from app.core.runs.keeping import RunKeeper
from app.core.runs.record import RunRecord, RunRecords, RunState
from app.core.system.machine import machine_facts


class RecordedRun:
    """The record of a measurement, which goes on where it cannot be recorded; that is said.

    `known` are the fields of the record that are known when it begins.
    """

    def __init__(self, records: RunRecords, kind: str, **known: Any) -> None:
        self._keeper: RunKeeper | None = None
        self._is_over = False
        run = ""
        try:
            run = records.new_id(kind)
            record = RunRecord(
                id=run,
                kind=kind,
                state="running",
                begun_at=time.time(),
                machine=machine_facts(),
                **known,
            )
            self._keeper = RunKeeper(records, record)
        except HousekeepingError as error:
            output.note(str(error))
            if run:
                shutil.rmtree(records.folder(run), ignore_errors=True)

    @property
    def id(self) -> str:
        """The run's id; empty where it is not recorded."""
        return self._keeper.record.id if self._keeper is not None else ""

    def end(self, state: RunState, problem: str = "", **changes: Any) -> None:
        """It is over, with these fields of the record; what is told after that changes nothing."""
        if self._keeper is None or self._is_over:
            return
        self._is_over = True
        try:
            self._keeper.end(state, problem, **changes)
        except HousekeepingError as error:
            output.note(str(error))
