"""The open changes of documents, in the store as the text that `app.core.changes` makes of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import apsw

from app.core.store.own_words import RunsWork

SCHEMA = """
    CREATE TABLE open_change (
        document TEXT PRIMARY KEY,
        changes TEXT NOT NULL
    ) WITHOUT ROWID;
"""

Write = Callable[[Callable[[apsw.Connection], object]], None]


class KeptChanges:
    """What is open in each document; `name_of` gives the name that a document is kept under.

    A document is the path of its file or the id of its journal, with which its changes go. Where
    the disk refuses, which the store tells, keeping is done later and reading gives nothing.
    """

    def __init__(self, run: RunsWork, write: Write, name_of: Callable[[str], str]) -> None:
        self._run, self._write, self._name_of = run, write, name_of

    def keep(self, document: str, changes: str) -> None:
        """Keep these and no others; empty text for none. Returns at once."""
        name = self._name_of(document)

        def work(connection: apsw.Connection) -> None:
            if changes:
                connection.execute(
                    "INSERT INTO open_change VALUES (?, ?)"
                    " ON CONFLICT (document) DO UPDATE SET changes = excluded.changes",
                    (name, changes),
                )
            else:
                connection.execute("DELETE FROM open_change WHERE document = ?", (name,))

        self._write(work)

    def of(self, document: str) -> str:
        """What is kept for the document; empty for nothing."""
        name = self._name_of(document)

        def work(connection: apsw.Connection) -> str:
            row: Any = connection.execute(
                "SELECT changes FROM open_change WHERE document = ?", (name,)
            ).fetchone()
            return row[0] if row is not None else ""

        return self._run(work, "")
