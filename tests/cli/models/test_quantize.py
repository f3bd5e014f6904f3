"""`lampblack models quantize` on a tiny model, with the real engine."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.formats.gguf import read_header
from app.engine.client import EngineClient
from tests.cli.conftest import RunWords
from tests.host.tiny_llama import write_tiny


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    return write_tiny(folder / "tiny.F16.gguf")


def test_the_types_are_listed(run: RunWords) -> None:
    shown = run("models", "quantize", "--list")
    assert shown.code == 0
    assert "Q8_0" in shown.out
    assert len(json.loads(run("models", "quantize", "--list", "--json").out)) > 5


def test_a_copy_lies_beside_its_model(run: RunWords, tiny: Path) -> None:
    done = run("models", "quantize", str(tiny), "--type", "q8_0", new_client=EngineClient)
    assert done.code == 0, done.err
    copy = tiny.with_name("tiny.Q8_0.gguf")
    assert str(copy) in done.out
    assert read_header(copy).quantization == "Q8_0"


def test_the_price_is_measured_on_a_passage(run: RunWords, tiny: Path, tmp_path: Path) -> None:
    passage = tmp_path / "passage.txt"
    passage.write_text("The lamp burned low. " * 20, "utf-8")
    copy = tmp_path / "copy.gguf"
    words = ("models", "quantize", str(tiny), "--type", "Q4_0", "--to", str(copy), "--json")
    done = run(*words, "--passage", str(passage), new_client=EngineClient)
    assert done.code == 0, done.err
    facts = json.loads(done.out)
    assert facts["path"] == str(copy)
    assert facts["size_after"] < facts["size_before"]
    assert facts["tokens"] > 100
    assert facts["change"] == pytest.approx(
        facts["perplexity_after"] / facts["perplexity_before"] - 1, abs=1e-6
    )


def test_rounding_twice_is_asked_about(
    run: RunWords, tmp_path: Path, terminal_stdin: Callable[[bytes], object]
) -> None:
    eight = write_tiny(tmp_path / "eight.gguf", "Q8_0")
    words = ("models", "quantize", str(eight), "--type", "Q4_0")
    assert run(*words, stdin=b"").code == 2
    assert run(*words, stdin=terminal_stdin(b"n\n")).code == 1
    assert sorted(tmp_path.glob("*.gguf*")) == [eight]
    assert run(*words, "--yes", new_client=EngineClient).code == 0
    assert len(list(tmp_path.glob("*.gguf*"))) == 2


def test_a_copy_that_saves_nothing_is_asked_about(run: RunWords, tmp_path: Path) -> None:
    model = write_tiny(tmp_path / "brain.gguf", "BF16")
    asked = run("models", "quantize", str(model), "--type", "F16", stdin=b"")
    assert asked.code == 2
    assert "no smaller than the model" in asked.err
    assert sorted(tmp_path.glob("*.gguf*")) == [model]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "No model is named"),
        (("{tiny}", "--type", "Q9"), "no type 'Q9'"),
        (("{tiny}", "--type", "F16"), "in F16 already"),
        (("{tiny}", "--passage", "/nowhere/at/all"), "cannot be read"),
        (("{tiny}", "--to", "{tiny}"), "already a file"),
    ],
)
def test_what_cannot_be_is_a_sentence(
    run: RunWords, tiny: Path, words: tuple[str, ...], sentence: str
) -> None:
    given = [word.replace("{tiny}", str(tiny)) for word in words]
    done = run("models", "quantize", *given, "--json", new_client=EngineClient)
    assert done.code in (1, 2)
    assert sentence in done.err
    assert sorted(tiny.parent.iterdir()) == [tiny]


def test_ctrl_c_leaves_nothing(
    start_program: Callable[..., subprocess.Popen[bytes]], starter_model: Path, tmp_path: Path
) -> None:
    target = tmp_path / "copy" / "copy.gguf"
    target.parent.mkdir()
    passage = tmp_path / "p.txt"
    passage.write_text("One two three four five. " * 400, "utf-8")
    words = ["models", "quantize", str(starter_model), "--to", str(target)]
    program = start_program([*words, "--passage", str(passage)])
    assert program.stderr is not None
    program.stderr.readline()  # the price is said: the work begins
    program.send_signal(signal.SIGINT)
    program.communicate(timeout=60)
    assert program.returncode == 1
    assert not list(target.parent.iterdir())
