"""The attention memory (KV cache) of one or more takes, kept in place and cut without copying."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from transformers import Cache
from transformers.cache_utils import CacheLayerMixin, DummyLayer, get_layer_types_and_kwargs

from app.core.errors import UnsupportedModelError
from app.host.torch_engine.out_of_memory import check_free, explained

_GROWTH = 256  # positions that a memory grows by at least
_ATTENTION = ("full_attention", "sliding_attention", "chunked_attention")
_NONE = "dummy"


class _Layer(CacheLayerMixin):
    """One layer's keys and values in buffers with room for more positions.

    Layers with a sliding window keep all positions, too: the model's mask hides the far ones, and
    the memory can be cut back to any length.
    """

    is_sliding = False
    is_croppable = True

    def __init__(self, room: int) -> None:
        super().__init__()
        self._room = room
        self.length = 0

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        """Make the buffers for the first states."""
        self.dtype, self.device = key_states.dtype, key_states.device
        self.keys, self.values = (
            states.new_empty((*states.shape[:2], self._room, states.shape[3]))
            for states in (key_states, value_states)
        )
        self.is_initialized = True

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: Any, **__: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Add states; returns all."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        start, end = self.length, self.length + key_states.shape[-2]
        if end > self.keys.shape[-2]:
            self._grow(end)
        self.keys[:, :, start:end] = key_states
        self.values[:, :, start:end] = value_states
        self.length = end
        return self.keys[:, :, :end], self.values[:, :, :end]

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """How many positions there will be, and where they begin."""
        return self.length + query_length, 0

    def get_seq_length(self) -> int:
        """How many positions there are."""
        return self.length

    def get_max_length(self) -> int:
        """There is no limit."""
        return -1

    @property
    def width(self) -> int:
        """The bytes of one position of one row, keys and values."""
        return sum(states.shape[1] * states.shape[3] * states.itemsize for states in self._states())

    @property
    def buffer(self) -> tuple[int, int]:
        """The address of the buffer of keys, and how many positions it holds in all rows."""
        storage, keys = self.keys.untyped_storage(), self.keys
        each = keys.shape[1] * keys.shape[3] * keys.itemsize
        return storage.data_ptr(), storage.nbytes() // each

    def copied(self, rows: int, length: int, room: int) -> _Layer:
        """A layer of its own with the first row `rows` times."""
        copy = _Layer(max(room, length))
        if self.is_initialized:
            copy.lazy_initialization(*(self._repeated(states, rows) for states in self._states()))
            copy.keys[:, :, :length] = self.keys[:1, :, :length]
            copy.values[:, :, :length] = self.values[:1, :, :length]
        copy.length = length
        return copy

    def part(self, first: int, last: int) -> _Layer:
        """The rows from `first` to `last` of the same buffers."""
        view = _Layer(self._room)
        if self.is_initialized:
            view.dtype, view.device = self.dtype, self.device
            view.keys, view.values = (states[first : last + 1] for states in self._states())
            view.is_initialized = True
        view.length = self.length
        return view

    def _states(self) -> tuple[torch.Tensor, torch.Tensor]:
        return self.keys, self.values

    @staticmethod
    def _repeated(states: torch.Tensor, rows: int) -> torch.Tensor:
        return states[:1, :, :0].expand(rows, -1, -1, -1)

    def _grow(self, needed: int) -> None:
        room = max(needed + _GROWTH, self.keys.shape[-2] * 5 // 4)
        old, length = self._states(), self.length
        self.keys, self.values = (
            states.new_empty((*states.shape[:2], room, states.shape[3])) for states in old
        )
        self.keys[:, :, :length] = old[0][:, :, :length]
        self.values[:, :, :length] = old[1][:, :, :length]


class Lane(Cache):
    """The memory of takes that go on side by side, one per row; all rows are equally long."""

    def __init__(self, layers: Sequence[_Layer | DummyLayer], rows: int = 1) -> None:
        super().__init__(layers=list(layers))
        self.rows = rows

    @property
    def length(self) -> int:
        """How many positions each row holds."""
        return max((layer.length for layer in self._real()), default=0)

    def cut(self, length: int) -> None:
        """Forget what lies behind the first `length` positions."""
        for layer in self._real():
            layer.length = min(layer.length, length)

    def copied(self, length: int, room: int, rows: int = 1) -> Lane:
        """A memory of its own that begins with the first row's first positions.

        Raises OutOfMemoryError.
        """
        real = self._real()
        if real and real[0].is_initialized:
            check_free(
                sum(layer.width for layer in real) * max(length, room) * rows, real[0].device
            )
        try:
            return Lane([_copied(layer, rows, length, room) for layer in self.layers], rows)
        except RuntimeError as error:
            raise explained(error) from error

    @property
    def taken(self) -> tuple[int, int]:
        """Which buffers it lies in, and how many positions they hold, those of other rows too."""
        real = self._real()
        return real[0].buffer if real and real[0].is_initialized else (0, 0)

    def part(self, first: int, last: int) -> Lane:
        """Some of the rows, in the same buffers."""
        layers = [
            layer.part(first, last) if isinstance(layer, _Layer) else layer for layer in self.layers
        ]
        return Lane(layers, last - first + 1)

    @property
    def size(self) -> int:
        """How many bytes the positions of one row take."""
        real = self._real()
        started = bool(real) and real[0].is_initialized
        return sum(layer.width for layer in real) * self.length if started else 0

    def tensors(self) -> dict[str, torch.Tensor]:
        """The first row's keys and values of each layer, copied to the processor's memory."""
        found = {}
        for index, layer in enumerate(self.layers):
            if isinstance(layer, _Layer):
                keys, values = (
                    layer.keys[:1, :, : layer.length],
                    layer.values[:1, :, : layer.length],
                )
                found[f"keys.{index}"] = keys.cpu().contiguous()
                found[f"values.{index}"] = values.cpu().contiguous()
        return found

    def _real(self) -> list[_Layer]:
        return [layer for layer in self.layers if isinstance(layer, _Layer)]


def _copied(layer: _Layer | DummyLayer, rows: int, length: int, room: int) -> _Layer | DummyLayer:
    return layer.copied(rows, length, room) if isinstance(layer, _Layer) else DummyLayer()


class Lanes:
    """Makes the memories that fit a model; raises UnsupportedModelError for those without."""

    def __init__(self, config: Any, name: str) -> None:
        decoder = config.get_text_config(decoder=True)
        self._kinds, _ = get_layer_types_and_kwargs(decoder)
        strange = [kind for kind in self._kinds if kind not in (*_ATTENTION, _NONE)]
        if strange:
            raise UnsupportedModelError(
                f"{name} has layers of a kind ({strange[0]}) whose memory the Torch engine cannot "
                "cut back.",
                "Use a GGUF file of the same model with the llama.cpp engine.",
            )

    def empty(self, room: int) -> Lane:
        """A memory of one row that holds nothing, with room for this many positions."""
        return Lane([DummyLayer() if kind == _NONE else _Layer(room) for kind in self._kinds])

    def holding(
        self, tensors: Mapping[str, torch.Tensor], length: int, room: int, device: torch.device
    ) -> Lane:
        """A memory of one row with this many positions out of `Lane.tensors`.

        Raises ValueError where they do not fit.
        """
        lane = self.empty(max(room, length))
        for index, layer in enumerate(lane.layers):
            if isinstance(layer, _Layer):
                states = [tensors.get(f"{name}.{index}") for name in ("keys", "values")]
                for one in states:
                    if one is None or one.ndim != 4 or one.shape[0] != 1 or one.shape[2] != length:
                        raise ValueError("it holds another memory")
                layer.update(*(one.to(device) for one in states if one is not None))
        return lane
