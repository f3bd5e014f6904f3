"""A loaded model with its context: the native handles and what is read out of them."""

from __future__ import annotations

import ctypes
from typing import Any

from app.host.generation.chat_template import ChatTemplate
from app.host.llama_cpp.context import Context
from app.host.llama_cpp.library import native
from app.host.llama_cpp.tuning.tuning_file import Tuning
from app.host.llama_cpp.vocabulary import Vocabulary


class Model:
    """Owns the native model and its context; `tuning` is what was measured of it, if it was."""

    def __init__(self, handle: Any, context: Any, tuning: Tuning | None = None) -> None:
        self.handle = handle
        self.tuning = tuning
        self.vocabulary = Vocabulary(handle)
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
