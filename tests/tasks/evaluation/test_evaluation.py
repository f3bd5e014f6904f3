"""Labelled rows, answers that fail, the page, and the report's figures from its own rows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.core.errors import CancelledError, EngineStoppedError, LampblackError, UsageError
from app.core.system.machine import machine_facts
from app.tasks.batch.ordered import Ordered, RowResult
from app.tasks.batch.rows import InputRow
from app.tasks.evaluation.evaluation import (
    EvaluatedRow,
    EvaluationReport,
    compared,
    data_facts,
    evaluated,
    evaluated_row,
    worst,
)
from app.tasks.evaluation.labelled import read_labelled
from app.tasks.evaluation.page import page

EVIL = "<script>alert(1)</script>"


def written(folder: Path, text: str | bytes, name: str = "rows.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def rows_of(count: int) -> list[InputRow]:
    return [
        InputRow(number=number, text=f"{EVIL} {number}", expected=("yes", EVIL)[number % 2])
        for number in range(1, count + 1)
    ]


def says_yes(text: str) -> Mapping[str, Any]:
    share = 0.5 + int(text.split()[-1]) / 100
    return {"label": "yes", "probabilities": {"yes": share, EVIL: 1 - share}}


def answers(
    predict: Callable[[str], Mapping[str, Any]], rows: Sequence[InputRow], parallel: int = 1
) -> list[EvaluatedRow]:
    work = Ordered(lambda row: RowResult(predict(row.text)), parallel)
    return [evaluated_row(outcome) for outcome in work.outcomes(iter(rows))]


def test_labels_may_be_numbers_and_bad_rows_say_why(tmp_path: Path) -> None:
    lines = (
        '{"text": "a", "label": 1}\n{"text": "2.5", "label": true}\n\n[1]\n{"text"\n'
        '{"text": "", "label": "x"}\n{"text": "b"}\n{"text": ["b"], "label": "x"}\n'
        '{"text": "b", "label": " "}\n{"text": "b", "label": ["x"]}\n"b"\n'
    )
    data = read_labelled(written(tmp_path, lines, "rows.jsonl"))
    rows = [*data.rows()]
    good = [(row.number, row.text, row.expected) for row in rows if not row.problem]
    assert good == [(1, "a", "1"), (2, "2.5", "true")]
    assert [row.problem for row in rows if row.problem] == [
        "it has no 'label'",
        "it is not valid JSON",
        "its text is empty",
        "it has no 'label'",
        "it holds no text",
        "its label is empty",
        "its label is not a text",
        "it has no 'label'",
    ]
    assert data.found == 10
    assert data.answers == {"1": 1, "true": 2}


@pytest.mark.parametrize(("codec", "told"), [("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16-le")])
def test_a_table_may_hold_a_mark_quotes_and_line_breaks(
    tmp_path: Path, codec: str, told: str
) -> None:
    text = 'Review,label\r\n"a, ""b""\nc", x \r\nshort\r\n'
    content = text.encode(codec)
    data = read_labelled(written(tmp_path, content))
    first, second = data.rows()
    assert (first.text, first.expected) == ('a, "b"\nc', "x")
    assert second.problem == "it has 1 fields where the first line names 2"
    facts = data_facts(data)
    assert (facts.rows, facts.used, facts.text, facts.answer) == (2, 2, "Review", "label")
    assert (facts.kind, facts.encoding, facts.delimiter) == ("csv", told, ",")
    assert facts.sha256 == hashlib.sha256(content).hexdigest()
    assert not data.is_changed()
    written(tmp_path, content.replace(b"c", b"d"))
    assert data.is_changed()


def test_an_encoding_that_is_guessed_is_told(tmp_path: Path) -> None:
    data = read_labelled(written(tmp_path, "text,label\nschön,gut\n".encode("cp1252")))
    assert [row.text for row in data.rows()] == ["schön"]
    assert "which is a guess" in data.source.notes[0]


def test_texts_without_answers_may_be_lines_or_files(tmp_path: Path) -> None:
    lines = written(tmp_path, "one\n\ntwo\n", "rows.txt")
    assert [row.text for row in read_labelled(lines, has_answers=False).rows()] == ["one", "two"]
    folder = tmp_path / "texts"
    folder.mkdir()
    written(folder, "a", "a.txt")
    before = read_labelled(folder, has_answers=False)
    written(folder, "b", "a.txt")
    assert before.is_changed()


@pytest.mark.parametrize(
    ("content", "name", "options", "complaint"),
    [
        ("", "rows.csv", {}, "has no line with the columns' names"),
        ("", "rows.txt", {}, "cannot have right answers"),
        ("\n", "rows.jsonl", {}, "which column of rows.jsonl holds the right answers"),
        ("text,label\n", "rows.csv", {}, "There are no rows"),
        ("a,b\n1,2\n", "rows.csv", {}, "Name one with --text. Its columns: a, b."),
        ("text,b\n1,2\n", "rows.csv", {}, "Name one with --label. Its columns: text, b."),
        ("text,b\n1,2\n", "rows.csv", {"text": "c"}, "no column 'c'. Its columns: text, b."),
        ("text,text,label\n1,2,3\n", "rows.csv", {}, "has 2 columns 'text'. Rename all but one."),
        ("label,text,label\n1,2,3\n", "rows.csv", {}, "has 2 columns 'label'."),
        (
            'text,label\n"a,b\n',
            "rows.csv",
            {},
            "No row of rows.csv can be used; of the first, it is",
        ),
        ("text,label\n,b\n", "rows.csv", {}, "of the first, its text is empty."),
        ("x", "rows.pdf", {}, "cannot have right answers beside its texts"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(
    content: str | bytes, name: str, options: dict[str, str], complaint: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=re.escape(complaint)):
        read_labelled(written(tmp_path, content, name), **options)  # type: ignore[arg-type]  # of many types


def test_a_sample_is_drawn_by_the_seed_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "text,label\n" + "".join(f"{number},a\n" for number in range(100)))

    def drawn(limit: int, seed: int) -> list[int]:
        data = read_labelled(path, limit=limit, seed=seed)
        rows = [row.number for row in data.rows()]
        assert data.used == len(rows)
        return rows

    assert drawn(10, 1) == sorted(drawn(10, 1))
    assert len(drawn(10, 1)) == 10
    assert drawn(10, 1) != drawn(10, 2)
    assert drawn(0, 1) == drawn(100, 1) == drawn(500, 1) == [*range(1, 101)]


@pytest.mark.parametrize("parallel", [1, 4])
def test_rows_that_fail_are_kept_with_their_reason(parallel: int) -> None:
    def predict(text: str) -> Mapping[str, Any]:
        if text.endswith("3"):
            raise LampblackError("The text is odd.")
        return says_yes(text)

    rows = [*rows_of(6), InputRow(number=7, problem="it is not valid JSON")]
    found = answers(predict, rows, parallel=parallel)
    assert [row.row for row in found] == list(range(1, 8))
    assert [(row.row, row.failed) for row in found if row.failed] == [
        (3, "The text is odd."),
        (7, "The row cannot be read: it is not valid JSON."),
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
    both = compared(first, second, "accuracy")
    assert both is not None
    assert both.rows == 19
    assert {(one.value, one.low, one.high) for one in both.differences} == {(0.0, 0.0, 0.0)}


def test_the_worst_answers_are_the_surest_wrong_ones() -> None:
    model = evaluated("m", answers(says_yes, rows_of(9)), "accuracy", labels=("yes", EVIL))
    assert [row.row for row in worst(model, "accuracy", 3)] == [9, 7, 5]


def test_the_page_holds_every_text_as_text_and_loads_nothing(tmp_path: Path) -> None:
    data = read_labelled(written(tmp_path, f"text,label\n{EVIL},{EVIL}\n"))
    found = answers(says_yes, [*rows_of(9), InputRow(number=10, text=EVIL, problem=EVIL)])
    found[0] = msgspec.structs.replace(found[0], notes=(EVIL,))
    model = evaluated(EVIL, found, "accuracy", labels=("yes", EVIL, "\ud800\x00"), sha256="ab" * 32)
    both = compared(model, model, "accuracy")
    assert both is not None
    report = EvaluationReport(
        version="1", builds={EVIL: "1"}, machine=machine_facts(), date="now",
        task="classify", measure="accuracy", data=data_facts(data),
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
    assert "ab" * 32 in html


def test_of_a_long_text_the_beginning_is_kept_and_the_page_says_how_much_is_left_out(
    tmp_path: Path,
) -> None:
    (outcome,) = Ordered(lambda _row: RowResult({"label": "no"}), 1).outcomes(
        iter([InputRow(number=1, text="x" * 1000, expected="yes")])
    )
    cut, whole = evaluated_row(outcome, whole=False), evaluated_row(outcome)
    assert (cut.text, cut.length, whole.text) == ("x" * 400, 1000, "x" * 1000)
    data = read_labelled(written(tmp_path, "text,label\na,b\n"))
    pages = []
    for row in (cut, whole):
        model = evaluated("m", [row], "accuracy", labels=("yes", "no"))
        report = EvaluationReport(
            version="1", builds={}, machine=machine_facts(), date="now", task="classify",
            measure="accuracy", data=data_facts(data), settings={}, seed=0, models=(model,),
            comparisons=(),
        )  # fmt: skip
        pages.append(page(report))
    assert pages[0] == pages[1]
    assert "and 600 characters more" in pages[0]
