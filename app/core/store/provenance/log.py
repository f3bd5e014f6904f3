"""Where the parts of documents came from, as the store keeps it: numbers alone, no text."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

import apsw

from app.core.provenance.origins import carried, filled, pack, units, unpack
from app.core.provenance.report import KnownTake
from app.core.provenance.spans import OriginRun, OriginSpans, Runs, length_of
from app.core.store.own_words import RunsWork
from app.core.store.records import COLUMNS, TakeRecord
from app.core.store.snapshots import digest_of, snapshots_of, text_of
from app.core.store.word_log import Write
from app.core.text.words import count_words

SCHEMA = """
    CREATE TABLE provenance (
        document TEXT NOT NULL,
        digest BLOB NOT NULL,
        kept_at REAL NOT NULL,
        runs BLOB NOT NULL,
        PRIMARY KEY (document, digest)
    ) WITHOUT ROWID;
    CREATE INDEX provenance_by_digest ON provenance (digest);
    CREATE TABLE provenance_live (journal TEXT PRIMARY KEY, runs BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE provenance_edit (
        journal TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        position INTEGER NOT NULL,
        removed INTEGER NOT NULL,
        runs BLOB NOT NULL,
        PRIMARY KEY (journal, sequence)
    ) WITHOUT ROWID;
    CREATE TABLE provenance_take (
        key INTEGER PRIMARY KEY,
        take INTEGER NOT NULL,
        created_at REAL NOT NULL
    );
    CREATE INDEX take_by_time ON take (created_at);
"""
"""`provenance` has the runs of a text by its SHA-256, so that a version that is put back, a file
that was moved and a copy have theirs. `provenance_live` and the edits after it are those of an open
document, as its journal has its text. A run names a take by a key that is made before the take has
a number; `created_at` finds the take where a repair gave it another number."""

_NEWEST = 3  # of a document that stay, besides those of its versions


class _Batch:
    """Edits that are written together, and again until the disk takes them."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, int, int, int, Runs]] = []


class ProvenanceLog:
    """Keeps the runs of documents; a document is the path of its file or the id of its journal.

    Positions and lengths are in UTF-16 units. What is kept is written by the store's thread. Where
    the disk refuses, which the store tells, keeping is done later and reading gives nothing.
    """

    def __init__(self, run: RunsWork, write: Write, name_of: Callable[[str], str]) -> None:
        self._run, self._write, self._name_of = run, write, name_of
        self._lock = threading.Lock()
        self._batch: _Batch | None = None
        self._sequence = count(1)

    # Texts that stand still: of a file, of a version

    def keep(self, document: str, text: str, runs: Runs) -> None:
        """The document, or a version of it, is `text`, whose parts are `runs`; returns at once."""
        name, at = self._name_of(document), time.time()

        def work(connection: apsw.Connection) -> None:
            connection.execute(
                "INSERT OR REPLACE INTO provenance VALUES (?, ?, ?, ?)",
                (name, digest_of(text), at, pack(runs)),
            )
            _prune(connection, name)

        if length_of(runs) == units(text):
            self._write(work)

    def runs_of(self, document: str, text: str) -> Runs | None:
        """What the parts of exactly this text are; None where that is not known."""
        name = self._name_of(document)

        def work(connection: apsw.Connection) -> Runs | None:
            return _kept(connection, name, digest_of(text), units(text))

        return self._run(work, None) if text else ()

    def find(self, document: str, text: str, sources: Iterable[str] = ()) -> Runs:
        """What the parts of the document are, which may have been changed by another program.

        What its last known version has as well is what it was there; what is unknown then is looked
        for in the last versions of the `sources`, other documents. Not for the window's thread.
        """
        found = self.runs_of(document, text)
        return found if found is not None else self.look_up((document, *sources), text)

    def look_up(self, documents: Iterable[str], text: str) -> Runs:
        """What the parts of `text` were in the last known versions of these documents.

        Not for the window's thread.
        """
        found: Runs = (OriginRun(units(text), "unknown"),)
        for document in documents:
            former = self._former(document)
            if former is not None:
                found = filled(found, carried(*former, text))
        return found

    def _former(self, document: str) -> tuple[str, Runs] | None:
        """The newest version of a document of whose parts something is known, and what."""
        name = self._name_of(document)

        def work(connection: apsw.Connection) -> tuple[str, Runs] | None:
            for version in reversed(snapshots_of(connection, name)):
                row: Any = connection.execute(
                    "SELECT digest FROM snapshot WHERE id = ?", (version.id,)
                ).fetchone()
                runs = _kept(connection, name, row[0]) if row is not None else None
                text = text_of(connection, version.id) if runs is not None else None
                if runs is not None and text is not None and units(text) == length_of(runs):
                    return text, runs
            return None

        return self._run(work, None)

    # The open document

    def begin(self, journal: str, runs: Runs) -> None:
        """The open document of this journal is made of `runs` now; returns at once."""
        with self._lock:
            self._batch, sequence = None, next(self._sequence)

        def work(connection: apsw.Connection) -> None:
            connection.execute(
                "DELETE FROM provenance_edit WHERE journal = ? AND sequence < ?",
                (journal, sequence),
            )
            connection.execute(
                "INSERT OR REPLACE INTO provenance_live VALUES (?, ?)", (journal, pack(runs))
            )

        self._write(work)

    def edit(self, journal: str, position: int, removed: int, runs: Runs) -> None:
        """At `position`, `removed` units were replaced by `runs`; returns at once."""
        with self._lock:
            batch, is_new = self._batch, self._batch is None
            if batch is None:
                batch = self._batch = _Batch()
            if not _goes_on(batch, journal, position, removed, runs):
                batch.rows.append((journal, next(self._sequence), position, removed, runs))
        if is_new:
            self._write(lambda connection: self._write_batch(batch, connection))

    def _write_batch(self, batch: _Batch, connection: apsw.Connection) -> None:
        with self._lock:
            if self._batch is batch:
                self._batch = None
        connection.executemany(
            "INSERT OR REPLACE INTO provenance_edit VALUES (?, ?, ?, ?, ?)",
            ((*row, pack(runs)) for *row, runs in batch.rows),
        )

    def live(self, journal: str) -> Runs | None:
        """What the parts of a document were when its program ended; None where it is not known."""

        def work(connection: apsw.Connection) -> Runs | None:
            row: Any = connection.execute(
                "SELECT runs FROM provenance_live WHERE journal = ?", (journal,)
            ).fetchone()
            runs = unpack(row[0]) if row is not None else None
            if runs is None:
                return None
            edits: Iterable[Any] = connection.execute(
                "SELECT position, removed, runs FROM provenance_edit WHERE journal = ?"
                " ORDER BY sequence",
                (journal,),
            )
            return _replayed(runs, edits)

        return self._run(work, None)

    # Takes

    def name_take(self, key: int, take: int, created_at: float) -> None:
        """What runs call `key` is the take of that number, made at that time; returns at once."""
        row = (key, take, created_at)
        self._write(
            lambda connection: connection.execute(
                "INSERT OR REPLACE INTO provenance_take VALUES (?, ?, ?)", row
            )
        )

    def takes(self, keys: Iterable[int]) -> dict[int, TakeRecord]:
        """The takes that these keys name; without those that are not kept."""
        wanted = tuple(keys)
        names = ", ".join(f"t.{name}" for name in COLUMNS)
        ask = (
            f"SELECT {names} FROM provenance_take p JOIN take t ON t.created_at = p.created_at"  # noqa: S608 - our own
            " WHERE p.key = ? ORDER BY t.id <> p.take LIMIT 1"
        )

        def work(connection: apsw.Connection) -> dict[int, TakeRecord]:
            found = dict[int, TakeRecord]()
            for key in wanted:
                row: Any = connection.execute(ask, (key,)).fetchone()
                if row is not None:
                    found[key] = TakeRecord(**dict(zip(COLUMNS, row, strict=True)))
            return found

        return self._run(work, {})

    def known_takes(self, keys: Iterable[int]) -> dict[int, KnownTake]:
        """The same takes, as a report counts them."""
        return {
            key: KnownTake(take.id, count_words(take.text), take.model, take.created_at)
            for key, take in self.takes(keys).items()
        }


def _goes_on(batch: _Batch, journal: str, position: int, removed: int, runs: Runs) -> bool:
    """Make an edit that goes on typing part of the last one."""
    if removed or not batch.rows or len(runs) != 1:
        return False
    last_journal, sequence, start, taken, former = batch.rows[-1]
    if last_journal != journal or len(former) != 1 or not former[0].joins(runs[0]):
        return False
    if position != start + former[0].length:
        return False
    whole = former[0].longer(runs[0].length)
    batch.rows[-1] = (journal, sequence, start, taken, (whole,))
    return True


def _replayed(runs: Runs, edits: Iterable[Any]) -> Runs | None:
    spans = OriginSpans(runs)
    for position, removed, data in edits:
        added = unpack(data)
        if added is None:
            return None
        try:
            spans.replace(position, removed, added)
        except ValueError:  # it does not fit what was kept before it
            return None
    return spans.runs


def _kept(
    connection: apsw.Connection, name: str, digest: bytes, length: int | None = None
) -> Runs | None:
    """The runs of a text by its digest: of this document rather than of another one."""
    rows: Iterable[Any] = connection.execute(
        "SELECT runs FROM provenance WHERE digest = ? ORDER BY document <> ?, kept_at DESC LIMIT 4",
        (digest, name),
    )
    for (data,) in rows:
        runs = unpack(data)
        if runs is not None and length in (None, length_of(runs)):
            return runs
    return None


def _prune(connection: apsw.Connection, name: str) -> None:
    """Forget texts of a document that are not among its versions, but for the newest."""
    connection.execute(
        "DELETE FROM provenance WHERE document = ?1"
        " AND digest NOT IN (SELECT digest FROM provenance WHERE document = ?1"
        "  ORDER BY kept_at DESC LIMIT ?2)"
        " AND digest NOT IN (SELECT s.digest FROM snapshot s JOIN history h ON h.id = s.history"
        "  WHERE h.document = ?1)",
        (name, _NEWEST),
    )
