"""The files of a split GGUF model (NAME-00001-of-00003.gguf and so on), by their names alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from app.core.system.files import is_file

MOST_PARTS = 1000
"""The most parts of one model that are looked for."""

_PART = re.compile(
    r"(?P<stem>.*)-(?P<number>\d{5})-of-(?P<count>\d{5})(?P<suffix>\.gguf)",
    re.IGNORECASE | re.DOTALL,
)


class SplitPart(NamedTuple):
    """What the name of one part says; `number` counts from 1."""

    stem: str
    number: int
    total: int
    suffix: str = ".gguf"

    @property
    def name(self) -> str:
        """The file's name."""
        return f"{self.stem}-{self.number:05}-of-{self.total:05}{self.suffix}"


def part_of(name: str) -> SplitPart | None:
    """What a file's name says of its place in a split model; None for any other name."""
    found = _PART.fullmatch(name)
    if found is None:
        return None
    return SplitPart(found["stem"], int(found["number"]), int(found["count"]), found["suffix"])


def all_parts(path: Path) -> list[Path]:
    """Every part that the name of a first part promises, there or not; else only `path`."""
    part = part_of(path.name)
    if part is None or part.number != 1:
        return [path]
    numbers = range(2, min(part.total, MOST_PARTS) + 1)
    return [path, *(path.with_name(part._replace(number=number).name) for number in numbers)]


def present_parts(path: Path) -> list[Path]:
    """`path` and those of its other parts that are there."""
    return [path, *(other for other in all_parts(path)[1:] if is_file(other))]


def is_gguf(name: str) -> bool:
    """Whether a file of this name is meant to be a GGUF file."""
    return name.lower().endswith(".gguf") and not name.startswith(".")


def one_per_model(names: Iterable[str]) -> list[str]:
    """Of the names of GGUF files, one for each model: its first part, or the lowest one there."""
    parts = {name: part_of(name) for name in sorted(names) if is_gguf(name)}
    least: dict[tuple[str, int], str] = {}
    for name, part in parts.items():
        if part is not None:
            least.setdefault((part.stem, part.total), name)
    heads = set(least.values())
    return [name for name, part in parts.items() if part is None or name in heads]


def plain_name(path: Path) -> str:
    """The name that people know a model by: its file's, without ending and part number."""
    if not is_gguf(path.name):
        return path.name
    part = part_of(path.name)
    return part.stem if part is not None else path.stem
