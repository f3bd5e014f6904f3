"""The store: every take, versions of every document, and journals of what is not saved yet."""

from app.core.store.database import damage_of
from app.core.store.records import FormerFile, Recovery, TakeRecord
from app.core.store.snapshots import CAUSES, Cause, DocumentHistory, Snapshot
from app.core.store.store import Store
from app.core.store.trash import Trash, TrashedDocument
from app.core.store.word_log import DayWords

__all__ = [
    "CAUSES",
    "Cause",
    "DayWords",
    "DocumentHistory",
    "FormerFile",
    "Recovery",
    "Snapshot",
    "Store",
    "TakeRecord",
    "Trash",
    "TrashedDocument",
    "damage_of",
]
