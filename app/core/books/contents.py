"""What is in a book's folder: its list, its texts, and where the two do not agree."""

from __future__ import annotations

from pathlib import Path

import msgspec

from app.core.books.book import Book, BookEntry
from app.core.books.book_file import BOOK_FILE, read_book
from app.core.books.names import conflict_of, in_order, same_name, text_files, text_path
from app.core.books.steps import finish_broken_step
from app.core.conversion.blocks import FormattedText
from app.core.errors import BookError
from app.core.system.files import is_file, is_folder, why

MOST_TEXTS = 5000
"""How many texts of a folder are looked at."""


class LooseText(msgspec.Struct, frozen=True):
    """A text in the folder that is not in the book.

    `conflict_of` is the file that a sync program made it a conflicting copy of, or empty.
    """

    file: str
    conflict_of: str = ""


class BookContents(msgspec.Struct, frozen=True, kw_only=True):
    """A book as it was read from its folder.

    `data` is the list's file, None where there is none yet. `paths` are those of its texts by their
    names. `missing` are files of the list that are not there, `refused` those whose names lead out
    of the folder or are none; neither is ever opened. `problems` are sentences.
    """

    folder: Path
    book: Book
    data: bytes | None
    paths: dict[str, Path] = {}
    missing: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    loose: tuple[LooseText, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The book's title, else the folder's name."""
        return self.book.title or self.folder.name or str(self.folder)

    def path(self, entry: BookEntry) -> Path | None:
        """Where an entry's text is; None where it has none that can be opened."""
        return self.paths.get(entry.file)

    def index_of(self, path: Path) -> int:
        """The entry whose text is at `path`; -1 for a file that is not in the book."""
        try:
            name = path.absolute().relative_to(self.folder).as_posix()
        except ValueError:
            return -1
        files = [same_name(entry.file) for entry in self.book.entries]
        return files.index(same_name(name)) if same_name(name) in files else -1


def is_book(folder: Path) -> bool:
    """Whether a folder has the list of a book."""
    return is_file(folder / BOOK_FILE)


def open_book(folder: Path) -> BookContents:
    """Read a book; a step that a crash broke off is finished or taken back first.

    Raises BookError for a folder that cannot be read, and for a list of a newer version.
    """
    folder = folder.absolute()
    if not is_folder(folder):
        raise BookError(f"There is no folder {folder}.")
    problems = list(filter(None, [finish_broken_step(folder)]))
    read = read_book(folder)
    if read.problem:
        problems.append(read.problem)
    try:
        on_disk = text_files(folder, MOST_TEXTS)
        copies = sorted(one.name for one in folder.glob("*.json") if _is_copy_of_list(one.name))
    except OSError as error:
        raise BookError(f"{folder} cannot be read: {why(error)}.") from error
    problems += (
        f"A sync program left another list of this book, {name}: two computers changed it at the "
        "same time. Compare the two; the other one is not used."
        for name in copies
    )
    return _compared(folder, read.book, read.data, on_disk, tuple(problems))


def listed_texts(folder: Path) -> tuple[str, tuple[str, ...]]:
    """The name of the book in a folder and the paths of its texts that are there, in its order.

    Only its list is read, and nothing is changed; no paths where that cannot be done.
    """
    try:
        read = read_book(folder, keep_damaged=False)
    except BookError:
        return folder.name, ()
    paths = (text_path(folder, entry.file) for entry in read.book.entries if entry.file)
    files = tuple(str(path) for path in paths if path is not None and is_file(path))
    return read.book.title or folder.name, files


def _is_copy_of_list(name: str) -> bool:
    return conflict_of(name) == BOOK_FILE


def _compared(
    folder: Path, book: Book, data: bytes | None, on_disk: list[str], problems: tuple[str, ...]
) -> BookContents:
    spelled = {same_name(name): name for name in on_disk}
    entries, listed, missing, refused = list[BookEntry](), set[str](), set[str](), set[str]()
    paths = dict[str, Path]()
    for entry in book.entries:
        found = spelled.get(same_name(entry.file))
        if found is not None and found != entry.file:
            entry = msgspec.structs.replace(entry, file=found)
        entries.append(entry)
        if not entry.file:
            continue
        listed.add(entry.file)
        path = folder / found if found is not None else text_path(folder, entry.file)
        if path is None:
            refused.add(entry.file)
        elif found is None and not is_file(path):
            missing.add(entry.file)
        else:
            paths[entry.file] = path
    loose = tuple(LooseText(name, conflict_of(name)) for name in on_disk if name not in listed)
    return BookContents(
        folder=folder,
        book=msgspec.structs.replace(book, entries=tuple(entries)),
        data=data,
        paths=paths,
        missing=frozenset(missing),
        refused=frozenset(refused),
        loose=loose,
        problems=problems,
    )


def of_texts(contents: BookContents) -> Book:
    """The book with every text of the folder that was not in it, as chapters at its end.

    Copies that a sync program made are left out.
    """
    new = [one.file for one in contents.loose if not one.conflict_of]
    added = (BookEntry(kind="chapter", file=file) for file in sorted(new, key=in_order))
    book = contents.book
    return msgspec.structs.replace(book, entries=(*book.entries, *added))


def title_page(book: Book, text: FormattedText) -> Book:
    """The book with the title, author and language of a text, where it had none of its own."""
    return msgspec.structs.replace(
        book,
        title=book.title or text.title,
        author=book.author or text.author,
        language=book.language or (text.language if text.language != "en" else ""),
    )
