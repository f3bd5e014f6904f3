"""What a model costs and gives, measured: perplexity, repetition, speed."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import torch

from app.core.training.smaller_orders import Column, CopyFigures
from app.host.torch_engine.vocabulary import TorchVocabulary
from app.training.loss import loss_of
from app.training.packing import TokenRow
from app.training.samples import prompts_of, write_on

SAMPLES, LONG = 8, 128
"""How many texts are sampled, and their tokens."""

WRITTEN, TURNS = 32, 3
"""How many tokens a turn of the speed's measuring writes, and the turns of each model."""

_GRAM = 4


def perplexity(network: Any, rows: Sequence[TokenRow], wait: Callable[[], None]) -> float:
    """The exponential of the mean loss of a token of the rows."""
    total = 0.0
    with torch.no_grad():
        for row in rows:
            wait()
            given, aims = row.inputs(network.device)
            total += float(loss_of(network, given, aims))
    return math.exp(min(total / sum(row.targets for row in rows), 700))


def repeated_grams(texts: Sequence[Sequence[int]], size: int = _GRAM) -> float:
    """The share of n-grams that their text had before: seq-rep-n, over all texts together.

    Welleck et al. 2019, "Neural Text Generation with Unlikelihood Training".
    """
    grams = [[tuple(text[at : at + size]) for at in range(len(text) - size + 1)] for text in texts]
    count = sum(map(len, grams))
    return 1 - sum(len({*one}) for one in grams) / count if count else 0.0


def measured(
    column: Column,
    network: Any,
    rows: Sequence[TokenRow],
    vocabulary: TorchVocabulary,
    seed: int,
    wait: Callable[[], None],
) -> CopyFigures:
    """All but the speed, on rows held out; texts are drawn at one temperature and one seed."""
    network.eval()
    found = perplexity(network, rows, wait)
    prompts = prompts_of(rows, SAMPLES)
    texts: list[list[int]] = []
    if prompts:
        texts = write_on(network, prompts, vocabulary.ends, seed, lambda _part: wait(), LONG)
    return CopyFigures(
        column=column,
        parameters=sum(weights.numel() for weights in network.parameters()),
        perplexity=found,
        repeated=repeated_grams(texts),
    )


def speeds(
    networks: Sequence[Any],
    prompt: Sequence[int],
    wait: Callable[[], None],
    clock: Callable[[], float] = time.perf_counter,
) -> list[float]:
    """Tokens per second that each writes alone after the prompt, the median of turns.

    The models take turns, so that what else the machine does meets them alike.
    """
    found: list[list[float]] = [[] for _network in networks]
    for turn in range(TURNS + 1):
        for network, times in zip(networks, found, strict=True):
            seconds = _written(network, prompt, wait, clock)
            if turn:  # the first asks for memory
                times.append(seconds)
    return [WRITTEN / statistics.median(times) for times in found]


def _written(
    network: Any, prompt: Sequence[int], wait: Callable[[], None], clock: Callable[[], float]
) -> float:
    """The seconds of writing the likeliest tokens; the prompt is read before."""
    with torch.inference_mode():
        given: Any = torch.tensor([[*prompt]], device=network.device)
        out = network(input_ids=given, use_cache=True)
        begun = clock()
        for _token in range(WRITTEN):
            wait()
            given = out.logits[:, -1:].argmax(-1)
            out = network(input_ids=given, past_key_values=out.past_key_values, use_cache=True)
        int(out.logits[0, -1].argmax())  # a card has done it by now
        return clock() - begun
