"""What is kept of a take beside its text: its place, the take it goes on from, name and star."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import apsw
import msgspec

from app.core.store.own_words import RunsWork
from app.core.store.records import COLUMNS, TakeRecord, document_name, insert_take, storable
from app.core.store.takes.requests import keep_request, request_text

SCHEMA = """
    CREATE TABLE take_detail (
        take INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        place TEXT NOT NULL,
        parent TEXT NOT NULL,
        request TEXT NOT NULL,
        number INTEGER NOT NULL,
        preset TEXT NOT NULL,
        name TEXT NOT NULL,
        is_starred INTEGER NOT NULL
    );
    CREATE INDEX take_detail_by_place ON take_detail (place);
    CREATE TABLE take_request (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE,
        journal TEXT NOT NULL,
        base TEXT NOT NULL,
        head INTEGER NOT NULL,
        tail INTEGER NOT NULL,
        data BLOB NOT NULL
    );
    CREATE INDEX take_request_by_journal ON take_request (journal);
    CREATE TABLE take_place (
        key TEXT NOT NULL,
        document TEXT NOT NULL,
        start INTEGER NOT NULL,
        stop INTEGER NOT NULL,
        before TEXT NOT NULL,
        after TEXT NOT NULL,
        take TEXT NOT NULL,
        PRIMARY KEY (document, key)
    ) WITHOUT ROWID;
"""
"""Takes, requests and places have random keys of their own: numbers change where stores are merged.
A request is whole, or what differs from the whole one that `base` names."""

AGAIN_SCHEMA = """
    CREATE TABLE take_again (take TEXT PRIMARY KEY, again_of TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX take_again_by_source ON take_again (again_of);
    CREATE INDEX take_detail_by_parent ON take_detail (parent);
"""
"""Which take another one was written again from."""

MIXED = "mixed"
"""Why a take ended that the writer put together from sentences of others."""

MOST_FOUND = 1000
"""How many takes a search gives at most, the latest."""

_MOST_KEYS = 500


class KeptTake(msgspec.Struct, frozen=True, kw_only=True):
    """A take with what is kept beside it; one of an earlier version has no key.

    `place` is the key of the place it was written for, `parent` that of the take it goes on from,
    `request` that of what the engine was asked for, in which it was take `number`. `preset` is the
    name of the preset whose values it was written with, changed or not. `again_of` is the key of
    the take whose request it is once more, the same or with one thing changed.
    """

    record: TakeRecord
    key: str = ""
    place: str = ""
    parent: str = ""
    request: str = ""
    number: int = 0
    preset: str = ""
    name: str = ""
    is_starred: bool = False
    again_of: str = ""


class TakeFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which takes are looked for; what is empty does not matter.

    `journal` and `path` name the document, with what it was called before; `since` is in seconds
    since 1970. Each of `words` is in the text, the name or the instruction; of letters, only those
    of ASCII may be small or capital.
    """

    journal: str = ""
    path: str = ""
    model: str = ""
    preset: str = ""
    since: float = 0.0
    starred: bool = False
    words: tuple[str, ...] = ()


_DETAILS = KeptTake.__struct_fields__[1:-1]
_COLUMNS = ", ".join(
    [*(f"t.{one}" for one in COLUMNS), *(f"d.{one}" for one in _DETAILS), "a.again_of"]
)
_SELECT = (
    f"SELECT {_COLUMNS} FROM take t LEFT JOIN take_detail d ON d.take = t.id"  # noqa: S608 - our own columns
    " LEFT JOIN take_again a ON a.take = d.key"
)


_HAS_WORD = (
    "(t.text LIKE ? ESCAPE '\\' OR d.name LIKE ? ESCAPE '\\' OR t.instruction LIKE ? ESCAPE '\\')"
)


class KeptTakes:
    """The takes of the store with all that belongs to them.

    Where the disk refuses, which the store tells, adding gives 0, changing False, reading nothing.
    """

    def __init__(self, run: RunsWork) -> None:
        self._run = run

    def add(self, take: KeptTake, request: str = "") -> int:
        """Keep a take, and the `request` that it was written for unless that is kept; its id.

        A take whose key is kept already takes that one's place.
        """

        def work(connection: apsw.Connection) -> int:
            former: Any = connection.execute(
                "SELECT take FROM take_detail WHERE key = ?", (take.key,)
            ).fetchone()
            if former is not None:
                connection.execute(
                    "UPDATE take SET text = ? WHERE id = ?", (storable(take.record.text), *former)
                )
                return int(former[0])
            number = insert_take(connection, take.record)
            put_detail(connection, number, take)
            if request:
                keep_request(connection, take.request, take.record.journal, request)
            return number

        return self._run(work, 0)

    def request(self, key: str) -> str:
        """What the engine was asked for, as it was given to `add`; empty where it is not kept."""
        return self._run(lambda connection: request_text(connection, key), "")

    def star(self, key: str, *, is_on: bool) -> bool:
        """Mark a take with a star, or take it off."""
        return self._change("is_starred", key, is_on)

    def rename(self, key: str, name: str) -> bool:
        """Give a take a name; an empty one takes it away."""
        return self._change("name", key, storable(name.strip()))

    def of_place(self, place: str) -> tuple[KeptTake, ...]:
        """The takes of a place, the oldest first."""
        return self._select(f"{_SELECT} WHERE d.place = ? ORDER BY t.id", (place,))

    def from_takes(self, keys: Iterable[str]) -> tuple[KeptTake, ...]:
        """The takes that go on from these, or are one of them written again, the oldest first."""
        wanted, places = _listed(keys)
        again = "SELECT take FROM take_again WHERE again_of IN " + places  # noqa: S608 - places alone
        where = " WHERE d.parent IN " + places + " OR d.key IN (" + again + ")"
        return self._select(_SELECT + where + " ORDER BY t.id", wanted * 2)

    def by_keys(self, keys: Iterable[str]) -> tuple[KeptTake, ...]:
        """The takes of these keys, the oldest first."""
        wanted, places = _listed(keys)
        return self._select(_SELECT + " WHERE d.key IN " + places + " ORDER BY t.id", wanted)

    def of_number(self, number: int) -> KeptTake | None:
        """The take with that id."""
        return next(iter(self._select(f"{_SELECT} WHERE t.id = ?", (number,))), None)

    def by_key(self, key: str) -> KeptTake | None:
        """The take of that key."""
        return next(iter(self._select(f"{_SELECT} WHERE d.key = ?", (key,))), None)

    def found(
        self, wanted: TakeFilter, fits: Callable[[KeptTake], bool] = lambda _take: True
    ) -> tuple[KeptTake, ...]:
        """The takes that `wanted` lets through and that `fits`, the latest first."""
        where, values = _where(wanted)

        def work(connection: apsw.Connection) -> tuple[KeptTake, ...]:
            kept = list[KeptTake]()
            rows: Iterable[Any] = connection.execute(
                f"{_SELECT} WHERE {where} ORDER BY t.id DESC", values
            )
            for row in rows:
                take = _kept(row)
                if fits(take):
                    kept.append(take)
                    if len(kept) == MOST_FOUND:
                        break
            return tuple(kept)

        return self._run(work, ())

    def models(self) -> tuple[str, ...]:
        """The models that any take was written by."""
        return self._values("SELECT DISTINCT model FROM take WHERE model != '' ORDER BY model")

    def presets(self) -> tuple[str, ...]:
        """The presets that any take was written with."""
        return self._values(
            "SELECT DISTINCT preset FROM take_detail WHERE preset != '' ORDER BY preset"
        )

    def _values(self, ask: str) -> tuple[str, ...]:
        def work(connection: apsw.Connection) -> tuple[str, ...]:
            rows: Iterable[Any] = connection.execute(ask)
            return tuple(value for (value,) in rows)

        return self._run(work, ())

    def _change(self, column: str, key: str, value: str | bool) -> bool:
        def work(connection: apsw.Connection) -> bool:
            connection.execute(
                f"UPDATE take_detail SET {column} = ? WHERE key = ?",  # noqa: S608 - our own column
                (value, key),
            )
            return bool(connection.changes())

        return self._run(work, False)

    def _select(self, ask: str, values: tuple[str | int, ...]) -> tuple[KeptTake, ...]:
        def work(connection: apsw.Connection) -> tuple[KeptTake, ...]:
            return tuple(map(_kept, connection.execute(ask, values)))

        return self._run(work, ())


def _listed(keys: Iterable[str]) -> tuple[tuple[str, ...], str]:
    """The keys, and as many places for them in a statement; without a key, of one that none has."""
    wanted = tuple(filter(None, keys))[:_MOST_KEYS] or ("-",)
    return wanted, "(" + ", ".join("?" * len(wanted)) + ")"


def put_detail(connection: apsw.Connection, number: int, take: KeptTake) -> None:
    """Write what belongs to take `number`; one without a key has nothing of its own."""
    if take.key:
        values = (getattr(take, name) for name in _DETAILS)
        connection.execute(
            "INSERT INTO take_detail VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, *(storable(one) if isinstance(one, str) else one for one in values)),
        )
    if take.key and take.again_of:
        connection.execute(
            "INSERT OR IGNORE INTO take_again VALUES (?, ?)",
            (storable(take.key), storable(take.again_of)),
        )


def _where(wanted: TakeFilter) -> tuple[str, tuple[object, ...]]:
    conditions, values = ["1"], list[object]()
    if wanted.journal or wanted.path:
        conditions.append(
            "(t.journal = ? OR (t.path = ? AND t.path != '') OR d.place IN"
            " (SELECT key FROM take_place WHERE document = ?))"
        )
        name = document_name(wanted.path or wanted.journal)
        values += [wanted.journal, storable(wanted.path), name]
    for condition, value in (
        ("t.model = ?", storable(wanted.model)),
        ("d.preset = ?", storable(wanted.preset)),
        ("t.created_at >= ?", wanted.since),
        ("d.is_starred = ?", wanted.starred),
    ):
        if value:
            conditions.append(condition)
            values.append(value)
    for word in wanted.words:
        conditions.append(_HAS_WORD)
        escaped = storable(word).translate({ord(one): f"\\{one}" for one in "\\%_"})
        values += [f"%{escaped}%"] * 3
    return " AND ".join(conditions), tuple(values)


def _kept(row: Any) -> KeptTake:
    record = TakeRecord(**dict(zip(COLUMNS, row, strict=False)))
    *details, again_of = row[len(COLUMNS) :]
    if details[0] is None:
        return KeptTake(record=record)
    found = dict(zip(_DETAILS, details, strict=True)) | {"again_of": again_of or ""}
    return KeptTake(record=record, **found | {"is_starred": bool(found["is_starred"])})
