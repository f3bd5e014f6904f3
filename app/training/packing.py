"""Texts as rows of tokens: cut to the length, the rests packed, a part held out.

Pieces that share a row do not see each other: each has positions of its own, and the attention a
mask.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

_HELD_OUT = 10  # one of so many pieces
_MOST_HELD_OUT = 24
_LEAST_PIECE = 8  # tokens; from a shorter rest there is nothing to learn

Piece = tuple[int, ...]


@dataclass(frozen=True)
class TokenRow:
    """Pieces that are read at once; `targets` is how many tokens are foretold."""

    pieces: tuple[Piece, ...]

    @property
    def targets(self) -> int:
        """How many tokens there are to foretell: every one but each piece's first."""
        return sum(len(piece) - 1 for piece in self.pieces)

    def inputs(self, device: Any) -> tuple[dict[str, Any], Any]:
        """What a network is given, and the token after each position; -100 for none."""
        ids = [token for piece in self.pieces for token in piece]
        after = [token for piece in self.pieces for token in (*piece[1:], -100)]
        given: dict[str, Any] = {"input_ids": torch.tensor([ids], device=device)}
        if len(self.pieces) > 1:
            places = [place for piece in self.pieces for place in range(len(piece))]
            owner = torch.tensor(
                [number for number, piece in enumerate(self.pieces) for _token in piece],
                device=device,
            )
            same = owner[:, None] == owner[None, :]
            given["position_ids"] = torch.tensor([places], device=device)
            given["attention_mask"] = torch.tril(same)[None, None]
        return given, torch.tensor(after, device=device)


@dataclass(frozen=True)
class Packed:
    """All rows: those that are learned from and those that only test it."""

    rows: tuple[TokenRow, ...]
    held_out: tuple[TokenRow, ...]

    @property
    def tokens(self) -> int:
        """How many tokens one pass over the pages foretells."""
        return sum(row.targets for row in self.rows)


def pack(texts: Iterable[Sequence[int]], length: int, seed: int, first: int | None) -> Packed:
    """Cut and pack the tokens of texts; `first` goes before every piece where a model wants it."""
    pieces = [piece for text in texts for piece in _pieces(text, length, first)]
    tested = _held_out(len(pieces), seed)
    learned = [piece for at, piece in enumerate(pieces) if at not in tested]
    return Packed(
        tuple(_rows(learned, length)), tuple(_rows([pieces[at] for at in sorted(tested)], length))
    )


def _pieces(text: Sequence[int], length: int, first: int | None) -> Iterator[Piece]:
    head = () if first is None else (first,)
    size = length - len(head)
    for at in range(0, len(text), size):
        piece = (*head, *text[at : at + size])
        if len(piece) >= _LEAST_PIECE:
            yield piece


def _held_out(count: int, seed: int) -> frozenset[int]:
    """Which pieces are held out: one of each ten, so that they lie all over the pages."""
    if count < 2:
        return frozenset()
    draw = random.Random(seed)
    groups = max(1, min(_MOST_HELD_OUT, count // _HELD_OUT))
    width = count / groups
    return frozenset(int(group * width + draw.random() * width) for group in range(groups))


def _rows(pieces: Sequence[Piece], length: int) -> Iterator[TokenRow]:
    """Full pieces alone, shorter ones together, the longest first into the first row with room."""
    open_rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=len, reverse=True):
        fitting = next((row for row in open_rows if _fits(row, piece, length)), None)
        if fitting is not None:
            fitting.append(piece)
        elif len(piece) == length:
            yield TokenRow((piece,))
        else:
            open_rows.append([piece])
    for row in open_rows:
        yield TokenRow(tuple(row))


def _fits(row: Sequence[Piece], piece: Piece, length: int) -> bool:
    return sum(map(len, row)) + len(piece) <= length
