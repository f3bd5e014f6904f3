"""Prints what transformers' own greedy `generate` writes after each prompt.

A script of its own, started by test_torch_cli.py: the model file as its argument, a JSON object of
prompts with the number of tokens for each on stdin; for each its text and its counts on stdout.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import torch
import transformers


def written(network: Any, tokenizer: Any, prompt: str, count: int) -> dict[str, object]:
    inputs = tokenizer(prompt, return_tensors="pt")
    length = inputs["input_ids"].shape[1]
    ids = network.generate(**inputs, do_sample=False, max_new_tokens=count)[0, length:].tolist()
    if tokenizer.eos_token_id in ids:
        ids = ids[: ids.index(tokenizer.eos_token_id)]
    text = tokenizer.decode(ids, clean_up_tokenization_spaces=False)
    return {"text": text, "ids": ids, "prompt_tokens": length, "again": again(tokenizer, text)}


def again(tokenizer: Any, text: str) -> list[int]:
    """The tokens that the tokenizer makes out of the text."""
    ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return ids


def main(model: Path) -> None:
    prompts = json.load(sys.stdin)
    place = {"pretrained_model_name_or_path": str(model.parent), "gguf_file": model.name}
    tokenizer = transformers.AutoTokenizer.from_pretrained(**place)
    network = transformers.AutoModelForCausalLM.from_pretrained(**place, dtype=torch.float32)
    found = {
        name: written(network, tokenizer, prompt, count)
        for name, (prompt, count) in prompts.items()
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
