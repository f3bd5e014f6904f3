"""The smaller model: its memory follows the larger one's text, and a copied chain draws from it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from app.core.errors import LampblackError
from app.host.generation.decode_loop import ContextFullError
from app.host.generation.prompt_lookup import MOST
from app.host.generation.vocabulary import Ids
from app.host.interface import Job
from app.host.llama_cpp.abort import CHECKED
from app.host.llama_cpp.context import BatchAbortedError
from app.host.llama_cpp.drafting.costs import DraftCosts
from app.host.llama_cpp.library import native
from app.host.llama_cpp.model import LlamaModel
from app.host.llama_cpp.sampler_chain import LlamaSamplerChain

_SEQUENCE = 0
_AGAIN = 4  # times the reach: so much is read again where the context is full


class DraftModel:
    """Owns a second model, which holds one stretch of a text: tokens `base` and following.

    What goes wrong in it only ends the guessing.
    """

    def __init__(self, model: LlamaModel, costs: DraftCosts) -> None:
        self.costs = costs
        self._model = model
        self._context = model.context
        self._base = 0
        self._held = np.zeros(0, np.int32)
        self._is_broken = False
        self._flag = ctypes.create_string_buffer(2)  # up: end the batch
        native.llama_set_abort_callback(
            self._context.handle,
            ctypes.cast(CHECKED, native.ggml_abort_callback),
            ctypes.cast(self._flag, ctypes.c_void_p),
        )
        self._jobs: Sequence[Job] = ()

    def close(self) -> None:
        """Free it; it may be closed twice."""
        self._model.close()

    def set_threads(self, count: int) -> None:
        """Compute with this many threads from now on."""
        self._context.set_threads(count)

    def watch(self, jobs: Sequence[Job]) -> None:
        """Let the cancel of a job that runs alone end a batch here, too."""
        self._jobs = jobs
        if len(jobs) == 1:
            (job,) = jobs
            job.on_cancel = self._also(job.on_cancel)
        self._flag[0] = b"\0"

    def lacks(self, text: Ids, reach: int) -> int:
        """How many tokens must be read before it can guess what follows `text`."""
        if self._is_broken:
            return len(text)
        base, kept = self._plan(text, reach)
        return len(text) - base - kept

    def guess(self, text: Ids, reach: int, count: int, chain: LlamaSamplerChain) -> list[int]:
        """What the chain would draw here, up to `count` tokens or one that ends the text."""
        if self._is_broken:
            return []
        copy = chain.copied()
        try:
            self._follow(text, reach)
            return self._drawn(count, copy)
        except (BatchAbortedError, ContextFullError):
            self._forget()
            return []
        except LampblackError:
            self._is_broken = True
            return []
        finally:
            native.llama_sampler_free(copy)

    def _drawn(self, count: int, chain: Any) -> list[int]:
        found: list[int] = []
        ends = self._model.vocabulary.ends
        while len(found) < count:
            token: int = native.llama_sampler_sample(chain, self._context.handle, -1)
            if token in ends:
                break
            found.append(token)
            if len(found) < count:
                self._read(np.array([token], np.int32))
        return found

    def _follow(self, text: Ids, reach: int) -> None:
        """Hold the text's end, all of it read, its last token newly."""
        base, kept = self._plan(text, reach)
        if not kept or not self._context.truncate(_SEQUENCE, kept):
            self._context.clear()
            kept = 0
        self._base, self._held = base, self._held[:kept]
        lacking = text[base + kept :]
        for start in range(0, len(lacking), self._context.chunk):
            self._read(lacking[start : start + self._context.chunk])

    def _plan(self, text: Ids, reach: int) -> tuple[int, int]:
        """From where on the text is held, and how many tokens of it are there already."""
        end = len(text)
        stretch = text[self._base : self._base + len(self._held)]
        differing = np.flatnonzero(stretch != self._held[: len(stretch)])
        kept = int(differing[0]) if len(differing) else len(stretch)
        kept = min(kept, end - 1 - self._base)
        has_room = end - self._base + MOST < self._context.size
        if kept > 0 and has_room and end - self._base - kept <= max(reach, kept):
            return self._base, kept
        room = self._context.size - MOST - 1
        wanted = _AGAIN * reach if kept > reach else reach
        return max(0, end - min(wanted, room // 2)), 0

    def _read(self, tokens: Ids) -> None:
        """Compute some tokens behind what is held; the last one's logits are at hand then."""
        context, length = self._context, len(self._held)
        self._flag[0] = b"\0"
        if any(job.cancelled for job in self._jobs):
            raise BatchAbortedError
        context.batch.fill(tokens, length, _SEQUENCE)
        context.decode(len(tokens))
        self._held = np.concatenate((self._held, tokens))

    def _forget(self) -> None:
        """After a batch that was not done: what is there of it is not known."""
        self._context.clear()
        self._held = self._held[:0]

    def _also(self, before: Callable[[], None] | None) -> Callable[[], None]:
        def cancelled() -> None:
            if before is not None:
                before()
            self._flag[0] = b"\1"

        return cancelled


class DraftReader:
    """The smaller model with the chain of one take; a `Reader`."""

    def __init__(
        self, model: DraftModel, chain: LlamaSamplerChain, threads: Callable[[], int]
    ) -> None:
        self._model, self._chain, self._threads = model, chain, threads

    def lacks(self, text: Ids, reach: int) -> int:
        """How many tokens it must read."""
        return self._model.lacks(text, reach)

    def guess(self, text: Ids, reach: int, count: int) -> list[int]:
        """What the take's chain would draw."""
        self._model.set_threads(self._threads())
        return self._model.guess(text, reach, count, self._chain)
