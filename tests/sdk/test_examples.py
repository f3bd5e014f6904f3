"""The examples as a user runs them: `python -m lampblack.examples.NAME`, on the starter model."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import app.sdk.examples
from tests.sdk.conftest import put_starter

ROOT = Path(__file__).parents[2]
NAMES = ("stream", "chat", "classify", "batch_csv", "together")
TEXTS = ("A lovely, warm book.", "A bore.", "Best film ever.", "I hated it.", "Awful.")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, starter_model: Path) -> Path:
    """A home that the examples share: what the model runs best with is measured once."""
    found = tmp_path_factory.mktemp("home")
    put_starter(found, starter_model)
    return found


@pytest.fixture
def run(tmp_path: Path, home: Path):
    """Runs an example in a child that finds `lampblack` as an installed program would."""
    (tmp_path / "lampblack").symlink_to(ROOT / "app/sdk")
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path, "LAMPBLACK_HOME": str(home)}

    def ran(name: str, *arguments: str) -> list[str]:
        command = [sys.executable, "-m", f"lampblack.examples.{name}", *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=60
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.splitlines()

    return ran


def test_stream_stops_at_the_end_of_a_sentence(run) -> None:
    (line,) = run("stream", "Once upon a time")
    assert line.startswith("Once upon a time")
    assert len(line) > len("Once upon a time.")
    assert "." not in line[:-1]


def test_chat_answers_every_question(run) -> None:
    lines = run("chat")
    assert [line for line in lines if line.startswith(">")] == [
        "> What is the capital of France?",
        "> And of Italy?",
    ]
    assert ("Paris" in lines[1], "Rome" in lines[4]) == (True, True)


def test_classify_gives_every_text_shares_that_add_up(run) -> None:
    lines = run("classify")
    assert [line.split(":")[0].strip() for line in lines[1::2]] == ["weather", "food", "money"]
    for line in lines[1::2]:
        assert sum(map(int, re.findall(r"(\d+)%", line))) in (99, 100, 101)


def test_a_batch_goes_on_where_it_was_stopped(run, tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    with source.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["text"], *([text] for text in TEXTS)])
    out.write_text('"A lovely, warm book.",kept,1\nA bore.,kept,1\n', "utf-8")
    assert run("batch_csv", str(source), str(out)) == ["2 rows are done, 3 are left."]
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert tuple(row[0] for row in rows) == TEXTS
    assert [row[1] for row in rows] == ["kept", "kept", "positive", "negative", "negative"]


def test_together_writes_all_and_judges(run) -> None:
    *written, judged = run("together")
    begun = [line for line in written if line.startswith(("The letter said", "Nobody", "In the"))]
    assert [line[:8] for line in begun] == ["The lett", "Nobody h", "In the h"]
    assert re.search(r"perplexity \d+\.\d", judged)


def test_the_readme_names_every_example() -> None:
    there = {path.stem for path in Path(app.sdk.examples.__file__).parent.glob("[!_]*.py")}
    readme = (ROOT / "README.md").read_text("utf-8")
    assert there == set(NAMES) == set(re.findall(r"`lampblack\.examples\.(\w+)`", readme))
