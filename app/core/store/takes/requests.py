"""What the engine was asked for, word for word, at the cost of what changed since the last time.

A request holds all that the model read, which of a novel is the most part of it, and the next one
holds nearly the same. So one is whole, or the middle that differs from a whole one (never from
another difference) with which it shares its beginning and its end.
"""

from __future__ import annotations

import zlib
from typing import Any

import apsw

from app.core.store.records import storable
from app.core.text.shared_ends import shared_ends

_LARGEST_SHARE = 6
"""A difference longer than this part of its whole request is kept as a whole one itself."""


def keep_request(connection: apsw.Connection, key: str, journal: str, text: str) -> None:
    """Keep a request of a document's journal, unless it is kept."""
    row: Any = connection.execute(
        "SELECT count(*) FROM take_request WHERE key = ?", (key,)
    ).fetchone()
    if row[0]:
        return
    text = storable(text)
    base, whole = _last_whole(connection, journal)
    head, tail = shared_ends(whole, text)
    middle = text[head : len(text) - tail]
    if not base or len(middle) * _LARGEST_SHARE > len(whole):
        base, head, tail, middle = "", 0, 0, text
    data = zlib.compress(middle.encode())
    connection.execute(
        "INSERT INTO take_request (key, journal, base, head, tail, data) VALUES (?, ?, ?, ?, ?, ?)",
        (key, journal, base, head, tail, data),
    )


def request_text(connection: apsw.Connection, key: str) -> str:
    """A request as it was kept; empty where it is not there, or damaged."""
    row: Any = connection.execute(
        "SELECT base, head, tail, data FROM take_request WHERE key = ?", (key,)
    ).fetchone()
    if row is None:
        return ""
    base, head, tail, data = row
    try:
        middle = zlib.decompress(data).decode()
    except (zlib.error, UnicodeDecodeError):
        return ""
    if not base:
        return middle
    whole = request_text(connection, base)
    if len(whole) < head + tail or not whole:
        return ""
    return whole[:head] + middle + whole[len(whole) - tail :]


def _last_whole(connection: apsw.Connection, journal: str) -> tuple[str, str]:
    row: Any = connection.execute(
        "SELECT key FROM take_request WHERE journal = ? AND base = '' ORDER BY id DESC LIMIT 1",
        (journal,),
    ).fetchone()
    return (row[0], request_text(connection, row[0])) if row is not None else ("", "")
