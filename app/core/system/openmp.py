"""How the threads of the engine host wait for each other: what was measured of this machine.

OpenMP reads its waiting policy once, when a process starts, so that the host can only measure it
and the app must set it for the next host.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from app.core.system.json_store import JsonStore, decode_numbered

Waiting = Literal["active", "passive"]
"""What a thread does while it waits for another: spin, or sleep."""

TUNING_FOLDER = "tuning"
"""Under the engine's cache: what was measured of this machine and its models."""

VARIABLE = "OMP_WAIT_POLICY"
"""Of a process's environment; who sets it by hand has chosen."""

_FILE = "host.json"
_MOST_BYTES = 4096
_FORM = 1  # raised when what is remembered changes its meaning


class WaitingRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was measured; `setup` tells build and machine, `tries` how often it was measured."""

    setup: Annotated[str, msgspec.Meta(max_length=64)]
    waiting: Waiting
    is_steady: bool = True
    tries: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    form: int = _FORM


def waiting_file(cache: Path) -> JsonStore[WaitingRecord]:
    """Where it is remembered in the engine's cache; read it with `keep_damaged=False`."""
    return JsonStore(cache / TUNING_FOLDER / _FILE, _decoded, limit=_MOST_BYTES)


def _decoded(data: bytes) -> WaitingRecord:
    return decode_numbered(data, "form", _FORM, WaitingRecord)


def read_waiting(cache: Path) -> WaitingRecord | None:
    """What is remembered; None for nothing, or anything strange."""
    return waiting_file(cache).read(keep_damaged=False).content


def waiting_environment(cache: Path | None) -> dict[str, str]:
    """What a new host's environment needs of it; active waiting is the library's own choice."""
    found = read_waiting(cache) if cache is not None else None
    return {VARIABLE: "passive"} if found is not None and found.waiting == "passive" else {}
