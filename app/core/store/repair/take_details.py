"""Adding to a store what belongs to the takes of another: details, requests and places."""

from __future__ import annotations

from collections.abc import Mapping

import apsw

from app.core.store.repair.salvage import DamagedStore, fits

_DETAIL = ("key", "place", "parent", "request", "number", "preset", "name", "is_starred")
_DETAIL_KINDS = (int, str, str, str, str, int, str, str, int)
_REQUEST = ("key", "journal", "base", "head", "tail", "data")
_REQUEST_KINDS = (int, str, str, str, int, int, bytes)
_PLACE = ("document", "key", "start", "stop", "before", "after", "take")
_PLACE_KINDS = (str, str, int, int, str, str, str)


def merge_details(
    target: apsw.Connection,
    source: DamagedStore,
    numbers: Mapping[int, int],
    *,
    is_newer: bool,
) -> None:
    """Take over what belongs to takes; `numbers` has the present one of each that was taken over.

    A source of an earlier version has nothing of the kind. What is there already stays, but for
    names and stars if the source `is_newer`.
    """
    if not source.has("take_place"):
        return
    for row in source.rows("take_detail", _DETAIL):
        if fits(row, _DETAIL_KINDS) and row[0] in numbers:
            target.execute(
                "INSERT OR IGNORE INTO take_detail VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (numbers[row[0]], *row[1:]),
            )
        elif fits(row, _DETAIL_KINDS) and is_newer:
            target.execute(
                "UPDATE take_detail SET name = ?, is_starred = ? WHERE key = ?",
                (row[7], row[8], row[1]),
            )
    for row in source.rows("take_request", _REQUEST):
        if fits(row, _REQUEST_KINDS):
            target.execute(
                "INSERT OR IGNORE INTO take_request (key, journal, base, head, tail, data)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                row[1:],
            )
    for document, key, *rest in source.ends("take_place", _PLACE):
        if fits((document, key, *rest), _PLACE_KINDS):
            target.execute(
                "INSERT OR IGNORE INTO take_place VALUES (?, ?, ?, ?, ?, ?, ?)",
                (key, document, *rest),
            )
    if source.has("take_again"):
        for row in source.rows("take_again", ("again_of",), "take"):
            if fits(row, (str, str)):
                target.execute("INSERT OR IGNORE INTO take_again VALUES (?, ?)", row)
