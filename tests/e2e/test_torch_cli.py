"""The command line with PyTorch writes exactly what transformers' own greedy `generate` does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
REFERENCE = Path(__file__).with_name("greedy_reference.py")
SENTENCES = (
    "The keeper climbed the stairs, counted them again, and wrote the number down. "
    "Nobody had asked him to. The sea was quiet, the lamp was cold, and the town had forgotten "
    "which of the two it was supposed to be afraid of. "
)
PROMPTS = {
    "English": ("The old lighthouse keeper opened the door and", 16),
    "Chinese": ("从前有一座山，山上有一座庙，庙里有一个老和尚", 16),
    "Russian": ("Жил-был у самого синего моря старый смотритель маяка, и", 16),
    "1,500 words": (" ".join((SENTENCES * 40).split()[:1500]), 8),
}
SETTINGS = {"PYTHONUTF8": "1", "HF_HUB_OFFLINE": "1", "OMP_WAIT_POLICY": "passive"}


CONVERTING = "Chinese"
"""The prompt of the run that meets the GGUF file first, and makes safetensors out of it."""


def run(*words: str, stdin: str, **more: str) -> str:
    """What a process of its own, with `more` in its environment, writes to stdout."""
    result = subprocess.run(
        [sys.executable, *words],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=600,
        cwd=ROOT,
        env={**os.environ, **SETTINGS, **more},
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def reference(starter_model: Path) -> dict[str, Any]:
    """What transformers writes, from the GGUF file and without any of our code."""
    found: dict[str, Any] = json.loads(
        run(str(REFERENCE), str(starter_model), stdin=json.dumps(PROMPTS))
    )
    return found


def test_the_texts_stand_for_their_tokens(reference: dict[str, Any]) -> None:
    """The report of `--json` has no tokens; the texts compared above give them exactly."""
    for name, expected in reference.items():
        if not expected["text"].endswith("\ufffd"):
            assert expected["again"] == expected["ids"], name


def greedy(home: Path, model: Path, name: str) -> Any:
    """The report of `lampblack generate` for a prompt, in a home of its own."""
    prompt, count = PROMPTS[name]
    words = ("--engine", "torch", "--temperature", "0", "--max-tokens", str(count), "--json")
    command = ("-m", "app", "generate", "-", "--model", str(model), *words)
    return json.loads(run(*command, stdin=prompt, LAMPBLACK_HOME=str(home)))


@pytest.fixture(scope="module")
def converted(
    starter_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, Any]]:
    """A home in which the GGUF file was run once, and what that run reported."""
    home = tmp_path_factory.mktemp("converted")
    yield home, greedy(home, starter_model, CONVERTING)
    shutil.rmtree(home)


@pytest.fixture
def folder(converted: tuple[Path, Any]) -> Path:
    """The safetensors that the program has made out of the GGUF file."""
    (config,) = (converted[0] / "cache" / "engine").glob("*/config.json")
    return config.parent


def check(written: Any, expected: dict[str, Any]) -> None:
    """Text and token counts are the reference's; half a character at the end is not shown."""
    assert written["engine"] == "torch"
    assert written["prompt_tokens"] == expected["prompt_tokens"]
    assert written["completion_tokens"] == len(expected["ids"])
    assert written["text"] == expected["text"].rstrip("\ufffd")


@pytest.mark.parametrize("name", PROMPTS)
def test_greedy_on_the_gguf_file(
    starter_model: Path, converted: tuple[Path, Any], reference: dict[str, Any], name: str
) -> None:
    home, first = converted
    written = first if name == CONVERTING else greedy(home, starter_model, name)
    check(written, reference[name])


@pytest.mark.parametrize("name", PROMPTS)
def test_greedy_on_the_cached_safetensors(
    folder: Path, own_home: Path, reference: dict[str, Any], name: str
) -> None:
    check(greedy(own_home, folder, name), reference[name])
