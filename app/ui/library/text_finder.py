"""Searches in every text aside, with an index that follows the files and the store's takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.documents.search import Query
from app.core.errors import LampblackError
from app.core.store import TakeRecord
from app.core.system.databases import DataKey
from app.core.system.throttle import Throttle
from app.program import Program
from app.ui.background import BackgroundTasks

if TYPE_CHECKING:
    from app.core.books.index import TextIndex
    from app.core.books.library_search import FoundText, SearchScope, SourceGroup

    _Compared = tuple[tuple[SourceGroup, ...], list[str], dict[str, int]]

_PART_S = 0.05  # between two deliveries of what was found
_TAKES = 200  # that are read from the store at a time
_PAUSE_MS = 1500  # in which nothing is typed


class TextFinder(QObject):
    """Keeps the index and asks it, one after the other on a thread of its own.

    `found` carries texts with places as they are found, `finished` that it was all, `failed` why
    there is nothing. `read` says how many texts wait to be read for the index, 0 at its end, and
    `refreshed` whether something was read or added since the last time.
    `encoding` gives the encoding that was chosen for a file.
    """

    found = Signal(object)
    finished = Signal()
    failed = Signal(object)
    read = Signal(int)
    refreshed = Signal(bool)

    def __init__(self, program: Program, encoding: Callable[[str], str], parent: QObject) -> None:
        super().__init__(parent)
        self._program, self._encoding = program, encoding
        self._index: TextIndex | None = None
        self._key: DataKey | None = None
        self._tasks = BackgroundTasks(lambda _error: None, self)
        self._asked = 0
        self._waiting: list[str] = []
        self._is_reading = self._has_changed = False
        self._pausing = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pausing.timeout.connect(self._read_on)
        self.words: dict[str, int] = {}
        """How many words the files of the last `follow` have."""
        self.others: tuple[SourceGroup, ...] = ()
        """The other books."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing is asked or read."""
        return self._tasks.is_idle and not (self._waiting and self._pausing.isActive())

    def close(self) -> None:
        """The window closes."""
        self._pausing.stop()
        self._asked += 1
        self._waiting.clear()
        self._tasks.close()
        self._close_index()

    def lock(self) -> None:
        """Close the index and forget its key; what is asked from now on finds nothing."""
        self._pausing.stop()
        self._asked += 1
        self._waiting.clear()
        self._tasks.run(self._close_index)

    def _close_index(self) -> None:
        if self._index is not None:
            self._index.close()
        self._index = self._key = None

    # Asking

    def ask(self, query: Query, scope: SearchScope) -> None:
        """Search for `query` instead of what was searched for before."""
        self._asked += 1
        asked = self._asked
        if self._program.vault.is_locked:
            return
        self.go_on()
        self._tasks.run(
            partial(self._search, asked, query, scope, self._program.store_key),
            partial(self._on_finished, asked),
            partial(self._on_failed, asked),
        )

    def drop(self) -> None:
        """Nothing is searched for any more."""
        self._asked += 1

    def _search(self, asked: int, query: Query, scope: SearchScope, key: DataKey | None) -> None:
        from app.core.books.library_search import search_everywhere

        if asked != self._asked:
            return
        parts: list[FoundText] = []
        due = Throttle(_PART_S, time.monotonic)
        try:
            index = self._opened(key)
            for one in search_everywhere(index, query, scope, lambda: asked != self._asked):
                parts.append(one)
                if due():
                    self._tasks.tell(partial(self._on_found, asked, tuple(parts)))
                    parts.clear()
        except _disk_errors():
            self._do_without()
        self._tasks.tell(partial(self._on_found, asked, tuple(parts)))

    def _on_found(self, asked: int, texts: tuple[FoundText, ...]) -> None:
        if asked == self._asked and texts:
            self.found.emit(texts)

    def _on_finished(self, asked: int, _nothing: None) -> None:
        if asked == self._asked:
            self.finished.emit()

    def _on_failed(self, asked: int, error: LampblackError) -> None:
        if asked == self._asked:
            self.failed.emit(error)

    # The index

    def give_way(self) -> None:
        """Text is written: read no other one for the index before a pause, or before a question."""
        self._pausing.start()

    def go_on(self) -> None:
        """Read on at once: the index is asked."""
        if self._pausing.isActive():
            self._pausing.stop()
            self._read_on()

    def follow(
        self, near: tuple[SourceGroup, ...], others: Callable[[], tuple[SourceGroup, ...]]
    ) -> None:
        """Have the files of these groups in the index as they are now; and every take.

        `others` is called aside, and what it gives is in `others` here as soon as it is known.
        """
        if self._program.vault.is_locked:
            return
        key = self._program.store_key
        self._tasks.run_soon(partial(self._compare, near, others, key), self._on_compared)

    def _compare(
        self,
        near: tuple[SourceGroup, ...],
        others: Callable[[], tuple[SourceGroup, ...]],
        key: DataKey | None,
    ) -> _Compared:
        read = others()
        names = list(dict.fromkeys(name for group in (*near, *read) for name in group.files))
        try:
            index = self._opened(key)
            index.keep_only(names)
            for takes in self._new_takes(index):
                index.add_takes(takes)
                self._has_changed = True
            return read, index.outdated(names), index.words(names)
        except _disk_errors():
            self._do_without()
            return read, [], {}

    def _new_takes(self, index: TextIndex) -> Iterator[tuple[TakeRecord, ...]]:
        store = self._program.store
        if store.newest_take() < index.last_take():
            index.forget_takes()
        while takes := store.takes_after(index.last_take(), _TAKES):
            yield takes

    def _on_compared(self, found: _Compared) -> None:
        self.others, outdated, words = found
        self._has_changed = self._has_changed or not self.words.keys() <= words.keys()
        self.words = words
        self._waiting = outdated
        if not self._pausing.isActive():
            self._read_on()
        if not outdated:
            self._tell_end()

    def _read_on(self) -> None:
        """Read what waits, unless that is being done."""
        if not self._is_reading:
            self._read_next()

    def _read_next(self) -> None:
        """One text at a time, so that a question need not wait for all of them."""
        self._is_reading = bool(self._waiting) and not self._program.vault.is_locked
        if self._is_reading:
            name = self._waiting.pop(0)
            work = partial(self._read, name, self._encoding(name), self._program.store_key)
            self._tasks.run(work, partial(self._on_read, name))

    def _read(self, name: str, encoding: str, key: DataKey | None) -> int:
        try:
            index = self._opened(key)
            index.read(name, encoding)
            return index.words([name]).get(name, 0)
        except _disk_errors():
            self._do_without()
            return 0

    def _on_read(self, name: str, words: int) -> None:
        self.words[name] = words
        self._has_changed = True
        self.read.emit(len(self._waiting))
        if self._pausing.isActive():
            self._is_reading = False
        else:
            self._read_next()
        if not self._waiting:
            self._tell_end()

    def _tell_end(self) -> None:
        has_changed, self._has_changed = self._has_changed, False
        self.read.emit(0)
        self.refreshed.emit(has_changed)

    def _opened(self, key: DataKey | None) -> TextIndex:
        """The index; another one where a passphrase was set or removed meanwhile."""
        if self._index is None or key != self._key:
            from app.core.books.index import TextIndex

            self._close_index()
            self._index, self._key = TextIndex(self._program.paths.search_index, key), key
        return self._index

    def _do_without(self) -> None:
        """The disk refuses: go on with an index in memory, of what is read from now on."""
        from app.core.books.index import in_memory

        key = self._key
        self._close_index()
        self._index, self._key = in_memory(), key


def _disk_errors() -> tuple[type[Exception], ...]:
    import apsw

    return apsw.Error, OSError
