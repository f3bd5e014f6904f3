"""A request before and after the computing: its prompt's tokens, its seed and its statistics."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence

import numpy as np

from app.core.errors import ParameterError, PromptTooLongError
from app.engine.messages import Generate, Read, Stats
from app.host.generation.decode_loop import RunningTake, Times
from app.host.generation.prompt import Prompter, too_long
from app.host.generation.vocabulary import Ids, Vocabulary
from app.host.interface import check_takes

_SEEDS = 2**32
_MOST_ALTERNATIVES = 200_000  # they travel in one frame


def prompt_tokens(
    request: Generate | Read, prompter: Prompter, vocabulary: Vocabulary, size: int
) -> tuple[Ids, int]:
    """The prompt's tokens for a context of `size`, and how many were dropped from its head.

    Raises PromptTooLongError where nothing may be dropped.
    """
    if request.overflow == "fail":
        tokens, dropped = prompter.tokens(request.prompt, request.messages), 0
        if len(tokens) >= size:
            raise too_long(len(tokens), size - 1)
    else:
        limit = size - _room(request, size)
        tokens, dropped = prompter.fitted(request.prompt, request.messages, limit, size)
    if not len(tokens):
        tokens = _beginning(vocabulary)
    return tokens, dropped


def seeds(request: Generate) -> list[int]:
    """Each take's seed: the request's, or a new one, and those after it.

    Raises ParameterError for more takes than there can be.
    """
    check_takes(request.n)
    seed = request.sampling.seed
    seed = secrets.randbelow(_SEEDS) if seed is None else seed
    return [(seed + index) % _SEEDS for index in range(request.n)]


def check_scored(count: int, alternatives: int, size: int) -> None:
    """Refuse to score more tokens, or more alternatives of them, than there is room for."""
    if count > size:
        raise too_long(count, size)
    if count * alternatives > _MOST_ALTERNATIVES:
        raise ParameterError(
            f"{alternatives} alternatives for each of {count:,} tokens are too many.",
            "Ask for fewer alternatives or score a shorter text.",
        )


def does_not_fit(prompt: Ids) -> PromptTooLongError:
    """The error for a prompt that found no room although it is shorter than the context."""
    return PromptTooLongError(
        f"There is no room in the model's context for the prompt's {len(prompt):,} tokens.",
        "Shorten it or load the model with a larger context.",
    )


def reading(times: Times, prompt: int, dropped: int) -> Stats:
    """How the reading of a prompt that ends now went."""
    return Stats(
        prompt_tokens=prompt,
        reused_tokens=times.reused,
        dropped_tokens=dropped,
        prefill_s=time.perf_counter() - times.start,
    )


def statistics(takes: Sequence[RunningTake], times: Times, prompt: int, dropped: int) -> Stats:
    """How the generation that ends now went."""
    now = time.perf_counter()
    written = sum(len(take.ids) for take in takes)
    stepped = any(len(take.ids) > 1 for take in takes)
    return Stats(
        prompt_tokens=prompt,
        reused_tokens=times.reused,
        dropped_tokens=dropped,
        completion_tokens=written,
        prefill_s=times.read - times.start,
        first_token_s=(times.first or now) - times.start,
        decode_s=now - times.read if stepped else 0.0,
        drafted_tokens=times.drafted,
        accepted_tokens=times.accepted,
    )


def _beginning(vocabulary: Vocabulary) -> Ids:
    """What stands for an empty prompt: models need one token to go on from."""
    if vocabulary.start is None:
        raise ParameterError(
            "The prompt is empty, and this model has no token to begin with.",
            "Write a few words for it to go on from.",
        )
    return np.array([vocabulary.start], np.int32)


def _room(request: Generate | Read, size: int) -> int:
    """How many positions a prompt that is cut to fit leaves for the answer."""
    wanted = request.max_tokens if isinstance(request, Read) else request.sampling.max_tokens
    quarter = size // 4
    return max(1, quarter if wanted < 0 else min(wanted * request.n, quarter))
