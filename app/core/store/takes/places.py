"""The places of a document that takes were written for, with the words around to find them by."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

import apsw
import msgspec

from app.core.store.own_words import RunsWork
from app.core.store.records import storable
from app.core.store.word_log import Write

NEAR = 40
"""How many UTF-16 units on either side of a place are kept with it."""


_LEAST = 16
"""So many bytes on a side of a place must be there to find it by, where the text was changed."""


class PlaceWithWords(Protocol):
    """A range of a text, in UTF-16 units, and the words around it when it was last known."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def stop(self) -> int:
        """Where it ends."""

    @property
    def before(self) -> str:
        """The words that stand before it."""

    @property
    def after(self) -> str:
        """The words that stand after it."""


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


def located(data: bytes, place: PlaceWithWords) -> tuple[int, int] | None:
    """Where a place is in a text, `data` in UTF-16-LE; None where the words around it are gone.

    Where the text was changed elsewhere meanwhile, the same words nearest to the place tell. If
    only those on one side are left, nothing stands between them.
    """
    before, after = map(encoded, (place.before, place.after))
    at, size = place.start * 2, (place.stop - place.start) * 2
    if data.endswith(before, 0, at) and data.startswith(after, at + size):
        return place.start, place.stop
    ends = _ends(data, before) if len(before) >= _LEAST else []
    both = [end for end in ends if data.startswith(after, end + size)]
    if both or ends:
        start = min(both or ends, key=lambda end: abs(end - at)) // 2
        return start, start + (size // 2 if both else 0)
    starts = [end - len(after) for end in _ends(data, after)] if len(after) >= _LEAST else []
    if starts:
        start = min(starts, key=lambda one: abs(one - at)) // 2
        return start, start
    return None


def _ends(data: bytes, words: bytes) -> list[int]:
    """Where each place ends that has these words, in bytes."""
    found, at = [], data.find(words)
    while at >= 0:
        if at % 2 == 0:
            found.append(at + len(words))
        at = data.find(words, at + 1)
    return found


def encoded(text: str) -> bytes:
    """A text as `located` looks through it."""
    return text.encode("utf-16-le", "surrogatepass")
