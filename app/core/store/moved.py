"""A document that was moved, renamed or copied by another program: found again by its content."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from app.core.store.snapshots import DocumentHistory, digest_of
from app.core.store.store import Store
from app.core.text.differences import likeness

ALIKE = 0.5
"""The share of sentences above which a text is perhaps a later one of the same document."""

_MOST_READ = 30


class MovedDocument(msgspec.Struct, frozen=True):
    """The earlier name of a document, which is a copy where the file of that name is still there.

    `is_sure` says that the texts are equal.
    """

    document: str
    is_sure: bool
    is_copy: bool


def find_moved(store: Store, document: str, text: str) -> MovedDocument | None:
    """Under what name a file without versions of its own had them before; None for a new one.

    Reads at most 30 versions, those of files that are gone; not for the window's thread.
    """
    if store.has_history(document) or not text.strip():
        return None
    others = [one for one in store.histories() if Path(one.document).is_absolute()]
    digest = digest_of(text)
    same = [one for one in others if one.digest == digest]
    gone = [one for one in others if not os.path.lexists(one.document)]
    for one in same:
        if one in gone:
            return MovedDocument(one.document, is_sure=True, is_copy=False)
    if same:
        return MovedDocument(same[0].document, is_sure=True, is_copy=True)
    return _most_alike(store, gone[:_MOST_READ], text)


def _most_alike(store: Store, histories: list[DocumentHistory], text: str) -> MovedDocument | None:
    found = [(likeness(store.last_version(one.document), text), one.document) for one in histories]
    best = max(found, default=(0.0, ""))
    return MovedDocument(best[1], is_sure=False, is_copy=False) if best[0] >= ALIKE else None
