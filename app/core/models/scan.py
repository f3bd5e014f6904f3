"""Finding models in folders: bounded in depth and in entries, and never caught in a circle."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

PART = re.compile(r"-(\d{5})-of-\d{5}$")
"""How the name of one part of a split model ends, before `.gguf`."""

MOST_ENTRIES = 10_000
"""So many entries are looked at below one folder."""

DEEPEST = 3  # folders below the one of models: publisher, repository, variant


def models_below(folder: Path, depth: int = DEEPEST, budget: list[int] | None = None) -> list[Path]:
    """Every GGUF model and model folder, at most `depth` folders down, within `budget` entries.

    The upper folders are looked at first; a budget that was not enough is below zero afterwards.
    """
    budget = [MOST_ENTRIES] if budget is None else budget
    found: list[Path] = []
    seen: set[str] = set()
    level = [folder]
    for left in range(depth, -1, -1):
        deeper: list[Path] = []
        for one in level:
            if (real := real_path(one)) not in seen:
                seen.add(real)
                inside = sorted_entries(one, budget)
                if left < depth and _is_model({entry.name for entry in inside}):
                    found.append(one)
                else:
                    found += [Path(e.path) for e in inside if is_first_gguf(e.name)]
                    deeper += [Path(e.path) for e in inside if _leads_on(e)]
        level = deeper
    return found


def entries(folder: Path, budget: list[int]) -> Iterator[os.DirEntry[str]]:
    """What lies in `folder`, until the budget is spent; raises OSError."""
    if budget[0] < 0:
        return
    with os.scandir(folder) as found:
        for entry in found:
            budget[0] -= 1
            if budget[0] < 0:
                return
            yield entry


def sorted_entries(folder: Path, budget: list[int]) -> list[os.DirEntry[str]]:
    """The entries by name; none where there is no folder, or one that may not be read."""
    with contextlib.suppress(OSError, ValueError):
        return sorted(entries(folder, budget), key=lambda entry: entry.name)
    return []


def is_model_folder(folder: Path) -> bool:
    """Whether a folder looks like one model for the Torch engine."""
    return _is_model({entry.name for entry in sorted_entries(folder, [MOST_ENTRIES])})


def _is_model(names: set[str]) -> bool:
    return "config.json" in names and any(name.endswith(".safetensors") for name in names)


def is_first_gguf(name: str) -> bool:
    """Whether a file of this name is a GGUF model, or the first part of one."""
    path = Path(name)
    if path.suffix.lower() != ".gguf" or name.startswith("."):
        return False
    part = PART.search(path.stem)
    return part is None or int(part[1]) == 1


def real_path(path: Path) -> str:
    """Where `path` leads once every link is followed; by this, one file is listed once."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):  # a NUL byte in it, or a circle; it is listed with that problem
        return str(path)


def _leads_on(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith(".") or is_first_gguf(entry.name):
        return False
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle
        return False
