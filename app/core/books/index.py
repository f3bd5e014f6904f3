"""The index of every text that is searched: files and takes, with their words, in a database.

All of it can be made again out of the files and the store, so a damaged one is deleted.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

import apsw
import apsw.fts5query
import msgspec

from app.core.books.folding import TOKENIZER, TermList, all_terms, folded_words, register
from app.core.documents.text_files import open_document
from app.core.errors import LampblackError
from app.core.store import TakeRecord
from app.core.system.databases import DataKey, open_database
from app.core.text.words import count_words

_VERSION = 1
_SCHEMA = f"""
CREATE TABLE document (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    digest BLOB NOT NULL,
    words INTEGER NOT NULL,
    model TEXT NOT NULL,
    made_at REAL NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (kind, name)
);
CREATE VIRTUAL TABLE term USING fts5(
    text, content='', contentless_delete=1, detail=none, tokenize='{TOKENIZER}'
);
CREATE VIRTUAL TABLE vocabulary USING fts5vocab(term, 'row');
"""
_FIELDS = "kind, name, words, model, made_at, text"
_DAMAGE = (apsw.CorruptError, apsw.NotADBError, apsw.SQLError)  # SQLError: a table is missing
_MOST_TERMS = 400
"""Of a part that more words have, not one text in a thousand would be left out."""

T = TypeVar("T")
Kind = Literal["file", "take"]


class IndexedText(msgspec.Struct, frozen=True, kw_only=True):
    """A text of the index. `name` is the path of a file or the number of a take.

    `model` and `made_at`, in seconds since 1970, are a take's, and `words` a text's length.
    """

    kind: Kind
    name: str
    words: int
    model: str
    made_at: float
    text: str


class TextIndex:
    """The index in the file at `path`; for one thread at a time.

    With a `key` the file is encrypted. No method raises for a damaged index, which is begun again;
    where the disk refuses, apsw.Error or OSError comes.
    """

    def __init__(self, path: Path, key: DataKey | None = None) -> None:
        self._path = path
        self._key = key
        self._open: apsw.Connection | None = None
        self._vocabulary: TermList | None = None
        self._version = -1  # of the database as it is known by the vocabulary

    def close(self) -> None:
        """Close the file."""
        connection, self._open = self._open, None
        self._vocabulary = None
        if connection is not None:
            connection.close(force=True)

    # Keeping it up to date

    def outdated(self, paths: Iterable[str]) -> list[str]:
        """Which files are not in the index as they are now; those that are gone are removed."""
        return self._guarded(lambda connection: self._outdated(connection, list(paths)))

    def read(self, path: str, encoding: str = "") -> None:
        """Read a file again that may have changed; one that is no text is not in the index."""
        self._guarded(lambda connection: self._read(connection, path, encoding))

    def keep_only(self, paths: Iterable[str]) -> None:
        """Remove every file but these."""

        def work(connection: apsw.Connection) -> None:
            stays = {_storable(path) for path in paths}
            for number, name in _names(connection):
                if name not in stays:
                    self._remove(connection, number)

        self._guarded(work)

    def last_take(self) -> int:
        """The highest number of a take that is in the index; 0 for none."""
        found = "SELECT max(CAST(name AS INTEGER)) FROM document WHERE kind = 'take'"
        return self._guarded(lambda connection: int(_value(connection, found) or 0))

    def add_takes(self, takes: Iterable[TakeRecord]) -> None:
        """Add takes out of the store; one that is there already stays."""

        def work(connection: apsw.Connection) -> None:
            for take in takes:
                if self._find(connection, "take", str(take.id)) is None:
                    text = IndexedText(
                        kind="take",
                        name=str(take.id),
                        words=count_words(take.text),
                        model=take.model,
                        made_at=take.created_at,
                        text=take.text,
                    )
                    self._put(connection, text, (0, 0, b""))

        self._guarded(work)

    def forget_takes(self) -> None:
        """Remove every take: the store is another one."""

        def work(connection: apsw.Connection) -> None:
            rows: list[Any] = connection.execute(
                "SELECT id FROM document WHERE kind = 'take'"
            ).fetchall()
            for (number,) in rows:
                self._remove(connection, number)

        self._guarded(work)

    # Asking it

    def words(self, paths: Iterable[str]) -> dict[str, int]:
        """How many words those files have that are in the index."""

        def work(connection: apsw.Connection) -> dict[str, int]:
            found = "SELECT words FROM document WHERE kind = 'file' AND name = ?"
            counts = {path: _value(connection, found, path) for path in paths}
            return {path: words for path, words in counts.items() if words is not None}

        return self._guarded(work)

    def candidates(self, words: str | None) -> list[tuple[int, Kind, str]]:
        """Number, kind and name of every text that may have `words` in it; of all for None.

        No text that has them as they stand, in whatever case, is missing.
        """
        return self._guarded(lambda connection: self._candidates(connection, words))

    def text(self, number: int) -> IndexedText | None:
        """The text of that number, as `candidates` gave it."""

        def work(connection: apsw.Connection) -> IndexedText | None:
            row: Any = connection.execute(
                f"SELECT {_FIELDS} FROM document WHERE id = ?",  # noqa: S608 - our own columns
                (number,),
            ).fetchone()
            if row is None:
                return None
            return IndexedText(**dict(zip(_FIELDS.split(", "), row, strict=True)))

        return self._guarded(work)

    # Inside

    def _outdated(self, connection: apsw.Connection, paths: Sequence[str]) -> list[str]:
        found = list[str]()
        for path in paths:
            stamp = _stamp(path)
            row = self._find(connection, "file", path)
            if stamp is None:
                if row is not None:
                    self._remove(connection, row[0])
            elif row is None or row[1:3] != stamp:
                found.append(path)
        return found

    def _read(self, connection: apsw.Connection, path: str, encoding: str) -> None:
        row = self._find(connection, "file", path)
        stamp = _stamp(path)
        try:
            document = open_document(Path(path), encoding)
        except LampblackError:
            if row is not None:
                self._remove(connection, row[0])
            if stamp is None:
                return
            document = None  # so that it is not tried again before it changes
        data = document.data if document is not None else b""
        digest = hashlib.sha256(encoding.encode() + b"\0" + data).digest()
        size, mtime_ns = stamp or (0, 0)
        if row is not None and row[3] == digest and document is not None:
            connection.execute(
                "UPDATE document SET size = ?, mtime_ns = ? WHERE id = ?", (size, mtime_ns, row[0])
            )
            return
        if row is not None and document is not None:
            self._remove(connection, row[0])
        text = document.text if document is not None else ""
        indexed = IndexedText(
            kind="file", name=path, words=count_words(text), model="", made_at=0.0, text=text
        )
        self._put(connection, indexed, (size, mtime_ns, digest))

    def _candidates(
        self, connection: apsw.Connection, words: str | None
    ) -> list[tuple[int, Kind, str]]:
        chosen = self._matches(connection, folded_words(words)) if words is not None else None
        if chosen is not None and not chosen:
            return []
        rows: list[Any] = connection.execute("SELECT id, kind, name FROM document").fetchall()
        return [row for row in rows if chosen is None or row[0] in chosen]

    def _matches(self, connection: apsw.Connection, words: Sequence[str]) -> set[int] | None:
        """The numbers of the texts with each of the `words` in one of theirs; None for all."""
        found: set[int] | None = None
        for word in words:
            terms = self._terms(connection).containing(word, _MOST_TERMS)
            if terms is None:
                continue
            if not terms:
                return set()
            asked = apsw.fts5query.QueryTokens([terms]).encode()
            rows: Iterable[Any] = connection.execute(
                "SELECT rowid FROM term WHERE term MATCH ?", (f'"{asked}"',)
            )
            numbers = {number for (number,) in rows}
            found = numbers if found is None else found & numbers
        return found

    def _terms(self, connection: apsw.Connection) -> TermList:
        version = connection.pragma("data_version")  # grows as another program writes
        if self._vocabulary is None or version != self._version:
            self._version = version
            rows: Iterable[Any] = connection.execute("SELECT term FROM vocabulary")
            self._vocabulary = TermList([term for (term,) in rows])
        return self._vocabulary

    def _find(self, connection: apsw.Connection, kind: Kind, name: str) -> Any:
        return connection.execute(
            "SELECT id, size, mtime_ns, digest FROM document WHERE kind = ? AND name = ?",
            (kind, _storable(name)),
        ).fetchone()

    def _put(
        self, connection: apsw.Connection, text: IndexedText, stamp: tuple[int, int, bytes]
    ) -> None:
        connection.execute(
            "INSERT INTO document (kind, name, size, mtime_ns, digest, words, model, made_at, text)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                text.kind,
                _storable(text.name),
                *stamp,
                text.words,
                text.model,
                text.made_at,
                text.text,
            ),
        )
        connection.execute(
            "INSERT INTO term (rowid, text) VALUES (?, ?)",
            (connection.last_insert_rowid(), all_terms(text.text)),
        )
        self._vocabulary = None

    def _remove(self, connection: apsw.Connection, number: int) -> None:
        connection.execute("DELETE FROM document WHERE id = ?", (number,))
        connection.execute("DELETE FROM term WHERE rowid = ?", (number,))
        self._vocabulary = None

    def _guarded(self, work: Callable[[apsw.Connection], T]) -> T:
        """Do `work` in a transaction, in a new index where the old one is damaged."""
        try:
            return self._transaction(work)
        except _DAMAGE:
            self.close()
            _delete(self._path)
        return self._transaction(work)

    def _transaction(self, work: Callable[[apsw.Connection], T]) -> T:
        if self._open is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._open = _opened(self._path, self._key)
        connection = self._open
        try:
            with connection:
                result = work(connection)
        except BaseException:  # whatever came, nothing of it was kept
            self._vocabulary = None
            raise
        return result


def in_memory() -> TextIndex:
    """An index that is in no file, and gone when it is closed."""
    return TextIndex(Path(":memory:"))


def _opened(path: Path, key: DataKey | None) -> apsw.Connection:
    """The database, with its tables; one of another version is begun again."""
    connection = open_database(path, key)
    try:
        version = connection.pragma("user_version")
        if version not in (0, _VERSION):
            raise apsw.NotADBError
        connection.pragma("journal_mode", "wal")
        connection.pragma("synchronous", "normal")  # after a loss of power it is made again
        register(connection)
        if not version:
            with connection:
                connection.execute(_SCHEMA)
                connection.pragma("user_version", _VERSION)
    except BaseException:  # an open connection would keep the damaged file
        connection.close(force=True)
        raise
    return connection


def _delete(path: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + ending).unlink()


def _stamp(path: str) -> tuple[int, int] | None:
    """Size and time of a file; None where there is none."""
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns


def _names(connection: apsw.Connection) -> list[tuple[int, str]]:
    rows: list[Any] = connection.execute(
        "SELECT id, name FROM document WHERE kind = 'file'"
    ).fetchall()
    return rows


def _value(connection: apsw.Connection, statement: str, *values: object) -> Any:
    row: Any = connection.execute(statement, values).fetchone()
    return row[0] if row is not None else None


def _storable(text: str) -> str:
    """What UTF-8 can hold: half a surrogate pair, out of a strange file name, is replaced."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
