"""A learned adapter as files: a PEFT folder for Torch, a GGUF file for llama.cpp."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from safetensors.torch import save

from app.core.system.files import write_atomically
from app.training.gguf_adapter import gguf_adapter, gguf_names

PEFT_WEIGHTS, PEFT_CONFIG = "adapter_model.safetensors", "adapter_config.json"
GGUF_FILE = "adapter.gguf"

Matrices = Iterable[tuple[str, Any, Any]]


def write_adapter(
    folder: Path, matrices: Matrices, *, rank: int, alpha: float, base: str, config: Any
) -> str:
    """Write both forms into `folder`; why there is no GGUF file, or empty. Raises OSError.

    `config` is the network's own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = list(matrices)
    tensors: dict[str, Any] = {}
    for name, down, up in found:
        tensors[f"base_model.model.{name}.lora_A.weight"] = down.contiguous()
        tensors[f"base_model.model.{name}.lora_B.weight"] = up.contiguous()
    write_atomically(folder / PEFT_WEIGHTS, save(tensors, {"format": "pt"}))
    write_atomically(
        folder / PEFT_CONFIG, _peft_config([one[0] for one in found], rank, alpha, base)
    )
    names = gguf_names(config, [name for name, _down, _up in found])
    if isinstance(names, str):
        return names
    parts = [(names[name], down.numpy(), up.numpy()) for name, down, up in found]
    write_atomically(folder / GGUF_FILE, gguf_adapter(parts, alpha, config))
    return ""


def _peft_config(layers: list[str], rank: int, alpha: float, base: str) -> bytes:
    config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": base,
        "r": rank,
        "lora_alpha": alpha,
        "lora_dropout": 0.0,
        "bias": "none",
        "fan_in_fan_out": False,
        "use_rslora": False,
        "inference_mode": True,
        "target_modules": sorted({name.rpartition(".")[2] for name in layers}),
    }
    return json.dumps(config, indent=2).encode() + b"\n"
