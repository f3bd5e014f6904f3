"""Every figure beside scikit-learn's and sacrebleu's, on made-up rows of every odd kind."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from sacrebleu.metrics.chrf import CHRF
from sklearn import metrics
from sklearn.calibration import calibration_curve

from app.tasks.evaluation.label_measures import LabelMeasures
from app.tasks.evaluation.resamples import (
    Matrix,
    differences,
    drawn_weights,
    estimates,
    resampled,
    whole,
)
from app.tasks.evaluation.text_measures import (
    ChrfMeasures,
    PerplexityMeasures,
    RougeMeasures,
    common_length,
    rouge_l,
    words,
)

LABELS = ("a", "b", "ünï", "中文", "<script>", "never")


@st.composite
def labelled(draw: Any) -> tuple[list[str], list[str], list[dict[str, float]]]:
    """Right labels, chosen ones, and probabilities of which the chosen one's is the highest."""
    usable = draw(st.lists(st.sampled_from(LABELS[:-1]), min_size=1, unique=True))
    pairs = st.tuples(st.sampled_from(usable), st.sampled_from(usable), st.integers(0, 2**32))
    rows = draw(st.lists(pairs, min_size=1, max_size=40))
    tables = []
    for _right, chosen, seed in rows:
        shares = np.sort(np.random.default_rng(seed).dirichlet(np.ones(len(LABELS))))
        others = [label for label in LABELS if label != chosen]
        tables.append(dict(zip([*others, chosen], map(float, shares), strict=True)))
    return [row[0] for row in rows], [row[1] for row in rows], tables


def named(measures: LabelMeasures, figures: Matrix) -> dict[str, float]:
    return {title.name: float(value) for title, value in zip(measures.titles, figures, strict=True)}


def oracle(right: list[str], chosen: list[str], tables: list[dict[str, float]]) -> dict[str, float]:
    """The same figures by scikit-learn."""
    kept: dict[str, float] = {"accuracy": metrics.accuracy_score(right, chosen)}
    macro = metrics.precision_recall_fscore_support(right, chosen, average="macro", zero_division=0)
    each = metrics.precision_recall_fscore_support(
        right, chosen, labels=list(LABELS), average=None, zero_division=0
    )
    for place, name in enumerate(("precision", "recall", "f1")):
        kept[f"macro_{name}"] = macro[place]
        kept |= {f"{name}:{label}": each[place][at] for at, label in enumerate(LABELS)}
    order = sorted(LABELS)
    shares = [[table[label] for label in order] for table in tables]
    kept["brier_score"] = metrics.brier_score_loss(right, shares, labels=order, scale_by_half=False)
    hits = np.array(right) == np.array(chosen)
    sure = np.array([table[label] for table, label in zip(tables, chosen, strict=True)])
    accuracy, confidence = calibration_curve(hits, sure, n_bins=10)
    counts = np.histogram(np.ceil(sure * 10), np.arange(0.5, 11))[0]
    kept["calibration_error"] = float(
        (counts[counts > 0] * np.abs(accuracy - confidence)).sum() / len(right)
    )
    return kept


@given(labelled())
@settings(deadline=None)
def test_labels_are_measured_as_scikit_learn_does(rows: Any) -> None:
    right, chosen, tables = rows
    measures = LabelMeasures(LABELS, right, chosen, tables)
    assert named(measures, whole(measures)) == pytest.approx(oracle(*rows), abs=1e-9)
    matrix = metrics.confusion_matrix(right, chosen, labels=list(LABELS))
    assert (measures.confusion() == matrix).all()
    assert "never" in measures.absent


def test_reliability_bins_hold_their_upper_end() -> None:
    tables = [{"a": 0.5, "b": 0.5}, {"a": 0.55, "b": 0.45}, {"a": 1.0, "b": 0.0}]
    bins = LabelMeasures("ab", "aba", "aaa", tables).reliability()
    found = [(one.low, one.high, one.count, one.confidence, one.accuracy) for one in bins]
    assert found == [(0.4, 0.5, 1, 0.5, 1.0), (0.5, 0.6, 1, 0.55, 0.0), (0.9, 1.0, 1, 1.0, 1.0)]


TEXTS = st.lists(
    st.tuples(
        st.text("ab 中é\n\u3000\U0001f600", max_size=20), st.text("ab 中é\n\u3000", max_size=20)
    ),
    min_size=1,
    max_size=8,
)


@given(TEXTS)
@settings(deadline=None)
def test_chrf_is_sacrebleu_s(pairs: list[tuple[str, str]]) -> None:
    answers, references = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    measures = ChrfMeasures(answers, references)
    expected = CHRF().corpus_score(answers, [references]).score
    assert whole(measures)[0] == pytest.approx(expected, abs=1e-9)
    each = [CHRF().sentence_score(pair[0], [pair[1]]).score for pair in pairs]
    assert measures.of_rows() == pytest.approx(each, abs=1e-9)


@given(st.text("abc", max_size=12), st.text("abcd", max_size=12))
def test_the_common_subsequence_is_the_longest(first: str, second: str) -> None:
    table = np.zeros((len(first) + 1, len(second) + 1), dtype=int)
    for i, one in enumerate(first):
        for j, other in enumerate(second):
            table[i + 1, j + 1] = (
                table[i, j] + 1 if one == other else max(table[i, j + 1], table[i + 1, j])
            )
    assert common_length(first, second) == table[-1, -1]


def test_rouge_l_of_lins_example() -> None:
    # Lin 2004, section 3.1: "police killed the gunman" beside two candidates.
    reference = "police killed the gunman"
    assert rouge_l("police kill the gunman", reference) == (0.75, 0.75, 0.75)
    assert rouge_l("the gunman kill police", reference) == (0.5, 0.5, 0.5)
    assert rouge_l("", reference) == rouge_l("", "") == (0.0, 0.0, 0.0)
    assert words("Die Straße, 我们Go.") == ["die", "strasse", "我", "们", "go"]
    assert whole(RougeMeasures(["a b", "x"], ["a", "x"])).tolist() == pytest.approx(
        [0.75, 1.0, (2 / 3 + 1) / 2]
    )


def test_perplexity_weighs_texts_by_their_tokens() -> None:
    rows = [
        {"log_probability": -2.0, "tokens": 1, "bytes": 4},
        {"log_probability": -6.0, "tokens": 7, "bytes": 12},
    ]
    found = whole(PerplexityMeasures(rows))
    assert found.tolist() == pytest.approx([np.exp(1.0), np.exp(0.5)])


def test_resamples_are_those_of_rows_drawn_one_by_one() -> None:
    random = np.random.default_rng(3)
    right, chosen = (list(random.choice(list("abc"), 30)) for _ in range(2))
    tables = [{"a": 0.5, "b": 0.3, "c": 0.2}] * 30
    measures = LabelMeasures("abc", right, chosen, tables)
    drawn = resampled(measures, 7, 50)
    for figures, weights in zip(drawn, next(drawn_weights(30, 7, 50)), strict=True):
        rows = np.repeat(np.arange(30), weights.astype(int))
        assert len(rows) == 30
        accuracy = metrics.accuracy_score(np.array(right)[rows], np.array(chosen)[rows])
        assert figures[0] == pytest.approx(accuracy, abs=1e-12)
        f1 = metrics.f1_score(
            np.array(right)[rows], np.array(chosen)[rows], labels=list("abc"), average="macro",
            zero_division=0,
        )  # fmt: skip
        assert figures[3] == pytest.approx(f1, abs=1e-12)
    found = estimates(measures, 7, 50)[0]
    assert [found.low, found.high] == pytest.approx(np.percentile(drawn[:, 0], [2.5, 97.5]))
    assert estimates(measures, 7) == estimates(measures, 7) != estimates(measures, 8)


def test_a_paired_difference_is_narrower_than_its_parts() -> None:
    random = np.random.default_rng(1)
    right = list(random.choice(["a", "b"], 400))
    flips = random.random(400)
    chosen = (
        ["b" if flip < part else label for flip, label in zip(flips, right, strict=True)]
        for part in (0.4, 0.3)
    )
    first, second = (LabelMeasures("ab", right, labels) for labels in chosen)
    same = differences(first, first, 0)[0]
    assert (same.value, same.low, same.high) == (0, 0, 0)
    better = differences(first, second, 0)[0]
    alone = estimates(first, 0)[0]
    assert 0 < better.low < better.value < better.high
    assert better.high - better.low < alone.high - alone.low


def test_one_row_has_an_interval_of_no_width() -> None:
    one = estimates(LabelMeasures("ab", "a", "a"), 0)[0]
    assert (one.value, one.low, one.high) == (1, 1, 1)


def test_ten_thousand_rows_take_seconds() -> None:
    random = np.random.default_rng(0)
    labels = [str(number) for number in range(20)]
    right, chosen = (list(random.choice(labels, 10_000)) for _ in range(2))
    drawn = random.dirichlet(np.ones(20), 10_000)
    shares = [dict(zip(labels, map(float, row), strict=True)) for row in drawn]
    measures = LabelMeasures(labels, right, chosen, shares)
    began = time.process_time()
    estimates(measures, 0)
    assert time.process_time() - began < 5
