"""TF-IDF and logistic regression: the plain baseline that every training is shown beside.

Terms, weights and the fit are those of scikit-learn's TfidfVectorizer and LogisticRegression as
they come: words of two letters or more, in small letters; idf = ln((1 + n) / (1 + df)) + 1; rows of
length 1; C = 1, without weights of the labels, the bias free; two labels are told apart by one
logit. Texts in scripts without spaces are cut into characters and pairs of them instead.
"""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, embedding_bag

from app.core.text.words import HAN

MOST_TERMS = 200_000
_MOST_NUMBERS = 2_000_000  # to be learned: twenty steps' worth of them are remembered
_MOST_LOGITS = 4_000_000  # at once
_MOST_LETTERS = 20_000
"""Of a text at most so many characters are read."""

_STEPS = 200
_GRADIENT = 1e-6
_NO_SPACES = f"[{HAN}\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"
_SHARE = 0.25
"""From this part of the texts in scripts without spaces on, all are cut into characters."""


@dataclass(frozen=True)
class WeightedTerms:
    """Texts as the places of their terms and the weights of these, text after text.

    Those of a text begin at its place in `begins`, which has the end as well.
    """

    terms: torch.Tensor
    weights: torch.Tensor
    begins: torch.Tensor

    def __len__(self) -> int:
        return len(self.begins) - 1

    def parts(self, rows: int) -> Iterator[tuple[int, WeightedTerms]]:
        """The texts, so many at a time, each part with the place of its first."""
        for first in range(0, len(self), rows):
            begins = self.begins[first : first + rows + 1]
            terms = slice(int(begins[0]), int(begins[-1]))
            yield first, WeightedTerms(self.terms[terms], self.weights[terms], begins - begins[0])


class TermWeights:
    """The terms of some texts, and what each weighs in a text."""

    def __init__(self, texts: Sequence[str], most: int = MOST_TERMS) -> None:
        self.is_by_character = has_no_spaces(texts)
        found = Counter[str]()
        for text in texts:
            found.update({*self._terms(text)})
        often = sorted(found, key=lambda term: (-found[term], term))[:most]
        self._places = {term: place for place, term in enumerate(sorted(often))}
        self._idf = [math.log((1 + len(texts)) / (1 + found[term])) + 1 for term in self._places]

    def __len__(self) -> int:
        return len(self._places)

    def rows(self, texts: Iterable[str]) -> WeightedTerms:
        """Texts as their terms; those that are not known are left out."""
        terms, weights, begins = array("q"), array("d"), array("q", [0])
        for text in texts:
            counts = Counter(
                place for term in self._terms(text) if (place := self._places.get(term)) is not None
            )
            row = {place: count * self._idf[place] for place, count in sorted(counts.items())}
            length = math.sqrt(sum(weight * weight for weight in row.values())) or 1.0
            terms.extend(row)
            weights.extend(weight / length for weight in row.values())
            begins.append(len(terms))
        return WeightedTerms(
            _tensor(terms, torch.int64),
            _tensor(weights, torch.float64),
            _tensor(begins, torch.int64),
        )

    def _terms(self, text: str) -> list[str]:
        text = text[:_MOST_LETTERS].lower()
        if not self.is_by_character:
            return _words().findall(text)
        text = re.sub(r"\s\s+", " ", text)
        return [*text, *(text[at : at + 2] for at in range(len(text) - 1))]


class LogisticRegression:
    """A logit for each of three labels or more, or one for the second of two."""

    def __init__(self, terms: int, labels: int) -> None:
        logits = 1 if labels == 2 else labels
        self._weights = torch.zeros(max(1, terms), logits, dtype=torch.float64, requires_grad=True)
        self._bias = torch.zeros(logits, dtype=torch.float64, requires_grad=True)

    def fit(
        self, rows: WeightedTerms, targets: Sequence[int], wait: Callable[[], None] = lambda: None
    ) -> None:
        """Learn; `wait` is called now and then, and raises what ends it.

        By L-BFGS (Liu and Nocedal 1989) from zero, as long as the gradient is above 1e-6.
        """
        aims = torch.tensor(targets)
        optimizer = torch.optim.LBFGS(
            [self._weights, self._bias],
            max_iter=_STEPS,
            max_eval=2 * _STEPS,
            tolerance_grad=_GRADIENT,
            tolerance_change=1e-12,
            history_size=10,
            line_search_fn="strong_wolfe",
        )

        def loss() -> float:
            optimizer.zero_grad()
            whole = self._weights.square().sum() / (2 * len(rows))
            whole.backward()
            total = float(whole.detach())
            for first, part in self._parts(rows):
                wait()
                found = self._loss(part, aims[first : first + len(part)]) / len(rows)
                found.backward()
                total += float(found.detach())
            return total

        optimizer.step(loss)

    def probabilities(self, rows: WeightedTerms) -> torch.Tensor:
        """A row for each text, with a probability for each label."""
        with torch.no_grad():
            logits = torch.cat([self._logits(part) for _first, part in self._parts(rows)])
            if logits.shape[1] == 1:
                logits = torch.cat([torch.zeros_like(logits), logits], dim=1)
            return logits.softmax(1)

    def _parts(self, rows: WeightedTerms) -> Iterator[tuple[int, WeightedTerms]]:
        return rows.parts(max(1, _MOST_LOGITS // self._weights.shape[1]))

    def _logits(self, rows: WeightedTerms) -> torch.Tensor:
        found = embedding_bag(
            rows.terms,
            self._weights,
            rows.begins[:-1],
            mode="sum",
            per_sample_weights=rows.weights,
        )
        return found + self._bias

    def _loss(self, rows: WeightedTerms, targets: torch.Tensor) -> torch.Tensor:
        logits = self._logits(rows)
        if logits.shape[1] == 1:
            aims = targets.to(torch.float64)[:, None]
            return binary_cross_entropy_with_logits(logits, aims, reduction="sum")
        return cross_entropy(logits, targets, reduction="sum")


def chosen_by_terms(
    learned: Sequence[str],
    targets: Sequence[int],
    labels: int,
    held_out: Sequence[str],
    wait: Callable[[], None],
) -> tuple[int, ...]:
    """The labels' places that the baseline chooses for texts, once it has learned from others.

    Raises what `wait` does, which is called now and then.
    """
    weights = TermWeights(learned, min(MOST_TERMS, _MOST_NUMBERS // labels))
    wait()
    model = LogisticRegression(len(weights), labels)
    model.fit(weights.rows(learned), targets, wait)
    return tuple(model.probabilities(weights.rows(held_out)).argmax(1).tolist())


def has_no_spaces(texts: Sequence[str]) -> bool:
    """Whether a good part of the texts is mostly in scripts that put no spaces between words."""
    count = 0
    for text in texts:
        letters = "".join(text[:_MOST_LETTERS].split())
        count += 2 * len(re.findall(_NO_SPACES, letters)) > len(letters)
    return count > _SHARE * len(texts)


def _tensor(values: array[int] | array[float], kind: torch.dtype) -> torch.Tensor:
    return torch.frombuffer(values, dtype=kind) if values else torch.empty(0, dtype=kind)


@cache
def _words() -> re.Pattern[str]:
    return re.compile(r"\b\w\w+\b")
