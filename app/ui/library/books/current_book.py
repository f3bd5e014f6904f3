"""The book that is open in a window: what was done to it, what other programs did, and undo."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
from PySide6.QtCore import QObject, Signal

from app.core.books.book import Book
from app.core.books.book_file import BOOK_FILE
from app.core.books.contents import BookContents, open_book
from app.core.books.facts import FactsCache, TextFacts
from app.core.books.steps import BookStep, carry_out
from app.core.documents.file_watch import PlacesWatch
from app.core.errors import BookChangedError, BookError, LampblackError
from app.core.store import Store
from app.core.system.throttle import Throttle
from app.ui.background import BackgroundTasks
from app.ui.bridge import Bridge
from app.ui.sentences import Words

_TELL_S = 0.15
_MOST_STEPS = 50
_MOST_WATCHED = 2000


class DoneStep(NamedTuple):
    """A step that can be taken back, what it was, and what it put into the trash, by name."""

    step: BookStep
    words: Words
    trashed: dict[str, int]


class CurrentBook(QObject):
    """One book, or none. Reading it again and counting its words is done in the background.

    `changed` comes when its contents are others, `counted` with facts of its texts by their names,
    `stepped` with a step that was done or taken back, after `changed`.
    """

    changed = Signal()
    counted = Signal(dict)
    stepped = Signal(object)
    failed = Signal(object)

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.contents: BookContents | None = None
        self.facts = FactsCache()
        self._past = list[DoneStep]()
        self._trashed = dict[str, int]()
        self._turn = 0
        self._background = BackgroundTasks(self.failed.emit, self)
        self._bridge = Bridge(self)
        self._bridge.arrived.connect(self._on_watched)
        self._watch: PlacesWatch | None = None

    @property
    def last(self) -> Words:
        """What `undo` would take back; empty if nothing."""
        return self._past[-1].words if self._past else ""

    def show(self, contents: BookContents | None) -> None:
        """Another book, or none."""
        self._past.clear()
        self._take(contents)

    @property
    def is_stuck(self) -> bool:
        """Whether the book's folder does not answer now: whoever looks there would wait, too."""
        return self._watch is not None and self._watch.is_stuck

    def close(self) -> None:
        """The window closes."""
        is_stuck = self.is_stuck
        self._watch_no_more()
        self._bridge.close()
        self._background.close(wait=not is_stuck)

    # Changing it

    def do(self, step: BookStep, words: Words) -> bool:
        """Do a step, which `words` name; False, with the reason told, where it cannot be done."""
        if (step.before == step.after and not step.files) or not self.answers():
            return False
        try:
            self._carry_out(step)
        except BookChangedError as error:
            self.failed.emit(error)
            self._read_now()
            return False
        except LampblackError as error:
            self.failed.emit(error)
            return False
        done = DoneStep(step, words, self._trashed)
        self._past = [*self._past[1 - _MOST_STEPS :], done]
        self._tell(step)
        return True

    def undo(self) -> bool:
        """Take the last step back; False, with the reason told, where that cannot be done."""
        if not self._past or not self.answers():
            return False
        done = self._past.pop()
        back = done.step.inverse()
        try:
            self._carry_out(back)
        except BookChangedError:
            self._past.clear()
            self.failed.emit(
                BookError(
                    "This cannot be taken back any more: a text or the list was changed since.",
                    "The history of each text has what it was.",
                )
            )
            self._read_now()
            return False
        except LampblackError as error:
            self._past.append(done)
            self.failed.emit(error)
            return False
        if self.contents is not None:
            self._give_histories_back(self.contents, done.trashed)
        self._tell(back)
        return True

    def answers(self) -> bool:
        """Whether the folder can be looked at without making the window wait; said where not."""
        if self.is_stuck:
            self.failed.emit(
                BookError(
                    "The folder of the book does not answer.",
                    "Nothing was changed. Try again when its disk or network is there.",
                )
            )
        return not self.is_stuck

    def _give_histories_back(self, contents: BookContents, trashed: dict[str, int]) -> None:
        """Take the texts that have come back out of the trash. A kill before it leaves a copy."""
        for name, number in trashed.items():
            self._store.trash.give_history_back(number, contents.folder / name)

    def _carry_out(self, step: BookStep) -> None:
        contents = self.contents
        assert contents is not None
        self._trashed = {}
        try:
            data = carry_out(contents.folder, step, contents.data, self._keep)
        except LampblackError:  # each text is where it was
            self._give_histories_back(contents, self._trashed)
            raise
        self._turn += 1
        if step.files or self._trashed or _files(step.before) != _files(step.after):
            self.contents = open_book(contents.folder)
        else:
            self.contents = msgspec.structs.replace(contents, book=step.after, data=data)

    def _tell(self, step: BookStep) -> None:
        self._follow()
        self.changed.emit()
        self._count()
        self.stepped.emit(step)

    def _keep(self, path: Path, data: bytes) -> None:
        """Put a text that is removed into the trash; raises LampblackError where that fails."""
        assert self.contents is not None
        if data:
            name = path.relative_to(self.contents.folder).as_posix()
            self._trashed[name] = self._store.trash.put(path)

    # Following it

    def read_again(self) -> None:
        """Look at the folder in the background, and show what is other there now."""
        if self.contents is None or self.is_stuck:
            return
        work = partial(open_book, self.contents.folder)
        self._background.run(work, partial(self._on_read, self._turn), lambda _error: None)

    def _on_read(self, turn: int, found: BookContents) -> None:
        """What was read is of no use if a step was done meanwhile: it brings another reading."""
        if self.contents is None or found.folder != self.contents.folder or turn != self._turn:
            return
        if found.data != self.contents.data:
            self._past.clear()
        if found != self.contents:
            self._take(found)
        else:
            self._count()

    def _read_now(self) -> None:
        if self.contents is not None:
            with contextlib.suppress(LampblackError):  # the trouble was told already
                self._past.clear()
                self._take(open_book(self.contents.folder))

    def _take(self, contents: BookContents | None) -> None:
        self._turn += 1
        self.contents = contents
        self._follow()
        self.changed.emit()
        self._count()

    def _follow(self) -> None:
        """Hear of what other programs do with the list, the texts and their folders."""
        wanted = _places(self.contents) if self.contents is not None else frozenset()
        if self._watch is not None and self._watch.places != wanted:
            self._watch_no_more()
        if self._watch is None and wanted:
            self._watch = PlacesWatch(wanted, partial(self._bridge.post, wanted))

    def _watch_no_more(self) -> None:
        if self._watch is not None:
            self._watch.close()
            self._watch = None

    def _on_watched(self, places: frozenset[Path]) -> None:
        """What an earlier watch has seen is of no use."""
        if self._watch is not None and self._watch.places == places:
            self.read_again()

    def _count(self) -> None:
        """Find out the words and headings of all texts, and tell them a few at a time."""
        if self.contents is not None:
            tell = self._background.tell
            self._background.run(partial(self._count_all, self.contents, self._turn, tell))

    def _count_all(
        self, contents: BookContents, turn: int, tell: Callable[[Callable[[], object]], object]
    ) -> None:
        """On the thread of the background: nothing more once the book is another."""
        batch, is_time = dict[str, TextFacts](), Throttle(_TELL_S)
        for name, facts in self.facts.of_book(contents):
            if turn != self._turn:
                return
            batch[name] = facts
            if is_time():
                tell(partial(self._hear, turn, batch))
                batch = {}
        tell(partial(self._hear, turn, batch))

    def _hear(self, turn: int, facts: dict[str, TextFacts]) -> None:
        if turn == self._turn:
            self.counted.emit(facts)


def _places(contents: BookContents) -> frozenset[Path]:
    """What is watched of a book: its folder first, then those below it, its list and texts."""
    folder = contents.folder
    names = (*_files(contents.book), *(one.file for one in contents.loose))
    texts = [folder / name for name in names if name not in contents.refused]
    below = sorted({text.parent for text in texts})
    return frozenset((folder, folder / BOOK_FILE, *below, *texts)[:_MOST_WATCHED])


def _files(book: Book) -> list[str]:
    """The files of a list, in a fixed order."""
    return sorted(entry.file for entry in book.entries if entry.file)
