"""`lampblack history`: what the window kept, on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli.main import run_cli
from app.core.store import Store
from app.core.system.paths import Paths


@pytest.fixture
def novel(own_home: Path, tmp_path: Path) -> Path:
    path = tmp_path / "novel.md"
    store = Store(Paths.here().store_file)
    store.take_snapshot(str(path), "One two three.\n", "opened")
    store.take_snapshot(str(path), "One two three. Four.\n", "generation")
    store.close()
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run_cli(["history", *arguments])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_versions_are_listed_shown_and_restored(
    novel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, str(novel))
    assert code == 0
    newest, oldest = out.splitlines()
    assert newest.startswith("2  ")
    assert newest.endswith("before the model wrote        4 words  +1 -0")
    assert oldest.endswith("opened                        3 words")
    assert run(capsys, str(novel), "--show", "1")[:2] == (0, "One two three.\n")
    target = novel.with_name("restored.md")
    assert run(capsys, str(novel), "--restore", "2", "--to", str(target))[0] == 0
    assert target.read_text("utf-8") == "One two three. Four.\n"
    code, _, err = run(capsys, str(novel), "--restore", "1", "--to", str(target))
    assert code == 1
    assert "There is already a file restored.md. Name a file that is not there yet." in err
    assert target.read_text("utf-8") == "One two three. Four.\n"


def test_documents_are_listed_and_json_is_whole(
    novel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert str(novel) in run(capsys)[1]
    (document,) = json.loads(run(capsys, "--json")[1])
    assert (document["document"], document["versions"]) == (str(novel), 2)
    rows = json.loads(run(capsys, str(novel), "--json")[1])
    assert [(row["id"], row["words"], row["gained"]) for row in rows] == [(2, 4, 1), (1, 3, 0)]
    shown = json.loads(run(capsys, str(novel), "--show", "1", "--json")[1])
    assert shown == {"version": 1, "text": "One two three.\n"}


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("nothing.md",), 1, "No version of nothing.md is kept."),
        (("FILE", "--show", "9"), 1, "has no version 9."),
        (("FILE", "--restore", "1"), 2, "--restore and --to go together."),
        (("FILE", "--to", "x"), 2, "--restore and --to go together."),
        (("FILE", "--show", "1", "--restore", "1", "--to", "x"), 2, "Either --show or --restore."),
        (("--show", "1"), 2, "Name the document."),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    novel: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    code: int,
    sentence: str,
) -> None:
    given = [str(novel) if one == "FILE" else one for one in arguments]
    found, out, err = run(capsys, *given)
    assert (found, out) == (code, "")
    assert sentence in err


def test_without_versions_it_says_where_they_come_from(
    own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys)[1].startswith("No document has versions yet")
