"""The store: every take for ever, and a journal of every open document until it is saved."""

from app.core.store.database import damage_of
from app.core.store.store import FormerFile, Recovery, Store, TakeRecord

__all__ = ["FormerFile", "Recovery", "Store", "TakeRecord", "damage_of"]
