"""Takes: the texts that the model writes for one place."""

from __future__ import annotations

import os
from typing import Any

import msgspec

from app.core.documents.normalise import Normaliser
from app.core.options.sampling import Sampling
from app.core.provenance.origins import Origin, new_take_key
from app.engine.messages import EngineSettings
from app.ui.editor.manuscript import Change, units
from app.ui.editor.undo_history import UndoStep


def new_key() -> str:
    """What a take, a request or a place is kept under; no other one has it."""
    return os.urandom(16).hex()


class TakeText(msgspec.Struct, eq=False):
    """One take as far as it is written, with its name and its star.

    `lead` is put before the model's text, and `strip` are characters that it may not begin with;
    `strip_once` leaves out no more than one of them. `begun` is what it begins with and what the
    model was given to read already. `text` is normalised. By `origin_key` the parts of a
    manuscript know where they came from.
    """

    lead: str = ""
    strip: str = ""
    strip_once: bool = False
    begun: str = ""
    text: str = ""
    finished: bool = False
    key: str = msgspec.field(default_factory=new_key)
    origin_key: int = msgspec.field(default_factory=new_take_key)
    name: str = ""
    is_starred: bool = False
    _normaliser: Normaliser = msgspec.field(default_factory=Normaliser)

    def begin(self, text: str) -> None:
        """Begin with a text that the model goes on from."""
        self.begun = self.text = text

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

    As long as it is not `is_shown`, none is in the text. `place_key` is what the place is
    kept under, and `parent` that of the take that these go on from.
    `written` counts the characters of the active take that are in the text, from `shown_from` on.
    `end` stays before what the writer types there, so that both texts stay whole. `sources` are
    the documents that a request of before was from, and `again_of` is the key of its take.
    """

    start: int
    instruction: str = ""
    end: int = -1
    takes: list[TakeText] = msgspec.field(default_factory=list)
    active: int = 0
    step: UndoStep | None = None
    shown_from: int = 0
    written: int = 0
    is_shown: bool = True
    place_key: str = msgspec.field(default_factory=new_key)
    parent: str = ""
    sources: tuple[str, ...] = ()
    again_of: str = ""

    def __post_init__(self) -> None:
        if self.end < 0:
            self.end = self.start

    @property
    def take(self) -> TakeText:
        """The active take."""
        return self.takes[self.active]

    @property
    def shown(self) -> str:
        """The part of the active take that belongs between `start` and `end`."""
        return self.take.text[self.shown_from :] if self.is_shown else ""

    @property
    def unwritten(self) -> str:
        """The part of it that is not in the text yet."""
        return self.shown[self.written :]

    def origin(self, start: int, text: str) -> Origin:
        """Where `text` comes from, which is put in at `start` as the last that is written."""
        begun = self.take.text[: self.shown_from + self.written - len(text)]
        return Origin("generated", self.take.origin_key, units(begun), start, units(text))

    def touches(self, change: Change) -> bool:
        """Whether `change` alters the take itself, not only the text around it."""
        if not self.is_shown:
            return False
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

    `sampling`, the text `before`, what of it is `sent`, the bytes that are sent in all, the
    `fields` of `Generate` and the `job` are known when the model is there. `given` are fields that
    were asked for before, and are asked for again. `preset` is the name of the preset, and `model`
    the path of the model that wrote it, where that is not the present one.
    """

    group: TakeGroup
    takes: tuple[TakeText, ...]
    journal: str = ""
    path: str = ""
    sampling: Sampling = msgspec.field(default_factory=Sampling)
    before: str = ""
    sent: str = ""
    sent_bytes: int = 0
    fields: dict[str, Any] = msgspec.field(default_factory=dict)
    given: dict[str, Any] | None = None
    preset: str = ""
    model: str = ""
    key: str = msgspec.field(default_factory=new_key)
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
