"""How takes are kept: with the request that they were written for, in the background."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from functools import partial

import msgspec

from app.core.provenance.origins import Origin, new_take_key
from app.core.store import Store, TakeRecord
from app.core.store.takes.kept import MIXED, KeptTake
from app.core.system.background import BackgroundQueue
from app.engine.worker import Worker
from app.ui.editor.editor import Editor
from app.ui.generation.requests import kept_fields
from app.ui.generation.takes import TakeEnd, TakeGroup, TakeText

_PROMPT_TAIL = 2000  # characters that are kept of a take's prompt beside its request


class StoreLog:
    """Keeps texts of a model in the store, in a background thread called `name`."""

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._queue = BackgroundQueue(name)

    @property
    def is_idle(self) -> bool:
        """Whether all that ended is in the store."""
        return self._queue.is_idle

    def wait(self) -> None:
        """Wait until all that ended is in the store."""
        self._queue.wait()

    def close(self) -> None:
        """Wait until all is kept, and end the thread."""
        self._queue.close()

    def _name(self, origin: int, number: int, created_at: float) -> None:
        """Let what a page has of the text `origin` be known as take `number`, if it is kept."""
        if number and origin:
            self._store.provenance.name_take(origin, number, created_at)


class TakeLog(StoreLog):
    """Writes ended takes into the store."""

    def __init__(self, store: Store, worker: Worker) -> None:
        super().__init__(store, "take log")
        self._worker = worker

    def record(self, end: TakeEnd) -> None:
        """Keep a take, unless nothing was written."""
        if end.take.text:
            self._queue.run(partial(self._keep, end, self._kept_of(end)))

    def record_mix(self, group: TakeGroup, take: TakeText, journal: str, path: str) -> None:
        """Keep a take that the writer put together, in the place of its earlier state."""
        record = TakeRecord(
            journal=journal,
            path=path,
            position=group.start,
            text=take.text,
            finish_reason=MIXED,
            created_at=time.time(),
        )
        kept = KeptTake(record=record, key=take.key, place=group.place_key, parent=group.parent)
        self._queue.run(partial(self._add_mix, take.origin_key, kept))

    def _add_mix(self, origin: int, kept: KeptTake) -> None:
        self._name(origin, self._store.kept_takes.add(kept), kept.record.created_at)

    def name_origin(self, take: TakeText, record: TakeRecord) -> None:
        """Let what a page has of a take that was kept earlier be known as that take's."""
        self._store.provenance.name_take(take.origin_key, record.id, record.created_at)

    def star(self, take: TakeText) -> None:
        """Keep whether a take has a star."""
        self._queue.run(partial(self._store.kept_takes.star, take.key, is_on=take.is_starred))

    def rename(self, take: TakeText) -> None:
        """Keep a take's name."""
        self._queue.run(partial(self._store.kept_takes.rename, take.key, take.name))

    def takes(self, journal: str, path: str) -> tuple[TakeRecord, ...]:
        """Every take of a document, the oldest first: of this journal, and of its file's others."""
        self.wait()
        earlier = self._store.takes_of(path) if path else ()
        found = {take.id: take for take in (*earlier, *self._store.takes(journal))}
        return tuple(found[number] for number in sorted(found))

    def insert(self, editor: Editor, text: str, takes: Sequence[TakeRecord]) -> None:
        """Put the `text` of one of these takes in at the caret."""
        origin = Origin("pasted")
        for take in takes:
            if take.text == text and take.id:
                origin = Origin("generated", new_take_key())
                self._store.provenance.name_take(origin.take, take.id, take.created_at)
                break
        with editor.putting(origin):
            editor.insert_plain(text)

    def _keep(self, end: TakeEnd, kept: KeptTake) -> None:
        fields = end.request.fields
        is_known = bool(fields) and end.seed is not None
        request = kept_fields(fields, end.seed or 0, end.take.begun) if is_known else ""
        kept = self._with_its_source(kept, end.request.group.sources)
        number = self._store.kept_takes.add(kept, request)
        self._name(end.take.origin_key, number, kept.record.created_at)

    def _with_its_source(self, kept: KeptTake, sources: tuple[str, ...]) -> KeptTake:
        """The take, as one of the document its request is from if that goes to no other machine.

        Written again once more, it is held back by that mark as well.
        """
        if not sources or not self._store.is_kept_here(*sources):
            return kept
        path = next(filter(os.path.isabs, sources), "")
        journal = next((one for one in sources if one != path), "")
        record = msgspec.structs.replace(kept.record, journal=journal, path=path)
        return msgspec.structs.replace(kept, record=record)

    def _kept_of(self, end: TakeEnd) -> KeptTake:
        request, model, take = end.request, self._worker.model, end.take
        record = TakeRecord(
            journal=request.journal,
            path=request.path,
            position=request.group.start,
            prompt=request.before[-_PROMPT_TAIL:],
            instruction=request.group.instruction,
            text=take.text,
            model=request.model or (model.path if model else ""),
            seed=end.seed or 0,
            finish_reason=end.finish_reason,
            sampling=msgspec.json.encode(request.sampling).decode(),
            settings=msgspec.json.encode(end.settings).decode(),
            created_at=time.time(),
        )
        return KeptTake(
            record=record,
            key=take.key,
            place=request.group.place_key,
            parent=request.group.parent,
            request=request.key,
            number=request.takes.index(take),
            preset=request.preset,
            name=take.name,
            is_starred=take.is_starred,
            again_of=request.group.again_of if request.given is not None else "",
        )
