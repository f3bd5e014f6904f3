"""Where a manuscript has takes: each place is carried through every edit, and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import msgspec
from PySide6.QtCore import QObject, Signal

from app.core.errors import LampblackError
from app.core.store.takes.places import NEAR, TakePlace, TakePlaces, encoded, located
from app.ui.background import BackgroundTasks
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor, Source
from app.ui.editor.manuscript import Change
from app.ui.generation.session import Session


class Anchor(msgspec.Struct):
    """A place, from `start` to `stop`, where `take` is the key of the take that was put there."""

    key: str
    start: int
    stop: int
    take: str = ""

    def follow(self, change: Change) -> None:
        """Move along with a change of the text."""
        if self.stop < change.position:
            return
        if self.start == self.stop:
            self.start = self.stop = change.carry(self.stop)
            return
        self.start = change.carry(self.start, after_insertion=True)
        self.stop = max(self.start, change.carry(self.stop))


class PlaceAnchors(QObject):
    """The places of the document on the page; `moved` when one came or went.

    They are kept when the document is saved and left, and when a place is new.
    """

    moved = Signal()

    def __init__(
        self,
        editor: Editor,
        session: Session,
        documents: DocumentController,
        places: TakePlaces,
        failed: Callable[[LampblackError], object],
    ) -> None:
        super().__init__(editor)
        self._editor, self._session, self._documents = editor, session, documents
        self._places = places
        self._document = documents.marked_as
        self._anchors: dict[str, Anchor] = {}
        self._length = len(editor.manuscript)  # of the text that the places are in
        self._tasks = BackgroundTasks(failed, self)
        editor.changed.connect(self._on_changed)
        session.moved.connect(self._follow_session)
        documents.leaving.connect(self.keep)
        documents.replaced.connect(self.read)
        documents.saved.connect(lambda _path: self._on_saved())
        documents.followed.connect(self._on_followed)
        session.place_at = self.place_at

    @property
    def all(self) -> list[Anchor]:
        """Every place, in the order of the text."""
        return sorted(self._anchors.values(), key=lambda one: (one.start, one.stop))

    @property
    def is_any(self) -> bool:
        """Whether there is any place."""
        return bool(self._anchors)

    def get(self, key: str) -> Anchor | None:
        """The place of that key, if the page has it."""
        return self._anchors.get(key)

    def nearest(self, position: int) -> Anchor | None:
        """The place that a position is in, or else the one that is nearest."""

        def distance(one: Anchor) -> int:
            return max(one.start - position, position - one.stop, 0)

        return min(self._anchors.values(), key=distance, default=None)

    def place_at(self, position: int) -> tuple[str, str]:
        """The key of the empty place at a position, and of the take that ends there, if any."""
        here = [one for one in self._anchors.values() if one.stop == position]
        empty = (one.key for one in here if one.start == one.stop)
        takes = (one.take for one in here if one.start < one.stop)
        return next(empty, ""), next(takes, "")

    def read(self) -> None:
        """Another document is on the page, or what it was before: find out which places it has."""
        self._document = document = self._documents.marked_as
        self.moved.emit()
        self._tasks.run_soon(partial(self._places.of, document), partial(self._on_read, document))

    def keep(self) -> None:
        """Keep where every place is now, with the words around it."""
        text = self._editor.manuscript
        self._places.keep(
            self._document,
            [
                TakePlace(
                    one.key,
                    one.start,
                    one.stop,
                    text.text(max(0, one.start - NEAR), one.start),
                    text.text(one.stop, min(len(text), one.stop + NEAR)),
                    one.take,
                )
                for one in self._anchors.values()
            ],
        )

    def close(self) -> None:
        """The window closes."""
        self.keep()
        self._tasks.close()

    # Inside

    def _on_read(self, document: str, found: Iterable[TakePlace]) -> None:
        if document != self._document:
            return
        kept = tuple(found)
        data = encoded(self._editor.manuscript.text()) if kept else b""
        for place in kept:
            span = located(data, place)
            if span is not None and place.key not in self._anchors:
                self._anchors[place.key] = Anchor(place.key, *span, place.take)
        self.moved.emit()

    def _on_changed(self, change: Change, source: Source) -> None:
        self._length = len(self._editor.manuscript)
        if source is Source.FILE:
            self._anchors = {}
            return
        for one in self._anchors.values():
            one.follow(change)
        self._follow_session()

    def _follow_session(self) -> None:
        """The place that is written for is where the session has it."""
        group = self._session.group
        if len(self._editor.manuscript) != self._length:  # it has followed a change, these not yet
            return
        if group is None or not group.takes or not any(take.text for take in group.takes):
            return
        is_new = group.place_key not in self._anchors
        shown = group.take.key if group.is_shown else ""
        self._anchors[group.place_key] = Anchor(group.place_key, group.start, group.end, shown)
        if is_new:
            self.moved.emit()
            self.keep()

    def _on_saved(self) -> None:
        before, self._document = self._document, self._documents.marked_as
        if before != self._document:
            self._places.copy(before, self._document)
        self.keep()

    def _on_followed(self, path: str) -> None:
        before, self._document = self._document, path
        self._places.copy(before, path)
