"""The baseline beside scikit-learn's TfidfVectorizer and LogisticRegression, as they come."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression as Sklearn
from sklearn.metrics import accuracy_score, f1_score

from app.core.errors import CancelledError
from app.core.training.label_figures import scores
from app.core.training.labelled_texts import split
from app.training import tfidf
from app.training.tfidf import LogisticRegression, TermWeights, chosen_by_terms, has_no_spaces
from tests.training.grammar import LABELS, chinese, english

TWO = tuple(label for label in LABELS if label != "neutral")


def by_sklearn(learned: list[str], targets: list[int], held: list[str], **way: Any) -> Any:
    """The terms, and the probabilities and answers of a fit that goes to its end.

    The usual tolerance ends it where a text that is undecided can still get the other label.
    """
    vectors = TfidfVectorizer(**way)
    rows, others = vectors.fit_transform(learned), vectors.transform(held)
    model = Sklearn(tol=1e-9, max_iter=5000).fit(rows, targets)
    return vectors, model.predict_proba(others), model.predict(others)


@pytest.mark.parametrize("labels", [LABELS, TWO], ids=["three", "two"])
@pytest.mark.parametrize("language", ["English", "Chinese"])
def test_figures_and_probabilities_are_scikit_learn_s(
    language: str, labels: tuple[str, ...]
) -> None:
    pairs = (english if language == "English" else chinese)(600)
    texts = [text for text, label in pairs.items() if label in labels]
    targets = [labels.index(pairs[text]) for text in texts]
    parts = split(targets, 1)
    learned, held = ([texts[place] for place in one] for one in (parts.learned, parts.held_out))
    aims, right = ([targets[place] for place in one] for one in (parts.learned, parts.held_out))
    way = {} if language == "English" else {"analyzer": "char", "ngram_range": (1, 2)}
    vectors, expected, answers = by_sklearn(learned, aims, held, **way)
    weights = TermWeights(learned)
    assert weights.is_by_character == (language == "Chinese")
    assert len(weights) == len(vectors.vocabulary_)
    rows = weights.rows(held)
    dense = torch.zeros(len(held), len(weights), dtype=torch.float64)
    for row in range(len(held)):
        at = slice(int(rows.begins[row]), int(rows.begins[row + 1]))
        dense[row, rows.terms[at]] = rows.weights[at]
    assert torch.allclose(dense, torch.tensor(vectors.transform(held).toarray()), atol=1e-12)
    model = LogisticRegression(len(weights), len(labels))
    model.fit(weights.rows(learned), aims)
    found = model.probabilities(rows)
    assert float((found - torch.tensor(expected)).abs().max()) < 1e-4
    chosen = chosen_by_terms(learned, aims, len(labels), held, lambda: None)
    assert [*chosen] == [*answers]
    figures = scores(right, chosen)
    assert figures.accuracy == pytest.approx(accuracy_score(right, answers), abs=1e-9)
    assert figures.macro_f1 == pytest.approx(f1_score(right, answers, average="macro"), abs=1e-9)
    assert figures.accuracy > 0.6  # it has learned something


def test_in_parts_it_learns_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = english(200)
    targets = [LABELS.index(label) for label in pairs.values()]
    whole = TermWeights([*pairs])
    found = []
    for most in (1_000_000, 3 * 17):
        monkeypatch.setattr(tfidf, "_MOST_LOGITS", most)
        model = LogisticRegression(len(whole), 3)
        model.fit(whole.rows(pairs), targets)
        found.append(model.probabilities(whole.rows(pairs)))
    assert torch.allclose(*found, atol=1e-6)


def test_only_the_most_frequent_terms_are_kept() -> None:
    weights = TermWeights(["sea boat", "sea rain", "sea boat night"], 2)
    assert len(weights) == 2
    assert weights.rows(["night rain"]).begins.tolist() == [0, 0]
    assert weights.rows(["sea sea boat", ""]).begins.tolist() == [0, 2, 2]


@pytest.mark.parametrize(
    ("texts", "is_without"),
    [
        (["the sea", "a boat"], False),
        (["很好", "糟糕的一天"], True),
        (["ความรู้ดี", "แย่มาก"], True),
        (["좋은 하루", "나쁜 날"], False),
        (["the sea", "a boat", "night", "很好"], False),
        (["the sea", "很好", "糟糕"], True),
        (["", "  "], False),
    ],
)
def test_characters_are_counted_where_a_script_has_no_spaces(
    texts: list[str], is_without: bool
) -> None:
    assert has_no_spaces(texts) == is_without


def test_texts_without_any_term_get_the_most_frequent_label_and_a_stop_is_heard() -> None:
    assert chosen_by_terms(["a", "b", "c"], [1, 1, 0], 2, ["d", ""], lambda: None) == (1, 1)

    def stop() -> None:
        raise CancelledError("Stopped.")

    with pytest.raises(CancelledError):
        chosen_by_terms(["sea boat", "rain night"], [0, 1], 2, ["sea"], stop)
