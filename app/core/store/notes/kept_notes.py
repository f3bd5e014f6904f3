"""The notes of documents, with the places of the text that they came from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import apsw
import msgspec

from app.core.store.own_words import RunsWork
from app.core.store.records import storable
from app.core.store.word_log import Write

SCHEMA = """
    CREATE TABLE note (
        document TEXT NOT NULL,
        key TEXT NOT NULL,
        content TEXT NOT NULL,
        PRIMARY KEY (document, key)
    ) WITHOUT ROWID;
"""
"""A note has a random key of its own; its content is JSON."""


class KeptPassage(msgspec.Struct, frozen=True):
    """A passage that a sentence came from, from `start` to `stop` in UTF-16 units.

    `before` and `after` are the words around it when it was last known. It is in the document of
    the note, or in the one whose path is `file`.
    """

    start: int
    stop: int
    before: str = ""
    after: str = ""
    file: str = ""


class KeptSentence(msgspec.Struct, frozen=True):
    """A sentence of a note, and where it came from."""

    text: str
    passages: tuple[KeptPassage, ...] = ()


class KeptNote(msgspec.Struct, frozen=True, kw_only=True):
    """An answer about a text, which begins like `passage`.

    `action` is the id of what was asked for and `name` what that was called; `made_at` is in
    seconds since 1970. Without `sentences` it is not known where each came from.
    """

    key: str
    action: str
    name: str
    text: str
    passage: str = ""
    made_at: float = 0.0
    sentences: tuple[KeptSentence, ...] = ()


class KeptNotes:
    """The notes in the store; `name_of` gives the name that a document is kept under.

    A document is the path of its file or the id of its journal. Keeping returns at once and is done
    as soon as the disk allows; reading gives nothing where it refuses.
    """

    def __init__(self, run: RunsWork, write: Write, name_of: Callable[[str], str]) -> None:
        self._run, self._write, self._name_of = run, write, name_of

    def of(self, document: str) -> tuple[KeptNote, ...]:
        """The notes of a document, the oldest first; one that cannot be read is left out."""
        name = self._name_of(document)

        def work(connection: apsw.Connection) -> list[str]:
            rows: Iterable[Any] = connection.execute(
                "SELECT content FROM note WHERE document = ?", (name,)
            )
            return [content for (content,) in rows]

        contents: list[str] = self._run(work, list[str]())
        found = filter(None, map(_decoded, contents))
        return tuple(sorted(found, key=lambda note: (note.made_at, note.key)))

    def keep(self, document: str, notes: Iterable[KeptNote]) -> None:
        """Keep these notes as they are now; others of the document stay as they were."""
        name = self._name_of(document)
        rows = [(name, note.key, _encoded(note)) for note in notes]
        if rows:
            self._write(
                lambda connection: connection.executemany(
                    "INSERT OR REPLACE INTO note VALUES (?, ?, ?)", rows
                )
            )

    def forget(self, document: str, key: str) -> None:
        """Delete a note for ever."""
        name = self._name_of(document)
        self._write(
            lambda connection: connection.execute(
                "DELETE FROM note WHERE document = ? AND key = ?", (name, key)
            )
        )


def _encoded(note: KeptNote) -> str:
    """As JSON; a page may have half of a letter, which msgspec cannot write."""
    return storable(json.dumps(msgspec.to_builtins(note), ensure_ascii=False))


def _decoded(content: str) -> KeptNote | None:
    try:
        return msgspec.json.decode(content, type=KeptNote)
    except msgspec.DecodeError:
        return None


def copy_notes(connection: apsw.Connection, document: str, to: str) -> None:
    """What the document called `document` has of notes, the one called `to` has as well."""
    connection.execute(
        "INSERT OR IGNORE INTO note SELECT ?, key, content FROM note WHERE document = ?",
        (to, document),
    )
