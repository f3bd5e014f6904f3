"""What can still be read out of a damaged store, row by row, whatever lies between."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import apsw
import msgspec

from app.core.store.journal import Edit, apply, from_units
from app.core.system.databases import DataKey, is_plain, open_database

_MOST_BETWEEN = 50_000  # numbers that are tried between the rows that were found from both ends
_MOST_BEYOND = 2_000  # numbers that are tried where one end or both cannot be read
_DIGITS, _EACH = 4, 64  # of ids, of which one in so many is tried
_BLOCK = 512  # bytes of a text that are read at once
_LARGEST_PLACE = 1 << 31
_UNREADABLE = (apsw.Error, ValueError)  # ValueError: a text that is no UTF-8

Row = tuple[Any, ...]


class SalvagedText(msgspec.Struct, frozen=True, kw_only=True):
    """What a journal still tells: its text, and whether all of that was saved.

    `instance`, `path` and `changed_at` are as in the journal; empty and 0 where that is not
    readable.
    """

    id: str
    instance: str
    path: str
    changed_at: float
    text: str
    is_saved: bool


class _DamagedCopy(msgspec.Struct, frozen=True):
    """A whole copy of a text, or what is left of one, at a `sequence`."""

    sequence: int
    text: bytes
    is_whole: bool


@contextlib.contextmanager
def opened_copy(path: Path, key: DataKey | None) -> Iterator[apsw.Connection]:
    """A connection to a copy of a store and of its log, which are left alone; gone at the end.

    Raises apsw.Error or OSError where there is nothing that could be read.
    """
    with tempfile.TemporaryDirectory(prefix=".reading-", dir=path.parent) as folder:
        copy = Path(folder) / path.name
        for ending in ("", "-wal"):
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(path.with_name(path.name + ending), f"{copy}{ending}")
        with contextlib.closing(open_database(copy, None if is_plain(copy) else key)) as connection:
            connection.pragma("temp_store", "memory")
            yield connection


class DamagedStore:
    """Reads a store of which any page may be damaged; nothing here raises for that."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self.is_whole = True
        """Whether everything that was asked for so far could be read."""

    def rows(self, table: str, columns: Sequence[str], key: str = "rowid") -> Iterator[Row]:
        """The rows that can be read, `key` first, in its order; of numbers, all that lie between.

        Keys are read from both ends up to what is damaged, then each row by its key.
        """
        names = ", ".join((key, *columns))
        ask = f"SELECT {names} FROM {table} WHERE {key} = ?"  # noqa: S608 - the names are our own
        for value in self._keys(table, key):
            row = self._one(ask, (value,))
            if row is not None:
                yield row

    def has(self, table: str) -> bool:
        """Whether there is such a table; a store of an earlier version lacks some."""
        with contextlib.suppress(*_UNREADABLE):
            found: Any = self._connection.execute(
                "SELECT count(*) FROM pragma_table_info(?)", (table,)
            ).fetchone()
            return bool(found[0])
        return False

    def ends(self, table: str, columns: Sequence[str]) -> set[Row]:
        """The rows that can be read from the beginning and the end of what `columns` order."""
        found, names = set[Row](), ", ".join(columns)
        for order in ("", " DESC"):
            ordered = ", ".join(f"{one}{order}" for one in columns)
            ask = f"SELECT {names} FROM {table} ORDER BY {ordered}"  # noqa: S608 - our own
            with contextlib.suppress(*_UNREADABLE):
                rows: Iterable[Any] = self._connection.execute(ask)
                found.update(tuple(row) for row in rows)
        return found

    def edits(self, journal: str) -> dict[int, Edit]:
        """The edits of a journal that can be read, by their sequence."""
        found = dict[int, Edit]()
        where = "FROM edit WHERE journal = ?"
        for sequence in self._keys("edit", "sequence", "journal = ?", (journal,)):
            row = self._one(
                f"SELECT sequence, position, removed, added {where} AND sequence = ?",
                (journal, sequence),
            )
            if row is not None and _is_edit(row):
                found[sequence] = (row[0], row[1], row[2], row[3])
        return found

    def texts(self) -> Iterator[SalvagedText]:
        """The texts of the journals, and of those of which only a copy or edits are left."""
        heads = {
            row[0]: row
            for row in self.rows(
                "journal", ("life", "path", "changed_at", "sequence", "saved"), "id"
            )
            if fits(row, (str, str, str, float, int, int))
        }
        copies = self._copies()
        others = (*self._keys("edit", "journal"), *self._keys("checkpoint", "journal"))
        for journal in dict.fromkeys((*heads, *copies, *others)):
            if not isinstance(journal, str):
                continue
            head = heads.get(journal, (journal, "", "", 0.0, 1, 0))
            copy = copies.get(journal, _DamagedCopy(0, b"", is_whole=False))
            edits = self.edits(journal)
            yield SalvagedText(
                id=journal,
                instance=head[1],
                path=head[2],
                changed_at=head[3],
                text=_text(copy, edits),
                is_saved=head[5] >= head[4],
            )

    def _copies(self) -> dict[str, _DamagedCopy]:
        """The whole copies by their journals; of a damaged one what stands before the damage."""
        found = dict[str, _DamagedCopy]()
        for number in self._keys("checkpoint", "rowid"):
            where = "FROM checkpoint WHERE rowid = ?"
            row = self._one(f"SELECT journal, sequence {where}", (number,))
            if row is None or not fits(row, (str, int)):
                continue
            whole = self._one(f"SELECT text {where}", (number,))
            if whole is not None and fits(whole, (bytes,)):
                found[row[0]] = _DamagedCopy(row[1], whole[0], is_whole=True)
            else:
                found[row[0]] = _DamagedCopy(row[1], self._beginning(number), is_whole=False)
        return found

    def _beginning(self, number: int) -> bytes:
        """The text of a copy up to its first damaged page."""
        read = bytearray()
        with contextlib.suppress(*_UNREADABLE):
            blob = self._connection.blob_open("main", "checkpoint", "text", number, False)
            with contextlib.closing(blob):
                while block := blob.read(_BLOCK):
                    read += block
        return bytes(read[: len(read) // 2 * 2])

    def _keys(
        self, table: str, key: str, where: str = "1", values: tuple[str, ...] = ()
    ) -> list[Any]:
        """The keys from the first on and from the last back, and what may lie between."""
        of_numbers = "NOT INDEXED" if key == "rowid" else ""  # an index may be the damaged part
        source = f"{table} {of_numbers}"
        ask = f"SELECT DISTINCT {key} FROM {source} WHERE {where} ORDER BY {key}"  # noqa: S608 - our own
        first, is_whole = self._until_damage(ask, values)
        if is_whole:
            return first
        self.is_whole = False
        last, _ = self._until_damage(ask + " DESC", values)
        last.reverse()
        between: Iterable[Any] = ()
        if key in ("rowid", "sequence"):
            between = _between(first, last)
        elif key in ("id", "journal"):
            between = sorted(
                {*self._ids(table, key, ">=", ""), *self._ids(table, key, "<", "DESC")}
            )
        return list(dict.fromkeys((*first, *between, *last)))

    def _ids(self, table: str, key: str, side: str, order: str) -> Iterator[str]:
        """Random ids, found by where each may begin or end."""
        where = f"WHERE {key} {side} ? ORDER BY {key} {order} LIMIT 1"
        ask = f"SELECT {key} FROM {table} {where}"  # noqa: S608 - the names are our own
        for number in range(0, 16**_DIGITS, _EACH):
            row = self._one(ask, (f"{number:0{_DIGITS}x}",))
            if row is not None and isinstance(row[0], str):
                yield row[0]

    def _until_damage(self, statement: str, values: tuple[str, ...]) -> tuple[list[Any], bool]:
        found = list[Any]()
        try:
            rows: Iterable[Any] = self._connection.execute(statement, values)
            for (key,) in rows:
                found.append(key)
        except _UNREADABLE:
            return found, False
        return found, True

    def _one(self, statement: str, values: tuple[object, ...]) -> Row | None:
        try:
            row: Any = self._connection.execute(statement, values).fetchone()
        except _UNREADABLE:
            self.is_whole = False
            return None
        return tuple(row) if row is not None else None


def _between(first: list[int], last: list[int]) -> range:
    """The numbers that rows between those found may have."""
    begin = first[-1] + 1 if first else max(1, last[0] - _MOST_BETWEEN) if last else 1
    most = _MOST_BETWEEN if last else _MOST_BEYOND
    return range(begin, min(last[0] if last else begin + most, begin + most))


def fits(row: Row, kinds: tuple[type | tuple[type, ...], ...]) -> bool:
    """Whether the values are of these kinds; what is damaged may be anything."""
    return all(
        isinstance(value, kind) or (kind is float and isinstance(value, int))
        for value, kind in zip(row, kinds, strict=True)
    )


def _is_edit(row: Row) -> bool:
    return fits(row, (int, int, int, bytes)) and all(0 <= n < _LARGEST_PLACE for n in row[1:3])


def _text(copy: _DamagedCopy, edits: dict[int, Edit]) -> str:
    """The text that the copy and the edits after it make; what comes after a gap stands below.

    Where something is missing, the places of later edits mean nothing, and the words do not.
    """
    text, later = bytearray(copy.text), copy.sequence + 1
    while copy.is_whole and later in edits:
        _number, position, removed, added = edits[later]
        apply(text, position, removed, added)
        later += 1
    rest = (from_units(edits[one][3]) for one in sorted(edits) if one >= later)
    return "\n".join(part for part in (from_units(text), *rest) if part).replace("\0", "")
