"""Labelled rows, answers that fail, the page, and the report's figures from its own rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.core.errors import CancelledError, EngineStoppedError, LampblackError, UsageError
from app.tasks.evaluation.evaluation import (
    EvaluationReport,
    answers,
    compared,
    data_facts,
    evaluated,
    worst,
)
from app.tasks.evaluation.labelled import LabelledRow, read_labelled, sample
from app.tasks.evaluation.page import page

EVIL = "<script>alert(1)</script>"


def written(folder: Path, text: str | bytes, name: str = "rows.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def rows_of(count: int) -> list[LabelledRow]:
    return [
        LabelledRow(row=number, text=f"{EVIL} {number}", expected=("yes", EVIL)[number % 2])
        for number in range(1, count + 1)
    ]


def says_yes(text: str) -> Mapping[str, Any]:
    share = 0.5 + int(text.split()[-1]) / 100
    return {"label": "yes", "probabilities": {"yes": share, EVIL: 1 - share}}


def test_numbers_are_texts_and_bad_rows_say_why(tmp_path: Path) -> None:
    lines = (
        '{"text": "a", "label": 1}\n{"text": 2.5, "label": true}\n\n[1]\n{"text"\n'
        '{"text": "", "label": "x"}\n{"text": "b"}\n{"text": ["b"], "label": "x"}\n'
    )
    data = read_labelled(written(tmp_path, lines, "rows.jsonl"))
    good = [(row.row, row.text, row.expected) for row in data.rows if not row.problem]
    assert good == [(1, "a", "1"), (2, "2.5", "true")]
    assert [row.problem.split(":")[0] for row in data.rows if row.problem] == [
        "It is not a JSON object.",
        "It is not valid JSON",
        "Its text is empty.",
        "Its label is empty.",
        "Its text is not a text.",
    ]


def test_a_table_may_hold_a_mark_quotes_and_line_breaks(tmp_path: Path) -> None:
    data = read_labelled(written(tmp_path, '\ufefftext,label\r\n"a, ""b""\nc", x \r\nshort\r\n'))
    assert (data.rows[0].text, data.rows[0].expected) == ('a, "b"\nc', "x")
    assert data.rows[1].problem == "It has 1 cells, and the first line names 2 columns."
    assert data.found == 2


@pytest.mark.parametrize(
    ("content", "name", "options", "complaint"),
    [
        ("", "rows.csv", {}, "There are no rows"),
        ("text,label\n", "rows.csv", {}, "There are no rows"),
        ("a,b\n1,2\n", "rows.csv", {}, "Name it with --text; its columns are: a, b."),
        ("text,b\n1,2\n", "rows.csv", {}, "Name it with --label; its columns are: text, b."),
        ("text,b\n1,2\n", "rows.csv", {"text": "c"}, "no column 'c'. Its columns are: text, b."),
        ("text,text\n1,2\n", "rows.csv", {}, "have one name"),
        ('text,label\n"a,b\n', "rows.csv", {}, "is not valid CSV"),
        (b"text,label\n\xff,b\n", "rows.csv", {}, "not UTF-8 text (byte 11)"),
        ("x", "rows.txt", {}, "neither a .csv nor a .jsonl"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(
    content: str | bytes, name: str, options: dict[str, str], complaint: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=re.escape(complaint)):
        read_labelled(written(tmp_path, content, name), **options)  # type: ignore[arg-type]  # of many types


def test_a_sample_is_drawn_by_the_seed_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = "text,label\n" + "".join(f"{number},a\n" for number in range(100))
    data = read_labelled(written(tmp_path, text))
    drawn = [row.row for row in sample(data, 10, 1).rows]
    assert drawn == sorted(drawn) == [row.row for row in sample(data, 10, 1).rows]
    assert len(drawn) == 10
    assert drawn != [row.row for row in sample(data, 10, 2).rows]
    assert sample(data, 0, 1) == sample(data, 500, 1) == data


@pytest.mark.parametrize("parallel", [1, 4])
def test_rows_that_fail_are_kept_with_their_reason(parallel: int) -> None:
    def predict(text: str) -> Mapping[str, Any]:
        if text.endswith("3"):
            raise LampblackError("The text is odd.")
        return says_yes(text)

    rows = [*rows_of(6), LabelledRow(row=7, problem="It is not a JSON object.")]
    found = answers(predict, rows, parallel=parallel)
    assert [row.row for row in found] == list(range(1, 8))
    assert [(row.row, row.failed) for row in found if row.failed] == [
        (3, "The text is odd."),
        (7, "It is not a JSON object."),
    ]
    model = evaluated("m", found, "accuracy", labels=("yes", EVIL), wanted=7)
    assert (model.answered, model.failed, model.stopped) == (5, 2, False)
    assert model.figures[0].value == 3 / 5  # 2, 4 and 6 of 1, 2, 4, 5 and 6


def test_a_stop_keeps_what_was_answered_and_a_dead_engine_ends_it() -> None:
    def stopped(text: str) -> Mapping[str, Any]:
        if text.endswith("3"):
            raise CancelledError("stopped")
        return says_yes(text)

    def dead(_text: str) -> Mapping[str, Any]:
        raise EngineStoppedError("gone")

    found = answers(stopped, rows_of(6))
    assert [row.row for row in found] == [1, 2]
    assert evaluated("m", found, "accuracy", labels=("yes", EVIL), wanted=6).stopped
    with pytest.raises(EngineStoppedError):
        answers(dead, rows_of(2))
    with pytest.raises(LampblackError, match="No row was answered by m"):
        evaluated("m", [], "accuracy", labels=("yes", EVIL), wanted=2)


def test_models_are_compared_on_the_rows_that_both_answered() -> None:
    found = answers(says_yes, rows_of(20))
    lost = [msgspec.structs.replace(found[0], failed="x"), *found[1:]]
    first, second = (
        evaluated(name, rows, "accuracy", labels=("yes", EVIL))
        for name, rows in (("m", found), ("n", lost))
    )
    both = compared(first, second, "accuracy", labels=("yes", EVIL))
    assert both is not None
    assert both.rows == 19
    assert {(one.value, one.low, one.high) for one in both.differences} == {(0.0, 0.0, 0.0)}


def test_the_worst_answers_are_the_surest_wrong_ones() -> None:
    model = evaluated("m", answers(says_yes, rows_of(9)), "accuracy", labels=("yes", EVIL))
    assert [row.row for row in worst(model, "accuracy", 3)] == [9, 7, 5]


def test_the_page_holds_every_text_as_text_and_loads_nothing(tmp_path: Path) -> None:
    data = read_labelled(written(tmp_path, f"text,label\n{EVIL},{EVIL}\n"))
    found = answers(says_yes, [*rows_of(9), LabelledRow(row=10, text=EVIL, problem=EVIL)])
    model = evaluated(EVIL, found, "accuracy", labels=("yes", EVIL, "\ud800\x00"))
    both = compared(model, model, "accuracy", labels=("yes", EVIL, "\ud800\x00"))
    assert both is not None
    report = EvaluationReport(
        version="1", date="now", task="classify", measure="accuracy", data=data_facts(data),
        settings={"labels": [EVIL]}, seed=0, models=(model,), comparisons=(both,), notes=(EVIL,),
    )  # fmt: skip
    html = page(report)
    html.encode("utf-8")
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(1)") > 10
    assert not re.search(r"(?:src|href)=|url\(|@import", html)
    assert "prefers-color-scheme:dark" in html
    assert html.count("<svg") == 2
    assert data.sha256 in html
