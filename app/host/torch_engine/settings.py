"""What a loaded network runs with: its context, and whether the memory has room for that."""

from __future__ import annotations

from typing import Any

import msgspec
import psutil
import torch

from app.core.errors import OutOfMemoryError
from app.core.memory_fit.fallbacks import SHORTEST, shorter_context, unset
from app.core.options.load_options import BATCH, OWN_CONTEXT, LoadOptions
from app.core.units import size_text
from app.engine.messages import EngineSettings
from app.host.torch_engine import NAME, build
from app.host.torch_engine.devices import TorchDevice

SMALLER = "Close other programs, choose a smaller context or a smaller model."

_TYPES = {torch.float32: "f32", torch.bfloat16: "bf16", torch.float16: "f16"}


def settings_of(
    network: Any, options: LoadOptions, device: TorchDevice, threads: int
) -> EngineSettings:
    """The settings that the options ask for."""
    context = options.context or min(trained_context(network) or OWN_CONTEXT, OWN_CONTEXT)
    batch = min(options.batch or BATCH, context)
    layers = network.config.get_text_config(decoder=True).num_hidden_layers
    return EngineSettings(
        engine=NAME,
        build=build(),
        device=device.title if device.is_gpu else "CPU",
        context=context,
        threads=threads,
        batch=batch,
        ubatch=batch,
        gpu_layers=layers if device.is_gpu else 0,
        kv_type=_TYPES[device.dtype],
    )


def trained_context(network: Any) -> int:
    """The most tokens that the network was made for; 0 where it does not say."""
    config = network.config.get_text_config(decoder=True)
    return int(getattr(config, "max_position_embeddings", 0) or 0)


def fitted(
    network: Any,
    settings: EngineSettings,
    options: LoadOptions,
    device: TorchDevice,
    notes: list[str],
) -> EngineSettings:
    """With a shorter context where none was set and the memory cannot hold the usual one."""
    asked = settings.context
    while (
        "context" in unset(options)
        and settings.context > SHORTEST
        and not device.is_gpu
        and _cache_bytes(network, settings, device) > psutil.virtual_memory().available
    ):
        context = max(SHORTEST, settings.context // 2)
        settings = msgspec.structs.replace(settings, context=context)
    if settings.context != asked:
        notes.append(shorter_context(asked, settings.context))
    return settings


def _cache_bytes(network: Any, settings: EngineSettings, device: TorchDevice) -> int:
    config = network.config.get_text_config(decoder=True)
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    each = 2 * config.num_hidden_layers * heads * width * device.dtype.itemsize
    return int(each * settings.context)


def check_memory(network: Any, settings: EngineSettings, device: TorchDevice) -> None:
    """Refuse a context that cannot fit: the system would end the whole process for it."""
    needed = _cache_bytes(network, settings, device)
    free = psutil.virtual_memory().available
    if not device.is_gpu and needed > free:
        raise OutOfMemoryError(
            f"A context of {settings.context:,} tokens needs {size_text(needed)} of memory, "
            f"but only {size_text(free)} are free.",
            SMALLER,
        )


def positions(network: Any, tokenizer: Any) -> int:
    """How many tokens the network can read at once; 0 for any number.

    Networks of RoBERTa's kind count positions from behind their padding token on.
    """
    trained = trained_context(network)
    for name, module in network.named_modules():
        first = getattr(module, "padding_idx", None)
        if name.endswith("position_embeddings") and first is not None:
            trained = int(module.num_embeddings) - first - 1
    told = int(tokenizer.model_max_length)
    return min(filter(None, (trained, told if told < 1 << 30 else 0)), default=0)
