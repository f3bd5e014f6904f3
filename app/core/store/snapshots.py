"""Snapshots in the store: former versions of a document, each as what differs from a whole one.

A snapshot is whole, or a difference from a whole one (never from another difference), so that one
damaged row costs no other its text, and none is written twice. A whole one that thinning would
remove stays out of sight as long as others need it.
"""

from __future__ import annotations

import contextlib
import os
import zlib
from collections.abc import Iterable
from typing import Any, Literal, get_args

import apsw
import msgspec

from app.core.store.thinning import kept
from app.core.text.differences import edits, words_changed
from app.core.text.words import count_words

Cause = Literal[
    "opened",
    "saved",
    "generation",
    "rewrite",
    "restore",
    "hourly",
    "shortened",
    "outside",
    "replaced",
    "replace",
]
"""What made a snapshot: opening, saving, or what was about to change the text.

"shortened" is what a much shorter text was saved over, "outside" what another program wrote into
the file, and "replaced" the text on the page before that took its place. "replace" is what a file
had before a replacement in many files.
"""

CAUSES: tuple[Cause, ...] = get_args(Cause)

_FOR_EVER = ("shortened", "outside", "replaced", "replace")
"""Causes of versions that thinning leaves alone: what they hold may be missed much later."""

_LARGEST_SHARE = 6
"""A difference longer than this part of its whole snapshot becomes a whole one itself."""

_LEVEL = 9
_DICTIONARY = 32_768  # bytes of a dictionary that zlib uses


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a document; `made_at` in seconds since 1970.

    `words` is the length, `gained` and `lost` what was written and cut since the one before.
    """

    id: int
    made_at: float
    cause: str
    words: int
    gained: int
    lost: int


class DocumentHistory(msgspec.Struct, frozen=True, kw_only=True):
    """A document with snapshots; `document` is the path of its file or the id of its journal.

    `digest` is the SHA-256 of its last version's text, which was kept at `made_at`.
    """

    id: str
    document: str
    made_at: float
    count: int
    digest: bytes


def digest_of(text: str) -> bytes:
    """What tells whether two texts are equal."""
    import hashlib  # OpenSSL's library, which a start without a snapshot does not need

    return hashlib.sha256(_encoded(text)).digest()


def history_of(connection: apsw.Connection, document: str) -> str:
    """The history of a document; empty where it has none."""
    row: Any = connection.execute(
        "SELECT id FROM history WHERE document = ?", (document,)
    ).fetchone()
    return row[0] if row else ""


def take(connection: apsw.Connection, document: str, text: str, cause: str, made_at: float) -> int:
    """Keep `text` unless the last version is equal; returns its id, or 0. Thins the older ones."""
    history, digest = history_of(connection, document), digest_of(text)
    last = _last(connection, history)
    if last is None and not text.strip():
        return 0
    if last is not None and last[1] == digest:
        return 0
    if not history:
        history = os.urandom(16).hex()
        connection.execute("INSERT INTO history VALUES (?, ?, '', 0)", (history, document))
    before = text_of(connection, last[0]) if last is not None else None
    gained, lost = words_changed(before, text) if before is not None else (0, 0)
    base, data = _packed(connection, history, text)
    connection.execute(
        "INSERT INTO snapshot (history, made_at, cause, words, gained, lost, digest, base, listed,"
        " data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?)",
        (history, made_at, cause, count_words(text), gained, lost, digest, base, data),
    )
    made = connection.last_insert_rowid()
    thin(connection, history, made_at)
    return made


def keep(connection: apsw.Connection, document: str, text: str, cause: Cause, at: float) -> bool:
    """Keep `text` for ever, for a cause that thinning leaves alone; True, for it is there then.

    Where the last version is equal, that one stays for ever, and is written again if it is damaged.
    """
    if take(connection, document, text, cause, at):
        return True
    last = _last(connection, history_of(connection, document))
    if last is None or last[1] != digest_of(text):
        return True  # nothing but white space
    connection.execute("UPDATE snapshot SET cause = ? WHERE id = ?", (cause, last[0]))
    if text_of(connection, last[0]) is None:
        whole = zlib.compress(_encoded(text), _LEVEL)
        connection.execute(
            "UPDATE snapshot SET base = NULL, data = ? WHERE id = ?", (whole, last[0])
        )
    return True


def thin(connection: apsw.Connection, history: str, now: float) -> None:
    """Remove what is too old to stay; what it gained and lost counts for the next that stays."""
    rows: list[Any] = connection.execute(
        "SELECT id, made_at, gained, lost, cause FROM snapshot WHERE history = ? AND listed"
        " ORDER BY made_at, id",
        (history,),
    ).fetchall()
    stay = kept([row[1] for row in rows], now)
    stay |= {place for place, row in enumerate(rows) if row[4] in _FOR_EVER}
    if len(stay) == len(rows):
        return
    gained = lost = 0
    for place, (number, _made_at, more, less, _cause) in enumerate(rows):
        gained, lost = gained + more, lost + less
        if place not in stay:
            connection.execute("UPDATE snapshot SET listed = 0 WHERE id = ?", (number,))
            continue
        if (gained, lost) != (more, less):
            connection.execute(
                "UPDATE snapshot SET gained = ?, lost = ? WHERE id = ?", (gained, lost, number)
            )
        gained = lost = 0
    connection.execute(
        "DELETE FROM snapshot WHERE history = ? AND NOT listed AND id NOT IN"
        " (SELECT base FROM snapshot WHERE history = ? AND base IS NOT NULL AND listed)",
        (history, history),
    )


def snapshots_of(connection: apsw.Connection, document: str) -> tuple[Snapshot, ...]:
    """The versions of a document, the oldest first; those of what it was copied from, too."""
    history, until = history_of(connection, document), float("inf")
    found, seen = list[Snapshot](), set[str]()
    while history and history not in seen:
        seen.add(history)
        rows: Iterable[Any] = connection.execute(
            "SELECT id, made_at, cause, words, gained, lost FROM snapshot"
            " WHERE history = ? AND listed AND made_at <= ?",
            (history, until),
        )
        names = Snapshot.__struct_fields__
        found += (Snapshot(**dict(zip(names, row, strict=True))) for row in rows)
        parent: Any = connection.execute(
            "SELECT parent, forked_at FROM history WHERE id = ?", (history,)
        ).fetchone()
        history, until = parent[0], min(until, parent[1])
    return tuple(sorted(found, key=lambda one: (one.made_at, one.id)))


def text_of(connection: apsw.Connection, number: int) -> str | None:
    """The text of a snapshot; None where there is none of that number, or it is damaged."""
    row: Any = connection.execute(
        "SELECT data, base, digest FROM snapshot WHERE id = ?", (number,)
    ).fetchone()
    if row is None:
        return None
    data, base, digest = row
    with contextlib.suppress(zlib.error, ValueError):
        if base is None:
            text = _decoded(zlib.decompress(data))
        else:
            text = patched(text_of(connection, base) or "", data)
        return text if digest_of(text) == digest else None
    return None


def rename(connection: apsw.Connection, document: str, to: str) -> None:
    """The document is called `to` from now on; a history that is there already is its own."""
    if not history_of(connection, to):
        connection.execute("UPDATE history SET document = ? WHERE document = ?", (to, document))


def fork(connection: apsw.Connection, document: str, to: str, at: float) -> None:
    """`to` is a copy of the document made at `at`: its past is the document's, and its own."""
    parent, own = history_of(connection, document), history_of(connection, to)
    if parent and parent != own:
        connection.execute(
            "INSERT INTO history VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " parent = excluded.parent, forked_at = excluded.forked_at",
            (own or os.urandom(16).hex(), to, parent, at),
        )


def histories(connection: apsw.Connection) -> tuple[DocumentHistory, ...]:
    """Every document that has snapshots and is not in the trash, the one changed last first."""
    rows: Iterable[Any] = connection.execute(
        "SELECT h.id, h.document, max(s.made_at), count(*), s.digest FROM history h"
        " JOIN snapshot s ON s.history = h.id AND s.listed"
        " WHERE h.document NOT GLOB 'trash:*' GROUP BY h.id"
        " ORDER BY max(s.made_at) DESC"
    )
    names = DocumentHistory.__struct_fields__
    return tuple(DocumentHistory(**dict(zip(names, row, strict=True))) for row in rows)


def last_text(connection: apsw.Connection, document: str) -> str:
    """The newest version's text; empty where there is none."""
    last = _last(connection, history_of(connection, document))
    return (text_of(connection, last[0]) if last is not None else None) or ""


def _last(connection: apsw.Connection, history: str) -> tuple[int, bytes] | None:
    """The newest version's id and digest."""
    row: Any = connection.execute(
        "SELECT id, digest FROM snapshot WHERE history = ? AND listed ORDER BY id DESC LIMIT 1",
        (history,),
    ).fetchone()
    return (row[0], row[1]) if row is not None else None


def _packed(connection: apsw.Connection, history: str, text: str) -> tuple[int | None, bytes]:
    """The text as a difference from the last whole snapshot; whole where that is too long."""
    row: Any = connection.execute(
        "SELECT id, length(data) FROM snapshot WHERE history = ? AND base IS NULL"
        " ORDER BY id DESC LIMIT 1",
        (history,),
    ).fetchone()
    whole = text_of(connection, row[0]) if row is not None else None
    if whole is not None:
        data = patch(whole, text)
        if len(data) < row[1] / _LARGEST_SHARE:
            return row[0], data
    return None, zlib.compress(_encoded(text), _LEVEL)


def patch(base: str, text: str) -> bytes:
    """What makes `text` out of `base`: the places, and what is put there, compressed."""
    changes = edits(base, text)
    removed = [(start, end) for start, end, _added in changes]
    packer = zlib.compressobj(_LEVEL, zdict=_dictionary(base, removed))
    added = packer.compress(_encoded("".join(added for _s, _e, added in changes)))
    places = [(start, end, len(text)) for start, end, text in changes]
    return msgspec.msgpack.encode((places, added + packer.flush()))


def patched(base: str, data: bytes) -> str:
    """The text that `patch` made out of `base`."""
    places, packed = msgspec.msgpack.decode(data, type=tuple[list[tuple[int, int, int]], bytes])
    dictionary = _dictionary(base, [(start, end) for start, end, _length in places])
    unpacker = zlib.decompressobj(zdict=dictionary)
    added = _decoded(unpacker.decompress(packed) + unpacker.flush())
    parts, at, taken = list[str](), 0, 0
    for start, end, length in places:
        parts += (base[at:start], added[taken : taken + length])
        at, taken = end, taken + length
    return "".join((*parts, base[at:]))


def _dictionary(base: str, removed: Iterable[tuple[int, int]]) -> bytes:
    """What was replaced, which what replaced it mostly repeats; zlib takes no empty one."""
    return _encoded("".join(base[start:end] for start, end in removed))[-_DICTIONARY:] or b" "


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
