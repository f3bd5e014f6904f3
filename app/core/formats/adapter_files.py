"""Reading adapters' files: which engine and which kind of model they are for."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, TypeGuard

import msgspec

from app.core.errors import ModelNotFoundError, NotAModelError, UnsupportedModelError
from app.core.formats.gguf import read_adapter_header
from app.core.formats.safetensors import read_adapter_folder
from app.core.system.files import is_file, is_folder

_NOT_PLAIN = {
    "use_dora": "DoRA, which also scales the model's own weights",
    "use_qalora": "QALoRA",
    "modules_to_save": "whole layers beside its LoRA",
    "target_parameters": "parameters that are no layers",
    "layer_replication": "another arrangement of the layers",
    "trainable_token_indices": "tokens of its own",
    "alora_invocation_tokens": "a switch that some words turn on",
    "lora_bias": "biases of its own",
    "fan_in_fan_out": "weights in the other direction",
}
"""The keys of a PEFT configuration that ask for more than LoRA, and what that is."""


class PeftConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What in a PEFT folder's configuration changes its weights' effect."""

    rank: int
    alpha: float
    alpha_pattern: dict[str, float]
    is_rank_stabilized: bool


def engine_of(path: Path) -> str:
    """The engine that an adapter is for, as its files say; raises a LampblackError."""
    if is_folder(path):
        read_peft(path)
        return "torch"
    read_adapter_header(path)
    return "llama.cpp"


def check_gguf_adapter(path: Path, model: str, architecture: str) -> None:
    """Check a GGUF adapter's header against the model `model` of that architecture.

    Raises NotAModelError, ModelNotFoundError, TruncatedModelError or UnsupportedModelError.
    """
    if is_folder(path):
        raise UnsupportedModelError(
            f"{path.name} is an adapter folder for the Torch engine; llama.cpp takes GGUF files.",
            "Run the model with the Torch engine, or get the adapter as GGUF.",
        )
    made_for = read_adapter_header(path)
    if made_for != architecture:
        raise UnsupportedModelError(
            f"The adapter {path.name} was made for {made_for or 'an unknown kind of model'}, but "
            f"{model} is {architecture}.",
            "Choose an adapter that was made for this model.",
        )


def read_peft(folder: Path) -> PeftConfig:
    """Read a PEFT folder's configuration, and refuse what is more than plain LoRA."""
    if is_file(folder):
        raise UnsupportedModelError(
            f"{folder.name} is an adapter file for llama.cpp; the Torch engine takes PEFT folders.",
            "Run the model with llama.cpp, or get the adapter as a folder with safetensors.",
        )
    if not is_folder(folder):
        raise ModelNotFoundError(f"There is no adapter {folder}.")
    config = read_adapter_folder(folder)
    _require_plain(folder.name, config)
    rank, alpha = config.get("r"), config.get("lora_alpha")
    if type(rank) is not int or rank < 1 or not _is_number(alpha):
        raise NotAModelError(f"The adapter {folder.name} does not say its rank and its alpha.")
    pattern = config.get("alpha_pattern") or {}
    if not isinstance(pattern, dict) or not all(_is_number(value) for value in pattern.values()):
        raise NotAModelError(f"The adapter {folder.name} has no sound alpha_pattern.")
    return PeftConfig(
        rank=rank,
        alpha=float(alpha),
        alpha_pattern={name: float(value) for name, value in pattern.items()},
        is_rank_stabilized=config.get("use_rslora") is True,
    )


def _require_plain(name: str, config: dict[str, Any]) -> None:
    kind = config.get("peft_type")
    if kind != "LORA":
        raise UnsupportedModelError(f"The adapter {name} is not a LoRA but {str(kind)[:40]}.")
    more = next((words for key, words in _NOT_PLAIN.items() if config.get(key)), "")
    if config.get("bias") not in (None, "none"):
        more = _NOT_PLAIN["lora_bias"]
    if more:
        raise UnsupportedModelError(
            f"The adapter {name} is not plain LoRA: it has {more}.",
            "Merge it into the model with the tool that made it.",
        )


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and math.isfinite(value)
