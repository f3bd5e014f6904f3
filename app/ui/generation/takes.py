"""Takes: the texts that the model writes for one place, and how they are kept."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

import msgspec

from app.core.documents.normalise import Normaliser
from app.core.documents.prompts import continuation
from app.core.options.sampling import Sampling
from app.core.provenance.origins import Origin, new_take_key
from app.core.store import Store, TakeRecord
from app.core.system.background import BackgroundQueue
from app.engine.messages import EngineSettings
from app.engine.worker import Worker
from app.ui.editor.editor import Editor
from app.ui.editor.manuscript import Change, units
from app.ui.editor.undo_history import UndoStep

_PROMPT_TAIL = 2000  # characters that are kept of a take's prompt
_SEEDS = 2**32


class TakeText(msgspec.Struct, eq=False):
    """One take as far as it is written.

    `lead` is put before the model's text, and `strip` are characters that it may not begin with;
    `strip_once` leaves out no more than one of them. `text` is normalised. By its `key` the parts
    of a manuscript know where they came from.
    """

    lead: str = ""
    strip: str = ""
    strip_once: bool = False
    text: str = ""
    finished: bool = False
    key: int = msgspec.field(default_factory=new_take_key)
    _normaliser: Normaliser = msgspec.field(default_factory=Normaliser)

    def add(self, piece: str) -> None:
        """Add the model's next piece."""
        self._add(self._normaliser.feed(piece))

    def finish(self) -> None:
        """The model writes no more."""
        self._add(self._normaliser.close())
        self.finished = True

    def _add(self, text: str) -> None:
        if not self.text:
            begun = text.lstrip(self.strip) if self.strip else text
            if self.strip_once and text[:1] and text[0] in self.strip:
                begun, self.strip = text[1:], ""
            text = self.lead + begun if begun else ""
        self.text += text


class TakeGroup(msgspec.Struct, eq=False):
    """All takes for one place; `start` to `end` holds what of the active one is in the text.

    `written` counts the characters of the active take that are in the text, from `shown_from` on.
    `end` stays before what the writer types there, so that both texts stay whole.
    """

    start: int
    instruction: str = ""
    end: int = -1
    takes: list[TakeText] = msgspec.field(default_factory=list)
    active: int = 0
    step: UndoStep | None = None
    shown_from: int = 0
    written: int = 0

    def __post_init__(self) -> None:
        self.end = self.start

    @property
    def take(self) -> TakeText:
        """The active take."""
        return self.takes[self.active]

    @property
    def shown(self) -> str:
        """The part of the active take that belongs between `start` and `end`."""
        return self.take.text[self.shown_from :]

    @property
    def unwritten(self) -> str:
        """The part of it that is not in the text yet."""
        return self.take.text[self.shown_from + self.written :]

    def origin(self, start: int, text: str) -> Origin:
        """Where `text` comes from, which is put in at `start` as the last that is written."""
        begun = self.take.text[: self.shown_from + self.written - len(text)]
        return Origin("generated", self.take.key, units(begun), start, units(text))

    def touches(self, change: Change) -> bool:
        """Whether `change` alters the take itself, not only the text around it."""
        if change.removed:
            return change.position < self.end and change.removed_end > self.start
        return self.start < change.position < self.end

    def follow(self, change: Change) -> None:
        """Move along with a change of the text around the take."""
        empty = self.start == self.end
        self.end = change.carry(self.end)
        self.start = self.end if empty else change.carry(self.start, after_insertion=True)

    def place(self, start: int) -> None:
        """Stand at `start` again, after Redo."""
        self.start = start
        self.end = start + units(self.shown[: self.written])

    def split(self) -> None:
        """Leave what is written to the writer and go on from here, with the active take alone."""
        self.shown_from += self.written
        self.written = 0
        self.takes = [self.take]
        self.active = 0
        self.start = self.end
        self.step = None

    def drop(self, take: TakeText) -> None:
        """Forget an empty take; the one before it becomes active if it was."""
        index = self.takes.index(take)
        del self.takes[index]
        if self.active >= index:
            self.active = max(0, self.active - 1)


class TakeRequest(msgspec.Struct, eq=False):
    """One generation that was asked for, and the takes that it writes.

    `sampling`, the text `before`, what of it is `sent`, the bytes that are sent in all and the
    `job` are known when the model is there.
    """

    group: TakeGroup
    takes: tuple[TakeText, ...]
    journal: str = ""
    path: str = ""
    sampling: Sampling = msgspec.field(default_factory=Sampling)
    before: str = ""
    sent: str = ""
    sent_bytes: int = 0
    job: int = 0
    stopped: bool = False
    tokens: int = 0
    first_token_at: float = 0.0

    def finish(self) -> None:
        """Its takes are as long as they will be."""
        for take in self.takes:
            take.finish()


class TakeEnd(msgspec.Struct, frozen=True):
    """How one take ended."""

    request: TakeRequest
    take: TakeText
    finish_reason: str
    seed: int | None = None
    settings: EngineSettings = msgspec.field(default_factory=EngineSettings)


class TakeLog:
    """Writes ended takes into the store in a background thread."""

    def __init__(self, store: Store, worker: Worker) -> None:
        self._store = store
        self._worker = worker
        self._queue = BackgroundQueue("take log")

    def record(self, end: TakeEnd) -> None:
        """Keep a take, unless nothing was written."""
        if end.take.text:
            self._queue.run(partial(self._keep, end.take.key, self._record_of(end)))

    def _keep(self, key: int, record: TakeRecord) -> None:
        if number := self._store.add_take(record):
            self._store.provenance.name_take(key, number, record.created_at)

    def takes(self, journal: str, path: str) -> tuple[TakeRecord, ...]:
        """Every take of a document, the oldest first: of this journal, and of its file's others."""
        self._queue.wait()
        earlier = self._store.takes_of(path) if path else ()
        found = {take.id: take for take in (*earlier, *self._store.takes(journal))}
        return tuple(found[number] for number in sorted(found))

    def close(self) -> None:
        """Wait until all is kept, and end the thread."""
        self._queue.close()

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

    def _record_of(self, end: TakeEnd) -> TakeRecord:
        request, model = end.request, self._worker.model
        return TakeRecord(
            journal=request.journal,
            path=request.path,
            position=request.group.start,
            prompt=request.before[-_PROMPT_TAIL:],
            instruction=request.group.instruction,
            text=end.take.text,
            model=model.path if model else "",
            seed=end.seed or 0,
            finish_reason=end.finish_reason,
            sampling=msgspec.json.encode(request.sampling).decode(),
            settings=msgspec.json.encode(end.settings).decode(),
            created_at=time.time(),
        )


def blank_take(before: str, instruction: str) -> TakeText:
    """An empty take that knows how its first words join `before`."""
    if not instruction:
        stripped = continuation(before).strip_leading_space
        return TakeText(strip=" " if stripped else "", strip_once=True)
    joined = not before or before[-1].isspace()
    paragraph = "\n\n" if "\n\n" in before else "\n"
    return TakeText(lead="" if joined else paragraph, strip=" \t\n")


def reseeded(sampling: Sampling, earlier: int) -> Sampling:
    """`sampling` with a fixed seed counted on by the `earlier` takes, so that a retry differs."""
    if sampling.seed is None or not earlier:
        return sampling
    return msgspec.structs.replace(sampling, seed=(sampling.seed + earlier) % _SEEDS)
