"""A llama.cpp context: batches in, logits out, and its memory of sequences."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from app.core.errors import GenerationError, ModelLoadError, OutOfMemoryError
from app.core.memory_fit.demand import KV_BYTES, OUTPUTS, SEQUENCES
from app.engine.messages import EngineSettings
from app.host.generation.decode_loop import ContextFullError
from app.host.generation.vocabulary import Ids
from app.host.interface import Job
from app.host.llama_cpp.abort import AbortCallback
from app.host.llama_cpp.library import library, native
from app.host.llama_cpp.thread_adaptation import ThreadAdaptation

_FIRST, _LEAST = 64, 8
_LONGEST_S = 0.04  # a cancel must be back within 50 ms
_SHORT_S = _LONGEST_S / 3  # twice as many rows take at most twice as long


class Slices:
    """The rows of the next slice, at most `most`.

    A processor looks for a cancel inside a batch and gets whole batches. A GPU does not: it gets
    slices as long as they may take by what the last one took.
    """

    def __init__(self, most: int, *, on_gpu: bool = False) -> None:
        self.on_gpu = on_gpu
        self.fixed = min(most, _FIRST) if on_gpu else most
        """What is always the same, for a text that can be repeated exactly."""
        self._most = most
        self._rows = self.fixed

    def rows(self, *, exact: bool = False) -> int:
        """How many rows come next; the same every time for an exact run."""
        return self.fixed if exact else self._rows

    def learn(self, rows: int, seconds: float) -> None:
        """Take up what a slice took; a shorter one at a prompt's end says nothing."""
        if not self.on_gpu or rows < self._rows:
            return
        if seconds > _LONGEST_S:
            self._rows = max(_LEAST, self._rows // 2)
        elif seconds < _SHORT_S:
            self._rows = min(self._most, self._rows * 2)


State = npt.NDArray[np.uint8]

_DONE, _FULL, _ABORTED = 0, 1, 2
_MOST_VIEWS = 256
_OUT_OF_MEMORY = re.compile("alloc|out ?of ?(device |host )?memory", re.IGNORECASE)


class BatchAbortedError(Exception):
    """The job was cancelled inside a batch; part of it may be in the memory."""


class StalledError(Exception):
    """The batch took too long and can be repeated with fewer threads; part of it may be there."""


class Batch:
    """The arrays of one `llama_batch`, filled in place."""

    def __init__(self, size: int) -> None:
        self.token = np.zeros(size, np.int32)
        self.position = np.zeros(size, np.int32)
        self.sequence = np.zeros(size, np.int32)
        self.output = np.zeros(size, np.int8)
        self._one = np.ones(size, np.int32)
        start, step = self.sequence.ctypes.data, self.sequence.itemsize
        self._sequences = np.arange(start, start + size * step, step, dtype=np.uintp)
        self._struct = native.llama_batch(
            n_tokens=0,
            token=_pointer(self.token, ctypes.POINTER(native.llama_token)),
            embd=None,
            pos=_pointer(self.position, ctypes.POINTER(native.llama_pos)),
            n_seq_id=_pointer(self._one, ctypes.POINTER(ctypes.c_int32)),
            seq_id=_pointer(self._sequences, ctypes.POINTER(ctypes.POINTER(native.llama_seq_id))),
            logits=_pointer(self.output, ctypes.POINTER(ctypes.c_int8)),
        )

    def sized(self, count: int) -> Any:
        """The struct for the first `count` rows."""
        self._struct.n_tokens = count
        return self._struct

    def fill(self, tokens: Ids, start: int, sequence: int, row: int = 0) -> None:
        """Put `tokens` in from `row` on, as positions from `start` on; the last gives logits."""
        end = row + len(tokens)
        self.token[row:end] = tokens
        self.position[row:end] = np.arange(start, start + len(tokens))
        self.sequence[row:end] = sequence
        self.output[row:end] = 0
        self.output[end - 1] = 1


class Context:
    """Owns the native context.

    Every sequence is cut back to what its owner knows about after a failed or aborted batch, so
    that the next one begins where it must. `window` is how many positions the layers with a
    sliding window look at, 0 without any.
    """

    def __init__(self, handle: Any, vocabulary_size: int) -> None:
        self.handle = handle
        self.window: int = native.llama_model_n_swa(native.llama_get_model(handle))
        self.size: int = native.llama_n_ctx(handle)
        self.chunk: int = native.llama_n_batch(handle)
        self.slices = Slices(self.chunk)
        self._memory = native.llama_get_memory(handle)
        self._row_type = ctypes.c_float * vocabulary_size
        self._views: dict[int, npt.NDArray[np.float32]] = {}
        self.batch = Batch(max(self.chunk, SEQUENCES))
        self._library = library()
        self._watch: AbortCallback | None = None
        self._pace: ThreadAdaptation | None = None
        self._limits = False

    def close(self) -> None:
        """Free it; it may be closed twice."""
        self.watch(())
        if self.handle is not None:
            native.llama_free(self.handle)
            self.handle = None

    def watch(self, jobs: Sequence[Job]) -> None:
        """Let a batch be aborted once all its jobs are cancelled, and the pace set the threads.

        Without jobs nothing is watched.
        """
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        if jobs:
            self._library.forget_log()  # else an error of this job may be told by another's
            limits = self._limits and self._pace is not None and self._pace.adapts
            self._watch = AbortCallback(self.handle, jobs, limits=limits)

    def adapt(self, pace: ThreadAdaptation, *, limits: bool) -> None:
        """Let `pace` choose the threads; with `limits` it may also end a batch (StalledError)."""
        self._pace = pace
        self._limits = limits

    def set_threads(self, count: int) -> None:
        """Compute with this many threads from now on."""
        native.llama_set_n_threads(self.handle, count, count)

    def decode(self, count: int, jobs: Sequence[Job] = ()) -> None:
        """Compute the first `count` rows of the batch, which are of these jobs, or of all watched.

        Raises ContextFullError, AbortedError, StalledError, OutOfMemoryError or GenerationError.
        """
        watch, pace = self._watch, self._pace
        if watch is None:
            self._finish(native.llama_decode(self.handle, self.batch.sized(count)))
            return
        depth = int(self.batch.position[0])
        limit = pace.begin(count, depth) if pace is not None else 0.0
        watch.begin(count, limit if self._limits else 0.0, jobs)
        code = native.llama_decode(self.handle, self.batch.sized(count))
        seconds = watch.end(count, done=code == _DONE)
        if pace is not None and code == _DONE:
            pace.took(count, depth, seconds)
        elif pace is not None and code == _ABORTED and not watch.is_cancelled:
            pace.stalled(count)
            raise StalledError
        self._finish(code)

    def _finish(self, code: int) -> None:
        if code == _DONE:
            return
        if code == _FULL:
            raise ContextFullError
        if code == _ABORTED:
            raise BatchAbortedError
        raise _failure(code, self._library.log())

    def wait(self) -> None:
        """Wait until the devices have done what they were given; a GPU works on by itself."""
        native.llama_synchronize(self.handle)

    def logits(self, row: int) -> npt.NDArray[np.float32]:
        """A view of the logits of a batch row (-1 the last); valid until the next decode."""
        pointer = native.llama_get_logits_ith(self.handle, row)
        address = ctypes.addressof(pointer.contents)
        if (view := self._views.get(address)) is None:
            found = self._row_type.from_address(address)
            view = np.frombuffer(memoryview(found), np.float32)
            if len(self._views) >= _MOST_VIEWS:  # the buffer was moved again and again
                self._views.clear()
            self._views[address] = view
        return view

    def clear(self) -> None:
        """Forget every sequence."""
        native.llama_memory_clear(self._memory, False)

    def truncate(self, sequence: int, length: int) -> bool:
        """Keep the first `length` positions of a sequence; False if it had to go as a whole.

        Recurrent models cannot forget a part, and see `sees` for sliding windows.
        """
        removed = native.llama_memory_seq_rm(self._memory, sequence, length, -1)
        if removed and self.sees(sequence, length):
            return True
        native.llama_memory_seq_rm(self._memory, sequence, -1, -1)
        return length == 0

    def sees(self, sequence: int, length: int) -> bool:
        """Whether a text can go on after `length` positions of a sequence.

        What lies before a sliding window may be gone from the layers that have one: other texts
        take those cells, and a saved state never holds them. llama.cpp says nothing of it and
        would compute with what is left.
        """
        first = native.llama_memory_seq_pos_min(self._memory, sequence)
        return not self.window or first <= max(0, length - self.window)

    def copy(self, source: int, target: int, length: int) -> None:
        """Let `target`, which must be empty, share the first `length` positions of `source`."""
        native.llama_memory_seq_cp(self._memory, source, target, 0, length)

    def join(self, source: int, target: int) -> None:
        """Let `target` see all of `source` beside what it holds, be it at the same positions."""
        native.llama_memory_seq_cp(self._memory, source, target, -1, -1)

    def save(self, sequence: int, most: int | None = None) -> State | None:
        """A copy of a sequence's memory; None if it cannot be had or is larger than `most`."""
        size = native.llama_state_seq_get_size(self.handle, sequence)
        if most is not None and size > most:
            return None
        try:
            state = np.empty(size, np.uint8)
        except MemoryError:
            return None
        pointer = _pointer(state, ctypes.POINTER(ctypes.c_uint8))
        written = native.llama_state_seq_get_data(self.handle, pointer, size, sequence)
        return state if written == size else None

    def holds(self, sequence: int) -> int:
        """How many positions a sequence really has."""
        last: int = native.llama_memory_seq_pos_max(self._memory, sequence)
        return last + 1

    def restore(self, state: State, sequence: int) -> bool:
        """Put a copy back as an empty sequence; False if there is no room for it."""
        pointer = _pointer(state, ctypes.POINTER(ctypes.c_uint8))
        if native.llama_state_seq_set_data(self.handle, pointer, len(state), sequence):
            return True
        native.llama_memory_seq_rm(self._memory, sequence, -1, -1)
        return False


def _pointer(array: npt.NDArray[Any], kind: Any) -> Any:
    return ctypes.cast(array.ctypes.data, kind)


def _failure(code: int, log: list[str]) -> Exception:
    last = log[-1] if log else f"it returned {code}"
    if any(map(_OUT_OF_MEMORY.search, log)):
        return OutOfMemoryError(
            "The model ran out of memory while it computed.",
            "Load it with a smaller context or batch, or with fewer layers on the GPU.",
        )
    return GenerationError(
        f"llama.cpp could not compute the next token: {last}.", "Load the model again."
    )


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
