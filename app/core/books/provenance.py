"""Where the texts of a book, or one text, come from: read, looked up and counted."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from app.core.books.book import included
from app.core.books.contents import BookContents, is_book, open_book
from app.core.books.facts import facts_of, title_of
from app.core.documents.text_files import open_document
from app.core.provenance.report import (
    PartText,
    ProvenanceReport,
    make_report,
    parts_of,
)
from app.core.provenance.spans import Runs
from app.core.store import Store


class UnsavedText(msgspec.Struct, frozen=True):
    """The text on the page, which its file need not have yet, and what it is made of."""

    path: Path | None
    text: str
    runs: Runs


def report_on(
    path: Path, store: Store, licence_of: Callable[[str], str], page: UnsavedText | None = None
) -> ProvenanceReport:
    """The report on a book in a folder, or on a file; not for the window's thread.

    What is on the `page` is taken from there. Raises BookError or DocumentError for what cannot be
    read.
    """
    if is_book(path):
        contents = open_book(path)
        title, parts = contents.name, book_parts(contents, store, page)
    elif page is not None and page.path == path:
        title, parts = path.name, parts_of(path.name, page.text, page.runs)
    else:
        text = open_document(path).text
        title, parts = path.name, parts_of(path.name, text, _runs(store, path, text))
    return make_report(title, parts, store.provenance.known_takes, licence_of, time.time())


def page_report(
    title: str, page: UnsavedText, store: Store, licence_of: Callable[[str], str]
) -> ProvenanceReport:
    """The report on the text of the page alone."""
    parts = parts_of(title, page.text, page.runs)
    return make_report(title, parts, store.provenance.known_takes, licence_of, time.time())


def book_parts(
    contents: BookContents, store: Store, page: UnsavedText | None = None
) -> list[PartText]:
    """What a book includes, in order; a text that is missing is empty."""
    entries = [contents.book.entries[index] for index in included(contents.book)]
    highest = min((entry.depth for entry in entries), default=0)
    parts = list[PartText]()
    for entry in entries:
        path = contents.path(entry)
        text = ""
        runs: Runs = ()
        if path is not None and page is not None and page.path == path:
            text, runs = page.text, page.runs
        elif path is not None:
            text = open_document(path).text
            runs = _runs(store, path, text)
        title = title_of(entry, facts_of(text))
        parts.append(PartText(title, entry.depth - highest, text, runs))
    return parts


def _runs(store: Store, path: Path, text: str) -> Runs:
    return store.provenance.find(str(path.absolute()), text)
