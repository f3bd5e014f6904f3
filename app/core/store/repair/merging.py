"""Adding to a store what is only in another: a former one, or what is left of a damaged one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import apsw

from app.core.store import snapshots
from app.core.store.journal import forget, to_units
from app.core.store.repair.salvage import DamagedStore, SalvagedText, fits
from app.core.store.repair.take_details import merge_details

_WORD_LOG = ("day", "document", "written", "cut", "by_model")
_KEEP_GOAL = "INSERT OR IGNORE INTO goal VALUES (?, ?)"
_PUT_GOAL = "INSERT OR REPLACE INTO goal VALUES (?, ?)"
_PUT_WORDS = "INSERT OR REPLACE INTO word_log VALUES (?, ?, ?, ?, ?)"
_ADD_WORDS = (
    "INSERT INTO word_log VALUES (?, ?, ?, ?, ?) ON CONFLICT (day, document) DO UPDATE"
    " SET written = written + excluded.written, cut = cut + excluded.cut,"
    " by_model = by_model + excluded.by_model"
)
_TAKE = (
    "journal",
    "path",
    "position",
    "prompt",
    "instruction",
    "text",
    "model",
    "seed",
    "finish_reason",
    "sampling",
    "settings",
    "created_at",
)
_TAKE_KINDS = (int, str, str, int, str, str, str, str, int, str, str, str, float)
_FORMER = ("path", "encoding", "kept_at", "data")
_TRASH = (
    "key",
    "name",
    "path",
    "encoding",
    "mode",
    "deleted_at",
    "last_take",
    "last_former",
    "data",
)
_TRASH_KINDS = (int, str, str, str, str, int, float, int, int, bytes)
_SNAPSHOT = (
    "history",
    "made_at",
    "cause",
    "words",
    "gained",
    "lost",
    "digest",
    "base",
    "listed",
    "data",
)
_SNAPSHOT_KINDS = (int, str, float, str, int, int, int, bytes, (int, type(None)), int, bytes)


def merge_unsaved(
    target: apsw.Connection,
    source: DamagedStore,
    open_journals: Collection[str] = (),
    *,
    is_newer: bool = False,
) -> int:
    """Take over what is nowhere else: unsaved texts, marks, the trash, and what is kept beside
    texts, of which the source's holds if it `is_newer`; how many texts.

    `open_journals` are written by those who have them open. Where every journal of the source can
    be read, those that it does not have are over.
    """
    texts = list(source.texts())
    if source.is_whole:
        rows: Iterable[Any] = target.execute("SELECT id FROM journal").fetchall()
        for journal in {row[0] for row in rows} - {one.id for one in texts}:
            forget(target, journal)
    merged = 0
    for text in texts:
        if text.id not in open_journals:
            merged += _merge_text(target, text)
    for (document,) in source.rows("kept_here", (), "document"):
        if isinstance(document, str):
            target.execute("INSERT OR IGNORE INTO kept_here VALUES (?)", (document,))
    for row in source.rows("trash", _TRASH):
        if fits(row, _TRASH_KINDS) and not _has(target, "trash", {"key": row[1]}):
            _insert(target, "trash", _TRASH, row)
    _merge_beside(target, source, is_newer=is_newer)
    return merged


def merge_kept(
    target: apsw.Connection, source: DamagedStore, *, adds: bool = False, is_newer: bool = False
) -> None:
    """Take over takes and all of them, former files, versions, own words, memories, goals and days.

    Those of a day are what the source says or, if it `adds` to the target, the sum of both. What
    there is one of for a text or a take is the target's, or the source's if that `is_newer`.
    """
    numbers = dict[int, int]()
    for row in source.rows("take", _TAKE):
        same = dict(zip(("journal", "path"), row[1:3], strict=True))
        same |= {"text": row[6], "created_at": row[12]}
        if fits(row, _TAKE_KINDS) and not _has(target, "take", same):
            numbers[row[0]] = _insert(target, "take", _TAKE, row)
    merge_details(target, source, numbers, is_newer=is_newer)
    _merge_beside(target, source, is_newer=is_newer)
    for row in source.rows("former", _FORMER):
        same = {"path": row[1], "kept_at": row[3]}
        if fits(row, (int, str, str, float, bytes)) and not _has(target, "former", same):
            _insert(target, "former", _FORMER, row)
    for row in source.rows("document_language", ("language",), "document"):
        if fits(row, (str, str)):
            target.execute("INSERT OR IGNORE INTO document_language VALUES (?, ?)", row)
    for row in source.ends("own_word", ("document", "word")):
        if fits(row, (str, str)):
            target.execute("INSERT OR IGNORE INTO own_word VALUES (?, ?)", row)
    for row in source.rows("goal", ("words",), "scope"):
        if fits(row, (str, int)):
            target.execute(_KEEP_GOAL if adds else _PUT_GOAL, row)
    for row in source.ends("word_log", _WORD_LOG):
        if fits(row, (str, str, int, int, int)):
            target.execute(_ADD_WORDS if adds else _PUT_WORDS, row)
    for row in source.ends("provenance", ("document", "digest", "kept_at", "runs")):
        if fits(row, (str, bytes, float, bytes)):
            target.execute("INSERT OR IGNORE INTO provenance VALUES (?, ?, ?, ?)", row)
    for row in source.rows("provenance_take", ("take", "created_at"), "key"):
        if fits(row, (int, int, float)):
            target.execute("INSERT OR IGNORE INTO provenance_take VALUES (?, ?, ?)", row)
    _merge_versions(target, source, _merge_histories(target, source))


def _merge_beside(target: apsw.Connection, source: DamagedStore, *, is_newer: bool) -> None:
    """Take over open changes, notes, and what is kept for the model."""
    way = "REPLACE" if is_newer else "IGNORE"
    for table, column, kind in (
        ("open_change", "changes", str),
        ("story_memory", "content", bytes),
    ):
        for row in source.rows(table, (column,), "document"):
            if fits(row, (str, kind)):
                target.execute(f"INSERT OR {way} INTO {table} VALUES (?, ?)", row)  # noqa: S608 - our own

    for row in source.ends("note", ("document", "key", "content")):
        if fits(row, (str, str, str)):
            target.execute(f"INSERT OR {way} INTO note VALUES (?, ?, ?)", row)  # noqa: S608 - our own


def _merge_text(target: apsw.Connection, text: SalvagedText) -> int:
    if text.is_saved or not text.text:
        if text.is_saved:
            forget(target, text.id)
        return 0
    forget(target, text.id)
    target.execute(
        "INSERT INTO journal VALUES (?, ?, ?, ?, 1, 0)",
        (text.id, text.instance or text.id, text.path, text.changed_at),
    )
    target.execute("INSERT INTO checkpoint VALUES (?, 1, ?)", (text.id, to_units(text.text)))
    return 1


def _merge_histories(target: apsw.Connection, source: DamagedStore) -> dict[str, str]:
    """What each history of the source is called in the target; a document has only one."""
    called = dict[str, str]()
    for row in source.rows("history", ("document", "parent", "forked_at"), "id"):
        if not fits(row, (str, str, str, float)):
            continue
        history, document, parent, forked_at = row
        there = snapshots.history_of(target, document)
        called[history] = there or history
        if there:
            continue
        target.execute(
            "INSERT INTO history VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET document = excluded.document",
            (history, document, parent, forked_at),
        )
    return called


def _merge_versions(target: apsw.Connection, source: DamagedStore, called: dict[str, str]) -> None:
    """Differences after the whole ones they are differences from; none that cannot be read."""
    numbers = dict[int, int]()
    for row in source.rows("snapshot", _SNAPSHOT):
        if not fits(row, _SNAPSHOT_KINDS):
            continue
        history = called.get(row[1]) or _unnamed(target, row[1])
        there: Any = target.execute(
            "SELECT id FROM snapshot WHERE history = ? AND made_at = ? AND digest = ?",
            (history, row[2], row[7]),
        ).fetchone()
        if there is not None:
            numbers[row[0]] = there[0]
            continue
        if row[8] is not None and row[8] not in numbers:
            continue
        base = numbers.get(row[8]) if row[8] is not None else None
        made = _insert(target, "snapshot", _SNAPSHOT, (row[0], history, *row[2:8], base, *row[9:]))
        if snapshots.text_of(target, made) is None:
            target.execute("DELETE FROM snapshot WHERE id = ?", (made,))
        else:
            numbers[row[0]] = made


def _unnamed(target: apsw.Connection, history: str) -> str:
    """A history whose document is not known; it is listed under its id."""
    target.execute("INSERT OR IGNORE INTO history VALUES (?, ?, '', 0)", (history, history))
    return history


def _has(target: apsw.Connection, table: str, values: dict[str, object]) -> bool:
    where = " AND ".join(f"{name} = ?" for name in values)
    ask = f"SELECT count(*) FROM {table} WHERE {where}"  # noqa: S608 - the names are our own
    found: Any = target.execute(ask, tuple(values.values())).fetchone()
    return bool(found[0])


def _insert(
    target: apsw.Connection, table: str, columns: Iterable[str], row: tuple[Any, ...]
) -> int:
    """Insert a row under its own number or, where that is another's, a new one; returns that."""
    names = ("id", *columns)
    number = None if _has(target, table, {"id": row[0]}) else row[0]
    places = ", ".join("?" * len(names))
    put = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})"  # noqa: S608 - our own
    target.execute(put, (number, *row[1:]))
    return target.last_insert_rowid()
