"""The graphics cards as the engine reported them last."""

from __future__ import annotations

from app.core.options.load_options import LoadOptions
from app.core.system.machine import Gpu
from app.engine.client import EngineClient
from app.engine.messages import DeviceReport, Load, Loaded, ModelInfo
from app.engine.worker import cards

CARD = DeviceReport(name="CUDA0", title="Big card", kind="GPU", free=20, total=24)
SAME = DeviceReport(name="Vulkan0", title="Big card", kind="GPU", free=1, total=24)
INSIDE = DeviceReport(name="Vulkan1", title="Inside", kind="integrated GPU", free=4, total=8)
PROCESSOR = DeviceReport(name="CPU", title="Processor", kind="CPU", free=8, total=16)


def test_each_card_counts_once_and_integrated_ones_only_alone() -> None:
    assert list(cards([PROCESSOR, CARD, SAME, INSIDE])) == [Gpu("Big card", 20, 24)]
    assert list(cards([PROCESSOR, INSIDE])) == [Gpu("Inside", 4, 8, integrated=True)]
    assert list(cards([PROCESSOR])) == []


def test_the_client_remembers_what_a_load_reported() -> None:
    client = EngineClient(["nothing"])
    options = LoadOptions(context=512)
    load = Load(job=1, path="/m.gguf", engine="llama.cpp", options=options)
    info = ModelInfo(
        name="m", path="/m.gguf", engine="llama.cpp", devices=(CARD,), features=("AVX2",)
    )
    assert (client.reported.devices("llama.cpp"), client.options) == ((), LoadOptions())
    client._remember(load, Loaded(job=1, model=info, seconds=0.1))
    assert (client.reported.devices("llama.cpp"), client.options) == ((CARD,), options)
    plain = ModelInfo(name="m", path="/m.gguf", engine="llama.cpp")
    client._remember(load, Loaded(job=2, model=plain, seconds=0.1))
    assert client.reported.devices("llama.cpp") == (CARD,)
    assert client.reported.features("llama.cpp") == ("AVX2",)
    assert not client.reported.devices("torch")
    assert not client.reported.features("torch")
    client.close()
