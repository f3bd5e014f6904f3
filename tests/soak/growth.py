"""Judging a long run: whether memory, threads or files grow."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

MOST_DRIFT = 0.05
"""How far the memory at the end may lie from that after the warm-up, as a part of it."""

FEWEST = 3
"""Fewer samples have no usable median."""


@dataclass(frozen=True)
class Sample:
    """The program at rest after `tokens` tokens, with `model` loaded; memory in bytes.

    `fresh` says that nothing was written yet since the model was loaded: only then is the host's
    memory comparable, for the model's buffers fill as it works and go with it. `mapped` counts the
    model files in the host's memory.
    """

    tokens: int
    model: str
    fresh: bool
    host: int
    window: int
    mapped: int
    host_threads: int
    window_threads: int
    host_files: int
    window_files: int
    children: int


@dataclass(frozen=True)
class Line:
    """One line of the table at the end; `problem` is empty where all is well."""

    what: str
    early: float
    late: float
    problem: str = ""


def judged(samples: Sequence[Sample], tokens: int) -> list[Line]:
    """What was measured early, in the second fifth of the tokens, and late, in the last."""
    early, late = between(samples, tokens, 0.2, 0.4), between(samples, tokens, 0.8, 1.0)
    models = sorted({sample.model for sample in samples})
    lines = [
        memory(f"host, {model}", fresh(early, model), fresh(late, model), lambda s: s.host)
        for model in models
    ]
    lines.append(memory("window", early, late, lambda s: s.window))
    before = between(samples, tokens, 0.0, 0.4)
    counts: tuple[tuple[str, Callable[[Sample], int]], ...] = (
        ("host's threads", lambda s: s.host_threads),
        ("window's threads", lambda s: s.window_threads),
        ("host's files", lambda s: s.host_files),
        ("window's files", lambda s: s.window_files),
        ("mapped models", lambda s: s.mapped),
        ("children", lambda s: s.children),
    )
    lines += [count(name, before, late, value) for name, value in counts]
    return lines


def between(samples: Iterable[Sample], tokens: int, low: float, high: float) -> list[Sample]:
    """The samples taken after that part of the tokens; those beyond the end belong to it."""
    return [s for s in samples if low <= min(s.tokens / tokens, 1 - 1e-9) < high]


def fresh(samples: Iterable[Sample], model: str) -> list[Sample]:
    """The samples just after that model was loaded."""
    return [sample for sample in samples if sample.fresh and sample.model == model]


def memory(
    what: str,
    early: Sequence[Sample],
    late: Sequence[Sample],
    value: Callable[[Sample], int],
) -> Line:
    """Compares medians; memory that shrinks has drifted, too."""
    if min(len(early), len(late)) < FEWEST:
        return Line(what, 0, 0, "too few samples")
    first, last = (statistics.median(map(value, part)) for part in (early, late))
    drift = last / first - 1
    return Line(what, first, last, "" if abs(drift) <= MOST_DRIFT else f"drifted by {drift:+.1%}")


def count(
    what: str,
    early: Sequence[Sample],
    late: Sequence[Sample],
    value: Callable[[Sample], int],
) -> Line:
    """Compares the most that there were: a thread that rests a moment is no leak."""
    if not early or not late:
        return Line(what, 0, 0, "too few samples")
    first, last = (max(map(value, part)) for part in (early, late))
    return Line(what, first, last, "" if last <= first else f"{last - first} more than before")
