"""A loaded model: tokens and a memory in, logits out; stopped between two layers on request."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from transformers import Cache

from app.host.generation.chat_template import ChatTemplate
from app.host.interface import Job
from app.host.torch_engine.joined import joined, may_join
from app.host.torch_engine.kv_cache import Lane, Lanes
from app.host.torch_engine.out_of_memory import empty_caches, explained
from app.host.torch_engine.vocabulary import TorchVocabulary


class ForwardAbortedError(Exception):
    """The job was cancelled between two layers; the memory is as it was before."""


class WatchedNetwork:
    """Owns a network, whose computing a cancel stops; `threads` is what a processor gives it."""

    def __init__(self, network: Any, threads: int) -> None:
        self._network = network.eval()
        self.device = network.device
        self.width = network.dtype.itemsize
        self._threads = threads
        self._jobs: Sequence[Job] = ()
        self._hooks = [layer.register_forward_pre_hook(self._look_up) for layer in _layers(network)]

    def close(self) -> None:
        """Let go of the network; it may be closed twice."""
        self._network = None
        self._hooks.clear()
        empty_caches()

    def watch(self, jobs: Sequence[Job]) -> None:
        """Stop a running computation once all `jobs` are cancelled; without jobs it goes on."""
        self._jobs = jobs
        if torch.get_num_threads() != self._threads:  # each of Python's threads has its own number
            torch.set_num_threads(self._threads)

    def _look_up(self, *_: object) -> None:
        if self._jobs and all(job.cancelled for job in self._jobs):
            raise ForwardAbortedError


class TorchModel(WatchedNetwork):
    """A network that writes; `size` is the context's positions."""

    def __init__(
        self,
        network: Any,
        vocabulary: TorchVocabulary,
        template: ChatTemplate | None,
        lanes: Lanes,
        size: int,
        threads: int,
    ) -> None:
        super().__init__(network, threads)
        self.vocabulary = vocabulary
        self.template = template
        self.lanes = lanes
        self.size = size
        self._keeps = "logits_to_keep" in inspect.signature(network.forward).parameters
        self.may_join = may_join(network)

    def read(
        self, lane: Lane, tokens: npt.NDArray[np.int32], keep: int = 1
    ) -> npt.NDArray[np.float32]:
        """Add tokens (rows of them) to the memory; returns the logits of each row's last `keep`.

        Raises ForwardAbortedError, OutOfMemoryError or GenerationError, the memory being as before.
        """
        with _restored([lane]):
            return self._compute(lane, tokens, keep)

    def read_together(
        self, lanes: Sequence[Lane], tokens: npt.NDArray[np.int32]
    ) -> npt.NDArray[np.float32]:
        """Add a token (one in each row of `tokens`) to each row of several memories at once.

        Returns each row's logits; raises what `read` does, and CannotJoinError or what else a
        model raises that does not go along with it. The memories are then as before.
        """
        with _restored(lanes), joined(self._network, lanes) as cache:
            return self._compute(cache, tokens, 1, **cache.inputs(self.device))

    def _compute(
        self, memory: Cache, tokens: npt.NDArray[np.int32], keep: int, **more: torch.Tensor | int
    ) -> npt.NDArray[np.float32]:
        more |= {"logits_to_keep": keep} if self._keeps else {}
        with torch.inference_mode():
            ids = torch.from_numpy(tokens.astype(np.int64)).to(self.device)
            found = self._network(input_ids=ids, past_key_values=memory, use_cache=True, **more)
            logits = found.logits[:, -keep:].to("cpu", torch.float32)
        array: npt.NDArray[np.float32] = logits.numpy()
        return array


@contextmanager
def _restored(lanes: Sequence[Lane]) -> Iterator[None]:
    """Cut the memories back and explain what PyTorch raises, if what is entered fails."""
    before = [lane.length for lane in lanes]
    try:
        yield
    except Exception as error:
        for lane, length in zip(lanes, before, strict=True):
            lane.cut(length)
        if isinstance(error, RuntimeError):  # torch.OutOfMemoryError is one
            raise explained(error) from error
        raise


def lay_out(network: Any) -> None:
    """Store the weights of linear layers by column, shapes unchanged.

    A processor then multiplies them with one token's row about 1.7 times as fast, and with many
    rows as fast as before. The others are copied, too: one that still lay in the model's file
    would keep all of it in memory.
    """
    linear = {id(m.weight) for m in network.modules() if isinstance(m, torch.nn.Linear)}
    for values in (*network.parameters(), *network.buffers()):
        data = values.data
        values.data = data.t().contiguous().t() if id(values) in linear else data.clone()


def _layers(network: Any) -> list[Any]:
    """The decoder's layers: the longest list of modules in the network."""
    lists = [module for module in network.modules() if isinstance(module, torch.nn.ModuleList)]
    return [*max(lists, key=len, default=[])]
