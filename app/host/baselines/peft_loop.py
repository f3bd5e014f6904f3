"""The training baseline: a plain loop of PyTorch around peft's layers.

The program does not install peft: `packaging/dev.py bench` does, into a folder of its own.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from importlib.metadata import version
from time import perf_counter
from typing import Any

import torch
import transformers

from app.core.errors import NotMeasuredError
from app.host.process_memory import peak_memory

_CLIP = 1.0
_WARMING = 0.1


class PeftLoop:
    """One training as peft's own guides write it."""

    def check(self) -> dict[str, Any]:
        """Raise NotMeasuredError where peft is missing."""
        _peft()
        return {}

    def open(
        self,
        *,
        path: str,
        rows: Sequence[Sequence[int]],
        layers: Sequence[str],
        rank: int,
        alpha: float,
        rate: float,
        steps: int,
        threads: int,
        numbers: str,
    ) -> dict[str, Any]:
        """Load the model folder and put adapters beside its `layers`; `rows` make a step."""
        peft = _peft()
        torch.set_num_threads(threads)
        network = transformers.AutoModelForCausalLM.from_pretrained(
            path,
            dtype=getattr(torch, numbers),
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
        )
        config = peft.LoraConfig(
            r=rank,
            lora_alpha=alpha,
            lora_dropout=0.0,
            target_modules=list(layers),
            task_type="CAUSAL_LM",
        )
        self._network = peft.get_peft_model(network, config).train()
        self._learned = [one for one in self._network.parameters() if one.requires_grad]
        self._optimizer = torch.optim.AdamW(self._learned, lr=rate, weight_decay=0.0)
        self._schedule = transformers.get_cosine_schedule_with_warmup(
            self._optimizer, max(1, round(_WARMING * steps)), steps
        )
        self._rows = [torch.tensor([row]) for row in rows]
        return {
            "build": f"peft {version('peft')}, torch {torch.__version__}",
            "parameters": sum(one.numel() for one in self._learned),
        }

    def step(self) -> dict[str, Any]:
        """Seconds of a step of the optimizer, its loss, and the most memory taken so far."""
        begun = perf_counter()
        self._optimizer.zero_grad()
        total = 0.0
        for row in self._rows:
            loss = self._network(input_ids=row, labels=row, use_cache=False).loss
            loss = loss / len(self._rows)
            loss.backward()
            total += float(loss.detach())
        torch.nn.utils.clip_grad_norm_(self._learned, _CLIP)
        self._optimizer.step()
        self._schedule.step()
        seconds = perf_counter() - begun
        return {"seconds": seconds, "loss": total, "memory": peak_memory()}


def _peft() -> Any:
    try:
        return importlib.import_module("peft")
    except ImportError as error:
        raise NotMeasuredError(
            "The Python package peft is not installed; packaging/dev.py bench does that."
        ) from error


os.environ.setdefault("HF_HUB_OFFLINE", "1")
