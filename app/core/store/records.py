"""What the store gives back: takes, recovered texts, former files; and how a take is written."""

from __future__ import annotations

import os
import re
import time

import apsw
import msgspec


class TakeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a model wrote, and all that is needed to write it again.

    `position` counts UTF-16 code units. `prompt` is the end of what the model read, at most 2,000
    characters. `sampling` and `settings` are JSON. `created_at` is in seconds since 1970; 0 means
    now. `id` is given by the store.
    """

    id: int = 0
    journal: str = ""
    path: str = ""
    position: int = 0
    prompt: str = ""
    instruction: str = ""
    text: str = ""
    model: str = ""
    seed: int = 0
    finish_reason: str = ""
    sampling: str = "{}"
    settings: str = "{}"
    created_at: float = 0.0


class Recovery(msgspec.Struct, frozen=True, kw_only=True):
    """The unsaved text of a program that ended without saving it; `path` is empty if untitled."""

    id: str
    path: str
    text: str
    changed_at: float


class FormerFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file's bytes before a save changed its `encoding`; `kept_at` in seconds since 1970."""

    encoding: str
    kept_at: float
    data: bytes


_ID = re.compile(r"[0-9a-f]{32}|trash:[0-9a-f]{32}")
_PROMPT_TAIL = 2000
COLUMNS = TakeRecord.__struct_fields__
"""The columns of the table of takes."""
SELECT = f"SELECT {', '.join(COLUMNS)} FROM take"  # noqa: S608 - the columns are our own
"""What gives takes, in that order."""


def insert_take(connection: apsw.Connection, take: TakeRecord) -> int:
    """Write a take and return its id; the end of its prompt is kept, and no half of a letter."""
    values = msgspec.structs.asdict(take) | {
        "id": None,
        "prompt": take.prompt[-_PROMPT_TAIL:],
        "created_at": take.created_at or time.time(),
    }
    sound = [storable(v) if isinstance(v, str) else v for v in values.values()]
    places = ", ".join("?" * len(COLUMNS))
    connection.execute(
        f"INSERT INTO take ({', '.join(COLUMNS)}) VALUES ({places})",  # noqa: S608 - our own columns
        sound,
    )
    return connection.last_insert_rowid()


def document_name(document: str) -> str:
    """What a document is called in the store, so that no other spelling of its path loses a mark.

    A path without links; the id of a journal, and of what is in the trash, as it is.
    """
    if _ID.fullmatch(document):
        return document
    return storable(os.path.normcase(os.path.realpath(document)))


def storable(text: str) -> str:
    """What UTF-8 can hold: half a surrogate pair, also out of a strange file name, is replaced."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
