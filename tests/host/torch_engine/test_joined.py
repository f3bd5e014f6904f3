"""Memories of several jobs in one batch, on tiny networks of several kinds."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.host.torch_engine.batching import TorchBatcher
from app.host.torch_engine.decoding import TorchRows
from app.host.torch_engine.kv_cache import Lane, Lanes
from app.host.torch_engine.model import TorchModel
from tests.host.driving import silent

SMALL: dict[str, Any] = {
    "vocab_size": 96,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 128,
    "pad_token_id": 0,
    "bos_token_id": None,
    "eos_token_id": None,
}
JOINING: dict[str, tuple[str, dict[str, Any]]] = {
    "plain": ("llama", {}),
    "windows": ("mistral", {"sliding_window": 8}),
    "both": ("gemma3_text", {"sliding_window": 8, "head_dim": 8}),
    "learnt positions": ("gpt2", {}),
    "positions out of the mask": ("opt", {"word_embed_proj_dim": 32}),
}
ALONE: dict[str, tuple[str, dict[str, Any]]] = {
    "slopes": ("bloom", {}),
    "angles of the longest": ("llama", {"rope_parameters": {"rope_type": "dynamic", "factor": 2}}),
}
PROMPTS = (5, 40, 23)


def made(kind: str, changes: Mapping[str, Any]) -> TorchModel:
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    torch.manual_seed(1)
    config = AutoConfig.for_model(kind, **{**SMALL, **changes})
    network = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    for weights in network.parameters():  # as it is made, it hardly looks at other positions
        torch.nn.init.normal_(weights, std=0.3)
    lanes = Lanes(config, kind)
    return TorchModel(network, SimpleNamespace(), None, lanes, 128, 1)  # type: ignore[arg-type]  # only what it asks


def started(model: TorchModel, rows: int = 1) -> list[Lane]:
    """Memories of prompts of several lengths; `rows` are those of the last one."""
    draw = np.random.default_rng(3)
    found = []
    for length in PROMPTS:
        lane = model.lanes.empty(64)
        model.read(lane, draw.integers(1, 96, (1, length)).astype(np.int32))
        found.append(lane)
    return [*found[:-1], found[-1].copied(PROMPTS[-1], 24, rows)]


def tokens_for(lanes: list[Lane], step: int) -> list[np.ndarray[Any, Any]]:
    return [
        np.full((lane.rows, 1), 7 + 5 * step + 11 * place, np.int32) + np.arange(lane.rows)[:, None]
        for place, lane in enumerate(lanes)
    ]


def stepped(batcher: TorchBatcher, lanes: list[Lane], step: int) -> list[np.ndarray[Any, Any]]:
    parts = tokens_for(lanes, step)
    rows = [TorchRows(silent(), lane, part) for lane, part in zip(lanes, parts, strict=True)]
    assert batcher.compute(rows) == [True] * len(rows)
    return [one.logits for one in rows]


def compared(model: TorchModel) -> TorchBatcher:
    """Twelve steps together are those of each memory alone; one of them has several rows."""
    batcher = TorchBatcher(model)
    lanes, others = started(model, rows=3), started(model, rows=3)
    for step in range(12):
        found = stepped(batcher, lanes, step)
        parts = tokens_for(others, step)
        for logits, lane, part in zip(found, others, parts, strict=True):
            assert np.abs(logits - model.read(lane, part)).max() < 1e-3 * np.ptp(logits)
        assert [lane.length for lane in lanes] == [length + step + 1 for length in PROMPTS]
    return batcher


@pytest.mark.parametrize("name", JOINING)
def test_steps_together_are_those_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = made(*JOINING[name])
    batcher = compared(model)
    assert batcher.joins is True
    monkeypatch.setattr(model, "read", None)  # from now on nothing is computed by itself
    assert stepped(batcher, [model.lanes.empty(4) for _ in range(3)], 0)


@pytest.mark.parametrize("name", ALONE)
def test_what_cannot_join_is_computed_by_itself(name: str) -> None:
    model = made(*ALONE[name])
    assert not model.may_join
    assert compared(model).joins is False


@pytest.mark.parametrize("fault", ["other positions", "other keys", "an error"])
def test_a_model_that_only_seems_to_join_is_found_out(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wrong answer of the trial is thrown away, and the memories are as if it had not been."""
    model = made("llama", {})
    network = model._network

    def other(*, past_key_values: Any, position_ids: Any = None, **more: Any) -> Any:
        if position_ids is not None and fault == "an error":
            raise KeyError("position_ids")
        if position_ids is not None and fault == "other keys":
            for layer in past_key_values.layers:
                update = layer.update
                layer.update = lambda *states, update=update: (update(*states)[0] * 1, states[1])
            more["position_ids"] = position_ids
        return network(past_key_values=past_key_values, **more)

    monkeypatch.setattr(model, "_network", other)
    monkeypatch.setattr(other, "config", network.config, raising=False)
    assert model.may_join
    assert compared(model).joins is False
    assert network.config._attn_implementation == "sdpa"


def test_equally_long_memories_do_not_yet_show_whether_a_model_joins() -> None:
    model = made("llama", {})
    batcher = TorchBatcher(model)
    stepped(batcher, [model.lanes.empty(4) for _ in range(2)], 0)
    assert batcher.joins is None
    stepped(batcher, started(model), 0)
    assert batcher.joins is True


def test_without_memory_each_is_tried_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    model = made("llama", {})
    batcher, expected = compared(model), stepped(TorchBatcher(model), started(model), 0)
    network = model._network

    def full(*, input_ids: Any, **more: Any) -> Any:
        if len(input_ids) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return network(input_ids=input_ids, **more)

    monkeypatch.setattr(model, "_network", full)
    monkeypatch.setattr(full, "config", network.config, raising=False)
    found = stepped(batcher, started(model), 0)
    assert batcher.joins is True
    for one, other in zip(found, expected, strict=True):
        assert np.array_equal(one, other)
