"""The command line with PyTorch writes exactly what transformers' own greedy `generate` does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
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
    "English": ("The old lighthouse keeper opened the door and", 24),
    "Chinese": ("从前有一座山，山上有一座庙，庙里有一个老和尚", 24),
    "Russian": ("Жил-был у самого синего моря старый смотритель маяка, и", 24),
    "long": (" ".join((SENTENCES * 40).split()[:1500]), 16),
}
SETTINGS = {"PYTHONUTF8": "1", "HF_HUB_OFFLINE": "1", "OMP_WAIT_POLICY": "passive"}


def run(*words: str, stdin: str) -> str:
    """What a process of its own writes to stdout."""
    result = subprocess.run(
        [sys.executable, *words],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=600,
        cwd=ROOT,
        env={**os.environ, **SETTINGS},
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


@pytest.fixture
def kept(own_home: Path, pytestconfig: pytest.Config) -> Path:
    """What the program keeps of GGUF files, from one run of the tests to the next."""
    cache = pytestconfig.cache
    assert cache is not None
    folder = cache.mkdir("torch-engine")
    (own_home / "cache").mkdir(parents=True)
    (own_home / "cache" / "engine").symlink_to(folder)
    return folder


@pytest.fixture
def folder(starter_model: Path, kept: Path) -> Path:
    """The folder that the program has made out of the starter model."""
    pattern = f"{starter_model.stem}-*/config.json"
    if not any(kept.glob(pattern)):
        greedy(starter_model, "Once", 1)
    return sorted(kept.glob(pattern))[-1].parent


def greedy(model: Path, prompt: str, count: int) -> Any:
    words = ("--engine", "torch", "--temperature", "0", "--max-tokens", str(count), "--json")
    return json.loads(
        run("-m", "app", "generate", "-", "--model", str(model), *words, stdin=prompt)
    )


def check(model: Path, name: str, reference: dict[str, Any]) -> None:
    """Text and token counts are the reference's; half a character at the end is not shown."""
    written, expected = greedy(model, *PROMPTS[name]), reference[name]
    assert written["engine"] == "torch"
    assert written["prompt_tokens"] == expected["prompt_tokens"]
    assert written["completion_tokens"] == len(expected["ids"])
    assert written["text"] == expected["text"].rstrip("\ufffd")


@pytest.mark.parametrize("name", ["English", "Chinese", "Russian"])
def test_greedy_on_the_gguf_file(
    starter_model: Path, kept: Path, reference: dict[str, Any], name: str
) -> None:
    check(starter_model, name, reference)


@pytest.mark.parametrize("name", PROMPTS)
def test_greedy_on_the_kept_safetensors(folder: Path, reference: dict[str, Any], name: str) -> None:
    check(folder, name, reference)


def test_the_texts_stand_for_their_tokens(reference: dict[str, Any]) -> None:
    """The report of `--json` has no tokens; the texts compared above give them exactly."""
    for name, expected in reference.items():
        if not expected["text"].endswith("\ufffd"):
            assert expected["again"] == expected["ids"], name
