"""The steps of a smaller copy, with a scripted engine."""

from __future__ import annotations

import pytest

from app.core.errors import CancelledError, QuantizeError
from app.engine.messages import (
    Finished,
    JobCommand,
    Load,
    Loaded,
    Measured,
    ModelInfo,
    Perplexity,
    Quantize,
    Quantized,
)
from app.engine.quantize_job import QuantizeJob, drive

MODEL = Load(job=0, path="/m/big.gguf", engine="llama.cpp")
OTHER = Load(job=0, path="/m/other.gguf", engine="llama.cpp")


class Engine:
    """Does everything at once, and fails at the named command."""

    def __init__(self, fails_at: str = "") -> None:
        self.done: list[str] = []
        self._fails_at = fails_at

    def run(self, command: JobCommand) -> Finished:
        name = type(command).__name__.lower()
        name += f" {command.path}" if isinstance(command, Load) else ""
        self.done.append(name)
        if name == self._fails_at:
            raise CancelledError("Stopped.")
        if isinstance(command, Load):
            model = ModelInfo(name="m", path=command.path, engine="llama.cpp")
            return Loaded(job=1, model=model, seconds=1)
        if isinstance(command, Perplexity):
            after = "load /m/small.gguf" in self.done
            return Measured(job=1, perplexity=11.0 if after else 10.0, tokens=7)
        assert isinstance(command, Quantize)
        return Quantized(job=1, path=command.target, size_before=200, size_after=100)


def order(**fields: object) -> QuantizeJob:
    given = {"load": MODEL, "target": "/m/small.gguf", "type_name": "Q8_0", **fields}
    return QuantizeJob(**given)  # type: ignore[arg-type]  # a test's shorthand


def test_without_a_passage_nothing_is_loaded() -> None:
    engine = Engine()
    outcome = drive(order(), engine.run)
    assert engine.done == ["quantize"]
    assert (outcome.size_before, outcome.size_after, outcome.change) == (200, 100, None)


def test_with_a_passage_both_are_measured() -> None:
    engine = Engine()
    outcome = drive(order(passage="words"), engine.run)
    assert engine.done == [
        "load /m/big.gguf", "perplexity", "quantize", "load /m/small.gguf", "perplexity"
    ]  # fmt: skip
    assert outcome.change == pytest.approx(0.1)
    assert outcome.tokens == 7


def test_what_was_loaded_is_loaded_again() -> None:
    engine = Engine()
    drive(order(passage="words", loaded=MODEL), engine.run)
    assert engine.done[0] == "perplexity"
    assert engine.done[-1] == "load /m/big.gguf"
    engine = Engine()
    drive(order(passage="words", loaded=OTHER), engine.run)
    assert engine.done[0] == "load /m/big.gguf"
    assert engine.done[-1] == "load /m/other.gguf"


@pytest.mark.parametrize(
    ("fails_at", "last"),
    [
        ("perplexity", "perplexity"),
        ("quantize", "quantize"),
        ("load /m/small.gguf", "load /m/big.gguf"),
    ],
)
def test_after_trouble_too(fails_at: str, last: str) -> None:
    engine = Engine(fails_at)
    with pytest.raises(CancelledError):
        drive(order(passage="words", loaded=MODEL), engine.run)
    assert engine.done[-1] == last


def test_the_engines_error_is_the_one_that_is_told() -> None:
    def fail(_command: JobCommand) -> Finished:
        raise QuantizeError("No.")

    with pytest.raises(QuantizeError, match="No"):
        drive(order(), fail)
