"""The Torch baseline: transformers' own `generate` with a streamer."""

from __future__ import annotations

import os
from time import perf_counter
from typing import Any

import torch
import transformers

_LOCAL = {"trust_remote_code": False, "local_files_only": True}


class TransformersGenerate:
    """One model in transformers' hands."""

    def open(self, *, path: str, threads: int) -> dict[str, Any]:
        """Load the model folder at `path`; which tokens end a text."""
        torch.set_num_threads(threads)
        self._tokenizer = transformers.AutoTokenizer.from_pretrained(path, **_LOCAL)
        self._network = transformers.AutoModelForCausalLM.from_pretrained(
            path, dtype="auto", use_safetensors=True, **_LOCAL
        ).eval()
        settings = self._network.generation_config
        ends = settings.eos_token_id
        settings.eos_token_id = None  # a text goes on for as long as it is timed
        settings.pad_token_id = self._tokenizer.pad_token_id
        return {
            "ends": [] if ends is None else ends if isinstance(ends, list) else [ends],
            "build": f"torch {torch.__version__}, transformers {transformers.__version__}",
        }

    def generate(self, *, prompt: str, tokens: int) -> dict[str, Any]:
        """Seconds per greedy token after the first, as the streamer gets them."""
        streamer = _Clock(self._tokenizer)
        asked = self._tokenizer(prompt, return_tensors="pt")
        with torch.inference_mode():
            written = self._network.generate(
                **asked, do_sample=False, max_new_tokens=tokens, streamer=streamer
            )
        times = streamer.times
        ids = written[0, asked["input_ids"].shape[1] :].tolist()
        return {"step": (times[-1] - times[0]) / (len(times) - 1), "tokens": ids}


class _Clock(transformers.TextStreamer):
    """A streamer that makes text of the tokens, as every program does, and notes when."""

    def __init__(self, tokenizer: Any) -> None:
        super().__init__(tokenizer, skip_prompt=True)
        self.times: list[float] = []

    def put(self, value: Any) -> None:
        """Take the prompt, and then token after token."""
        prompt = self.next_tokens_are_prompt
        super().put(value)
        if not prompt:
            self.times.append(perf_counter())

    def on_finalized_text(self, _text: str, stream_end: bool = False) -> None:
        """The text goes nowhere."""


os.environ.setdefault("HF_HUB_OFFLINE", "1")
