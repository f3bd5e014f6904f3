"""A change of a book's files and list: all of it or none, also through a crash, and undoable.

Before the first file is touched, a record of the whole step is written beside them, with the
former bytes of each; the list is written last. A step that was broken off is taken back by the
record when the book is next opened.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import msgspec

from app.core.books.book import Book
from app.core.books.book_file import BOOK_FILE, encode_book
from app.core.books.names import free_name, text_path
from app.core.errors import BookChangedError, BookError
from app.core.system.files import read_regular, why, write_atomically

RECORD = ".lampblack-step.json"
"""The record's name in the book's folder; it is there only while a step is being done."""

_ANY_SIZE = 1 << 40
_RECORD_FORMAT = 1

Keep = Callable[[Path, bytes], object]
"""Keeps the bytes of a text that is about to be removed; raises LampblackError if it cannot."""


class FileChange(msgspec.Struct, frozen=True):
    """What a step does with one file: its bytes before and after, None where there is no file."""

    name: str
    before: bytes | None
    after: bytes | None


class BookStep(msgspec.Struct, frozen=True):
    """One change of a book, from the list `before` to the list `after`."""

    before: Book
    after: Book
    files: tuple[FileChange, ...] = ()

    def inverse(self) -> BookStep:
        """The step that takes this one back."""
        files = (FileChange(one.name, one.after, one.before) for one in reversed(self.files))
        return BookStep(self.after, self.before, tuple(files))


class _Record(msgspec.Struct, frozen=True):
    lampblack_step: int
    list_before: bytes | None
    list_after: bytes
    files: tuple[FileChange, ...]


def carry_out(folder: Path, step: BookStep, data: bytes | None, keep: Keep) -> bytes:
    """Do a step on the book whose list is `data`; returns the list as it is now.

    `keep` is called for every text just before it is removed, and may do that itself. Raises
    BookChangedError where the list or a file is not as it was read, and BookError where the disk
    refuses; then all is as it was before.
    """
    finish_broken_step(folder)
    check_step(folder, step, data)
    after = encode_book(step.after)
    done = list[FileChange]()
    try:
        if step.files:
            record = _Record(_RECORD_FORMAT, data, after, step.files)
            write_atomically(folder / RECORD, msgspec.json.encode(record))
        for change in step.files:
            done.append(change)
            if change.after is None and change.before is not None:
                keep(folder / change.name, change.before)
            _put(folder / change.name, change.after)
        write_atomically(folder / BOOK_FILE, after)
    except BaseException as error:  # whatever came, half a step must not stay
        is_whole = _take_back(folder, done)
        if not isinstance(error, OSError):
            raise
        hint = "Everything is as it was before."
        if not is_whole:
            hint = "What was done of it is taken back when the book is opened again."
        raise BookError(
            f"The book in {folder} could not be changed: {why(error)}.", hint
        ) from error
    _forget(folder)
    return after


def finish_broken_step(folder: Path) -> str:
    """Take back a step that a crash broke off, or end it where only its record is left.

    Returns a sentence where something had to be done, else nothing. Never raises for the disk: the
    record stays until it can be dealt with.
    """
    try:
        data = read_regular(folder / RECORD, _ANY_SIZE)
    except (OSError, ValueError):
        return ""
    try:
        record = msgspec.json.decode(data, type=_Record)
    except msgspec.MsgspecError:  # it was never whole, so nothing was done by it
        _forget(folder)
        return ""
    if record.lampblack_step > _RECORD_FORMAT or not all(
        text_path(folder, change.name) for change in record.files
    ):
        return f"{folder / RECORD} is of no use here and was left alone."
    if _is_done(folder, record):
        _forget(folder)
        return ""
    try:
        for change in reversed(record.files):
            _restore(folder, change)
    except OSError as error:
        return f"A change of the book that was broken off could not be taken back: {why(error)}."
    _forget(folder)
    return "A change of the book was broken off by a crash. It was taken back; no text is lost."


def _is_done(folder: Path, record: _Record) -> bool:
    """Whether the list was written, or has moved on since every file was."""
    present = _bytes(folder / BOOK_FILE)
    if present == record.list_after:
        return True
    done = all(_bytes(folder / change.name) == change.after for change in record.files)
    return done and present != record.list_before


def _restore(folder: Path, change: FileChange) -> None:
    """Give a file its former bytes; they go beside one that was changed meanwhile."""
    path, present = folder / change.name, _bytes(folder / change.name)
    if present == change.before:
        return
    if present == change.after:
        _put(path, change.before)
    elif change.before is not None:
        beside = free_name(folder, f"{Path(change.name).stem} (before)", Path(change.name).suffix)
        write_atomically(folder / beside, change.before)


def check_step(folder: Path, step: BookStep, data: bytes | None) -> None:
    """Raise BookChangedError where the list is not `data`, or a file not as the step finds it."""
    if _bytes(folder / BOOK_FILE) != data:
        raise BookChangedError(
            "Another program has changed the list of the book meanwhile.",
            "It has been read again; try once more.",
        )
    for change in step.files:
        if text_path(folder, change.name) is None:
            raise BookError(f"{change.name} is no name for a text of a book.")
        if _bytes(folder / change.name) != change.before:
            raise BookChangedError(
                f"Another program has changed {change.name} meanwhile.",
                "Nothing was done; try once more.",
            )


def _take_back(folder: Path, done: list[FileChange]) -> bool:
    """Undo what was done of a step; False where the disk refuses that, too."""
    try:
        for change in reversed(done):
            if _bytes(folder / change.name) == change.after:
                _put(folder / change.name, change.before)
    except (OSError, BookError):
        return False
    _forget(folder)
    return True


def _put(path: Path, data: bytes | None) -> None:
    if data is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, data)
    else:
        path.unlink(missing_ok=True)


def _bytes(path: Path) -> bytes | None:
    """What a file holds; None where there is none. Raises BookError where it cannot be read."""
    try:
        return read_regular(path, _ANY_SIZE)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BookError(f"{path} cannot be read: {why(error)}.") from error


def _forget(folder: Path) -> None:
    with contextlib.suppress(OSError):  # it is of no harm: the list says that the step was done
        (folder / RECORD).unlink()
