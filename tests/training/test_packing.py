"""Packing: every token once, nothing seen across texts, a held-out part by the seed."""

from __future__ import annotations

import torch
from hypothesis import given, strategies as st

from app.training.loss import loss_of
from app.training.packing import TokenRow, pack
from tests.training.conftest import tiny_network


@given(st.lists(st.lists(st.integers(3, 60), max_size=90), max_size=12), st.integers(16, 40))
def test_every_piece_is_in_one_row_and_no_row_is_too_long(
    texts: list[list[int]], length: int
) -> None:
    packed = pack(texts, length, 1, None)
    rows = (*packed.rows, *packed.held_out)
    assert all(sum(map(len, row.pieces)) <= length for row in rows)
    found = sorted(piece for row in rows for piece in row.pieces)
    cut = [tuple(text[at : at + length]) for text in texts for at in range(0, len(text), length)]
    assert found == sorted(piece for piece in cut if len(piece) >= 8)


def test_a_tenth_is_held_out_all_over_the_pages_and_by_the_seed() -> None:
    text = list(range(100)) * 40
    packed = pack([text], 40, 1, None)
    assert (len(packed.rows), len(packed.held_out)) == (90, 10)
    assert pack([text], 40, 1, None) == packed
    assert pack([text], 40, 2, None).held_out != packed.held_out


def test_the_first_token_goes_before_every_piece() -> None:
    packed = pack([[5] * 50], 20, 1, 1)
    assert all(piece[0] == 1 for row in (*packed.rows, *packed.held_out) for piece in row.pieces)


def test_pieces_in_one_row_do_not_see_each_other() -> None:
    network = tiny_network().eval()
    one, other = tuple(range(3, 15)), tuple(range(20, 40))
    with torch.no_grad():
        together = loss_of(network, *TokenRow((one, other)).inputs("cpu"))
        alone = sum(loss_of(network, *TokenRow((piece,)).inputs("cpu")) for piece in (one, other))
    assert torch.allclose(together, alone, rtol=1e-5)
