"""A request before and after the computing: its prompt's tokens, its seed and its statistics."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence

import numpy as np

from app.core.errors import ParameterError, PromptTooLongError
from app.engine.messages import ChatMessage, Count, Generate, Read, Score, ScoreChoices, Stats
from app.host.generation.decode_loop import RunningTake, Times
from app.host.generation.prompt import Prompter, too_long
from app.host.generation.vocabulary import Ids, Vocabulary, common_prefix
from app.host.interface import check_takes

MAX_CHOICES = 1000
"""The most choices of one request."""

MAX_CHOICE = 32
"""The most tokens of one choice."""

_SEEDS = 2**32
_MOST_ALTERNATIVES = 200_000  # they travel in one frame


def prompt_tokens(
    request: Generate | Read | Count, prompter: Prompter, vocabulary: Vocabulary, size: int
) -> tuple[Ids, int]:
    """The prompt's tokens for a context of `size`, and how many were dropped from its head.

    Raises PromptTooLongError where nothing may be dropped.
    """
    tokens, dropped = prompter.asked(request), 0
    if request.overflow == "drop_head" and request.suffix is None:
        limit = size - _room(request, size)
        tokens, dropped = prompter.fitted(tokens, request.messages, limit, size)
    elif len(tokens) >= size:
        raise too_long(len(tokens), size - 1)
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


def choice_tokens(request: ScoreChoices, prompter: Prompter, size: int) -> tuple[list[Ids], int]:
    """The tokens of the prompt with each choice, and how many of them are the same in all.

    A choice's tokens are those that it has behind the prompt, which may differ from those that it
    has alone. At least one token is the same in all, and at least one of each is its own.
    """
    if not 1 <= len(request.choices) <= MAX_CHOICES or not all(request.choices):
        raise ParameterError(f"There can be 1 to {MAX_CHOICES} choices, none of them empty.")
    texts = [_with_choice(request, choice, prompter) for choice in request.choices]
    if (longest := max(map(len, texts))) > size:
        raise too_long(longest, size)
    shared = min(common_prefix(texts[0], text) for text in texts)
    asked = prompter.tokens(request.prompt, request.messages)
    shared = min(shared, common_prefix(asked, texts[0]), *(len(text) - 1 for text in texts))
    if (longest := max(map(len, texts)) - shared) > MAX_CHOICE:
        raise ParameterError(f"A choice has {longest} tokens; there can be {MAX_CHOICE}.")
    if shared < 1:
        raise ParameterError("The prompt before the choices is empty.", "Write a few words first.")
    return texts, shared


def _with_choice(request: ScoreChoices, choice: str, prompter: Prompter) -> Ids:
    if not request.messages:
        return prompter.tokens(request.prompt + choice)
    messages = request.messages
    begun = ""
    if messages[-1].role == "assistant":
        begun, messages = messages[-1].content, messages[:-1]
    return prompter.tokens("", (*messages, ChatMessage(role="assistant", content=begun + choice)))


def scored_tokens(
    request: Score, prompter: Prompter, vocabulary: Vocabulary, size: int
) -> tuple[Ids, Ids]:
    """The tokens that are only read and those that are judged; see `Prompter.scored`.

    Where both do not fit a context of `size`, the prompt's head is dropped if that may be; what is
    still too long then is to be judged in windows. Raises PromptTooLongError, ParameterError.
    """
    before, own = prompter.scored(request)
    if request.is_behind and not len(before):
        before = _beginning(vocabulary)
    total = len(before) + len(own)
    drops = request.overflow == "drop_head" and request.suffix is None
    if total > size and not drops:
        raise too_long(total, size)
    if total > size and len(before) and len(own) <= size // 2:
        before, _dropped = prompter.fitted(before, request.messages, size - len(own), size)
    return before, own


def check_scored(count: int, alternatives: int) -> None:
    """Refuse to tell more alternatives than one answer holds, of so many tokens."""
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
        draft_kept=times.kept,
        draft_gain=times.gain,
    )


def _beginning(vocabulary: Vocabulary) -> Ids:
    """What stands for an empty prompt: models need one token to go on from."""
    if vocabulary.start is None:
        raise ParameterError(
            "The prompt is empty, and this model has no token to begin with.",
            "Write a few words for it to go on from.",
        )
    return np.array([vocabulary.start], np.int32)


def _room(request: Generate | Read | Count, size: int) -> int:
    """How many positions a prompt that is cut to fit leaves for the answer."""
    asked = request.sampling if isinstance(request, Generate) else request
    wanted = asked.max_tokens
    quarter = size // 4
    return max(1, quarter if wanted < 0 else min(wanted * request.n, quarter))
