"""What one Torch engine has read, the next one with the same model knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from app.core.options.load_options import LoadOptions
from app.engine.messages import Read
from app.host.interface import Job
from app.host.torch_engine.prefix_cache import pack, unpack
from tests.host.driving import Runner, load_torch

TEXT = " ".join(
    f"On day {day} the keeper wrote the number {day} into his book." for day in range(22)
)
OPTIONS = LoadOptions(context=512, threads=1)

Open = Callable[..., Any]


@pytest.fixture
def opened(torch_folder: Path, tmp_path: Path) -> Iterator[Open]:
    """Loads engines that share a cache folder, and closes what is still open."""
    engines = []

    def load(options: LoadOptions = OPTIONS) -> Any:
        engines.append(load_torch(torch_folder, tmp_path, options))
        return engines[-1]

    yield load
    for engine in engines:
        engine.close()


def test_a_document_that_is_opened_again_begins_at_once(opened: Open, tmp_path: Path) -> None:
    first = opened()
    Runner(first)(TEXT, max_tokens=1)
    first.settle()
    again = Runner(first)(TEXT, max_tokens=8, temperature=0.0)
    first.close()
    (state,) = (tmp_path / "prompts").iterdir()
    assert state.stat().st_size > 1 << 20
    second = opened()
    reopened = Runner(second)(TEXT, max_tokens=8, temperature=0.0)
    assert reopened.stats.reused_tokens == reopened.stats.prompt_tokens - 1
    assert reopened.takes[0].token_ids == again.takes[0].token_ids
    exact = Runner(second)(TEXT[:100], max_tokens=1, exact=True)
    assert exact.stats.reused_tokens == 0


def test_closing_saves_what_is_new_and_only_its_beginning_is_taken(opened: Open) -> None:
    first = opened()
    first.read(Read(job=1, prompt=TEXT), Job(1, lambda _event: None))
    first.close()
    second = opened()
    done = Runner(second)(TEXT[:-200] + " And then?", max_tokens=4, temperature=0.0)
    assert done.stats.prompt_tokens - 10 < done.stats.reused_tokens < done.stats.prompt_tokens
    fresh = Runner(opened(LoadOptions(context=512, threads=1, keep_prompts=False)))
    alone = fresh(TEXT[:-200] + " And then?", max_tokens=4, temperature=0.0)
    assert alone.stats.reused_tokens == 0
    assert alone.takes[0].token_ids == done.takes[0].token_ids


def test_bytes_that_hold_another_memory_are_refused(torch_engine: Any) -> None:
    torch_engine.read(Read(job=1, prompt="Nobody came."), Job(1, lambda _event: None))
    kept = torch_engine._cache._kept[-1]
    lanes, length = torch_engine._model.lanes, len(kept.tokens)
    state, device = pack(kept.lane), torch.device("cpu")
    restored = unpack(state, lanes, length, 8, device).tensors()
    assert all(torch.equal(restored[name], one) for name, one in kept.lane.tensors().items())
    with pytest.raises(ValueError, match="another memory"):
        unpack(state, lanes, length + 1, 8, device)
    with pytest.raises(ValueError, match="header"):
        unpack(np.zeros(100, np.uint8), lanes, length, 8, device)


@pytest.mark.parametrize("error", [RuntimeError("CUDA error"), MemoryError()])
def test_a_memory_that_cannot_be_copied_keeps_no_model_open(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    from app.host.torch_engine import prefix_cache

    def refuse(_lane: Any) -> Any:
        raise error

    engine = opened()
    engine.read(Read(job=1, prompt=TEXT), Job(1, lambda _event: None))
    monkeypatch.setattr(prefix_cache, "pack", refuse)
    engine.close()
    assert engine._model._network is None
    assert not (tmp_path / "prompts").exists()


def test_a_model_is_freed_even_where_saving_fails(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = opened()
    freed: list[bool] = []

    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(engine._cache, "settle", fail)
    close = engine._model.close
    monkeypatch.setattr(engine._model, "close", lambda: freed.append(True) or close())
    with pytest.raises(MemoryError):
        engine.close()
    assert freed
