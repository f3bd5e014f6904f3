"""Loading with the Torch engine: GGUF and kept folders, devices, architectures, what goes wrong."""

from __future__ import annotations

import json
import logging
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir, suppress
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import (
    CancelledError,
    EngineMissingError,
    LampblackError,
    ModelLoadError,
    OutOfMemoryError,
    ParameterError,
    UnsupportedModelError,
)
from app.core.options.load_options import LoadOptions
from app.engine.messages import HostEvent, Loading
from app.host import torch_engine as torch_module
from app.host.interface import Job
from tests.host.driving import TORCH_OPTIONS, Runner, copy_of, load_command, load_torch

KEEPER = "The old lighthouse keeper opened the door and"


def test_a_gguf_file_is_kept_for_the_next_time(
    starter_model: Path, tmp_path: Path, torch_generate: Runner
) -> None:
    begun = time.perf_counter()
    first = load_torch(starter_model, tmp_path / "cache")
    slow = time.perf_counter() - begun
    (kept,) = (tmp_path / "cache").iterdir()
    assert not list(kept.rglob("*.bin"))
    tokens = Runner(first)(KEEPER, temperature=0.0, max_tokens=12).takes[0].token_ids
    first.close()
    begun = time.perf_counter()
    second = load_torch(starter_model, tmp_path / "cache")
    fast = time.perf_counter() - begun
    assert slow > 4 * fast
    assert Runner(second)(KEEPER, temperature=0.0, max_tokens=12).takes[0].token_ids == tokens
    expected = torch_generate(KEEPER, temperature=0.0, max_tokens=12).takes[0].token_ids
    assert tokens == expected
    assert second.info.name == starter_model.stem
    assert second.info.quantization == "Q4_1"
    second.close()
    shutil.rmtree(tmp_path / "cache")


def test_the_loaded_model_says_what_it_runs_with(torch_engine: Any) -> None:
    info = torch_engine.info
    assert (info.engine, info.architecture, info.layers) == ("torch", "llama", 30)
    assert info.vocabulary == 49152
    assert (info.context, info.trained_context) == (2048, 8192)
    assert info.has_chat_template
    assert info.settings.kv_type == "f32"
    assert info.settings.build.startswith("torch 2.")
    assert "transformers" in info.settings.build
    assert (info.settings.device, info.settings.gpu_layers) == ("CPU", 0)


def loading(path: Path, cancel_after: int | None = None, **options: Any) -> list[HostEvent]:
    events: list[HostEvent] = []

    def take(event: HostEvent) -> None:
        events.append(event)
        if cancel_after is not None and len(events) > cancel_after:
            job.cancel()

    job = Job(1, take)
    engine = torch_module.load(load_command(path, TORCH_OPTIONS), job)
    engine.close()
    return events


def test_progress_grows_and_a_cancel_ends_it(torch_folder: Path) -> None:
    fractions = [event.fraction for event in loading(torch_folder) if isinstance(event, Loading)]
    assert len(fractions) > 20
    assert fractions == sorted(fractions)
    assert fractions[-1] <= 1
    with pytest.raises(CancelledError):
        loading(torch_folder, cancel_after=10)


def test_without_the_order_to_stay_offline_nothing_is_imported(
    torch_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE")
    with pytest.raises(EngineMissingError, match="HF_HUB_OFFLINE"):
        load_torch(torch_folder)
    assert not torch_module.describe().available


def test_describe_names_versions_and_devices() -> None:
    report = torch_module.describe()
    assert report.available
    assert report.version.startswith("torch 2.")
    assert report.devices[-1].description.startswith("cpu: ")


def test_pickles_and_damage_are_sentences(
    torch_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)  # the library warns of strange folders, where CI is set
    pickled = copy_of(torch_folder, tmp_path / "a", without=("model.safetensors",))
    (pickled / "pytorch_model.bin").write_bytes(b"\x80\x02.")
    with pytest.raises(LampblackError):
        load_torch(pickled)
    strange = copy_of(torch_folder, tmp_path / "b", without=("config.json",))
    (strange / "config.json").write_text('{"model_type": "no_such_model"}')
    with pytest.raises(LampblackError, match=r"\.$") as caught:
        load_torch(strange)
    assert isinstance(caught.value, (ModelLoadError, UnsupportedModelError))
    coded = copy_of(torch_folder, tmp_path / "c", without=("config.json",))
    (coded / "config.json").write_text(
        '{"model_type": "mine", "auto_map": {"AutoConfig": "x.C", "AutoModelForCausalLM": "x.M"}}'
    )
    (coded / "x.py").write_text("raise SystemExit(7)")
    with pytest.raises((ModelLoadError, UnsupportedModelError)):
        load_torch(coded)


@pytest.mark.parametrize("key", ["_attn_implementation", "_attn_implementation_internal"])
def test_an_attention_of_its_own_is_neither_fetched_nor_run(
    key: str, torch_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library would take such a name for a kernel at the hub, which is a program."""
    ran = tmp_path / "ran"
    for place in (tmp_path / "evil" / "kernel", tmp_path / "evil" / "kernel" / "build" / "torch"):
        place.mkdir(parents=True, exist_ok=True)
        (place / "__init__.py").write_text(f"open({str(ran)!r}, 'w')")
    monkeypatch.syspath_prepend(str(tmp_path / "evil"))
    folder = copy_of(torch_folder, tmp_path / "model", without=("config.json",))
    config = json.loads((torch_folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps(config | {key: "evil/kernel"}))
    with chdir(tmp_path), suppress(LampblackError):  # a sentence is as good as a load without it
        engine = load_torch(folder)
        assert engine._model._network.config._attn_implementation in ("sdpa", "eager")
        engine.close()
    assert not ran.exists()


def small(kind: str, **more: Any) -> Any:
    """A tiny network of another architecture, its numbers drawn."""
    import torch
    import transformers

    torch.manual_seed(3)
    config = transformers.AutoConfig.for_model(
        kind,
        vocab_size=49152,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=4,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        max_position_embeddings=512,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=2,
        **more,
    )
    network = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    for weights in network.parameters():
        torch.nn.init.normal_(weights, std=0.3)
    return network.eval()


ARCHITECTURES: dict[str, dict[str, Any]] = {
    "gpt2": {"n_embd": 32, "n_layer": 4, "n_head": 4, "n_positions": 512},
    "mistral": {"sliding_window": 16},
    "gemma2": {"sliding_window": 16, "query_pre_attn_scalar": 8},
    "gemma3_text": {"sliding_window": 16, "query_pre_attn_scalar": 8},
    "qwen3": {},
    "phi3": {},
}


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_other_architectures_write_what_transformers_writes(
    kind: str, torch_folder: Path, tmp_path: Path
) -> None:
    import torch

    network = small(kind, **ARCHITECTURES[kind])
    network.save_pretrained(tmp_path / kind)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(torch_folder / name, tmp_path / kind / name)
    engine = load_torch(tmp_path / kind, options=LoadOptions(threads=1))
    assert engine.info.context == 512
    runner = Runner(engine)
    prompt = "One two three four five six seven eight nine ten. " * 4
    ids = torch.tensor([engine._prompter.tokens(prompt, ()).tolist()])
    expected = network.generate(ids, do_sample=False, max_new_tokens=12, pad_token_id=2)
    found = runner(prompt, temperature=0.0, max_tokens=12).takes[0].token_ids
    assert list(found) == expected[0, ids.shape[1] :].tolist()[: len(found)]
    again = runner(prompt + "Eleven", temperature=0.0, max_tokens=12)
    assert again.stats.reused_tokens > 0
    fresh = runner(prompt + "Eleven", temperature=0.0, max_tokens=12, exact=True)
    assert fresh.takes[0].token_ids == again.takes[0].token_ids
    engine.close()


def test_a_memory_that_cannot_be_cut_is_refused() -> None:
    import transformers

    from app.host.torch_engine.kv_cache import Lanes

    config = transformers.AutoConfig.for_model(
        "llama", num_hidden_layers=2, layer_types=["linear_attention", "full_attention"]
    )
    with pytest.raises(UnsupportedModelError, match="linear_attention"):
        Lanes(config, "Hybrid")


def test_a_context_beyond_the_own_one_is_noted(torch_folder: Path) -> None:
    engine = load_torch(torch_folder, options=LoadOptions(context=8200, threads=1))
    engine.close()
    (note,) = engine.info.notes
    assert "8,192" in note
    assert "8,200" in note


def test_a_context_too_small_to_write_in_is_a_sentence(torch_folder: Path) -> None:
    with pytest.raises(ParameterError, match="31 tokens is too small: it must hold at least 32"):
        load_torch(torch_folder, options=LoadOptions(context=31))


def test_other_threads_count_after_a_second_load(torch_folder: Path) -> None:
    """PyTorch keeps the number per thread, and the host loads in another than it writes in."""
    import torch

    for count in (1, 2, 1):
        with ThreadPoolExecutor(1) as loader:
            options = LoadOptions(context=64, threads=count)
            engine = loader.submit(load_torch, torch_folder, options=options).result()
        Runner(engine)("Once", max_tokens=1)
        assert torch.get_num_threads() == count
        engine.close()


GIB = 2**30


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A machine with the given devices, named by their free GiB."""
    import torch

    from app.host.torch_engine import devices

    def make(**free: int) -> None:
        found = [
            devices.TorchDevice(
                name.replace("_", ":"),
                name,
                count * GIB,
                count * GIB,
                torch.float32 if name == "cpu" else torch.bfloat16,
            )
            for name, count in free.items()
        ]
        monkeypatch.setattr(devices, "devices", lambda: iter(found))

    return make


def chosen(parameters: float, gpu_layers: int = -1) -> tuple[str, str]:
    from app.host.torch_engine.devices import candidates

    device = next(candidates(int(parameters), gpu_layers, "Model"))
    return device.name, str(device.dtype)


def test_the_device_is_the_first_that_holds_the_model(machine: Any) -> None:
    machine(cuda_0=4, cuda_1=24, cpu=32)
    assert chosen(1e9) == ("cuda:0", "torch.bfloat16")
    assert chosen(7e9) == ("cuda:1", "torch.bfloat16")
    assert chosen(7e9, gpu_layers=0) == ("cpu", "torch.float32")
    assert chosen(13e9) == ("cpu", "torch.bfloat16")
    with pytest.raises(OutOfMemoryError, match="GB"):
        chosen(70e9)


def test_without_a_gpu_it_is_the_processor(machine: Any) -> None:
    machine(cpu=2)
    assert chosen(1e8) == ("cpu", "torch.float32")
    machine(mps=8, cpu=8)
    assert chosen(1e8) == ("mps", "torch.bfloat16")
