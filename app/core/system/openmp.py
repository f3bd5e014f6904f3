"""How the threads of the engine host wait for each other: what was measured of this machine.

OpenMP reads its waiting policy once, when a process starts, so that the host can only measure it
and the app must set it for the next host.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from app.core.system.files import read_regular

Waiting = Literal["active", "passive"]
"""What a thread does while it waits for another: spin, or sleep."""

TUNING_FOLDER = "tuning"
"""Under the engine's cache: what was measured of this machine and its models."""

VARIABLE = "OMP_WAIT_POLICY"
"""Of a process's environment; who sets it by hand has chosen."""

_FILE = "host.json"
_MOST_BYTES = 4096


class WaitingRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was measured; `setup` tells build and machine, `tries` how often it was measured."""

    setup: Annotated[str, msgspec.Meta(max_length=64)]
    waiting: Waiting
    is_steady: bool = True
    tries: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1


def waiting_file(cache: Path) -> Path:
    """Where it is remembered in the engine's cache."""
    return cache / TUNING_FOLDER / _FILE


def read_waiting(cache: Path) -> WaitingRecord | None:
    """What is remembered; None for nothing, or anything strange."""
    try:
        data = read_regular(waiting_file(cache), _MOST_BYTES)
        return msgspec.json.decode(data, type=WaitingRecord)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def waiting_environment(cache: Path | None) -> dict[str, str]:
    """What a new host's environment needs of it; active waiting is the library's own choice."""
    found = read_waiting(cache) if cache is not None else None
    return {VARIABLE: "passive"} if found is not None and found.waiting == "passive" else {}
