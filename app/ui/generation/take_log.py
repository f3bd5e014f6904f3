"""The take log: every take that was written goes into the store, chosen or not."""

from __future__ import annotations

import time
from functools import partial

import msgspec

from app.core.store import Store, TakeRecord
from app.core.system.background import BackgroundQueue
from app.engine.worker import Worker
from app.ui.generation.session import TakeEnd

_PROMPT_TAIL = 2000


class TakeLog:
    """Turns endings into records; a thread of its own waits for the disk, not the window."""

    def __init__(self, store: Store, worker: Worker) -> None:
        self._store = store
        self._worker = worker
        self._queue = BackgroundQueue("take log")

    def record(self, ending: TakeEnd) -> None:
        """Keep a take, unless nothing was written."""
        if ending.take.text:
            self._queue.run(partial(self._store.add_take, self._record_of(ending)))

    def takes(self, journal: str, path: str) -> tuple[TakeRecord, ...]:
        """Every take of a document, the oldest first: of this journal, and of its file's others."""
        self._queue.wait()
        earlier = self._store.takes_of(path) if path else ()
        found = {take.id: take for take in (*earlier, *self._store.takes(journal))}
        return tuple(found[number] for number in sorted(found))

    def close(self) -> None:
        """Wait until all is kept, and end the thread."""
        self._queue.close()

    def _record_of(self, ending: TakeEnd) -> TakeRecord:
        order, model = ending.order, self._worker.model
        return TakeRecord(
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
