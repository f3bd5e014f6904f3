"""Samples of a model before and after: what it makes of the beginning of held-out pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from app.training.packing import TokenRow

PROMPT = 24
"""How many tokens of a held-out page a sample goes on from."""

LENGTH = 64
"""How many tokens a sample has."""

TEMPERATURE = 0.8


def prompts_of(rows: Sequence[TokenRow], count: int) -> list[tuple[int, ...]]:
    """Beginnings for samples, spread over the held-out rows; fewer where there is not enough."""
    pieces = [piece for row in rows for piece in row.pieces if len(piece) > PROMPT]
    found: list[tuple[int, ...]] = []
    offset = 0
    while pieces and len(found) < count:
        pieces = [piece for piece in pieces if len(piece) >= offset + PROMPT]
        found += [piece[offset : offset + PROMPT] for piece in pieces]
        offset += PROMPT
    return found[:count]


def write_on(
    network: Any,
    prompts: Sequence[Sequence[int]],
    ends: frozenset[int],
    seed: int,
    tell: Callable[[float], None],
    length: int = LENGTH,
) -> list[list[int]]:
    """`length` tokens after each prompt, all of which have one length; drawn at the temperature."""
    device = next(network.parameters()).device
    draw = torch.Generator().manual_seed(seed)
    found: list[list[int]] = [[] for _prompt in prompts]
    given: Any = torch.tensor(list(prompts), device=device)
    memory = None
    with torch.inference_mode():
        for number in range(length):
            out = network(input_ids=given, past_key_values=memory, use_cache=True)
            memory = out.past_key_values
            chances = torch.softmax(out.logits[:, -1].float().cpu() / TEMPERATURE, -1)
            given = torch.multinomial(chances, 1, generator=draw)
            for text, token in zip(found, given[:, 0].tolist(), strict=True):
                text.append(token)
            given = given.to(device)
            tell((number + 1) / length)
    return [_until(text, ends) for text in found]


def _until(tokens: Sequence[int], ends: frozenset[int]) -> list[int]:
    end = next((at for at, token in enumerate(tokens) if token in ends), len(tokens))
    return list(tokens[:end])
