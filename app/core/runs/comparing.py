"""Two or more runs beside each other: what was set differently, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.runs.record import RunRecord

Row = tuple[str, tuple[str, ...]]


def compared(records: Sequence[RunRecord]) -> list[Row]:
    """A row for each thing that is known of any: its name, and what it is in each run."""
    rows: list[Row] = [
        ("name", tuple(one.name for one in records)),
        ("state", tuple(one.state for one in records)),
        ("model", tuple(one.model for one in records)),
        ("same pages", tuple(_same(one, records[0]) for one in records)),
        ("seed", tuple(str(one.seed) for one in records)),
    ]
    for field in ("settings", "figures", "versions"):
        names = dict.fromkeys(name for one in records for name in getattr(one, field))
        for name in names:
            if (field, name) != ("settings", "seed"):
                values = (getattr(one, field).get(name, "") for one in records)
                rows.append((name.replace("_", " "), tuple(map(shown, values))))
    return rows


def _same(one: RunRecord, first: RunRecord) -> str:
    return "yes" if one.data_sha256 == first.data_sha256 else "no"


def shown(value: float | str) -> str:
    """A figure as people read it."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) or value == int(value):
        return f"{int(value):,}"
    return f"{value:.4g}" if abs(value) < 1000 else f"{value:,.1f}"
