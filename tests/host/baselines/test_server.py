"""How a baseline serves: a line in, a line out, trouble as an answer."""

from __future__ import annotations

import io
import json
import pkgutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.core.errors import ModelLoadError
from app.host.baselines.llama_default import HighLevel
from app.host.baselines.server import BASELINES, BusyCore, serve


def fail() -> dict[str, object]:
    raise ModelLoadError("It would not load.", "Get it again.")


def test_every_line_gets_an_answer_and_trouble_is_one() -> None:
    lines = [{"do": "double", "number": 4}, {"do": "fail"}, {"do": "double", "number": 5}]
    answers = io.StringIO()
    commands = io.BytesIO("".join(json.dumps(line) + "\n" for line in lines).encode())
    double = SimpleNamespace(double=lambda number: {"result": 2 * number}, fail=fail)
    serve(double, commands, answers)
    assert [json.loads(line) for line in answers.getvalue().splitlines()] == [
        {"result": 8},
        {"problem": "It would not load. Get it again."},
        {"result": 10},
    ]


@pytest.mark.parametrize("name", ["bare", "busy", "llama"])
def test_the_baselines_of_the_engine_are_there(name: str) -> None:
    assert callable(pkgutil.resolve_name(BASELINES[name]))


def test_the_neighbour_can_be_busy_again() -> None:
    neighbour = BusyCore()
    for _ in range(2):
        neighbour.start()
        neighbour.stop()
    neighbour.stop()


def test_the_high_level_library_writes(starter_model: Path) -> None:
    writer = HighLevel()
    assert writer.open(path=str(starter_model))["build"].startswith("llama-cpp-python")
    written = writer.write(prompt="The ferry came late that evening,", tokens=4)
    assert written["tokens"] <= 4
    assert written["seconds"] >= 0
