"""The vocabulary of a Hugging Face tokenizer: texts to tokens, and tokens to bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from app.host.generation.vocabulary import TURN_ENDS, Ids, find_infill, finder

_BYTE_TOKEN = re.compile(r"<0x([0-9A-Fa-f]{2})>")
_SPACE = "▁"


class TorchVocabulary:
    """Tokenizes as the model's own tokenizer does; `size` is how many logits the model gives."""

    def __init__(self, tokenizer: Any, size: int, ends: Iterable[int] = ()) -> None:
        self._tokenizer = tokenizer
        self.size = size
        self._added = {
            int(token): str(added.content)
            for token, added in tokenizer.added_tokens_decoder.items()
        }
        self._control = self._find_control()
        self._is_bytes, self._is_spaced = _kind(tokenizer)
        self._pieces: list[bytes | None] = [None] * size
        first = tokenizer("")["input_ids"][:1]
        bos = tokenizer.bos_token_id
        self.bos: int | None = int(bos) if bos is not None and first == [bos] else None
        start = bos if bos is not None else tokenizer.eos_token_id
        self.start: int | None = None if start is None else int(start)
        self.ends = self._find_ends(ends)
        self.infill = find_infill({text: token for token, text in self._added.items()})

    def tokenize(self, text: str, *, special: bool = False) -> Ids:
        """The tokens of `text`, without a beginning token.

        Only with `special` do texts such as `<|im_end|>` become the model's control tokens.
        """
        found = self._tokenizer(
            text,
            add_special_tokens=False,
            split_special_tokens=not special,
            return_attention_mask=False,
            verbose=False,
        )
        return np.array(found["input_ids"], dtype=np.int32)

    def piece(self, token: int) -> bytes:
        """The bytes that a token adds to the text; none for control tokens."""
        found = self._pieces[token]
        if found is None:
            found = self._pieces[token] = b"" if token in self._control else self._bytes(token)
        return found

    def shown(self, token: int) -> bytes:
        """The same, with a control token's text."""
        return self._control[token].encode() if token in self._control else self.piece(token)

    @property
    def control_texts(self) -> re.Pattern[str] | None:
        """Finds the texts of the control tokens, longest first; None if the model has none."""
        return finder(self._control.values())

    def _find_control(self) -> dict[int, str]:
        added = self._tokenizer.added_tokens_decoder
        named = set(self._tokenizer.all_special_ids)
        return {
            token: text
            for token, text in self._added.items()
            if token in named or added[token].special
        }

    def _find_ends(self, ends: Iterable[int]) -> frozenset[int]:
        """Every token that ends a turn, also those that the files forgot to mark as such."""
        found = {token for token, text in self._control.items() if text in TURN_ENDS}
        own = self._tokenizer.eos_token_id
        return frozenset(found | set(ends) | ({own} if own is not None else set()))

    def _bytes(self, token: int) -> bytes:
        if token in self._added:
            return self._added[token].encode()
        text = self._tokenizer.convert_ids_to_tokens(token)
        if text is None:  # more logits than tokens: room that the model keeps
            return b""
        if self._is_bytes:
            return b"".join(_BYTES.get(char) or char.encode() for char in text)
        if self._is_spaced:
            if found := _BYTE_TOKEN.fullmatch(text):
                return bytes([int(found.group(1), 16)])
            return str(text).replace(_SPACE, " ").encode()
        return str(self._tokenizer.decode([token])).encode()


def _kind(tokenizer: Any) -> tuple[bool, bool]:
    """Whether its tokens spell bytes as characters, or spaces as a bar below the line."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        return False, False
    settings = json.loads(backend.to_str())
    decoder = json.dumps(settings.get("decoder"), ensure_ascii=False)
    return '"ByteLevel"' in decoder, _SPACE in decoder


def _byte_characters() -> dict[str, bytes]:
    """GPT-2's alphabet: the printable bytes stand for themselves, the others follow after 255."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    table = {chr(byte): bytes([byte]) for byte in plain}
    return table | {chr(256 + place): bytes([byte]) for place, byte in enumerate(others)}


_BYTES = _byte_characters()
