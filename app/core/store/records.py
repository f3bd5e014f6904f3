"""What the store gives back: takes, and texts to recover."""

from __future__ import annotations

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
