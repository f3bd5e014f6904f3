"""The engine host on the Vulkan path: a device that vanishes, and a host killed on it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from app.core.errors import GpuCrashedError
from app.core.options.load_options import LoadOptions
from app.core.options.sampling import Sampling
from app.engine.client import EngineClient
from app.engine.gpu_crashes import GpuMarks
from app.engine.messages import (
    Describe,
    Described,
    Done,
    Event,
    Generate,
    Load,
    Loaded,
    Loading,
    ModelInfo,
)
from tests.vulkan.conftest import SMALL


@pytest.fixture
def marks(tmp_path: Path) -> GpuMarks:
    return GpuMarks(tmp_path / "gpu")


@pytest.fixture
def client(marks: GpuMarks) -> Iterator[EngineClient]:
    made = EngineClient(marks=marks)
    yield made
    made.close()


@pytest.fixture
def load_it(client: EngineClient, starter_model: Path) -> Callable[..., ModelInfo]:
    def load(layers: int, on_event: Callable[[Event], None] = lambda _event: None) -> ModelInfo:
        options = LoadOptions(gpu_layers=layers, **SMALL)
        command = Load(
            job=client.next_job(), path=str(starter_model), engine="llama.cpp", options=options
        )
        loaded = client.run(command, on_event)
        assert isinstance(loaded, Loaded)
        return loaded.model

    return load


def write(client: EngineClient) -> str:
    sampling = Sampling(temperature=0.0, max_tokens=1)
    command = Generate(job=client.next_job(), prompt="The lamp", sampling=sampling)
    done = client.run(command, lambda _event: None)
    assert isinstance(done, Done)
    return done.takes[0].text


def test_the_host_names_the_device_while_it_loads(
    client: EngineClient, load_it: Callable[..., ModelInfo]
) -> None:
    events: list[Event] = []
    info = load_it(5, events.append)
    names = {event.gpu for event in events if isinstance(event, Loading)}
    assert names == {"", info.placement[0].device}
    assert write(client)


@pytest.mark.parametrize("layers", [-1, 31])
def test_a_device_that_vanished_leaves_the_processor(
    client: EngineClient,
    load_it: Callable[..., ModelInfo],
    monkeypatch: pytest.MonkeyPatch,
    layers: int,
) -> None:
    assert load_it(layers).settings.gpu_layers == 31
    host = psutil.Process(client.host_pid)
    host.kill()
    host.wait()
    monkeypatch.delenv("GGML_VK_VISIBLE_DEVICES")  # a processor that plays a GPU is not counted
    info = load_it(layers)
    assert [(row.device, row.layers) for row in info.placement] == [("CPU", 31)]
    assert bool(info.notes) == (layers > 0)
    assert write(client)
    described = client.run(Describe(job=client.next_job()), lambda _event: None)
    assert isinstance(described, Described)
    assert [device.kind for device in described.engines[0].devices] == ["CPU"]


def test_a_host_killed_while_the_device_is_filled_is_remembered(
    client: EngineClient,
    load_it: Callable[..., ModelInfo],
    marks: GpuMarks,
    starter_model: Path,
) -> None:
    def kill(event: Event) -> None:
        if isinstance(event, Loading) and event.gpu and client.host_pid is not None:
            os.kill(client.host_pid, signal.SIGKILL)

    with pytest.raises(GpuCrashedError, match="on the graphics card"):
        load_it(-1, kill)
    mark = marks.failed(str(starter_model), "llama.cpp")
    assert mark is not None
    assert load_it(0).placement[0].device == "CPU"
    assert marks.failed(str(starter_model), "llama.cpp") == mark
    assert load_it(-1).settings.gpu_layers == 31
    assert marks.failed(str(starter_model), "llama.cpp") is None
