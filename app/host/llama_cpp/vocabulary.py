"""The model's vocabulary: texts to tokens and back."""

from __future__ import annotations

import ctypes
import re
from typing import Any

import numpy as np

from app.core.errors import GenerationError
from app.host.generation.vocabulary import TURN_ENDS, Ids, Infill, finder
from app.host.llama_cpp.library import native

_CONTROL = 1 << 3


class LlamaVocabulary:
    """Tokenizes by the model's own rules; pieces are cached as they are met."""

    def __init__(self, model: Any) -> None:
        self.handle = native.llama_model_get_vocab(model)
        self.size: int = native.llama_vocab_n_tokens(self.handle)
        bos: int = native.llama_vocab_bos(self.handle)
        self.bos = bos if native.llama_vocab_get_add_bos(self.handle) and bos >= 0 else None
        self.start = bos if bos >= 0 else None
        self.bos_text = self._text(bos)
        self.eos_text = self._text(native.llama_vocab_eos(self.handle))
        self._pieces: list[bytes | None] = [None] * self.size
        self._control = self._find_control()
        self.ends = self._find_ends()
        self.infill = self._find_infill()

    def tokenize(self, text: str, *, special: bool = False) -> Ids:
        """The tokens of `text`, without a beginning token.

        Only with `special` do texts such as `<|im_end|>` become the model's control tokens.
        """
        data = text.encode("utf-8")
        room = len(data) + 16
        while True:
            ids = (ctypes.c_int32 * room)()
            count = native.llama_tokenize(self.handle, data, len(data), ids, room, False, special)
            if count >= 0:
                return np.array(ids[:count], dtype=np.int32)
            if -count <= room:
                raise GenerationError("The text could not be split into tokens.")
            room = -count

    def piece(self, token: int) -> bytes:
        """The bytes that a token adds to the text; none for control tokens."""
        found = self._pieces[token]
        if found is None:
            found = self._pieces[token] = self._render(token, special=False)
        return found

    def shown(self, token: int) -> bytes:
        """The same, with a control token's text."""
        return self.piece(token) or self._render(token, special=True)

    @property
    def control_texts(self) -> re.Pattern[str] | None:
        """Finds the texts of the control tokens, longest first; None if the model has none."""
        return finder(self._control)

    def _text(self, token: int) -> str:
        found = native.llama_vocab_get_text(self.handle, token) if token >= 0 else None
        return found.decode("utf-8", "replace") if found else ""

    def _find_control(self) -> dict[str, int]:
        get_attr = native.llama_vocab_get_attr
        return {
            self._text(token): token
            for token in range(self.size)
            if get_attr(self.handle, token) & _CONTROL
        }

    def _find_ends(self) -> frozenset[int]:
        """Every token that ends a turn, also those that the file forgot to mark as such."""
        is_end = native.llama_vocab_is_eog
        ends = {token for token in range(self.size) if is_end(self.handle, token)}
        return frozenset(
            ends | {self._control[text] for text in TURN_ENDS if text in self._control}
        )

    def _find_infill(self) -> Infill | None:
        """By the file's header, or else by their names, as the library finds them."""
        found = (native.llama_vocab_fim_pre, native.llama_vocab_fim_suf, native.llama_vocab_fim_mid)
        tokens = [int(find(self.handle)) for find in found]
        return Infill(*tokens) if min(tokens) >= 0 else None

    def _render(self, token: int, *, special: bool) -> bytes:
        room = 64
        while True:
            buffer = ctypes.create_string_buffer(room)
            count = native.llama_token_to_piece(self.handle, token, buffer, room, 0, special)
            if count >= 0:
                return buffer.raw[:count]
            room = -count
