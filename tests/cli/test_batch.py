"""`lampblack batch`: what it refuses before a model is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.server import MOST_PARALLEL
from tests.cli.conftest import RunWords, is_one_sentence


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sentiment", "in.txt"), "--out"),
        (("no-task", "in.txt", "--out", "o"), "no task named"),
        (("classify", "in.txt", "--out", "o"), "--labels"),
        (("sentiment", "in.txt", "--out", "o", "--parallel", "0"), f"1 to {MOST_PARALLEL}"),
        (("sentiment", "none.txt", "--out", "o"), "no file"),
        (("sentiment", "in.txt", "--out", "o", "--column", "a"), "no columns"),
        (("sentiment", "in.csv", "--out", "o"), "--column"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    run: RunWords,
    tmp_path: Path,
    words: tuple[str, ...],
    said: str,
) -> None:
    (tmp_path / "in.txt").write_text("a text\n")
    (tmp_path / "in.csv").write_text("one,two\n1,2\n")
    placed = [str(tmp_path / word) if "." in word or word == "o" else word for word in words]
    outcome = run("batch", *placed)
    assert outcome.code in (1, 2)
    assert is_one_sentence(outcome.err)
    assert said in outcome.err
    assert outcome.out == ""
    assert not (tmp_path / "o").exists()
