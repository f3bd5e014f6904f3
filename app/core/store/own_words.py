"""The writer's own words for spelling, of all documents or of one, and a document's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import apsw

from app.core.store.batch_thread import T

EVERYWHERE = ""
"""In the place of a document: the words that are right in all of them."""


class RunsWork(Protocol):
    """Does work with the store's connection; gives `otherwise` where the disk refuses."""

    def __call__(self, work: Callable[[apsw.Connection], T], otherwise: T) -> T:
        """What the work gives."""


class OwnWords:
    """What is kept in the store; `name_of` gives the name that a document is kept under.

    A document is the path of its file or the id of its journal. Where the disk refuses, which the
    store tells, reading gives nothing and keeping gives False.
    """

    def __init__(self, run: RunsWork, name_of: Callable[[str], str]) -> None:
        self._run, self._name_of = run, name_of

    def words(self, document: str = EVERYWHERE) -> tuple[str, ...]:
        """The words that are right in the document, or everywhere, in order."""
        name = self._name(document)

        def work(connection: apsw.Connection) -> tuple[str, ...]:
            found: Any = connection.execute(
                "SELECT word FROM own_word WHERE document = ? ORDER BY word", (name,)
            )
            return tuple(word for (word,) in found)

        return self._run(work, ())

    def keep(self, word: str, document: str = EVERYWHERE, *, is_on: bool = True) -> bool:
        """Take a word for right in the document, or everywhere, or not any more."""
        name = self._name(document)
        statement = (
            "INSERT OR IGNORE INTO own_word VALUES (?, ?)"
            if is_on
            else "DELETE FROM own_word WHERE document = ? AND word = ?"
        )

        def work(connection: apsw.Connection) -> bool:
            connection.execute(statement, (name, word))
            return True

        return self._run(work, False)

    def language(self, document: str) -> str:
        """The language chosen for a document, as `de_AT`; empty where none was."""
        name = self._name(document)

        def work(connection: apsw.Connection) -> str:
            found: Any = connection.execute(
                "SELECT language FROM document_language WHERE document = ?", (name,)
            ).fetchone()
            return found[0] if found is not None else ""

        return self._run(work, "")

    def keep_language(self, document: str, language: str) -> bool:
        """Choose a document's language; empty takes the choice back."""
        name = self._name(document)

        def work(connection: apsw.Connection) -> bool:
            connection.execute("DELETE FROM document_language WHERE document = ?", (name,))
            if language:
                connection.execute("INSERT INTO document_language VALUES (?, ?)", (name, language))
            return True

        return self._run(work, False)

    def copy(self, document: str, to: str) -> bool:
        """What is kept for a document holds for `to` as well; its own language stays."""
        one, other = self._name(document), self._name(to)

        def work(connection: apsw.Connection) -> bool:
            for table, rest in (("own_word", "word"), ("document_language", "language")):
                connection.execute(
                    f"INSERT OR IGNORE INTO {table} SELECT ?, {rest} FROM {table}"  # noqa: S608 - our own names
                    " WHERE document = ?",
                    (other, one),
                )
            return True

        return self._run(work, False)

    def _name(self, document: str) -> str:
        return self._name_of(document) if document else EVERYWHERE
