"""The draft model on the command line: the one that belongs to the model, another, or none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli.engine import asked_load
from app.cli.main import build_parser
from app.core.system.paths import Paths
from app.program import Program
from tests.cli.conftest import RunWords
from tests.host.tiny_llama import write_tiny


@pytest.fixture
def models(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A model and two smaller ones, of which the first belongs to it."""
    large, one, two = (
        write_tiny(tmp_path / f"{name}.gguf", kind)
        for name, kind in (("large", "F32"), ("one", "Q8_0"), ("two", "F16"))
    )
    program = Program(Paths.here())
    program.metadata.change(program.model(str(large)), draft=str(one))
    program.close()
    return large, one, two


def _draft(words: tuple[str, ...], large: Path) -> str:
    asked = ["generate", "The lamp", "--model", str(large), *words]
    arguments = build_parser().parse_args(asked)
    program = Program(Paths.here())
    try:
        load, _model = asked_load(arguments, program)
    finally:
        program.close()
    return load.options.draft


def test_the_models_own_is_used_unless_another_is_named(models: tuple[Path, Path, Path]) -> None:
    large, one, two = models
    assert _draft((), large) == str(one)
    assert _draft(("--draft", str(two)), large) == str(two)
    assert _draft(("--draft", "none"), large) == ""
    assert _draft((), two) == ""
    assert _draft(("--engine", "torch"), large) == str(one)


def test_the_fit_counts_it(run: RunWords, models: tuple[Path, Path, Path]) -> None:
    large, _one, _two = models

    def needed(*more: str) -> tuple[int, list[str]]:
        done = run("models", "fit", str(large), "--gpu-layers", "0", "--json", *more)
        assert done.code == 0, done.err
        facts = json.loads(done.out)
        return facts["needed_bytes"], [part["what"] for part in facts["parts"]]

    both, alone = needed(), needed("--draft", "none")
    assert "draft model" in both[1]
    assert "draft model" not in alone[1]
    assert both[0] > alone[0]


def test_one_that_is_not_there_is_said(run: RunWords, models: tuple[Path, Path, Path]) -> None:
    done = run("models", "fit", str(models[0]), "--draft", "nowhere")
    assert done.code != 0
    assert "nowhere" in done.err
