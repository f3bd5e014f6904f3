"""Draws from the few best candidates are those from the whole vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from app.core.options.sampling import DEFAULT_ORDER, Sampling
from app.host.llama_cpp.engine import LlamaCppEngine
from app.host.llama_cpp.sampler_chain import LlamaSamplerChain

Logits = npt.NDArray[np.float32]

FLAT = "flat"
UNKNOWN = "not a number"


@pytest.fixture(scope="module")
def rows(engine: LlamaCppEngine) -> list[Logits]:
    """Logits of many shapes: wide, narrow, far from zero, with one token above all."""
    random = np.random.default_rng(11)
    size = engine._vocabulary.size
    found = [random.normal(0, spread, size) for spread in (0.05, 0.5, 1, 3, 9) for _ in range(8)]
    found += [random.normal(500, 2, size), random.normal(-500, 2, size)]
    alone = random.normal(0, 1, size)
    alone[77] = 300
    masked = random.normal(0, 1, size)
    masked[random.random(size) < 0.9999] = -np.inf
    return [row.astype(np.float32) for row in (*found, alone, masked)]


@pytest.fixture
def made(engine: LlamaCppEngine) -> Iterator[Callable[..., LlamaSamplerChain]]:
    chains: list[LlamaSamplerChain] = []

    def make(**values: Any) -> LlamaSamplerChain:
        chains.append(LlamaSamplerChain(Sampling(**values), engine._vocabulary, 128, 5))
        return chains[-1]

    yield make
    for chain in chains:
        chain.close()


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"top_k": 1},
        {"top_k": 200, "temperature": 1.7, "top_p": 1.0, "min_p": 0.0},
        {"xtc_probability": 0.5, "xtc_threshold": 0.05},
        {"typical_p": 0.7},
        {"dynatemp_range": 0.4},
        {"top_n_sigma": 1.5, "order": ("top_k", "top_n_sigma", "temperature")},
        {"logit_bias": {"token:77": -100, "token:78": 600.0, "token:900": -3.5, "token:901": 9}},
    ],
    ids=str,
)
def test_the_draws_are_those_from_the_whole_vocabulary(
    made: Callable[..., LlamaSamplerChain], rows: list[Logits], values: dict[str, Any]
) -> None:
    short, whole = made(**values), made(**values)
    assert short._shortlist is not None
    drawn = [short._shortlist.draw(short._chain, row) for row in rows for _ in range(5)]
    taken = [token is not None for token in drawn]
    assert sum(taken) > 0.8 * len(taken)
    for place, token in enumerate(drawn):
        if token is not None:  # else the generator is where it was
            assert token == whole.choose(rows[place // 5])


@pytest.mark.parametrize(
    "values",
    [
        {"top_k": 0},
        {"temperature": 0},
        {"mirostat": 2},
        {"repetition_penalty": 1.1},
        {"dry_multiplier": 0.8},
        {"top_n_sigma": 1.0},
        {"order": ("temperature", "top_k")},
        {"order": tuple(step for step in DEFAULT_ORDER if step != "top_k")},
        {"top_k": 40_000},
        {"logit_bias": {f"token:{token}": 1 for token in range(100)}},
    ],
    ids=str,
)
def test_where_more_than_the_best_may_count_the_whole_list_is_made(
    made: Callable[..., LlamaSamplerChain], values: dict[str, Any]
) -> None:
    assert made(**values)._shortlist is None


@pytest.mark.parametrize("kind", [FLAT, UNKNOWN])
def test_a_row_that_gives_no_short_list_draws_nothing_and_the_next_does(
    made: Callable[..., LlamaSamplerChain], rows: list[Logits], kind: str
) -> None:
    chain = made()
    shortlist = chain._shortlist
    assert shortlist is not None
    row = np.zeros_like(rows[0]) if kind == FLAT else np.full_like(rows[0], np.nan)
    assert shortlist.draw(chain._chain, row) is None
    assert any(shortlist.draw(chain._chain, rows[20]) is not None for _ in range(3))
