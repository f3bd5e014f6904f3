"""How well a model foresees a text: its perplexity by token and by byte, and every token's part.

Perplexity is the exponential of the mean negative log probability (see
`app.host.generation.probabilities`); by byte it is the same sum shared among the text's bytes, a
number that can be compared between models with different tokens.
"""

from __future__ import annotations

import math
from typing import Any

from app.core.errors import GenerationError, ParameterError
from app.engine.messages import TokenDetail
from app.engine.windows import WINDOW, spans
from app.tasks.task_run import TaskRun, blocks

_LEAST = 5e-324  # a probability that is 0 only because it was too small for its number


def score(run: TaskRun, text: str) -> dict[str, Any]:
    """The measures of a text; it is read in windows where it is longer than one."""
    if not run.knows_tokens:
        return _at_once(run, text)
    ids, lengths = _tokens(run, text)
    if len(ids) < 2:
        raise ParameterError("The text is too short to be scored.", "Give a sentence or more.")
    size = min(run.model.context or WINDOW, WINDOW)
    details: list[TokenDetail] = []
    count = 0
    for start, end, first in spans(len(ids), size):
        window = ids[start:end] if not start or lengths[0] else (ids[0], *ids[start + 1 : end])
        details += run.score(window).details[first:]
        count += 1
    if len(details) != len(ids) - 1:
        raise GenerationError("The model gave no usable numbers for the text.")
    if count > 1:
        run.note(f"The text was read in {count} windows of {size:,} tokens that overlap by half.")
    if lengths[0]:
        run.note("The first token has nothing before it, so it is not scored.")
    return _measures(details, sum(lengths[1:]))


def _at_once(run: TaskRun, text: str) -> dict[str, Any]:
    """The measures of a text whose tokens only its server knows, which reads it in one piece."""
    details = list(run.score((), text).details)
    if not details:
        raise ParameterError("The text is too short to be scored.", "Give a sentence or more.")
    run.note("The first token has nothing before it, so it is not scored.")
    return _measures(details, sum(len(one.torn or one.text.encode()) for one in details))


def _tokens(run: TaskRun, text: str) -> tuple[tuple[int, ...], list[int]]:
    """The text's tokens and the bytes of each; 0 for one that only begins it."""
    ids: list[int] = []
    lengths: list[int] = []
    for number, block in enumerate(blocks(text)):
        found = run.tokenize(block, begins=not number)
        ids += found.ids
        lengths += map(len, found.pieces)
    if sum(lengths) > len(text.encode()):  # the beginning token shows as a text of its own
        lengths[0] = 0
    return tuple(ids), lengths


def _measures(details: list[TokenDetail], size: int) -> dict[str, Any]:
    total = sum(math.log(max(detail.probability, _LEAST)) for detail in details)
    return {
        "perplexity": math.exp(min(-total / len(details), 700.0)),
        "byte_perplexity": math.exp(min(-total / max(1, size), 700.0)),
        "log_probability": total,
        "tokens": len(details),
        "bytes": size,
        "probabilities": [_shown(detail) for detail in details],
    }


def _shown(detail: TokenDetail) -> dict[str, Any]:
    shown: dict[str, Any] = {"token": detail.text, "probability": detail.probability}
    if detail.alternatives:
        shown["alternatives"] = [
            {"token": one.text, "probability": one.probability} for one in detail.alternatives
        ]
    return shown
