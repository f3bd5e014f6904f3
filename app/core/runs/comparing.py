"""Runs beside each other: what was set differently, what came of it, and what each is known by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Literal

import msgspec

from app.core.runs.record import RunRecord, Setting
from app.core.units import duration_text, size_text

Unit = Literal["", "bytes", "seconds"]
_UNITS: dict[str, Unit] = {
    "memory": "bytes", "seconds": "seconds", "foreseen_seconds": "seconds",
}  # fmt: skip
_MAIN = ("macro_f1", "loss_after", "perplexity_after", "perplexity")
_DIGITS = 12  # of a digest that is shown beside others

Say = Callable[[str], str]
"""Gives a word or name of the vocabulary as the reader's language has it."""


class ComparedRow(msgspec.Struct, frozen=True):
    """One thing that is known of any of the runs; None where it is not known of that one."""

    group: str
    name: str
    values: tuple[Setting | None, ...]

    @property
    def differs(self) -> bool:
        """Whether it is not the same in all of them."""
        return len({(isinstance(one, bool), one) for one in self.values}) > 1


def compared(records: Sequence[RunRecord]) -> list[ComparedRow]:
    """A row for each thing that is known of any, the results first."""
    rows = [
        ComparedRow("run", "name", tuple(one.name for one in records)),
        ComparedRow("run", "kind", tuple(one.kind for one in records)),
        ComparedRow("run", "state", tuple(one.state for one in records)),
    ]
    for group in ("figures", "settings"):
        rows += _fields(group, [getattr(one, group) for one in records])
    rows += [
        ComparedRow("origin", "model", tuple(one.model for one in records)),
        ComparedRow("origin", "model digest", _digests(one.model_sha256 for one in records)),
        ComparedRow("origin", "data", tuple(data_text(one) for one in records)),
        ComparedRow("origin", "data digest", _digests(one.data_sha256 for one in records)),
        ComparedRow("origin", "seed", tuple(one.seed for one in records)),
    ]
    for group in ("facts", "versions"):
        rows += _fields(group, [getattr(one, group) for one in records])
    machines = tuple(one.machine.processor if one.machine else None for one in records)
    return [*rows, ComparedRow("machine", "processor", machines)]


def _fields(group: str, found: Sequence[Mapping[str, Setting]]) -> list[ComparedRow]:
    names = dict.fromkeys(name for one in found for name in one)
    return [
        ComparedRow(group, name, tuple(one.get(name) for one in found))
        for name in names
        if (group, name) != ("settings", "seed")
    ]


def _digests(found: Iterable[str]) -> tuple[str | None, ...]:
    return tuple(digest[:_DIGITS] or None for digest in found)


def main_figure(record: RunRecord) -> tuple[str, float] | None:
    """The one figure that a run is known by: its name and value; None where there is none yet."""
    if record.measures:
        return record.measures[0].name, record.measures[0].value
    for name in _MAIN:
        if name in record.figures:
            return name, record.figures[name]
    if record.held_out:
        return "held-out loss", record.held_out[-1][1]
    return None


def data_text(record: RunRecord) -> str:
    """The names of the files of its data, without their folders."""
    names = [PurePath(path).name or path for path in record.data]
    return ", ".join(names[:3]) + (f" + {len(names) - 3:,}" if len(names) > 3 else "")


def plain_name(name: str) -> str:
    """A field's name as words."""
    return name.replace("_", " ")


def unit_of(name: str) -> Unit:
    """What a figure is counted in."""
    return _UNITS.get(name, "")


def shown(value: Setting | None, unit: Unit = "") -> str:
    """A value as people read it; empty for None."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if unit:
        return size_text(value) if unit == "bytes" else duration_text(value)
    if isinstance(value, int) or (abs(value) < 1e15 and value == int(value)):
        return f"{int(value):,}"
    return f"{value:.4g}" if abs(value) < 1000 else f"{value:,.1f}"
