"""A loaded model with its context: the native handles and what is read out of them."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.core.errors import UnsupportedModelError
from app.core.formats.adapter_files import check_gguf_adapter
from app.core.options.adapters import Adapter
from app.host.generation.chat_template import ChatTemplate
from app.host.llama_cpp.context import Context
from app.host.llama_cpp.library import library, native
from app.host.llama_cpp.tuning.tuning_file import Tuning
from app.host.llama_cpp.vocabulary import LlamaVocabulary


class LlamaModel:
    """Owns the native model and its context; `tuning` is what was measured of it, if it was."""

    def __init__(self, handle: Any, context: Any, tuning: Tuning | None = None) -> None:
        self.handle = handle
        self.tuning = tuning
        self.vocabulary = LlamaVocabulary(handle)
        self.context = Context(context, self.vocabulary.size)
        recurrent = native.llama_model_is_recurrent(handle) or native.llama_model_is_hybrid(handle)
        self.can_forget_part = not recurrent
        self.template = self._template()

    def close(self) -> None:
        """Free both; it may be closed twice."""
        self.context.close()
        if self.handle is not None:
            native.llama_model_free(self.handle)
            self.handle = None

    def _template(self) -> ChatTemplate | None:
        source = native.llama_model_chat_template(self.handle, None)
        if not source:
            return None
        words = self.vocabulary
        return ChatTemplate(
            source.decode("utf-8", "replace"),
            bos_token=words.bos_text,
            eos_token=words.eos_text,
            control=words.control_texts,
        )


def metadata(handle: Any, key: str) -> str:
    """A value of the file's header as text; empty if it is not there."""
    room = 256
    while True:
        buffer = ctypes.create_string_buffer(room)
        length = native.llama_model_meta_val_str(handle, key.encode(), buffer, room)
        if length < 0:
            return ""
        if length < room:
            return buffer.value.decode("utf-8", "replace")
        room = length + 1


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
