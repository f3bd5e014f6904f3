"""Loading with the Torch engine: GGUF and kept folders, devices, architectures, what goes wrong."""

from __future__ import annotations

import logging
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
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
from app.core.load_options import LoadOptions
from app.engine.messages import HostEvent, Loading
from app.host import transformers as torch_module
from app.host.base import Job
from tests.host.driving import TORCH_OPTIONS, Runner, load_torch
from tests.host.tiny_llama import write_tiny

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
    engine = torch_module.load(str(path), TORCH_OPTIONS, job)
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


def copy_of(folder: Path, target: Path, *, without: tuple[str, ...] = ()) -> Path:
    target.mkdir()
    for part in folder.iterdir():
        if part.name not in without:
            (target / part.name).symlink_to(part)
    return target


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
    anew = runner(prompt + "Eleven", temperature=0.0, max_tokens=12, exact=True)
    assert anew.takes[0].token_ids == again.takes[0].token_ids
    engine.close()


def test_a_memory_that_cannot_be_cut_is_refused() -> None:
    import transformers

    from app.host.transformers.memory import Lanes

    config = transformers.AutoConfig.for_model(
        "llama", num_hidden_layers=2, layer_types=["linear_attention", "full_attention"]
    )
    with pytest.raises(UnsupportedModelError, match="linear_attention"):
        Lanes(config, "Hybrid")


def test_a_full_disk_only_means_that_nothing_is_kept(
    torch_engine: Any, starter_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from app.host.transformers.kept import KeptFolders

    kept = KeptFolders(tmp_path / "cache")
    full = shutil.disk_usage(tmp_path)._replace(free=1 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: full)
    network = torch_engine._model._network
    saved = kept.save(starter_model, torch.float32, network, None, lambda: None)
    assert saved is None
    assert not list((tmp_path / "cache").iterdir())
    assert kept.find(starter_model, torch.float32) is None


def test_a_file_that_was_replaced_while_it_was_read_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from app.host.transformers import loading
    from app.host.transformers.devices import Device
    from app.host.transformers.kept import KeptFolders

    path, later = write_tiny(tmp_path / "a.gguf"), write_tiny(tmp_path / "later.gguf", seed=2)

    def read(*_: object) -> tuple[object, object]:
        later.replace(path)
        return torch.nn.Identity(), object()

    monkeypatch.setattr(loading, "_from", read)
    job = Job(0, lambda _event: None)
    device = Device("cpu", "CPU", 0, 0, torch.float32)
    loading._load(loading._Source(path), device, job, KeptFolders(tmp_path / "kept"))
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("left", [0, 1000, 1_000_000])
def test_a_kept_folder_that_was_damaged_is_made_anew(
    starter_model: Path, torch_folder: Path, tmp_path: Path, monkeypatch: Any, left: int
) -> None:
    from app.host.transformers import loading

    name, cache = torch_folder.name, tmp_path / "cache"
    cache.mkdir()
    damaged = copy_of(torch_folder, cache / name, without=("model.safetensors",))
    with (torch_folder / "model.safetensors").open("rb") as whole:
        (damaged / "model.safetensors").write_bytes(whole.read(left))
    places: list[str] = []

    def made_anew(place: str, more: Any, *_: Any) -> Any:
        places.append(place)
        raise OSError("enough is seen")

    monkeypatch.setattr(loading, "_from", made_anew)
    with pytest.raises(ModelLoadError, match="enough is seen"):
        load_torch(starter_model, cache)
    assert places == [str(starter_model.parent)]
    assert not damaged.exists()


class Stored:
    """A network and a tokenizer for `KeptFolders`."""

    def parameters(self) -> list[Any]:
        return []

    def save_pretrained(self, folder: str) -> None:
        (Path(folder) / "config.json").write_text("{}")


def test_a_changed_file_is_made_anew_and_the_old_folder_goes(tmp_path: Path) -> None:
    import torch

    from app.host.transformers.kept import KeptFolders

    file = tmp_path / "model.gguf"
    file.write_bytes(b"one")
    kept = KeptFolders(tmp_path / "cache")
    first = kept.save(file, torch.float32, Stored(), Stored(), lambda: None)
    assert first == kept.find(file, torch.float32)
    assert kept.find(file, torch.bfloat16) is None
    file.write_bytes(b"two!")
    assert kept.find(file, torch.float32) is None
    second = kept.save(file, torch.float32, Stored(), Stored(), lambda: None)
    assert [*(tmp_path / "cache").iterdir()] == [second]


class Weights:
    """So many bytes of numbers."""

    def __init__(self, size: int) -> None:
        self.nbytes = size


class Large(Stored):
    """A network of 100 bytes."""

    def parameters(self) -> list[Any]:
        return [Weights(100)]

    def save_pretrained(self, folder: str) -> None:
        super().save_pretrained(folder)
        (Path(folder) / "model.safetensors").write_bytes(b"0" * 98)


@pytest.fixture
def keep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Keeps models of 100 bytes where 300 are allowed; gives the names of those still kept."""
    import torch

    from app.host.transformers import kept

    monkeypatch.setattr(kept, "_MOST", 300)
    folders = kept.KeptFolders(tmp_path / "cache")
    used = iter(range(1000))

    def keep_one(name: str) -> list[str]:
        file = tmp_path / f"{name}.gguf"
        file.write_bytes(b"one")
        found = folders.find(file, torch.float32)
        found = found or folders.save(file, torch.float32, Large(), Stored(), lambda: None)
        assert found is not None
        os.utime(found / "config.json", (moment := next(used), moment))
        return sorted(left.name.split("-")[0] for left in (tmp_path / "cache").iterdir())

    return keep_one


def test_the_longest_unused_folder_makes_room(keep: Any) -> None:
    for name in "abc":
        keep(name)
    assert keep("a") == ["a", "b", "c"]
    assert keep("d") == ["a", "c", "d"]


def test_a_use_is_noted_and_what_is_not_a_model_stays(keep: Any, tmp_path: Path) -> None:
    import torch

    from app.host.transformers.kept import KeptFolders

    for name in "abc":
        keep(name)
    (tmp_path / "cache" / "prompts").mkdir()
    KeptFolders(tmp_path / "cache").find(tmp_path / "a.gguf", torch.float32)
    assert keep("d") == ["a", "c", "d", "prompts"]


def test_a_full_disk_makes_the_old_folders_go(
    keep: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep("a")
    keep("b")
    usage = shutil.disk_usage(tmp_path)._replace(free=700)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    monkeypatch.setattr("app.host.transformers.kept._RESERVE", 0)
    assert keep("c") == ["b", "c"], "a quarter of 900 bytes has room for two"


def test_a_model_larger_than_all_that_may_be_kept_is_not_kept(
    keep: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep("a")
    monkeypatch.setattr("app.host.transformers.kept._MOST", 50)
    with pytest.raises(AssertionError):
        keep("b")
    assert [left.name[0] for left in (tmp_path / "cache").iterdir()] == ["a"]


def test_an_unfinished_folder_of_long_ago_goes(keep: Any, tmp_path: Path) -> None:
    old, young = tmp_path / "cache" / "new-old", tmp_path / "cache" / "new-young"
    for folder in (old, young):
        folder.mkdir(parents=True)
    os.utime(old, (0, 0))
    keep("a")
    assert young.is_dir()
    assert not old.exists()


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


def test_a_stopped_save_leaves_nothing(tmp_path: Path) -> None:
    import torch

    from app.host.transformers.kept import KeptFolders

    def stop() -> None:
        raise CancelledError("Stopped.")

    file = tmp_path / "model.gguf"
    file.write_bytes(b"one")
    kept = KeptFolders(tmp_path / "cache")
    with pytest.raises(CancelledError):
        kept.save(file, torch.float32, Stored(), Stored(), stop)
    assert not list((tmp_path / "cache").iterdir())


GIB = 2**30


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A machine with the given devices, named by their free GiB."""
    import torch

    from app.host.transformers import devices

    def make(**free: int) -> None:
        found = [
            devices.Device(
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
    from app.host.transformers.devices import candidates

    device = next(candidates(int(parameters), gpu_layers, "Model"))
    return device.name, str(device.dtype)


def test_the_device_is_the_first_that_holds_the_model(machine: Any) -> None:
    machine(cuda_0=4, cuda_1=24, cpu=32)
    assert chosen(1e9) == ("cuda:0", "torch.bfloat16")
    assert chosen(7e9) == ("cuda:1", "torch.bfloat16")
    assert chosen(7e9, gpu_layers=0) == ("cpu", "torch.float32")
    assert chosen(13e9) == ("cpu", "torch.bfloat16")
    with pytest.raises(OutOfMemoryError, match="GiB"):
        chosen(70e9)


def test_without_a_gpu_it_is_the_processor(machine: Any) -> None:
    machine(cpu=2)
    assert chosen(1e8) == ("cpu", "torch.float32")
    machine(mps=8, cpu=8)
    assert chosen(1e8) == ("mps", "torch.bfloat16")
