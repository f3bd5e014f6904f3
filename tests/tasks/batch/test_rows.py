"""Rows in are rows out: every kind of input, in every shape that files come in."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from app.core.documents.normalise import normalise
from app.core.errors import DocumentError, UsageError
from app.tasks.batch import lines
from app.tasks.batch.source import open_source

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff\ufffe"), max_size=30)
CELL = TEXT.filter(lambda text: normalise(text) == text)
FAST = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def texts(path: Path, **more: object) -> list[str]:
    return [row.text for row in open_source(path, **more).read()]  # type: ignore[arg-type]  # of many types


def problems(path: Path) -> list[str]:
    return [row.problem for row in open_source(path).read()]


@FAST
@given(
    cells=st.lists(CELL, max_size=20), delimiter=st.sampled_from(",;\t|"), block=st.integers(1, 9)
)
def test_csv_gives_what_the_csv_module_wrote(
    tmp_path: Path, cells: list[str], delimiter: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "_BLOCK", block)
    made = io.StringIO()
    writer = csv.writer(made, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("id", "review", "x"), *((n, cell, "") for n, cell in enumerate(cells))])
    path = tmp_path / "in.csv"
    path.write_bytes(made.getvalue().encode())
    assert texts(path) == cells


@FAST
@given(cells=st.lists(st.one_of(CELL, CELL.map(lambda text: {"a": 1, "text": text}))))
def test_json_lines_give_every_text(tmp_path: Path, cells: list[object]) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text("\n\n".join(json.dumps(cell) for cell in cells), "utf-8")
    wanted = [cell["text"] if isinstance(cell, dict) else cell for cell in cells]
    assert texts(path) == wanted


@FAST
@given(
    words=st.lists(st.text("aé商 ", min_size=1, max_size=9).filter(str.strip)),
    end=st.sampled_from(("\n", "\r\n", "\r")),
    codec=st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "utf-32")),
    block=st.integers(1, 9),
)
def test_lines_are_rows_in_every_encoding_with_a_mark(
    tmp_path: Path,
    words: list[str],
    end: str,
    codec: str,
    block: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lines, "_BLOCK", block)
    path = tmp_path / "in.txt"
    path.write_bytes(end.join(words).encode(codec))
    assert texts(path) == words
    path.write_bytes((end + " " + end).join(words).encode(codec))
    assert texts(path, paragraphs=True) == words


def test_a_guess_is_told_and_the_sign_may_come_late(tmp_path: Path) -> None:
    path = tmp_path / "in.txt"
    plain = b"only plain words here\n" * 80_000
    path.write_bytes(plain + "Das schöne Wetter über den Wäldern\n".encode("cp1252") * 9)
    source = open_source(path)
    assert source.facts.encoding == "cp1252"
    assert "guess" in source.notes[0]
    assert list(source.read())[-1].text == "Das schöne Wetter über den Wäldern"


def test_only_the_damaged_line_fails(tmp_path: Path) -> None:
    path = tmp_path / "in.txt"
    path.write_bytes("schön\nüb\n".encode() + b"\xff\xfe\n" + "größer\n".encode())
    assert [bool(problem) for problem in problems(path)] == [False, False, True, False]


def test_a_line_that_is_too_long_is_a_row_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "MAX_ROW", 1000)
    monkeypatch.setattr(lines, "_BLOCK", 300)
    path = tmp_path / "in.txt"
    path.write_text("a\n" + "x" * 5000 + "\nb\n" + "y" * 5000)
    rows = list(open_source(path).read())
    assert [row.text for row in rows] == ["a", "", "b", ""]
    assert [row.number for row in rows] == [1, 2, 3, 4]
    assert "longer" in rows[1].problem
    table = tmp_path / "in.csv"
    table.write_text('id,text\n1,a\n2,"' + "x" * 5000 + '"\n3,b\n')
    assert [row.text for row in open_source(table).read()] == ["a", "", "b"]


def test_a_field_of_a_megabyte_is_read(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text('id,text\n1,"' + "x" * 1_000_000 + '"\n')
    assert texts(path) == ["x" * 1_000_000]


def test_a_quotation_without_its_end_names_the_lines_that_it_took(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text('id,text\n1,a\n2,"b\n3,c\n')
    assert "in lines 3 to 4" in problems(path)[1]


def test_fields_too_many_are_not_dropped(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("text\nI like it, really\nfine\n")
    assert problems(path) == ["it has 2 fields where the first line names 1", ""]


@pytest.mark.parametrize(
    "line",
    ['{"other": 1}', "3", "null", "{", '{"text": 3}', "[" * 100_000, '{"text": "a"', "9" * 5000],
)
def test_what_is_no_text_is_a_row_that_fails(tmp_path: Path, line: str) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text(f'{{"text": "a"}}\n{line}\n"b"\n')
    rows = list(open_source(path).read())
    assert [row.text for row in rows] == ["a", "", "b"]
    assert rows[1].problem


def test_a_column_that_is_not_clear_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("one;two\n1;2\n")
    with pytest.raises(UsageError, match="one, two"):
        open_source(path)
    with pytest.raises(UsageError, match="'three'"):
        open_source(path, column="three")
    assert texts(path, column="two") == ["2"]


def test_a_folder_gives_its_files_by_name(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes("zwei Wörter\r\nmehr".encode("utf-8-sig"))
    (tmp_path / "a.md").write_text("one")
    (tmp_path / "c.bin").write_bytes(bytes(range(256)) * 9)
    (tmp_path / "inner").mkdir()
    source = open_source(tmp_path)
    rows = list(source.read())
    names = [row.file for row in rows]
    assert names == ["a.md", "b.txt", "c.bin"]
    assert [row.text for row in rows] == ["one", "zwei Wörter\nmehr", ""]
    assert "c.bin" in rows[2].problem
    assert source.notes


def test_what_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="no file"):
        open_source(tmp_path / "none.csv")
    (tmp_path / "in.pdf").write_text("")
    with pytest.raises(UsageError, match="row by row"):
        open_source(tmp_path / "in.pdf")
    (tmp_path / "in.csv").write_text("")
    with pytest.raises(UsageError, match="columns' names"):
        open_source(tmp_path / "in.csv")


def test_an_object_among_plain_texts_is_a_row_that_fails(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text('"one"\n' * 5 + '{"text": "x"}\n"two"\n', "utf-8")
    assert texts(path)[:5] == ["one"] * 5
