"""What of labelled rows is learned from and what is held out; figures beside scikit-learn's."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from app.core.errors import ParameterError
from app.core.training.label_figures import most_frequent, scores
from app.core.training.labelled_texts import class_weights, gather, split
from app.tasks.batch.rows import InputRow


def rows(*pairs: tuple[str, str]) -> list[InputRow]:
    return [
        InputRow(number=number, text=text, expected=label)
        for number, (text, label) in enumerate(pairs, 1)
    ]


GOOD = rows(("fine day", "good"), ("dull day", "bad"), ("a fine boat", "good"), ("rain", "bad"))


def test_rows_become_texts_with_places_of_their_labels() -> None:
    found = gather(GOOD)
    assert found.labels == ("bad", "good")
    assert found.targets == (1, 0, 1, 0)
    assert found.texts[0] == "fine day"
    assert found.notes == ()
    assert gather(GOOD, ("good", "bad")).targets == (0, 1, 0, 1)
    assert found.digest == gather(GOOD).digest != gather(GOOD, ("good", "bad")).digest


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (InputRow(number=9, problem="it is not valid JSON"), "it is not valid JSON"),
        (InputRow(number=9, text=" \n\u3000", expected="good"), "its text is empty"),
        (InputRow(number=9, text="sea"), "its label is empty"),
        (InputRow(number=9, text="sea", expected="x" * 201), "longer than 200"),
        (InputRow(number=9, text="sea", expected="a\x00b"), "cannot be shown"),
        (InputRow(number=9, text="rain", expected="bad"), "its text was there before."),
        (InputRow(number=9, text=" rain\n", expected="bad"), "its text was there before."),
        (InputRow(number=9, text="rain", expected="good"), "there before, with another label"),
    ],
)
def test_a_row_that_cannot_be_used_is_left_out_with_its_number_and_reason(
    row: InputRow, why: str
) -> None:
    found = gather([*GOOD, row])
    assert found.texts == gather(GOOD).texts
    (note,) = found.notes
    assert note.startswith("Row 9 is left out")
    assert why in note
    (note,) = gather([*GOOD, row, row]).notes[:1]
    assert note.startswith("2 rows are left out, the first is row 9")


@pytest.mark.parametrize(
    ("given", "wanted", "told"),
    [
        ([], (), "No row can be learned from"),
        (rows(("", "a")), (), "Row 1 is left out: its text is empty"),
        (rows(("x", "a"), ("y", "a")), (), "All texts have the label a"),
        (GOOD + rows(("sea", "odd")), (), "only one text with the label odd"),
        (GOOD, ("good", "poor"), "no text with the label poor"),
        (GOOD, ("good",), "All texts have the label good"),
        (GOOD, ("good", "good"), "named twice"),
        (rows(*((f"t{n}", f"l{n // 2}") for n in range(2002))), (), "1,001 labels, more than"),
    ],
)
def test_what_cannot_be_learned_from_is_a_sentence(
    given: list[InputRow], wanted: tuple[str, ...], told: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        gather(given, wanted)
    assert told in str(caught.value)


def test_a_part_of_each_label_is_held_out_alike_each_time() -> None:
    targets = [0] * 50 + [1] * 10 + [2] * 2
    parts = split(targets, 3)
    assert sorted((*parts.learned, *parts.held_out)) == list(range(62))
    assert Counter(targets[place] for place in parts.held_out) == {0: 10, 1: 2, 2: 1}
    assert parts == split(targets, 3) != split(targets, 4)


def test_labels_weigh_alike() -> None:
    weights = class_weights([0, 0, 0, 1], 2)
    assert weights[0] * 3 == pytest.approx(weights[1])
    assert sum(weights[target] for target in (0, 0, 0, 1)) == pytest.approx(4)


def test_figures_are_scikit_learn_s() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    draw = random.Random(5)
    for labels in (2, 3, 7):
        for count in (1, 5, 200):
            right = [draw.randrange(labels) for _ in range(count)]
            chosen = [draw.randrange(labels) for _ in range(count)]
            found = scores(right, chosen)
            assert found.accuracy == pytest.approx(metrics.accuracy_score(right, chosen), abs=1e-9)
            wanted = metrics.f1_score(right, chosen, average="macro")
            assert found.macro_f1 == pytest.approx(wanted, abs=1e-9)


def test_the_most_frequent_label_is_the_first_of_equals() -> None:
    assert most_frequent([2, 1, 1, 2, 0], 3) == (1, 1, 1)
