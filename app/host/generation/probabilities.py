"""Perplexity: how many words a model hesitates between on average where a text goes on.

It is the exponential of the mean negative logarithm of the probability that the model gives each
token after those before it (Jelinek et al. 1977, "Perplexity: a measure of the difficulty of
speech recognition tasks"); lower is better, and only numbers of the same text and vocabulary can
be compared. A text that is longer than a window is read in those of `app.engine.windows`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from app.core.errors import CancelledError, GenerationError, ParameterError
from app.engine.messages import Alternative, Measured, TokenDetail, Working
from app.engine.windows import WINDOW, spans
from app.host.generation.vocabulary import Ids, Vocabulary
from app.host.interface import Job, Work

TORN = "\ufffd"
"""What stands for bytes that are no text."""

_FEW = 8  # tokens, about as many as are found one by one in the time for all at once
_BLOCK = 64  # of the search for the likeliest tokens
_STEPS = np.arange(_BLOCK)[:, None]

Judge = Callable[[int, npt.NDArray[np.float32]], None]
"""Is told the number of a token and the logits after it."""

Judged = Callable[[Ids, Judge, int], Work[None]]
"""Reads the tokens, and tells of each but the last, beginning with the one numbered."""


def perplexity(tokens: Ids, bos: int | None, size: int, judged: Judged, job: Job) -> Work[Measured]:
    """Measure `tokens` in windows that fit a context of `size`, telling how far it is.

    Raises ParameterError for a text that is too short and CancelledError.
    """
    total = len(tokens) - 1
    if total < 1:
        raise ParameterError("The passage is too short to be measured.", "Give a page or more.")
    lost = 0.0
    done = 0

    def judge(place: int, logits: npt.NDArray[np.float32]) -> None:
        nonlocal lost, done
        lost += log_sum(logits) - float(logits[window[place + 1]])
        done += 1
        if done % 64 == 0 or done == total:
            job.emit(Working(job=job.number, what="measuring", fraction=done / total))

    for window, first in windows(tokens, bos, min(size, WINDOW)):
        yield from judged(window, judge, first)
        if job.cancelled:
            raise CancelledError("Stopped.")
    if done != total or not math.isfinite(lost):
        raise GenerationError("The model gave no usable numbers for the passage.")
    return Measured(job=job.number, perplexity=math.exp(min(lost / done, 700.0)), tokens=done)


def windows(tokens: Ids, bos: int | None, size: int) -> Iterator[tuple[Ids, int]]:
    """Each window with the number of the token after which its judging begins.

    Where the model wants a beginning token, every window has it in place of its first one.
    """
    for start, end, first in spans(len(tokens), size):
        window = tokens[start:end]
        if start and bos is not None:
            window = window.copy()
            window[0] = bos
        yield window, first


class ScoredText:
    """What is told of a text's tokens as they are judged: details of the first `told`, and the sum.

    All of them have details where `told` is -1.
    """

    def __init__(self, vocabulary: Vocabulary, alternatives: int, told: int) -> None:
        self._vocabulary = vocabulary
        self._alternatives = alternatives
        self._told = told
        self.details: list[TokenDetail] = []
        self.tokens = 0
        self.log_probability = 0.0

    def judge(self, window: Ids) -> Judge:
        """What is to be told of the tokens of this window."""

        def judged(place: int, logits: npt.NDArray[np.float32]) -> None:
            token = int(window[place + 1])
            self.log_probability += log_probability(logits, token)
            self.tokens += 1
            if self._told < 0 or self.tokens <= self._told:
                vocabulary, alternatives = self._vocabulary, self._alternatives
                self.details.append(token_detail(vocabulary, logits, token, alternatives))

        return judged


def windows_behind(before: Ids, own: Ids, bos: int | None, size: int) -> Iterator[tuple[Ids, int]]:
    """The windows of a text that is too long, as `windows`; what is before it is only read.

    Half a window at most is left of that.
    """
    half = size // 2
    if len(before) > half:
        head = before[:0] if bos is None else np.array([bos], np.int32)
        before = np.concatenate((head, before[len(before) - half + len(head) :]))
    for number, found in enumerate(windows(np.concatenate((before, own)), bos, size)):
        window, first = found
        yield window, max(0, len(before) - 1) if number == 0 else first


def token_detail(
    vocabulary: Vocabulary, logits: npt.NDArray[np.float32], token: int, alternatives: int
) -> TokenDetail:
    """A token's probability and the `alternatives` likeliest ones, likeliest first."""
    best = likeliest(logits, alternatives)
    own, *others = logits[[token, *best]].tolist()
    total = log_sum(logits, others[0] if others else None)
    found = [
        Alternative(**_named(vocabulary, index, logit - total))
        for index, logit in zip(best, others, strict=True)
    ]
    return TokenDetail(**_named(vocabulary, token, own - total), alternatives=tuple(found))


def _named(vocabulary: Vocabulary, token: int, logarithm: float) -> dict[str, Any]:
    piece = vocabulary.shown(token)
    text = piece.decode("utf-8", "replace")
    torn = piece if TORN in text else b""
    return {"id": token, "text": text, "probability": math.exp(logarithm), "torn": torn}


def scattered(
    tokens: npt.NDArray[Any], logits: npt.NDArray[np.float32], size: int
) -> npt.NDArray[np.float32]:
    """Logits by token out of `size`, minus infinity for those that are not among `tokens`."""
    found = np.full(size, -np.inf, np.float32)
    found[tokens] = logits
    return found


def log_probability(logits: npt.NDArray[np.float32], token: int) -> float:
    """The natural logarithm of a token's probability."""
    return float(logits[token]) - log_sum(logits)


def log_sum(logits: npt.NDArray[np.float32], top: float | None = None) -> float:
    """The logarithm of the sum of their exponentials: a logit less it is a log probability.

    `top` is the highest of them, where it is known.
    """
    top = float(logits.max()) if top is None else top
    weights = logits - np.float32(top)
    np.exp(weights, out=weights)
    return top + math.log(float(weights.sum(dtype=np.float64)))


def likeliest(logits: npt.NDArray[np.float32], count: int) -> list[int]:
    """The tokens with the highest logits, highest first; none that is impossible.

    A few are found one by one: after a step nothing is in the processor's caches, and one function
    of numpy's that is called again costs less than many that are called once.
    """
    if count <= _FEW and logits.flags.writeable:
        return _one_by_one(logits, count)
    count = min(count, len(logits))
    if count <= 0:
        return []
    tokens = _candidates(logits, count)
    values = logits[tokens]
    order = (-values).argsort(kind="stable")[:count]
    found: list[int] = tokens[order[values[order] != -np.inf]].tolist()
    return found


def _one_by_one(logits: npt.NDArray[np.float32], count: int) -> list[int]:
    """The same; the logits are as they were after it."""
    found: list[int] = []
    kept = []
    for _ in range(count):
        token = int(logits.argmax())
        if logits[token] == -np.inf:
            break
        found.append(token)
        kept.append(logits[token])
        logits[token] = -np.inf
    logits[found] = kept
    return found


def _candidates(logits: npt.NDArray[np.float32], count: int) -> npt.NDArray[np.intp]:
    """Few tokens with the `count` likeliest among them, ascending.

    Those lie in the blocks with the highest maxima: twenty times faster than partitioning them all.
    A block is every n-th token, as neighbours in memory are then compared side by side.
    """
    stride = len(logits) // _BLOCK
    whole = stride * _BLOCK
    if count >= stride:
        return np.arange(len(logits))
    highest = logits[:whole].reshape(_BLOCK, stride).max(axis=0)
    best = highest.argpartition(-count)[-count:]
    best.sort()
    inside: npt.NDArray[np.intp] = (_STEPS * stride + best).ravel()
    if whole == len(logits):
        return inside
    return np.concatenate((inside, np.arange(whole, len(logits))))
