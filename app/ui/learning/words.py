"""What the pages of learning say in numbers: times, pages and memory, in the window's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.ui.numbers import data_size_text, number_text
from app.ui.texts import moment_text

if TYPE_CHECKING:
    from app.core.runs.record import RunRecord
    from app.core.training.orders import TrainingPlan

_tr = QCoreApplication.translate


def time_text(seconds: float) -> str:
    """A stretch of time: 40 s, 3 min, 1 h 20 min."""
    if seconds < 60:
        return _tr("Learning", "{0} s").format(number_text(max(1, round(seconds))))
    minutes = round(seconds / 60)
    if minutes < 60:
        return _tr("Learning", "{0} min").format(number_text(minutes))
    hours, rest = divmod(minutes, 60)
    return _tr("Learning", "{0} h {1} min").format(number_text(hours), number_text(rest))


def memory_text(need: int, verdict: str, free: int) -> str:
    """What memory it takes, and whether it suffices."""
    if verdict == "fits":
        text = _tr("Learning", "It takes about {0} of memory; {1} are free.")
    else:
        text = _tr(
            "Learning",
            "It takes about {0} of memory, and only {1} are free: close other programs first, or "
            "unload the model, or this machine becomes slow.",
        )
    return text.format(data_size_text(need), data_size_text(free))


def plan_text(plan: TrainingPlan) -> str:
    """What a probe foresees."""
    text = _tr(
        "Learning",
        "{0} tokens to learn and {1} held out to test with, {2} steps: about {3} on this machine.",
    )
    return text.format(
        number_text(plan.tokens),
        number_text(plan.held_out),
        number_text(plan.steps),
        time_text(plan.seconds),
    )


def run_lines(record: RunRecord) -> str:
    """A training that was stopped, in two lines."""
    states = {
        "stopped": _tr("Learning", "stopped"),
        "failed": _tr("Learning", "failed"),
        "running": _tr("Learning", "broken off"),
    }
    steps = record.curve[-1][0] if record.curve else 0
    second = _tr("Learning", "{0} {1}, after {2} steps, on {3}").format(
        states.get(record.state, record.state),
        moment_text(record.ended_at or record.begun_at),
        number_text(steps),
        record.model,
    )
    return f"{record.name}\u2028{second}"
