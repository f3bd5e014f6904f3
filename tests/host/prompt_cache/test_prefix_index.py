"""The index by beginnings finds what comparing with everything would find."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, strategies as st

from app.host.generation.vocabulary import Ids, common_prefix
from app.host.prompt_cache.prefix_index import BLOCK, PrefixIndex, block_hashes

BASE = np.random.default_rng(1).integers(0, 50_000, 4 * BLOCK).astype(np.int32)


def variation(length: int, changed: int, value: int) -> Ids:
    """A beginning of the common text with one token changed, if it is that long."""
    tokens = BASE[:length].copy()
    tokens[changed : changed + 1] = value
    return tokens


TEXTS = st.builds(
    variation,
    st.integers(0, len(BASE)),
    st.sampled_from([0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 3 * BLOCK + 5, len(BASE)]),
    st.integers(0, 2),
)


def brute(known: Sequence[Ids], tokens: Ids, *, whole: bool) -> int:
    lengths = [
        length
        for other in known
        if (length := common_prefix(other, tokens)) == len(other) or not whole
    ]
    return max(lengths, default=0)


@given(known=st.lists(TEXTS, max_size=8), tokens=TEXTS, whole=st.booleans(), data=st.data())
def test_the_longest_beginning_is_found(
    known: list[Ids], tokens: Ids, whole: bool, data: st.DataObject
) -> None:
    index: PrefixIndex[int] = PrefixIndex()
    for item, other in enumerate(known):
        index.add(item, other)
    gone = data.draw(st.sets(st.sampled_from(range(len(known))))) if known else set()
    for item in gone:
        index.remove(item)
    left = {item: other for item, other in enumerate(known) if item not in gone}
    found, length = index.best(tokens, whole=whole)
    assert length == brute(list(left.values()), tokens, whole=whole)
    assert (found is None) is (length == 0)
    if found is not None:
        assert common_prefix(left[found], tokens) == length


def test_an_emptied_index_holds_nothing() -> None:
    index: PrefixIndex[str] = PrefixIndex()
    index.add("a", BASE)
    index.add("b", BASE[: 2 * BLOCK])
    assert list(index) == ["a", "b"]
    index.remove("a")
    assert index.best(BASE) == ("b", 2 * BLOCK)
    index.clear()
    assert len(index) == 0
    assert index.best(BASE) == (None, 0)
    assert not index._at


@pytest.mark.parametrize(("length", "count"), [(0, 0), (BLOCK - 1, 0), (BLOCK, 1), (200, 3)])
def test_only_whole_blocks_are_hashed(length: int, count: int) -> None:
    assert len(list(block_hashes(BASE[:length]))) == count


def test_a_hash_speaks_for_all_that_came_before() -> None:
    changed = BASE.copy()
    changed[3] += 1
    pairs = zip(block_hashes(BASE), block_hashes(changed), strict=True)
    assert all(first != second for first, second in pairs)
