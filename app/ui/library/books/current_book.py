"""The book that is open in a window: what was done to it, what other programs did, and undo."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from app.core.books.book import Book
from app.core.books.contents import BookContents, open_book
from app.core.books.facts import FactsCache, TextFacts
from app.core.books.steps import BookStep, FileChange, carry_out, check_step
from app.core.errors import BookChangedError, BookError, LampblackError
from app.core.store import Store
from app.core.system.throttle import Throttle
from app.ui.background import BackgroundTasks
from app.ui.sentences import Words

_SETTLE_MS = 300
_TELL_S = 0.15
_MOST_STEPS = 50
_MOST_FOLDERS = 200


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
        self._watcher = QFileSystemWatcher(self)
        self._settling = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settling.timeout.connect(self.read_again)
        self._watcher.directoryChanged.connect(lambda _path: self._settling.start())
        self._watcher.fileChanged.connect(lambda _path: self._settling.start())

    @property
    def last(self) -> Words:
        """What `undo` would take back; empty if nothing."""
        return self._past[-1].words if self._past else ""

    def show(self, contents: BookContents | None) -> None:
        """Another book, or none."""
        self._past.clear()
        self._take(contents)

    def close(self) -> None:
        """The window closes."""
        self._settling.stop()
        self._background.close()

    # Changing it

    def do(self, step: BookStep, words: Words) -> bool:
        """Do a step, which `words` name; False, with the reason told, where it cannot be done."""
        if step.before == step.after and not step.files:
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
        if not self._past:
            return False
        done = self._past.pop()
        back = done.step.inverse()
        try:
            self._carry_out(self._out_of_trash(back, done.trashed))
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
        self._tell(back)
        return True

    def _out_of_trash(self, back: BookStep, trashed: dict[str, int]) -> BookStep:
        """Restore, with their histories, the texts that a step brings back; what is left of it."""
        contents = self.contents
        assert contents is not None
        check_step(contents.folder, back, contents.data)
        files = list[FileChange]()
        for change in back.files:
            if change.name in trashed:
                self._store.trash.restore(trashed[change.name], contents.folder / change.name)
            else:
                files.append(change)
        return BookStep(back.before, back.after, tuple(files))

    def _carry_out(self, step: BookStep) -> None:
        contents = self.contents
        assert contents is not None
        self._trashed = {}
        data = carry_out(contents.folder, step, contents.data, self._keep)
        self._turn += 1
        if step.files or self._trashed or _files(step.before) != _files(step.after):
            self.contents = open_book(contents.folder)
        else:
            self.contents = msgspec.structs.replace(contents, book=step.after, data=data)

    def _tell(self, step: BookStep) -> None:
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
        if self.contents is None:
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
        self._watch()
        self.changed.emit()
        self._count()

    def _watch(self) -> None:
        """Hear of what other programs do in the folder and those below it."""
        watched = (*self._watcher.directories(), *self._watcher.files())
        wanted = set[str]()
        if self.contents is not None:
            folder = self.contents.folder
            names = (*_files(self.contents.book), *(one.file for one in self.contents.loose))
            below = {str((folder / name).parent) for name in names if "/" in name}
            wanted = {str(folder), *sorted(below)[:_MOST_FOLDERS]}
        if set(watched) != wanted:
            if watched:
                self._watcher.removePaths(list(watched))
            if wanted:
                self._watcher.addPaths(sorted(wanted))

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


def _files(book: Book) -> list[str]:
    """The files of a list, in a fixed order."""
    return sorted(entry.file for entry in book.entries if entry.file)
