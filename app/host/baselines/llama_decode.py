"""A bare loop around `llama_decode`: no sampler and no text."""

from __future__ import annotations

import ctypes
from time import perf_counter
from typing import Any

import numpy as np

from app.core.errors import ModelLoadError, PromptTooLongError
from app.host.generation.vocabulary import Ids
from app.host.llama_cpp.library import library, native
from app.host.llama_cpp.vocabulary import LlamaVocabulary

_ALL_LAYERS = 10_000


class BareLoop:
    """One model and one context; sequence 0 keeps the last prompt between two samples."""

    def __init__(self) -> None:
        self._model: Any = None
        self._context: Any = None
        self._threads = 1
        self._size = 0
        self._held: list[int] = []

    def open(
        self,
        *,
        path: str,
        threads: int,
        context: int,
        batch: int,
        ubatch: int,
        flash_attention: bool,
        gpu_layers: int,
        sequences: int = 1,
    ) -> dict[str, Any]:
        """Load the model."""
        library()
        settings = native.llama_model_default_params()
        settings.n_gpu_layers = gpu_layers
        self._model = native.llama_model_load_from_file(path.encode(), settings)
        if not self._model:
            raise ModelLoadError("The bare loop could not load the model.")
        self._vocabulary = LlamaVocabulary(self._model)
        parameters = native.llama_context_default_params()
        parameters.n_ctx, parameters.n_batch, parameters.n_ubatch = context, batch, ubatch
        parameters.n_seq_max, parameters.kv_unified = sequences, True
        parameters.n_threads = parameters.n_threads_batch = threads
        parameters.flash_attn_type = (
            native.LLAMA_FLASH_ATTN_TYPE_ENABLED
            if flash_attention
            else native.LLAMA_FLASH_ATTN_TYPE_DISABLED
        )
        self._context = native.llama_init_from_model(self._model, parameters)
        if not self._context:
            raise ModelLoadError("The bare loop could not set the model up.")
        self._threads, self._block, self._size = threads, batch, context
        self._memory = native.llama_get_memory(self._context)
        return {"ends": sorted(self._vocabulary.ends), "build": library().version}

    def copy(self, *, source: str, target: str, number: int) -> dict[str, Any]:
        """Write a copy of a model in the type of that number, be it one that is not offered."""
        library()
        parameters = native.llama_model_quantize_default_params()
        parameters.ftype, parameters.allow_requantize = number, True
        names = source.encode(), target.encode()
        if native.llama_model_quantize(*names, ctypes.byref(parameters)):
            raise ModelLoadError("The bare loop could not copy the model.")
        return {}

    def cut(self, *, text: str, tokens: int) -> dict[str, Any]:
        """The beginning of a text, of about `tokens` tokens."""
        ids = self._tokens(text)
        kept = b"".join(self._vocabulary.piece(int(token)) for token in ids[:tokens])
        cut = kept.decode("utf-8", "ignore")
        return {"text": cut, "tokens": len(self._tokens(cut))}

    def decode(
        self,
        *,
        prompt: str,
        tokens: int,
        skip: int,
        threads: int,
        rows: int = 1,
        shared: bool = False,
    ) -> dict[str, Any]:
        """Seconds for `tokens` greedy steps, `skip` steps after the prompt.

        What is between is written once and kept for the next time. With several `rows`, that many
        sequences go on with a token each; each of them has read the prompt for itself, unless it
        is `shared`.
        """
        self._hold(prompt, skip, rows * tokens)
        native.llama_set_n_threads(
            self._context, threads or self._threads, threads or self._threads
        )
        length = len(self._held)
        self._read(self._held[-1:])
        token = self._likeliest()
        if rows > 1:
            for row in range(1, rows):
                if shared:
                    native.llama_memory_seq_cp(self._memory, 0, row, 0, -1)
                else:
                    self._read_into(row)
            seconds = self._rows(token, rows, tokens)
        else:
            seconds = self._steps(token, tokens)
        native.llama_set_n_threads(self._context, self._threads, self._threads)
        native.llama_memory_seq_rm(self._memory, 0, length, -1)
        return {"seconds": seconds}

    def _steps(self, token: int, tokens: int) -> float:
        begun = perf_counter()
        for _ in range(tokens):
            self._read([token])
            token = self._likeliest()
        return perf_counter() - begun

    def _rows(self, token: int, rows: int, tokens: int) -> float:
        length = len(self._held)
        batch = native.llama_batch_init(rows, 0, 1)
        batch.n_tokens = rows
        drawn = [token] * rows
        begun = perf_counter()
        for step in range(tokens):
            for row in range(rows):
                batch.token[row], batch.pos[row] = drawn[row], length + step
                batch.n_seq_id[row], batch.seq_id[row][0], batch.logits[row] = 1, row, 1
            self._check(native.llama_decode(self._context, batch))
            drawn = [self._likeliest(row) for row in range(rows)]
        seconds = perf_counter() - begun
        for row in range(1, rows):
            native.llama_memory_seq_rm(self._memory, row, -1, -1)
        native.llama_batch_free(batch)
        return seconds

    def _read_into(self, sequence: int) -> None:
        """Let a sequence read what is held, with memory of its own for it."""
        batch = native.llama_batch_init(len(self._held), 0, 1)
        batch.n_tokens = len(self._held)
        for place, token in enumerate(self._held):
            batch.token[place], batch.pos[place] = token, place
            batch.n_seq_id[place], batch.seq_id[place][0], batch.logits[place] = 1, sequence, 0
        self._check(native.llama_decode(self._context, batch))
        native.llama_batch_free(batch)

    def read(self, *, prompt: str) -> dict[str, Any]:
        """Seconds for reading a prompt from its beginning."""
        ids = [int(token) for token in self._tokens(prompt)]
        self._forget()
        begun = perf_counter()
        self._read_blocks(ids)
        self._likeliest()
        seconds = perf_counter() - begun
        self._forget()
        return {"seconds": seconds, "tokens": len(ids)}

    def _hold(self, prompt: str, skip: int, tokens: int) -> None:
        """Keep the prompt and `skip` greedy tokens after it in the memory."""
        ids = [int(token) for token in self._tokens(prompt)]
        if len(ids) + skip + tokens > self._size:
            raise PromptTooLongError("The bare loop's context is too small for that.")
        wanted = len(ids) + skip
        if self._held[: len(ids)] != ids:
            self._forget()
            self._read_blocks(ids)
            self._held = ids
        elif len(self._held) > wanted:
            del self._held[wanted:]
            native.llama_memory_seq_rm(self._memory, 0, wanted, -1)
        if len(self._held) < wanted:
            self._write_on(wanted)
        native.llama_memory_seq_rm(self._memory, 0, wanted - 1, -1)

    def _write_on(self, wanted: int) -> None:
        length = len(self._held)
        native.llama_memory_seq_rm(self._memory, 0, length - 1, -1)
        self._read(self._held[-1:])
        while len(self._held) < wanted:
            token = self._likeliest()
            self._held.append(token)
            self._read([token])

    def _forget(self) -> None:
        native.llama_memory_clear(self._memory, False)
        self._held = []

    def _read_blocks(self, ids: list[int]) -> None:
        for start in range(0, len(ids), self._block):
            self._read(ids[start : start + self._block])

    def _read(self, ids: list[int]) -> None:
        """Compute the tokens after what is held; their positions follow from it."""
        array = (ctypes.c_int32 * len(ids))(*ids)
        self._check(native.llama_decode(self._context, native.llama_batch_get_one(array, len(ids))))

    def _check(self, code: int) -> None:
        if code:
            raise ModelLoadError(f"llama_decode returned {code} in the bare loop.")

    def _likeliest(self, row: int = -1) -> int:
        pointer = native.llama_get_logits_ith(self._context, row)
        return int(np.ctypeslib.as_array(pointer, (self._vocabulary.size,)).argmax())

    def _tokens(self, text: str) -> Ids:
        """The tokens of a text as our engine reads them, the beginning token included."""
        ids = self._vocabulary.tokenize(text)
        begin = self._vocabulary.bos
        return ids if begin is None else np.concatenate(([begin], ids)).astype(np.int32)
