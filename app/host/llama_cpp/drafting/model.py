"""The smaller model: its memory follows the larger one's text, and a copied chain draws from it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence

from app.host.generation.decode_loop import ContextFullError
from app.host.generation.draft_costs import DraftCosts
from app.host.generation.draft_memory import DraftMemory, DraftStoppedError, Logits
from app.host.generation.vocabulary import Ids
from app.host.interface import Job
from app.host.llama_cpp.abort import CHECKED
from app.host.llama_cpp.context import BatchAbortedError
from app.host.llama_cpp.library import native
from app.host.llama_cpp.model import LlamaModel

_SEQUENCE = 0


class DraftModel(DraftMemory):
    """Owns a second model of llama.cpp's; `threads` says with how many threads it computes."""

    def __init__(self, name: str, model: LlamaModel, costs: DraftCosts, words: int) -> None:
        super().__init__(name, costs, words, model.vocabulary.ends, model.context.size)
        self._model = model
        self._context = model.context
        self.threads: Callable[[], int] | None = None
        self._flag = ctypes.create_string_buffer(2)  # up: end the batch
        native.llama_set_abort_callback(
            self._context.handle,
            ctypes.cast(CHECKED, native.ggml_abort_callback),
            ctypes.cast(self._flag, ctypes.c_void_p),
        )

    @property
    def chunk(self) -> int:
        """The batch."""
        return self._context.chunk

    @property
    def logits(self) -> Logits:
        """A view of the last row."""
        return self._context.logits(-1)

    def close(self) -> None:
        """Free it; it may be closed twice."""
        self._model.close()

    def watch(self, jobs: Sequence[Job]) -> None:
        """Let the cancel of a job that runs alone end a batch here, too."""
        super().watch(jobs)
        if len(jobs) == 1:
            (job,) = jobs
            job.on_cancel = self._also(job.on_cancel)
        self._flag[0] = b"\0"

    def _compute(self, tokens: Ids, length: int) -> None:
        self._flag[0] = b"\0"
        if self.threads is not None:
            self._context.set_threads(self.threads())
        self._context.batch.fill(tokens, length, _SEQUENCE)
        try:
            self._context.decode(len(tokens))
        except (BatchAbortedError, ContextFullError) as error:
            raise DraftStoppedError from error

    def _cut(self, length: int) -> bool:
        return self._context.truncate(_SEQUENCE, length)

    def _clear(self) -> None:
        self._context.clear()

    def _also(self, before: Callable[[], None] | None) -> Callable[[], None]:
        def cancelled() -> None:
            if before is not None:
                before()
            self._flag[0] = b"\1"

        return cancelled
