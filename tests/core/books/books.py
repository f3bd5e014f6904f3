"""Books that tests change, and what the file system then says."""

from __future__ import annotations

from app.core.books.contents import BookContents, open_book
from app.core.books.steps import BookStep, carry_out
from app.core.documents.text_files import open_document


def do(contents: BookContents, step: BookStep) -> BookContents:
    """Do a step, and read the book again."""
    carry_out(contents.folder, step, contents.data, lambda _path, _data: None)
    return open_book(contents.folder)


def texts(contents: BookContents) -> list[str]:
    """The texts of a book in its order."""
    paths = map(contents.path, contents.book.entries)
    return [open_document(path).text if path else "" for path in paths]
