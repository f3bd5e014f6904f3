"""Keeps every answer of a rewrite with the takes, in a background thread."""

from __future__ import annotations

import time
from functools import partial

import msgspec

from app.core.rewrites.asking import sampling_for
from app.core.store import Store, TakeRecord
from app.engine.messages import ModelInfo
from app.ui.generation.take_log import StoreLog
from app.ui.rewrites.rewriting import Rewriting

_PROMPT_TAIL = 2000  # characters that are kept of a passage


class RewriteLog(StoreLog):
    """Writes answers into the store; a take's prompt is the passage that was rewritten."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, "rewrite log")

    def record(
        self, done: Rewriting, origin: tuple[str, str], reason: str, model: ModelInfo | None
    ) -> None:
        """Keep the answer to the present part, unless there is none."""
        part = done.part
        if not part.answer:
            return
        asked = f"{done.action.name}: {done.instruction}" if done.instruction else done.action.name
        journal, path = origin
        sampling = sampling_for(done.action, part.text, model.context if model else 0)
        record = TakeRecord(
            journal=journal,
            path=path,
            position=part.start,
            prompt=part.text[-_PROMPT_TAIL:],
            instruction=asked,
            text=part.answer,
            model=model.path if model else "",
            seed=done.seed or 0,
            finish_reason=reason,
            sampling=msgspec.json.encode(sampling).decode(),
            created_at=time.time(),
        )
        key = part.place.origin_key if part.place is not None else 0
        self._queue.run(partial(self._keep, key, record))

    def _keep(self, key: int, record: TakeRecord) -> None:
        self._name(key, self._store.add_take(record), record.created_at)
