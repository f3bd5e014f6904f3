"""The devices of PyTorch, played by fakes: none, one, two and mixed, and what a full one means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from app.core.errors import OutOfMemoryError
from app.core.options.load_options import LoadOptions
from app.engine.messages import HostEvent, Loading
from app.host.interface import Job
from app.host.torch_engine import devices, loading
from tests.host.driving import load_command, load_torch

GIBI = 2**30
CARDS = {
    "cuda": ("GeForce", (8, 6)),
    "old": ("Tesla", (7, 5)),
    "rocm": ("Radeon", (7, 5)),
}


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets PyTorch see these GPUs, named with their free GiB."""

    def make(cards: dict[str, float] | None = None, mps: float = 0.0, xpu: float = 0.0) -> None:
        names = list(cards or {})
        cuda = SimpleNamespace(
            is_available=lambda: bool(names),
            device_count=lambda: len(names),
            mem_get_info=lambda index: (int((cards or {})[names[index]] * GIBI), 24 * GIBI),
            get_device_capability=lambda index: CARDS[names[index]][1],
            get_device_name=lambda index: CARDS[names[index]][0],
            empty_cache=lambda: None,
        )
        intel = SimpleNamespace(
            is_available=lambda: xpu > 0,
            device_count=lambda: 1,
            mem_get_info=lambda _index: (int(xpu * GIBI), 16 * GIBI),
            get_device_name=lambda _index: "Arc",
            empty_cache=lambda: None,
        )
        apple = SimpleNamespace(
            recommended_max_memory=lambda: int(mps * GIBI),
            driver_allocated_memory=lambda: GIBI,
            empty_cache=lambda: None,
        )
        monkeypatch.setattr(torch, "cuda", cuda)
        monkeypatch.setattr(torch, "xpu", intel)
        monkeypatch.setattr(torch, "mps", apple)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps > 0)
        monkeypatch.setattr(torch.version, "hip", "6.4" if "rocm" in names else None)

    return make


def found() -> list[tuple[str, str, str]]:
    return [(one.name, one.title, str(one.dtype)) for one in devices.devices()][:-1]


def order(parameters: float, layers: int = -1) -> list[str]:
    return [one.name for one in devices.candidates(int(parameters), layers, "Model")]


def test_no_gpu(machine: Callable[..., None]) -> None:
    machine()
    assert found() == []
    assert order(1e8) == ["cpu"]
    assert [one.report.kind for one in devices.devices()] == ["CPU"]


def test_each_kind_has_the_type_that_it_computes_fast(machine: Callable[..., None]) -> None:
    machine({"cuda": 8})
    assert found() == [("cuda:0", "GeForce", "torch.bfloat16")]
    machine({"old": 8})
    assert found() == [("cuda:0", "Tesla", "torch.float16")]
    machine({"rocm": 8})
    assert found() == [("cuda:0", "Radeon", "torch.bfloat16")]
    machine(mps=9)
    assert found() == [("mps", "Apple GPU", "torch.float16")]
    machine(xpu=8)
    assert found() == [("xpu:0", "Arc", "torch.bfloat16")]


def test_two_and_mixed_devices_come_one_after_the_other(machine: Callable[..., None]) -> None:
    machine({"cuda": 20, "old": 6}, xpu=12)
    assert order(1e8) == ["cuda:0", "cuda:1", "xpu:0", "cpu"]
    assert order(4e9)[:2] == ["cuda:0", "xpu:0"]
    assert order(1e8, layers=0) == ["cpu"]
    reports = [device.report for device in devices.devices()]
    assert [report.kind for report in reports] == ["GPU", "GPU", "GPU", "CPU"]
    assert reports[0].description == "cuda:0: GeForce (GPU, 21.5 GB of 25.8 GB free)"


def test_what_apple_has_handed_out_is_not_free(machine: Callable[..., None]) -> None:
    machine(mps=9)
    apple = next(iter(devices.devices()))
    assert (apple.free, apple.total) == (8 * GIBI, 9 * GIBI)


@pytest.fixture
def full_cards(machine: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """GPUs that say they have room and have none; what was tried."""
    machine({"cuda": 20}, xpu=12)
    tried: list[str] = []
    real = loading._from

    def load_from(place: str, more: dict[str, Any], device: Any, *rest: Any) -> Any:
        tried.append(device.name)
        if device.is_gpu:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return real(place, more, device, *rest)

    monkeypatch.setattr(loading, "_from", load_from)
    return tried


def test_a_full_gpu_is_left_for_the_next_device(torch_folder: Path, full_cards: list[str]) -> None:
    events: list[HostEvent] = []
    options = LoadOptions(context=256, threads=1)
    engine = loading.load_engine(load_command(torch_folder, options), Job(1, events.append))
    info = engine.info
    engine.close()
    assert full_cards == ["cuda:0", "xpu:0", "cpu"]
    name = torch_folder.name
    assert info.notes == (
        f"GeForce had no room for {name}, so the next device was tried.",
        f"Arc had no room for {name}, so the next device was tried.",
    )
    assert [(row.device, row.layers) for row in info.placement] == [("CPU", 30)]
    assert info.placement[0].weights >= 134_515_008 * 4
    gpus = [event.gpu for event in events if isinstance(event, Loading) and event.gpu]
    assert gpus == ["GeForce", "Arc"]


def test_a_gpu_that_is_full_does_not_cost_the_kept_folder(
    starter_model: Path, torch_engine: Any, torch_cache: Path, full_cards: list[str]
) -> None:
    before = sorted(torch_cache.iterdir())
    options = LoadOptions(context=256, threads=1)
    engine = load_torch(starter_model, torch_cache, options)
    engine.close()
    assert sorted(torch_cache.iterdir()) == before


def test_where_the_processor_is_full_too_it_is_a_sentence(
    torch_folder: Path, full_cards: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = SimpleNamespace(available=1000, total=1000)
    monkeypatch.setattr("psutil.virtual_memory", lambda: memory)
    with pytest.raises(OutOfMemoryError, match="269 MB of memory"):
        load_torch(torch_folder, options=LoadOptions())
    assert full_cards == ["cuda:0", "xpu:0"]
