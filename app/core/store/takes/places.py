"""The places of a document that takes were written for, with the words around to find them by."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import apsw
import msgspec

from app.core.store.own_words import RunsWork
from app.core.store.records import storable
from app.core.store.word_log import Write

NEAR = 40
"""How many UTF-16 units on either side of a place are kept with it."""


class TakePlace(msgspec.Struct, frozen=True):
    """A place in a text: from `start` to `stop`, in UTF-16 units, stands what came of its takes.

    `before` and `after` are the words around that range when it was last known, and `take` is the
    key of the take that was put there; empty for none.
    """

    key: str
    start: int
    stop: int
    before: str = ""
    after: str = ""
    take: str = ""


class TakePlaces:
    """The places of documents; `name_of` gives the name that a document is kept under.

    A document is the path of its file or the id of its journal. Keeping returns at once and is done
    as soon as the disk allows; reading gives nothing where it refuses.
    """

    def __init__(self, run: RunsWork, write: Write, name_of: Callable[[str], str]) -> None:
        self._run, self._write, self._name_of = run, write, name_of

    def of(self, document: str) -> tuple[TakePlace, ...]:
        """The places of a document, in the order of its text."""
        name = self._name_of(document)

        def work(connection: apsw.Connection) -> tuple[TakePlace, ...]:
            rows: Iterable[Any] = connection.execute(
                "SELECT key, start, stop, before, after, take FROM take_place WHERE document = ?"
                " ORDER BY start, stop",
                (name,),
            )
            return tuple(TakePlace(*row) for row in rows)

        return self._run(work, ())

    def keep(self, document: str, places: Iterable[TakePlace]) -> None:
        """Keep where these places are now; others of the document stay as they were."""
        name = self._name_of(document)
        rows = [
            (
                one.key,
                name,
                one.start,
                one.stop,
                storable(one.before),
                storable(one.after),
                one.take,
            )
            for one in places
        ]
        if rows:
            self._write(
                lambda connection: connection.executemany(
                    "INSERT OR REPLACE INTO take_place VALUES (?, ?, ?, ?, ?, ?, ?)", rows
                )
            )

    def copy(self, document: str, to: str) -> None:
        """`to` has the document's places, too; its own stay."""
        one, other = self._name_of(document), self._name_of(to)
        self._write(lambda connection: copy_places(connection, one, other))


def copy_places(connection: apsw.Connection, document: str, to: str) -> None:
    """What the document called `document` has of places, the one called `to` has as well."""
    connection.execute(
        "INSERT OR IGNORE INTO take_place SELECT key, ?, start, stop, before, after, take"
        " FROM take_place WHERE document = ?",
        (to, document),
    )
