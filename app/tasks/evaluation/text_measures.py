"""Figures of tasks that write or measure texts: chrF, ROUGE-L and perplexity."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from app.tasks.evaluation.resamples import FigureTitle, Matrix

ORDER = 6
BETA = 2.0
_LARGEST_LOG = 700.0  # whose exponential is still a number

_WORDS = re.compile(
    "[\u2e80-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd]"
    "|[^\\W\u2e80-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd]+"
)


class ChrfMeasures:
    """chrF2 of the answers, each of which is given beside its reference; 0 to 100.

    Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation", of the whole corpus:
    the n-grams of 1 to 6 characters without white space are counted over all rows, precision and
    recall are averaged over the lengths that both sides have, and F weights recall 2² times.
    """

    titles = (FigureTitle("chrf", "chrF2"),)

    def __init__(self, answers: Sequence[str], references: Sequence[str]) -> None:
        rows = [_matches(*pair) for pair in zip(answers, references, strict=True)]
        self._counts = np.array(rows, dtype=np.float64)
        self.count = len(rows)

    def figures(self, weights: Matrix) -> Matrix:
        """The corpus' chrF for each line of weights."""
        return _chrf(weights @ self._counts)[:, None]

    def of_rows(self) -> list[float]:
        """The chrF of each row by itself."""
        return [float(score) for score in _chrf(self._counts)]


def _matches(answer: str, reference: str) -> list[int]:
    """For each length: the n-grams of the answer, those of the reference, and the common ones."""
    first, second = "".join(answer.split()), "".join(reference.split())
    found: list[int] = []
    for size in range(1, ORDER + 1):
        given, wanted = _ngrams(first, size), _ngrams(second, size)
        common = (given & wanted).total()
        found += [given.total() if wanted else 0, wanted.total(), common]
    return found


def _ngrams(text: str, size: int) -> Counter[str]:
    return Counter(text[start : start + size] for start in range(len(text) - size + 1))


def _chrf(sums: Matrix) -> Matrix:
    """The score for each line of sums, laid out as by `_matches`."""
    given, wanted, common = (sums[:, place::3] for place in range(3))
    both = (given > 0) & (wanted > 0)
    lengths = np.maximum(both.sum(axis=1), 1)
    precision = np.divide(common, given, out=np.zeros_like(sums[:, ::3]), where=both)
    recall = np.divide(common, wanted, out=np.zeros_like(sums[:, ::3]), where=both)
    p, r = precision.sum(axis=1) / lengths, recall.sum(axis=1) / lengths
    below = BETA**2 * p + r
    above = (1 + BETA**2) * p * r
    return np.asarray(100 * np.divide(above, below, out=np.zeros_like(p), where=below > 0))


class RougeMeasures:
    """ROUGE-L of the answers, each of which is given beside its reference; 0 to 1.

    Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries", section 3.1, with the whole
    summary as one sequence: precision and recall are the longest common subsequence over the length
    of the answer and of the reference, F1 their harmonic mean (0 where nothing is common), and the
    corpus' figures are the means over the rows. Sequences are of words, case folded and without
    punctuation; Chinese characters and Japanese kana are words by themselves.
    """

    titles = (
        FigureTitle("rouge_l_precision", "ROUGE-L precision"),
        FigureTitle("rouge_l_recall", "ROUGE-L recall"),
        FigureTitle("rouge_l", "ROUGE-L F1"),
    )

    def __init__(self, answers: Sequence[str], references: Sequence[str]) -> None:
        rows = [rouge_l(*pair) for pair in zip(answers, references, strict=True)]
        self._scores = np.array(rows, dtype=np.float64)
        self.count = len(rows)

    def figures(self, weights: Matrix) -> Matrix:
        """The means for each line of weights."""
        return np.asarray(weights @ self._scores / weights.sum(axis=1)[:, None])

    def of_rows(self) -> list[float]:
        """The F1 of each row."""
        return [float(score) for score in self._scores[:, 2]]


def rouge_l(answer: str, reference: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of a text's longest common subsequence with its reference."""
    given, wanted = words(answer), words(reference)
    common = common_length(given, wanted)
    if not common:
        return 0.0, 0.0, 0.0
    return common / len(given), common / len(wanted), 2 * common / (len(given) + len(wanted))


def words(text: str) -> list[str]:
    """The words of a text, case folded; each Chinese character or kana is one."""
    return [word for word in _WORDS.findall(text.casefold()) if word.isalnum() or "_" in word]


def common_length(first: Sequence[str], second: Sequence[str]) -> int:
    """The length of the longest common subsequence.

    By bits: Hyyrö 2004, "Bit-parallel LCS-length computation revisited"; a bit of `row` that is 0
    marks a place of `first` at which the subsequence grows.
    """
    places: dict[str, int] = {}
    for place, word in enumerate(first):
        places[word] = places.get(word, 0) | 1 << place
    full = (1 << len(first)) - 1
    row = full
    for word in second:
        matched = row & places.get(word, 0)
        row = (row + matched | row - matched) & full
    return len(first) - row.bit_count()


class PerplexityMeasures:
    """Perplexity of texts by token and by byte, from what the task `score` says of each.

    exp(-Σ log p / n) with the sums over all rows, so that a long text counts for more than a short
    one: Jelinek et al. 1977, "Perplexity — a measure of the difficulty of speech recognition
    tasks". By byte it can be compared between models with different tokens.
    """

    titles = (
        FigureTitle("perplexity", "perplexity by token", "lower"),
        FigureTitle("byte_perplexity", "perplexity by byte", "lower"),
    )

    def __init__(self, measured: Sequence[Mapping[str, float]]) -> None:
        rows = [(row["log_probability"], row["tokens"], row["bytes"]) for row in measured]
        self._sums = np.array(rows, dtype=np.float64)
        self.count = len(rows)

    def figures(self, weights: Matrix) -> Matrix:
        """Both for each line of weights."""
        return _perplexity(weights @ self._sums)

    def of_rows(self) -> list[float]:
        """The perplexity by token of each row by itself."""
        return [float(score) for score in _perplexity(self._sums)[:, 0]]


def _perplexity(sums: Matrix) -> Matrix:
    means = -sums[:, :1] / np.maximum(sums[:, 1:], 1)
    return np.asarray(np.exp(np.minimum(means, _LARGEST_LOG)))
