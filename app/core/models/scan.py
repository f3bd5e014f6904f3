"""Finding models in folders: bounded in depth and in entries, fairly, and never in a circle."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from app.core.formats.split_files import is_gguf, one_per_model

MOST_ENTRIES = 20_000
"""The files and folders that are looked at below one folder."""

DEEPEST = 3  # folders below the one of models: publisher, repository, variant


class Budget:
    """How many entries may still be looked at; `is_cut` once a folder held more than its share."""

    def __init__(self, entries: int = MOST_ENTRIES) -> None:
        self.left = entries
        self.is_cut = False


def models_below(folder: Path, depth: int = DEEPEST, budget: Budget | None = None) -> list[Path]:
    """Every GGUF model and model folder, at most `depth` folders down, within the budget.

    The folders of one level share half of what is left, and the deeper ones the rest: a folder of
    countless files takes nothing from those beside and below it.
    """
    budget = budget or Budget()
    found: list[Path] = []
    seen: set[str] = set()
    level = [folder]
    for left in range(depth, -1, -1):
        deeper: list[Path] = []
        room = budget.left - budget.left // 2 if left else budget.left
        for number, one in enumerate(level):
            if (real := real_path(one)) not in seen:
                seen.add(real)
                inside = sorted_entries(one, budget, room // (len(level) - number))
                room -= len(inside)
                names = {entry.name for entry in inside}
                if left < depth and _is_model(names):
                    found.append(one)
                else:
                    found += [one / name for name in one_per_model(names)]
                    deeper += [Path(e.path) for e in inside if _leads_on(e)]
        level = deeper
    return found


def entries(folder: Path, budget: Budget, share: int | None = None) -> Iterator[os.DirEntry[str]]:
    """What lies in `folder`, until the budget or this share of it is spent; raises OSError."""
    with os.scandir(folder) as found:
        for number, entry in enumerate(found):
            if budget.left <= 0 or number == share:
                budget.is_cut = True
                return
            budget.left -= 1
            yield entry


def sorted_entries(
    folder: Path, budget: Budget, share: int | None = None
) -> list[os.DirEntry[str]]:
    """The entries by name; none where there is no folder, or one that may not be read."""
    with contextlib.suppress(OSError, ValueError):
        return sorted(entries(folder, budget, share), key=lambda entry: entry.name)
    return []


def is_model_folder(folder: Path) -> bool:
    """Whether a folder looks like one model for the Torch engine."""
    return _is_model({entry.name for entry in sorted_entries(folder, Budget())})


def _is_model(names: set[str]) -> bool:
    return "config.json" in names and any(name.endswith(".safetensors") for name in names)


def real_path(path: Path) -> str:
    """Where `path` leads once every link is followed; by this, one file is listed once."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):  # a NUL byte in it, or a circle; it is listed with that problem
        return str(path)


def _leads_on(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith(".") or is_gguf(entry.name):
        return False
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle
        return False
