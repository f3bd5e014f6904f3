"""Perplexity: the formula, the windows, both engines, and the prompts that stay known."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.core.errors import CancelledError, ParameterError
from app.core.memory_fit.demand import SEQUENCES
from app.core.options.load_options import LoadOptions
from app.engine.messages import HostEvent, Working
from app.host.generation import probabilities as module
from app.host.generation.batching import alone
from app.host.generation.probabilities import Judge, perplexity, windows
from app.host.generation.vocabulary import Ids
from app.host.interface import Job, Rows, Work
from tests.host.asking import scored
from tests.host.driving import Runner, load

PASSAGE = (
    "The lamp burned low, and the wind came in from the sea. Nobody in the house had slept since "
    "the letter came. She read it again, slowly, as if the words might have changed. "
) * 12


def ignore(_event: HostEvent) -> None:
    pass


def ids(count: int) -> Ids:
    return np.arange(100, 100 + count, dtype=np.int32)


@pytest.mark.parametrize("count", [2, 7, 8, 9, 12, 13, 40, 41])
def test_every_token_counts_once_with_half_a_window_before_it(count: int) -> None:
    tokens, judged = ids(count), []
    for window, first in windows(tokens, None, 8):
        assert len(window) <= 8
        judged += list(window[first + 1 :])
        assert first == 0 or first >= 3
    assert judged == list(tokens[1:])


def test_later_windows_begin_as_the_model_wants() -> None:
    later = list(windows(ids(20), 1, 8))[1:]
    assert later
    assert all(window[0] == 1 for window, _first in later)


def test_it_is_the_exponential_of_the_mean() -> None:
    """A model that gives every token one chance in four hesitates between four."""

    def judged(window: Ids, judge: Judge, first: int) -> Work[None]:
        for place in range(first, len(window) - 1):
            yield Rows(job)
            judge(place, np.full(4, 3.0, np.float32))

    tokens, job = np.zeros(50, np.int32), Job(1, ignore)
    work = perplexity(tokens, None, 8, judged, job)
    found = alone(work, lambda rows: [True for _one in rows])
    assert found.perplexity == pytest.approx(4.0)
    assert found.tokens == 49


def test_one_token_cannot_be_foreseen() -> None:
    with pytest.raises(ParameterError, match="too short"):
        next(perplexity(ids(1), None, 8, lambda *_: pytest.fail("was read"), Job(1, ignore)))


def expected(engine: Any, text: str) -> float:
    """By the scores of the same tokens in one piece."""
    details = scored(engine, text, 0, Job(1, ignore))
    return math.exp(-sum(math.log(detail.probability) for detail in details) / len(details))


def test_llama_cpp_agrees_with_the_scores(engine: Any) -> None:
    events: list[HostEvent] = []
    found = engine.perplexity(PASSAGE, Job(1, events.append))
    assert found.perplexity == pytest.approx(expected(engine, PASSAGE), rel=1e-3)
    assert found.tokens == engine.count(PASSAGE, ()) - 1
    fractions = [event.fraction for event in events if isinstance(event, Working)]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_a_passage_longer_than_the_context_is_read_in_windows(starter_model: Path) -> None:
    small = load(starter_model, LoadOptions(context=128, batch=64, threads=1))
    try:
        found = small.perplexity(PASSAGE, Job(1, ignore))
        assert found.tokens == small.count(PASSAGE, ()) - 1
        assert 1 < found.perplexity < 20
    finally:
        small.close()


def test_torch_agrees_with_the_scores(torch_engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    text = PASSAGE[:600]
    found = torch_engine.perplexity(text, Job(1, ignore))
    assert found.perplexity == pytest.approx(expected(torch_engine, text), rel=1e-3)
    monkeypatch.setattr(module, "WINDOW", 64)
    assert torch_engine.perplexity(text, Job(1, ignore)).tokens == found.tokens


def test_it_can_be_stopped(engine: Any) -> None:
    job = Job(1, lambda _event: job.cancel())
    with pytest.raises(CancelledError):
        engine.perplexity(PASSAGE, job)


def judge(engine: Any, kind: str) -> None:
    if kind == "perplexity":
        engine.perplexity(PASSAGE, Job(1, ignore))
    else:
        scored(engine, PASSAGE[:600], 0, Job(1, ignore))


@pytest.mark.parametrize("kind", ["perplexity", "score"])
def test_a_long_passage_destroys_no_known_prompt_and_leaves_nothing(
    small: Runner, kind: str
) -> None:
    """The prompt and the passage together are longer than the context."""
    engine, cache = small.engine, small.engine._cache
    document = "Every evening the keeper counted the steps of the tower, one by one. " * 11
    small(document, max_tokens=4, temperature=0)
    judge(engine, kind)
    held = {kept.id: kept.length for kept in cache._kept}
    assert len(held) + len(cache._free) == SEQUENCES
    holds = engine._context.holds
    assert all(holds(number) == held.get(number, 0) for number in [*held, *cache._free])
    again = small(document, max_tokens=4, temperature=0)
    assert again.stats.prompt_tokens > 160
    assert again.stats.reused_tokens >= again.stats.prompt_tokens - 1


def test_a_guest_may_have_guests(small: Runner) -> None:
    """An examination judges, too: what it reads in between is still not kept."""
    engine = small.engine
    small("It was a dark and stormy night", max_tokens=1)
    known = [list(kept.tokens) for kept in engine._cache._kept]
    with engine.guest():
        judge(engine, "score")
        small("Nobody had asked him to do it.", max_tokens=1)
    assert [list(kept.tokens) for kept in engine._cache._kept] == known


def test_known_prompts_stay_known(generate: Runner) -> None:
    generate("Once upon a time there was a lamp that", max_tokens=4, temperature=0)
    generate.engine.perplexity(PASSAGE, Job(1, ignore))
    again = generate("Once upon a time there was a lamp that", max_tokens=4, temperature=0)
    assert again.stats.reused_tokens >= again.stats.prompt_tokens - 1
