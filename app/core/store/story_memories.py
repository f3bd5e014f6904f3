"""What a writer keeps for the model beside a text, for a document or for a book, as bytes.

`app.core.context.entries` says what the bytes hold.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw

from app.core.store.journal import forget
from app.core.store.notes.kept_notes import copy_notes
from app.core.store.own_words import RunsWork
from app.core.store.takes.places import copy_places
from app.core.store.word_log import Write

SCHEMA = """
    CREATE TABLE story_memory (
        document TEXT PRIMARY KEY,
        content BLOB NOT NULL
    ) WITHOUT ROWID;
"""
"""A `document` is the path of a file, the id of a journal, or the folder of a book."""


class StoryMemories:
    """What is kept in the store; `name_of` gives the name that it is kept under.

    It follows its document: a text that gets a file or another one, a file that is moved, what is
    deleted and restored. Where the disk refuses, which the store tells, reading gives nothing and
    keeping is done as soon as it takes it.
    """

    def __init__(self, run: RunsWork, write: Write, name_of: Callable[[str], str]) -> None:
        self._run, self._write, self._name_of = run, write, name_of

    def content(self, document: str) -> bytes:
        """What is kept for a document or a book; empty where there is nothing."""
        name = self._name_of(document)

        def work(connection: apsw.Connection) -> bytes:
            found: Any = connection.execute(
                "SELECT content FROM story_memory WHERE document = ?", (name,)
            ).fetchone()
            return found[0] if found is not None else b""

        return self._run(work, b"")

    def keep(self, document: str, content: bytes) -> None:
        """Keep it from now on; nothing at all where it is empty. Returns at once."""
        name = self._name_of(document)

        def work(connection: apsw.Connection) -> None:
            connection.execute("DELETE FROM story_memory WHERE document = ?", (name,))
            if content:
                connection.execute("INSERT INTO story_memory VALUES (?, ?)", (name, content))

        self._write(work)


def carry(connection: apsw.Connection, document: str, to: str) -> None:
    """What is kept for a document is kept for `to` as well, unless that has something of its own.

    Where the folder of a book was moved, the first of its texts that is found again takes along
    what is kept for the book.
    """
    _copy(connection, document, to)
    old, new = Path(document), Path(to)
    if not (old.is_absolute() and new.is_absolute()):
        return
    for one, other in zip(old.parents, new.parents, strict=False):
        if one == other or os.path.lexists(one):
            break
        _copy(connection, str(one), str(other))
        if one.name != other.name:
            break


def carry_all(connection: apsw.Connection, document: str, to: str) -> None:
    """All that is kept beside a document is kept beside `to` as well: places of takes, too."""
    copy_places(connection, document, to)
    copy_notes(connection, document, to)
    carry(connection, document, to)


def hand_over(connection: apsw.Connection, journal: str, to: str) -> None:
    """Forget a journal; what is kept beside it is the document's that is called `to`, if any."""
    if to:
        carry_all(connection, journal, to)
    forget(connection, journal)


def _copy(connection: apsw.Connection, document: str, to: str) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO story_memory SELECT ?, content FROM story_memory WHERE document = ?",
        (to, document),
    )
