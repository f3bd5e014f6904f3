from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from app.host.generation.probabilities import likeliest, token_detail
from app.host.llama_cpp.engine import LlamaCppEngine


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=400), st.integers(0, 500))
def test_the_likeliest_are_those_of_a_full_sort(values: list[int], count: int) -> None:
    logits = np.array(values, np.float32)
    expected = sorted(range(len(values)), key=lambda token: (-values[token], token))
    found = likeliest(logits, count)
    assert len(found) == min(count, len(values))
    assert [values[token] for token in found] == [values[token] for token in expected[:count]]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("count", [3, 20])
@pytest.mark.parametrize("is_writeable", [True, False])
def test_the_impossible_is_not_likely_and_the_logits_stay(count: int, is_writeable: bool) -> None:
    """Few are found by taking each away for a moment, which a logit of another kind must survive.

    The steps leave minus infinity where they dropped a token.
    """
    logits = np.full(5000, -np.inf, np.float32)
    logits[[4000, 70]] = 1.5, 2.5
    before = logits.copy()
    logits.flags.writeable = is_writeable
    assert likeliest(logits, count) == [70, 4000]
    assert np.array_equal(logits, before)


def test_details_are_the_softmax(engine: LlamaCppEngine) -> None:
    logits = np.random.default_rng(1).normal(0, 3, 49_152).astype(np.float32)
    weights = np.exp(logits.astype(np.float64) - logits.max())
    weights /= weights.sum()
    detail = token_detail(engine._vocabulary, logits, 77, 3)
    assert detail.probability == pytest.approx(weights[77], rel=1e-5)
    best = np.argsort(-weights)[:3]
    assert [other.id for other in detail.alternatives] == best.tolist()
    assert [other.probability for other in detail.alternatives] == pytest.approx(
        weights[best], rel=1e-5
    )


def test_a_part_of_a_character_has_its_bytes(engine: LlamaCppEngine) -> None:
    vocabulary = engine._vocabulary
    logits = np.zeros(vocabulary.size, np.float32)
    tokens = [int(token) for token in vocabulary.tokenize("né 👩‍🚀")]
    details = [token_detail(vocabulary, logits, token, 0) for token in tokens]
    assert [one.torn or one.text.encode() for one in details] == list(map(vocabulary.shown, tokens))
    assert any(one.torn for one in details)
    assert all(bool(one.torn) == ("\ufffd" in one.text) for one in details)
