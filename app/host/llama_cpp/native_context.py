"""Making llama.cpp's contexts out of settings, and the memory that they need."""

from __future__ import annotations

import re
from typing import Any

from app.core.errors import ModelLoadError, OutOfMemoryError
from app.core.memory_fit.demand import KV_BYTES, OUTPUTS, SEQUENCES
from app.engine.messages import EngineSettings
from app.host.llama_cpp.library import library, native

SMALLER = "Close other programs, choose a smaller context or a smaller model."
"""What to do where memory is short."""

_KV_TYPES = {"f32": 0, "f16": 1, "q4_0": 2, "q8_0": 8, "bf16": 30}


def cache_bytes(handle: Any, settings: EngineSettings) -> int:
    """The memory of the KV cache, all layers together."""
    heads = max(1, native.llama_model_n_head(handle))
    width = native.llama_model_n_embd(handle) // heads * native.llama_model_n_head_kv(handle)
    per_token = 2 * width * native.llama_model_n_layer(handle) * KV_BYTES[settings.kv_type]
    return int(per_token * settings.context)


def attention_bytes(handle: Any, settings: EngineSettings) -> int:
    """Without flash attention every head's weights of a micro-batch are kept at once."""
    if settings.flash_attention:
        return 0
    heads: int = native.llama_model_n_head(handle)
    return settings.context * settings.ubatch * heads * 4


def make_context(name: str, handle: Any, settings: EngineSettings, outputs: int = OUTPUTS) -> Any:
    """A native context for the model of that file name, `outputs` rows of which can give logits.

    Raises OutOfMemoryError or ModelLoadError.
    """
    context = native.llama_init_from_model(handle, _parameters(settings, outputs))
    if not context:
        text = "\n".join(library().log())
        if re.search("alloc|memory", text):
            raise OutOfMemoryError(
                f"There is not enough memory for a context of {settings.context:,} tokens.",
                SMALLER,
            )
        reason = library().log()[-1:] or ["it gave no reason"]
        raise ModelLoadError(f"llama.cpp could not set {name} up: {reason[0].rstrip('.')}.")
    return context


def _parameters(settings: EngineSettings, outputs: int) -> Any:
    parameters = native.llama_context_default_params()
    parameters.n_ctx = settings.context
    parameters.n_batch = settings.batch
    parameters.n_ubatch = settings.ubatch
    parameters.n_seq_max = SEQUENCES
    parameters.n_outputs_max = min(outputs, settings.batch)
    parameters.kv_unified = True  # else each sequence gets only its part of the context
    parameters.swa_full = True  # else the beginning of a prompt cannot be reused
    parameters.n_threads = parameters.n_threads_batch = settings.threads
    parameters.flash_attn_type = (
        native.LLAMA_FLASH_ATTN_TYPE_ENABLED
        if settings.flash_attention
        else native.LLAMA_FLASH_ATTN_TYPE_DISABLED
    )
    parameters.type_k = parameters.type_v = _KV_TYPES[settings.kv_type]
    parameters.no_perf = True
    return parameters
