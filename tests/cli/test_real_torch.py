"""The real program writing with PyTorch: a GGUF file, and the folder that was made out of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

PROMPT = "The old lighthouse keeper opened the door and"
WORDS = ("--engine", "torch", "--temperature", "0", "--max-tokens", "12", "--context", "512")


@pytest.fixture
def kept(own_home: Path, pytestconfig: pytest.Config) -> Path:
    """What the program keeps of GGUF files, from one run of the tests to the next."""
    cache = pytestconfig.cache
    assert cache is not None
    folder = cache.mkdir("torch-engine")
    (own_home / "cache").mkdir(parents=True)
    (own_home / "cache" / "engine").symlink_to(folder)
    return folder


def generate(run_program: Any, model: Path, prompt: str = PROMPT, *words: str) -> Any:
    outcome = run_program("generate", prompt, "--model", str(model), *WORDS, "--json", *words)
    assert (outcome.code, outcome.err) == (0, "")
    return json.loads(outcome.out)


def test_a_gguf_file_and_its_folder_give_the_same_tokens(
    run_program: Any, starter_model: Path, kept: Path
) -> None:
    first = generate(run_program, starter_model)
    assert first["engine"] == "torch"
    assert first["completion_tokens"] == 12
    folder = next(kept.glob(f"{starter_model.stem}-*/config.json")).parent
    second = generate(run_program, folder)
    assert second["text"] == first["text"]


def test_a_grammar_is_a_sentence(
    run_program: Any, starter_model: Path, kept: Path, one_sentence: Any
) -> None:
    words = ["generate", PROMPT, "--model", str(starter_model), *WORDS]
    outcome = run_program(*words, "--grammar", 'root ::= "a"')
    assert outcome.code == 2
    assert one_sentence(outcome.err)
    assert "GGUF model with the llama.cpp engine" in outcome.err
