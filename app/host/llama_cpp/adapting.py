"""Attaching LoRA adapters to a llama.cpp context."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.core.errors import UnsupportedModelError
from app.core.formats.adapter_files import check_gguf_adapter
from app.core.options.adapters import Adapter
from app.host.llama_cpp.library import library, native


def check_all(adapters: Sequence[Adapter], model: str, architecture: str) -> None:
    """A bounded look at every adapter before llama.cpp sees it; raises a LampblackError."""
    for adapter in adapters:
        check_gguf_adapter(Path(adapter.path), model, architecture)


def attach(handle: Any, context: Any, adapters: Sequence[Adapter], model: str) -> None:
    """Attach the adapters to the context; they are freed with the model."""
    if not adapters:
        return
    found = [_loaded(handle, Path(adapter.path), model) for adapter in adapters]
    pointers = (native.llama_adapter_lora_p_ctypes * len(found))(*found)
    strengths = (ctypes.c_float * len(found))(*(adapter.strength for adapter in adapters))
    if native.llama_set_adapters_lora(context, pointers, len(found), strengths):
        raise UnsupportedModelError(f"llama.cpp could not attach the adapters to {model}.")


def _loaded(handle: Any, path: Path, model: str) -> Any:
    library().forget_log()
    adapter = native.llama_adapter_lora_init(handle, os.fsencode(path))
    if not adapter:
        reasons = [line for line in library().log() if "failed to apply" in line]
        reason = reasons[-1].rpartition(": ")[2] if reasons else "llama.cpp gave no reason"
        raise UnsupportedModelError(
            f"The adapter {path.name} does not fit {model}: {reason.rstrip('.')}.",
            "Choose an adapter that was made for this model.",
        )
    if native.llama_adapter_get_alora_n_invocation_tokens(adapter):
        raise UnsupportedModelError(
            f"The adapter {path.name} is not plain LoRA: some words switch it on and off."
        )
    return adapter
