"""The take log: every take that was written goes into the store, chosen or not."""

from __future__ import annotations

import time

import msgspec

from app.core.store import Store, TakeRecord
from app.engine.jobs import Worker
from app.ui.session import Ending

_PROMPT_TAIL = 2000


class TakeLog:
    """Turns endings into records of the store."""

    def __init__(self, store: Store, worker: Worker) -> None:
        self._store = store
        self._worker = worker

    def record(self, ending: Ending) -> None:
        """Keep a take, unless nothing was written."""
        if not ending.take.text:
            return
        order, model = ending.order, self._worker.model
        self._store.add_take(
            TakeRecord(
                journal=order.journal,
                path=order.path,
                position=order.group.start,
                prompt=order.before[-_PROMPT_TAIL:],
                instruction=order.group.instruction,
                text=ending.take.text,
                model=model.path if model else "",
                seed=ending.seed or 0,
                finish_reason=ending.finish_reason,
                sampling=msgspec.json.encode(order.sampling).decode(),
                settings=msgspec.json.encode(ending.settings).decode(),
                created_at=time.time(),
            )
        )
