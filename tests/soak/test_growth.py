"""The judge of the long run; the run itself is started by `packaging/dev.py test --soak`."""

from __future__ import annotations

import random

from tests.soak.growth import Sample, judged

MB = 1_000_000
TOKENS = 10_000


def run(growth: float = 0.0, more_threads: int = 0) -> list[Sample]:
    """Two models taking turns, memory with some noise, and a part that grows over the run."""
    chance = random.Random(3)
    samples = []
    for tokens in range(0, TOKENS + 60, 60):
        part, fresh = tokens / TOKENS, tokens % 180 < 120
        warm = min(1.0, 0.7 + 2 * part)
        host = (300 if tokens % 120 else 200) * MB * warm * (1 + growth * part)
        host *= 1 if fresh else chance.uniform(1.0, 1.5)
        samples.append(
            Sample(
                tokens=tokens,
                model="large" if tokens % 120 else "small",
                fresh=fresh,
                host=int(host * chance.uniform(0.98, 1.02)),
                window=int(120 * MB * chance.uniform(0.99, 1.01)),
                mapped=1,
                host_threads=4 + (more_threads if part > 0.9 else 0),
                window_threads=9 + chance.randrange(2),
                host_files=7,
                window_files=20,
                children=2,
            )
        )
    return samples


def problems(samples: list[Sample]) -> dict[str, str]:
    return {line.what: line.problem for line in judged(samples, TOKENS) if line.problem}


def test_a_sound_run_has_no_problem() -> None:
    assert problems(run()) == {}


def test_a_leak_of_a_tenth_is_seen_in_each_model() -> None:
    found = problems(run(growth=0.12))
    assert set(found) == {"host, large", "host, small"}
    assert found["host, large"].startswith("drifted by +")


def test_memory_that_shrinks_has_drifted_too() -> None:
    assert set(problems(run(growth=-0.12))) == {"host, large", "host, small"}


def test_one_thread_more_at_the_end_is_seen() -> None:
    assert problems(run(more_threads=1)) == {"host's threads": "1 more than before"}


def test_a_run_that_stopped_early_proves_nothing() -> None:
    half = [sample for sample in run() if sample.tokens < TOKENS // 2]
    assert set(problems(half).values()) == {"too few samples"}
