"""What the Torch engine keeps of GGUF files: used, damaged, too large, in the way."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import CancelledError, ModelLoadError, OutOfMemoryError
from app.host.interface import Job
from tests.host.driving import copy_of, load_torch
from tests.host.tiny_llama import write_tiny


def test_a_full_disk_only_means_that_nothing_is_kept(
    torch_engine: Any, starter_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from app.host.torch_engine.converted_cache import KeptFolders

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

    from app.host.torch_engine import loading
    from app.host.torch_engine.converted_cache import KeptFolders
    from app.host.torch_engine.devices import TorchDevice

    path, later = write_tiny(tmp_path / "a.gguf"), write_tiny(tmp_path / "later.gguf", seed=2)

    def read(*_: object) -> tuple[object, object]:
        later.replace(path)
        return torch.nn.Identity(), object()

    monkeypatch.setattr(loading, "_from", read)
    job = Job(0, lambda _event: None)
    device = TorchDevice("cpu", "CPU", 0, 0, torch.float32)
    loading._load(loading._Source(path), device, job, KeptFolders(tmp_path / "kept"))
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("left", [0, 1000, 1_000_000])
def test_a_kept_folder_that_was_damaged_is_made_again(
    starter_model: Path, torch_folder: Path, tmp_path: Path, monkeypatch: Any, left: int
) -> None:
    from app.host.torch_engine import loading

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

    from app.host.torch_engine.converted_cache import KeptFolders

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
    """Stands for weights of `size` bytes."""

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

    from app.host.torch_engine import converted_cache

    monkeypatch.setattr(converted_cache, "_MOST", 300)
    folders = converted_cache.KeptFolders(tmp_path / "cache")
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

    from app.host.torch_engine.converted_cache import KeptFolders

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
    monkeypatch.setattr("app.host.torch_engine.converted_cache._RESERVE", 0)
    assert keep("c") == ["b", "c"], "a quarter of 900 bytes has room for two"


def test_a_model_larger_than_all_that_may_be_kept_is_not_kept(
    keep: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep("a")
    monkeypatch.setattr("app.host.torch_engine.converted_cache._MOST", 50)
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


def test_a_stopped_save_leaves_nothing(tmp_path: Path) -> None:
    import torch

    from app.host.torch_engine.converted_cache import KeptFolders

    def stop() -> None:
        raise CancelledError("Stopped.")

    file = tmp_path / "model.gguf"
    file.write_bytes(b"one")
    kept = KeptFolders(tmp_path / "cache")
    with pytest.raises(CancelledError):
        kept.save(file, torch.float32, Stored(), Stored(), stop)
    assert not list((tmp_path / "cache").iterdir())


def test_a_file_may_be_called_anything(tmp_path: Path) -> None:
    """What was made of a former file goes, too, where its name looks like a pattern."""
    import torch

    from app.host.torch_engine.converted_cache import KeptFolders

    file = tmp_path / "tale [v1] *.gguf"
    kept = KeptFolders(tmp_path / "cache")
    for content in (b"one", b"two!"):
        file.write_bytes(content)
        last = kept.save(file, torch.float32, Stored(), Stored(), lambda: None)
    assert [*(tmp_path / "cache").iterdir()] == [last]


def test_a_disk_that_refuses_midway_only_means_that_nothing_is_kept(tmp_path: Path) -> None:
    import torch
    from safetensors import SafetensorError

    from app.host.torch_engine.converted_cache import KeptFolders

    class Refused(Stored):
        def save_pretrained(self, _folder: str) -> None:
            raise SafetensorError("Error while serializing: I/O error: File too large")

    file = tmp_path / "model.gguf"
    file.write_bytes(b"one")
    kept = KeptFolders(tmp_path / "cache")
    assert kept.save(file, torch.float32, Refused(), Stored(), lambda: None) is None
    assert not list((tmp_path / "cache").iterdir())


def lacking() -> RuntimeError:
    """What PyTorch raises where the processor's memory is too small."""
    import torch

    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 55)
    return caught.value


@pytest.mark.parametrize("kind", ["lack", "damage"])
def test_only_damage_drops_what_is_kept(
    starter_model: Path, torch_folder: Path, tmp_path: Path, monkeypatch: Any, kind: str
) -> None:
    from safetensors import SafetensorError

    from app.host.torch_engine import loading

    error = lacking() if kind == "lack" else SafetensorError("header too large")
    (tmp_path / "cache").mkdir()
    folder = copy_of(torch_folder, tmp_path / "cache" / torch_folder.name)

    def refuse(*_: Any) -> Any:
        raise error

    monkeypatch.setattr(loading, "_from", refuse)
    with pytest.raises(OutOfMemoryError if kind == "lack" else ModelLoadError):
        load_torch(starter_model, tmp_path / "cache")
    assert folder.exists() == (kind == "lack")
