"""A journal: the edits of one open document since its last whole copy."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import apsw

_CHECKPOINT_EDITS = 2000
_CHECKPOINT_BYTES = 256 * 1024
_LONGEST_RUN = 4096  # bytes of typing that become one row

Edit = tuple[int, int, int, bytes]
"""Sequence, position and removed length in UTF-16 code units, and the added text."""


def to_units(text: str) -> bytes:
    """The text in UTF-16, as Qt counts it; half a surrogate pair is kept as it is."""
    return text.encode("utf-16-le", "surrogatepass")


def from_units(units: bytes | bytearray) -> str:
    """The text of UTF-16 units; a half pair that never found its other half becomes U+FFFD."""
    return bytes(units).decode("utf-16-le", "replace")


def apply(text: bytearray, position: int, removed: int, added: bytes) -> None:
    """Carry out one edit on UTF-16 units; what lies outside the text is cut off."""
    start = 2 * max(0, position)
    text[start : start + 2 * max(0, removed)] = added


class Journal:
    """The present text of one document, and what of it is not on disk yet."""

    def __init__(self, journal: str, instance: str, path: str, text: str) -> None:
        self.id = journal
        self._instance = instance
        self._path = path
        self._text = bytearray(to_units(text))
        self._sequence = 1
        # A text that is in no file is unsaved from its first moment.
        self._saved = 0 if text and not path else 1
        self._changed_at = time.time()
        self._rows: list[Edit] = []
        self._edits = 0  # since the last whole copy
        self._bytes = 0
        self._whole = True  # the next write begins with a whole copy
        self.dirty = True

    def edit(self, position: int, removed: int, added: str) -> None:
        """Carry out one edit and remember it for the next write."""
        units = to_units(added)
        apply(self._text, position, removed, units)
        self._remember(position, removed, units)
        self._changed_at = time.time()
        self._edits += 1
        self._bytes += len(units)
        if self._edits >= _CHECKPOINT_EDITS or self._bytes >= _CHECKPOINT_BYTES:
            self._whole = True
        self.dirty = True

    def mark_saved(self, path: str) -> None:
        """The present text is in the file at `path`."""
        self._path, self._saved = path, self._sequence
        self.dirty = True

    def mark_unsaved(self) -> None:
        """The present text is in no file any more."""
        self._saved, self.dirty = 0, True

    def move(self, path: str) -> None:
        """The document's file is at `path` now."""
        self._path, self.dirty = path, True

    def rewrite(self) -> None:
        """Write a whole copy next time: what was written before is gone or in doubt."""
        self._whole = self.dirty = True

    def write(self, connection: apsw.Connection) -> None:
        """Put everything new into the open transaction."""
        connection.execute(
            "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
            "path = excluded.path, changed_at = excluded.changed_at, "
            "sequence = excluded.sequence, saved = excluded.saved",
            (self.id, self._instance, self._path, self._changed_at, self._sequence, self._saved),
        )
        if self._whole:
            connection.execute("DELETE FROM edit WHERE journal = ?", (self.id,))
            connection.execute(
                "INSERT OR REPLACE INTO checkpoint VALUES (?, ?, ?)",
                (self.id, self._sequence, bytes(self._text)),
            )
        else:
            connection.executemany(
                "INSERT INTO edit VALUES (?, ?, ?, ?, ?)", ((self.id, *row) for row in self._rows)
            )

    def written(self) -> None:
        """The transaction is on disk."""
        if self._whole:
            self._edits = self._bytes = 0
        self._rows.clear()
        self._whole = self.dirty = False

    def _remember(self, position: int, removed: int, units: bytes) -> None:
        """A new row, or the end of the last one where typing simply goes on."""
        if self._whole:  # the copy will hold it
            self._sequence += 1
            return
        if self._rows and not removed and self._saved != self._sequence:
            sequence, start, taken, text = self._rows[-1]
            if position == start + len(text) // 2 and len(text) < _LONGEST_RUN:
                self._rows[-1] = (sequence, start, taken, text + units)
                return
        self._sequence += 1
        self._rows.append((self._sequence, position, removed, units))


def replay(checkpoint: bytes, edits: Iterable[Edit]) -> str:
    """The text that a whole copy and the edits after it make."""
    text = bytearray(checkpoint)
    for _sequence, position, removed, added in edits:
        apply(text, position, removed, added)
    return from_units(text)


def kept_text(connection: apsw.Connection, journal: str) -> str:
    """The text that a journal in the store makes."""
    checkpoint: Any = connection.execute(
        "SELECT sequence, text FROM checkpoint WHERE journal = ?", (journal,)
    ).fetchone() or (0, b"")
    edits: Iterable[Any] = connection.execute(
        "SELECT sequence, position, removed, added FROM edit "
        "WHERE journal = ? AND sequence > ? ORDER BY sequence",
        (journal, checkpoint[0]),
    )
    return replay(checkpoint[1], edits)


def forget(connection: apsw.Connection, journal: str) -> None:
    """Remove a journal and all its rows; its mark stays where takes do, as they have its text."""
    for statement in (
        "DELETE FROM edit WHERE journal = ?",
        "DELETE FROM checkpoint WHERE journal = ?",
        "DELETE FROM journal WHERE id = ?",
        "DELETE FROM kept_here WHERE document = ?1"
        " AND NOT EXISTS (SELECT * FROM take WHERE journal = ?1)",
        "DELETE FROM own_word WHERE document = ?",
        "DELETE FROM document_language WHERE document = ?",
        "DELETE FROM open_change WHERE document = ?",
        "DELETE FROM provenance WHERE document = ?",
        "DELETE FROM provenance_live WHERE journal = ?",
        "DELETE FROM provenance_edit WHERE journal = ?",
        "DELETE FROM story_memory WHERE document = ?",
        "DELETE FROM note WHERE document = ?",
        "DELETE FROM take_place WHERE document = ?",
    ):
        connection.execute(statement, (journal,))
