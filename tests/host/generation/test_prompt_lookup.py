"""Guessing ahead: the index finds what repeats, and the gate never loses much."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from app.host.generation.prompt_lookup import MOST, DraftLength, Index, Lookup
from app.host.generation.vocabulary import Ids

DEAR = (1.45, 2.0, 2.6)
CHEAP = (1.1, 1.15)

tokens_of = st.lists(st.integers(0, 3), max_size=60)


def ids(tokens: list[int]) -> Ids:
    return np.array(tokens, np.int32)


def latest(tokens: list[int], size: int) -> int:
    """The place after the latest earlier occurrence of the last `size` tokens, by brute force."""
    tail = tokens[-size:]
    places = [at for at in range(size, len(tokens)) if tokens[at - size : at] == tail]
    return places[-1] if places and len(tail) == size else 0


@given(tokens_of, tokens_of)
def test_the_longest_and_latest_match_is_found(prompt: list[int], more: list[int]) -> None:
    index = Index(ids(prompt))
    for count, token in enumerate(more, 1):
        index.append(token)
        text = prompt + more[:count]
        place, agreeing = index.find()
        if len(text) >= 3:
            assert place == (latest(text, 3) or latest(text, 2))
        if place:
            assert 2 <= agreeing <= 16
            assert text[place - agreeing : place] == text[len(text) - agreeing :]


@given(tokens_of, tokens_of, st.integers(0, 60), tokens_of)
def test_after_a_cut_only_real_matches_are_found(
    prompt: list[int], first: list[int], kept: int, second: list[int]
) -> None:
    index = Index(ids(prompt))
    for token in first:
        index.append(token)
    text = prompt + first[:kept]
    index.cut(len(text))
    for token in second:
        index.append(token)
        text.append(token)
        place, agreeing = index.find()
        assert not place or place < len(text)
        assert text[place - agreeing : place] == text[len(text) - agreeing :] or not place


def test_a_draft_goes_on_beyond_the_end() -> None:
    index = Index(ids([7, 8, 9, 7, 8, 9, 7]))
    place, agreeing = index.find()
    assert (place, agreeing) == (4, 4)
    assert index.draft(place, 7) == [8, 9, 7, 8, 9, 7, 8]
    assert index.draft(1, 2) == [8, 9]


@given(
    st.lists(st.tuples(st.integers(0, 16), st.integers(0, MOST)), max_size=300),
    st.lists(st.floats(1, 4), min_size=1, max_size=6).map(lambda costs: tuple(sorted(costs))),
)
def test_no_luck_costs_more_than_the_allowance(
    steps: list[tuple[int, int]], costs: tuple[float, ...]
) -> None:
    """Whatever matches there are and however many guesses are right: 1.5 %, and one step."""
    gate = DraftLength(costs)
    assert gate._costs[: len(costs)] == costs
    assert list(gate._costs) == sorted(gate._costs)
    cost = tokens = 0.0
    for agreeing, luck in steps:
        guessed = gate.length(agreeing)
        right = min(guessed, luck)
        cost += gate._costs[guessed - 1] if guessed else 1.0
        tokens += right + 1
        gate.written(guessed, right)
    assert cost <= tokens * 1.015 + 1.001


def test_a_measurement_that_falls_is_not_believed() -> None:
    assert DraftLength((1.5, 2.0, 1.25))._costs[:5] == (1.5, 2.0, 2.0, 2.25, 2.5)
    assert DraftLength((1.2,))._costs[:3] == pytest.approx((1.2, 1.4, 1.6))


def simulated(text: list[int], prompt: list[int], costs: tuple[float, ...]) -> float:
    """The steps that writing `text` takes with guesses, as a share of those without."""
    lookup, table = Lookup(ids(prompt), costs), DraftLength(costs)._costs
    written: list[int] = []
    cost = 0.0
    while len(written) < len(text):
        drafts = lookup.draft(written, len(text) - len(written) - 1)
        rest = text[len(written) :]
        right = next((k for k, token in enumerate(drafts) if token != rest[k]), len(drafts))
        cost += table[len(drafts) - 1] if drafts else 1.0
        written += rest[: right + 1]
        lookup.written(len(drafts), right)
    return cost / len(text)


@pytest.mark.parametrize("costs", [DEAR, CHEAP])
@pytest.mark.parametrize("words", [4, 40, 400])
def test_text_by_chance_costs_next_to_nothing(costs: tuple[float, ...], words: int) -> None:
    chance = np.random.default_rng(words)
    prompt, text = (chance.integers(0, words, count).tolist() for count in (500, 400))
    assert simulated(text, prompt, costs) <= 1.02


@pytest.mark.parametrize(("costs", "share"), [(DEAR, 0.8), (CHEAP, 0.25)])
def test_a_copy_gains(costs: tuple[float, ...], share: float) -> None:
    prompt = np.random.default_rng(5).integers(0, 5000, 300).tolist()
    assert simulated(prompt, prompt, costs) <= share


@pytest.mark.parametrize(("costs", "share"), [(DEAR, 0.93), (CHEAP, 0.5)])
def test_a_rewrite_that_changes_every_tenth_word_gains(
    costs: tuple[float, ...], share: float
) -> None:
    prompt = np.random.default_rng(6).integers(0, 5000, 400).tolist()
    text = [token + 5000 if place % 10 == 9 else token for place, token in enumerate(prompt)]
    assert simulated(text, prompt, costs) <= share


def test_free_text_after_a_copy_costs_little() -> None:
    chance = np.random.default_rng(7)
    prompt = chance.integers(0, 5000, 200).tolist()
    free: Any = chance.integers(0, 4, 800).tolist()
    both = simulated(prompt + free, prompt, DEAR) * 1000
    assert both - simulated(prompt, prompt, DEAR) * 200 <= 800 * 1.02 + 4


def test_the_same_counts_give_the_same_guesses() -> None:
    prompt = np.random.default_rng(8).integers(0, 50, 300).tolist()
    assert simulated(prompt, prompt, DEAR) == simulated(prompt, prompt, DEAR)
