"""Probabilities after the sampling steps: what each token was drawn from, on both engines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.host.generation.probabilities import scattered, token_detail
from tests.host.driving import Runner

PROMPT = "The old lighthouse keeper opened the door and"
DRAWN: dict[str, Any] = {
    "temperature": 1.1,
    "top_k": 3,
    "xtc_probability": 0.5,
    "xtc_threshold": 0.1,
    "repetition_penalty": 1.2,
    "seed": 5,
    "max_tokens": 12,
}


@pytest.fixture(params=["small", "torch_small"])
def generate(request: pytest.FixtureRequest) -> Runner:
    found: Runner = request.getfixturevalue(request.param)
    return found


def details(runner: Runner, **fields: Any) -> list[Any]:
    runner(PROMPT, **fields)
    return [detail for event in runner.tokens for detail in event.details]


def test_they_are_those_of_what_was_left_and_the_text_is_the_same(generate: Runner) -> None:
    """Also with XTC, whose chance would go on if the steps were done twice."""
    plain = generate(PROMPT, **DRAWN).takes[0]
    assert generate(PROMPT, **DRAWN, probabilities=5, sampled=True).takes[0] == plain
    for found in details(generate, **DRAWN, probabilities=5, sampled=True):
        assert 1 <= len(found.alternatives) <= 3
        assert sum(one.probability for one in found.alternatives) == pytest.approx(1, abs=1e-5)
        assert found.id in [one.id for one in found.alternatives]
    own = details(generate, **DRAWN, probabilities=5)
    assert {len(found.alternatives) for found in own} == {5}
    assert any(sum(one.probability for one in found.alternatives) < 0.9 for found in own)


def test_without_steps_they_are_the_models_own(generate: Runner) -> None:
    plain = {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0, "seed": 3}
    neutral = {"repetition_penalty": 1.0, "max_tokens": 5, "probabilities": 4}
    own = details(generate, **plain, **neutral)
    sampled = details(generate, **plain, **neutral, sampled=True)
    for one, other in zip(own, sampled, strict=True):
        assert one.id == other.id
        assert one.probability == pytest.approx(other.probability, rel=1e-4)


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize(
    "steps",
    [{}, {"repetition_penalty": 1.3}, {"logit_bias": {" the": 4.0}}],
    ids=["", "past", "bias"],
)
def test_after_a_greedy_choice_only_the_chosen_is_left(
    generate: Runner, steps: dict[str, Any], exact: bool
) -> None:
    """With a probability of 1, as llama-server has it; the model's own are another question."""
    asked = {"temperature": 0.0, "max_tokens": 6, "probabilities": 4, "exact": exact, **steps}
    own = details(generate, **asked)
    sampled = details(generate, **asked, sampled=True)
    assert [found.id for found in sampled] == [found.id for found in own]
    for found in sampled:
        assert found.probability == 1.0
        assert [(one.id, one.probability) for one in found.alternatives] == [(found.id, 1.0)]
    assert any(found.probability < 0.9 for found in own)
    assert {len(found.alternatives) for found in own} == {4}


def test_a_grammar_counts_too(small: Runner) -> None:
    asked = {"grammar": 'root ::= "yes" | "no"', "temperature": 1.0, "max_tokens": 1, "seed": 1}
    (found,) = details(small, **asked, probabilities=5, sampled=True)
    assert 0 < found.probability <= 1
    assert found.id in [one.id for one in found.alternatives]
    (found,) = details(small, **asked | {"temperature": 0.0}, probabilities=5, sampled=True)
    assert [(one.id, one.probability) for one in found.alternatives] == [(found.id, 1.0)]


def test_what_was_dropped_is_no_alternative() -> None:
    class Words:
        def shown(self, token: int) -> bytes:
            return b"abcde"[token : token + 1]

    left = scattered(np.array([3, 1]), np.array([0.0, 0.0], np.float32), 5)
    found = token_detail(Words(), left, 3, 4)  # type: ignore[arg-type]  # a stand-in
    assert found.probability == 0.5
    assert [one.text for one in found.alternatives] == ["b", "d"]
