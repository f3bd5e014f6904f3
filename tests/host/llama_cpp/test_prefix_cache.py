"""What is reused from earlier prompts."""

from __future__ import annotations

import numpy as np
import pytest

from app.core.memory_fit.demand import SEQUENCES
from app.host.generation.vocabulary import common_prefix
from app.host.llama_cpp import prefix_cache
from tests.host.driving import Runner

FIRST = "In the north there stood a lighthouse that nobody had lit for a hundred years. " * 2
SECOND = "Cooking rice is simple: wash it, soak it, boil it, and leave it alone. " * 2
THIRD = "The ministry of weather had run out of wind, and the clerks were worried. " * 2


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [([], [], 0), ([1, 2], [1, 2, 3], 2), ([1, 2, 3], [1, 9, 3], 1), ([5], [6], 0)],
)
def test_common_prefix(first: list[int], second: list[int], shared: int) -> None:
    assert common_prefix(np.array(first, np.int32), np.array(second, np.int32)) == shared


def test_a_retry_reads_only_the_last_token(generate: Runner) -> None:
    first = generate(FIRST, max_tokens=8, seed=1)
    retry = generate(FIRST, max_tokens=8, seed=2)
    assert retry.stats.reused_tokens == first.stats.prompt_tokens - 1
    assert generate.prefills[0].done == retry.stats.reused_tokens
    assert generate.prefills[0].reused == retry.stats.reused_tokens


def test_an_accepted_take_is_reused(generate: Runner) -> None:
    first = generate(FIRST, max_tokens=12, temperature=0.0)
    longer = generate(FIRST + first.takes[0].text, max_tokens=1)
    assert longer.stats.reused_tokens >= first.stats.prompt_tokens + 8


def test_prompts_that_take_turns_are_all_reused(small: Runner) -> None:
    """Together they are more than the room beside a running prompt: they come back from copies."""
    for prompt in (FIRST, SECOND, THIRD):
        small(prompt, max_tokens=4, temperature=0.0)
    for prompt in (FIRST, SECOND, THIRD, SECOND):
        done = small(prompt, max_tokens=4, temperature=0.0)
        assert done.stats.reused_tokens == done.stats.prompt_tokens - 1
        again = small(prompt, max_tokens=4, temperature=0.0)
        assert again.takes[0].text == done.takes[0].text


def test_an_edit_in_the_middle_reuses_what_is_before_it(generate: Runner) -> None:
    whole = generate(FIRST + SECOND, max_tokens=1)
    edited = generate(FIRST + "Boiling" + SECOND[7:], max_tokens=1)
    assert 0 < edited.stats.reused_tokens < whole.stats.prompt_tokens
    assert edited.stats.reused_tokens >= generate.engine.count(FIRST, ()) - 2


def test_exact_reuses_nothing(generate: Runner) -> None:
    generate(FIRST, max_tokens=1)
    assert generate(FIRST, max_tokens=1, exact=True).stats.reused_tokens == 0


def test_cached_text_is_the_same_as_after_a_cold_reading(small: Runner) -> None:
    """The last bits may differ, but never what the model has read."""
    cold = small(SECOND, max_tokens=1, temperature=0.0, probabilities=1, exact=True)
    small(FIRST, max_tokens=20)
    small(THIRD, max_tokens=20)
    warm = small(SECOND, max_tokens=1, temperature=0.0, probabilities=1)
    assert warm.stats.reused_tokens > 0
    (detail,) = small.tokens[0].details
    assert warm.takes[0].token_ids == cold.takes[0].token_ids
    assert detail.probability > 0


def test_sequences_never_run_out(small: Runner) -> None:
    for number in range(SEQUENCES + 4):
        small(f"Letter number {number} says", max_tokens=1)
    assert len(small("Letter number", n=16, max_tokens=2).takes) == 16


def test_a_batch_of_many_prompts_leaves_only_a_few_copies(
    small: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prefix_cache, "_MOST_COPIES", 2)
    for prompt in (FIRST, SECOND, THIRD, FIRST[::-1], SECOND[::-1], FIRST):
        done = small(prompt, max_tokens=1)
    assert done.stats.reused_tokens < done.stats.prompt_tokens / 2  # the oldest went first
    assert len(small.engine._cache._copies) == 2
    assert small(SECOND[::-1], max_tokens=1).stats.reused_tokens > 10
