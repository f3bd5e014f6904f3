"""Memories of several jobs as one batch of the model, without the padding being stored.

The model sees a padded batch, the rows aligned at their ends: a mask hides what is before a shorter
one, and every row has its own position. What costs most, reading the weights, is so done once for
all. Only where the model attends, each job's rows attend to their own memory ("selective
batching", Yu et al. 2022, "Orca: A Distributed Serving System for Transformer-Based Generative
Models"). A job that joins or leaves has nothing copied.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface, Cache
from transformers.cache_utils import CacheLayerMixin, DummyLayer
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from app.host.torch_engine.kv_cache import Lane

_ATTENTION = "lampblack_joined"
_ATTENTION_BEFORE = "sdpa"
_VARYING_ROPE = ("dynamic", "longrope")  # the longest row would change the angles of all others

_States = tuple[torch.Tensor, torch.Tensor]


class CannotJoinError(Exception):
    """The model attends in a way of its own, so that its rows need equally long memories."""


class _JoinedLayer(CacheLayerMixin):
    """One layer of several memories; `states` are the keys and values of each."""

    is_sliding = False

    def __init__(self, layers: Sequence[Any], rows: Sequence[int], length: int) -> None:
        super().__init__()
        self._layers = layers
        self._rows = rows
        self._length = length
        self.newest: torch.Tensor | None = None
        self.states: list[_States] = []
        self.is_attended = True

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        """Each memory makes its own buffers."""

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: Any, **__: Any
    ) -> _States:
        """Add each row's states to its memory; returns only these, by which `attend` knows them."""
        parts = zip(key_states.split(self._rows), value_states.split(self._rows), strict=True)
        self.states = [
            layer.update(keys, values)
            for layer, (keys, values) in zip(self._layers, parts, strict=True)
        ]
        self.newest, self.is_attended = key_states, False
        return key_states, value_states

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """How many positions the longest row will have, and where they begin."""
        return self._length + query_length, 0

    def get_seq_length(self) -> int:
        """How many positions the longest row has."""
        return self._length

    def get_max_length(self) -> int:
        """There is no limit."""
        return -1


class JoinedLanes(Cache):
    """Several memories as the rows of one batch."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self.rows = [lane.rows for lane in lanes]
        self.lengths = [lane.length for lane in lanes]
        columns = zip(*(lane.layers for lane in lanes), strict=True)
        length = max(self.lengths)
        super().__init__(
            layers=[
                column[0]
                if isinstance(column[0], DummyLayer)
                else _JoinedLayer(column, self.rows, length)
                for column in columns
            ]
        )
        self._masks: dict[int, tuple[torch.Tensor, list[torch.Tensor | None]]] = {}

    def inputs(self, device: torch.device) -> dict[str, torch.Tensor]:
        """The mask and the positions of one more token in each row."""
        lengths = torch.tensor(self.lengths).repeat_interleave(torch.tensor(self.rows))[:, None]
        most = max(self.lengths)
        mask = torch.arange(most + 1) >= most - lengths
        return {"attention_mask": mask.to(device), "position_ids": lengths.to(device)}

    def states(self, key: torch.Tensor) -> list[_States]:
        """The keys and values of each memory in the layer whose newest keys are these.

        Raises CannotJoinError where they are those of no layer.
        """
        for layer in self.layers:
            if isinstance(layer, _JoinedLayer) and layer.newest is key:
                layer.is_attended = True
                return layer.states
        raise CannotJoinError

    def masks(self, mask: torch.Tensor | None) -> list[torch.Tensor | None]:
        """Each memory's part of the mask; None where nothing of it is hidden.

        Layers share masks, and only without one is a memory not copied for the attention.
        """
        if mask is None:
            return [None] * len(self.rows)
        if id(mask) not in self._masks:
            parts = zip(mask.split(self.rows), self.lengths, strict=True)
            own = [part[..., -(length + 1) :] for part, length in parts]
            self._masks[id(mask)] = mask, [None if bool(part.all()) else part for part in own]
        return self._masks[id(mask)][1]

    def check_attended(self) -> None:
        """Raise CannotJoinError if the model attended to a layer without `states`."""
        if not all(layer.is_attended for layer in self.layers if isinstance(layer, _JoinedLayer)):
            raise CannotJoinError


_current: ContextVar[JoinedLanes] = ContextVar("joined memories")


def _attend(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    **more: Any,
) -> tuple[torch.Tensor, None]:
    """Each memory's rows attend to it, as they would alone."""
    del value
    joined = _current.get()
    states, masks = joined.states(key), joined.masks(attention_mask)
    queries = query.split(joined.rows)
    found = [
        sdpa_attention_forward(module, own, keys, values, mask, **more)[0]
        for own, (keys, values), mask in zip(queries, states, masks, strict=True)
    ]
    return torch.cat(found), None


AttentionInterface.register(_ATTENTION, _attend)
AttentionMaskInterface.register(_ATTENTION, sdpa_mask)


def may_join(network: Any) -> bool:
    """Whether the model takes positions and masks, and attends as `joined` knows how to replace."""
    config = network.config.get_text_config(decoder=True)
    takes = inspect.signature(network.forward).parameters
    ropes = str(getattr(config, "rope_parameters", None))
    return (
        {"attention_mask", "position_ids"} <= takes.keys()
        and config._attn_implementation == _ATTENTION_BEFORE
        and not any(f"'{kind}'" in ropes for kind in _VARYING_ROPE)
    )


@contextmanager
def joined(network: Any, lanes: Sequence[Lane]) -> Iterator[JoinedLanes]:
    """The memories as one, to which the network attends while this is entered."""
    config = network.config.get_text_config(decoder=True)
    cache = JoinedLanes(lanes)
    token = _current.set(cache)
    config._attn_implementation = _ATTENTION
    try:
        yield cache
        cache.check_attended()
    finally:
        config._attn_implementation = _ATTENTION_BEFORE
        _current.reset(token)
