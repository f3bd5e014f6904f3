"""The store: every take for ever, and a journal of every open document until it is saved."""

from app.core.store.records import Recovery, TakeRecord
from app.core.store.store import Store

__all__ = ["Recovery", "Store", "TakeRecord"]
