"""Greedy text is exactly that of transformers' own `generate`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.host.driving import Runner

SENTENCES = (
    "The keeper climbed the stairs, counted them again, and wrote the number down. "
    "Nobody had asked him to. The sea was quiet, the lamp was cold, and the town had forgotten "
    "which of the two it was supposed to be afraid of. "
)
PROMPTS = {
    "English": "The old lighthouse keeper opened the door and",
    "Chinese": "从前有一座山，山上有一座庙，庙里有一个老和尚",
    "Russian": "Жил-был у самого синего моря старый смотритель маяка, и",
    "long": " ".join((SENTENCES * 40).split()[:1500]),
}


@pytest.fixture(scope="module")
def reference(torch_folder: Path) -> Any:
    """The folder as transformers itself loads it."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    network = AutoModelForCausalLM.from_pretrained(torch_folder, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(torch_folder)

    def generate(prompt: str, count: int) -> list[int]:
        inputs = tokenizer(prompt, return_tensors="pt")
        found = network.generate(**inputs, do_sample=False, max_new_tokens=count)
        tokens: list[int] = found[0, inputs["input_ids"].shape[1] :].tolist()
        return tokens

    return generate


@pytest.mark.parametrize("name", PROMPTS)
def test_greedy_is_transformers_own(torch_generate: Runner, reference: Any, name: str) -> None:
    expected = reference(PROMPTS[name], 32)
    done = torch_generate(PROMPTS[name], temperature=0.0, max_tokens=32)
    count = len(done.takes[0].token_ids)
    assert list(done.takes[0].token_ids) == expected[:count]
    assert count == 32 or expected[count] in torch_generate.engine._vocabulary.ends
