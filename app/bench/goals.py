"""The table of goals: what `lampblack bench` measures, by number."""

from __future__ import annotations

from collections.abc import Sequence

from app.bench import decoding
from app.bench.goal import Goal, Measure
from app.core.errors import UsageError

GOALS: tuple[Goal, ...] = (
    Goal(
        1,
        "Writing speed",
        "Greedy writing through host, pipe and client beside a bare llama_decode loop with the "
        "same model, threads and prompt, at the beginning of a text and up to its token 2,000.",
        (
            Measure("speed", "speed beside a bare loop", 0.97),
            Measure("growth", "speed beside it at token 2,000, against the beginning", 0.97),
        ),
        decoding.beside_bare,
    ),
)
"""Every goal, in order."""

NOT_MEASURED: tuple[str, ...] = (
    "Not measured: xllamacpp and node-llama-cpp, the other two yardsticks of goal 2, which the "
    "program does not install.",
)
"""Comparisons that are wanted but not made, each with the reason."""


def chosen(numbers: Sequence[int], goals: Sequence[Goal] = GOALS) -> tuple[Goal, ...]:
    """The goals of these numbers in the table's order, or all; raises UsageError for others."""
    known = {goal.number for goal in goals}
    if unknown := sorted(set(numbers) - known):
        listed = ", ".join(map(str, sorted(known)))
        raise UsageError(f"There is no goal {unknown[0]}.", f"The goals are {listed}.")
    return tuple(goal for goal in goals if not numbers or goal.number in numbers)
