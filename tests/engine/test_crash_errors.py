"""What is told when the host ends by itself."""

from __future__ import annotations

import signal

import pytest

from app.core.errors import GpuCrashedError, ModelCrashedError
from app.engine.crash_errors import crash_error
from app.engine.messages import Count, EngineSettings, Load, ModelInfo

LOAD = Load(job=1, path="/models/Bad.gguf", engine="llama.cpp")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no such signals")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SIGKILL", "too little memory"),
        ("SIGILL", "instructions that this processor does not have"),
        ("SIGBUS", "could not be read to its end"),
        ("SIGSEGV", "The reason is not known"),
        ("SIGABRT", "a fault in the engine"),
    ],
)
def test_a_crash_of_a_load_tells_what_its_signal_says(name: str, words: str) -> None:
    error = crash_error(-getattr(signal, name), LOAD, None)
    assert isinstance(error, ModelCrashedError)
    assert error.message == f"The engine was killed by {name} while it loaded Bad.gguf."
    assert words in error.hint


def test_a_code_that_is_no_signal_is_told_as_it_is() -> None:
    error = crash_error(3, LOAD, None)
    assert error.message == "The engine ended with code 3 while it loaded Bad.gguf."
    assert "The reason is not known" in error.hint
    assert "was killed by signal 999" in crash_error(-999, LOAD, None).message


def test_a_load_on_a_card_suspects_its_driver() -> None:
    error = crash_error(-11, LOAD, None, "A card")
    assert isinstance(error, GpuCrashedError)
    assert "on the graphics card (A card)" in error.message


@pytest.mark.parametrize(("layers", "hint"), [(0, "loaded again"), (9, "layers on the GPU to 0")])
def test_a_crash_at_work_names_the_model(layers: int, hint: str) -> None:
    settings = EngineSettings(gpu_layers=layers)
    model = ModelInfo(name="Good", path="/g", engine="llama.cpp", settings=settings)
    error = crash_error(-11, Count(job=2, prompt="x"), model)
    assert "while it worked with Good" in error.message
    assert hint in error.hint
    assert "before it was ready" in crash_error(1, None, None).message
