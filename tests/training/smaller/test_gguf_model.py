"""A model folder and a GGUF file of a model that was cut: read back, both engines write alike."""

from __future__ import annotations

import errno
import hashlib
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch
from safetensors import SafetensorError

from app.core.errors import HousekeepingError, UnsupportedModelError
from app.core.formats.gguf import read_header
from app.core.models.model_file import inspect
from app.core.options.load_options import LoadOptions
from app.engine.messages import Load
from app.host import llama_cpp, torch_engine
from app.host.interface import Job
from app.host.torch_engine.loading import load_network
from app.training.packing import pack
from app.training.smaller.cutting import layer_influence, least, take_heads, take_layers
from app.training.smaller.gguf_model import unwritable, write_gguf
from app.training.smaller.saving import merge_adapters, read_back, save_network, whole_or_nothing
from tests.failing_disk import failing_disk
from tests.host.asking import scored
from tests.host.conftest import torch_cache as torch_cache
from tests.host.driving import Runner
from tests.host.tiny_llama import write_tiny

TEXT = "The lamp burned low beneath the rafters, and the tide came home along the sea wall. "


def chances(module: Any, model: Path) -> list[float]:
    options = LoadOptions(context=256, threads=2, tune=False, flash_attention="off", kv_type="f32")
    command = Load(
        job=1,
        path=str(model),
        engine="torch" if module is torch_engine else "llama.cpp",
        options=options,
        saves_prompts=False,
    )
    job = Job(1, lambda _event: None)
    engine = module.load(command, job)
    try:
        return [detail.probability for detail in scored(engine, TEXT, 0, job)]
    finally:
        engine.close()


def loaded(model: Path, cache: Path | str = "") -> tuple[Any, Any]:
    return load_network(model, 0, str(cache), Job(0, lambda _event: None))


def test_the_starter_without_three_layers_writes_on_both_engines(
    starter_model: Path, torch_cache: Path, tmp_path: Path
) -> None:
    digest = hashlib.sha256(starter_model.read_bytes()).hexdigest()
    network, words = loaded(starter_model, torch_cache)
    rows = pack([words(TEXT * 12)["input_ids"]], 64, 1, None).rows
    gone = least(layer_influence(network, rows, lambda _part: None), 3)
    assert not {0, 29} & {*gone}  # what is read first and said last changes most
    take_layers(network, gone)
    assert unwritable(starter_model, network.config) == ""
    folder, file = tmp_path / "cut", tmp_path / "cut.gguf"
    save_network(network, words, folder)
    write_gguf(file, starter_model, network, "Cut")
    read_back(folder, network, rows[0], 0)
    assert inspect(folder).has_chat_template
    header = read_header(file)
    assert (header.name, header.layers, header.quantization) == ("Cut", 27, "F16")
    assert header.chat_template == read_header(starter_model).chat_template
    ours = chances(torch_engine, folder)
    assert chances(llama_cpp, file) == pytest.approx(ours, abs=5e-3)
    assert chances(torch_engine, file) == pytest.approx(ours, abs=1e-5)
    job = Job(1, lambda _event: None)
    engine = torch_engine.load(Load(job=1, path=str(folder), engine="torch"), job)
    try:
        writer = Runner(engine)
        writer("The lamp", max_tokens=8)
        assert writer.streamed()
    finally:
        engine.close()
    assert hashlib.sha256(starter_model.read_bytes()).hexdigest() == digest


def test_every_weight_of_a_file_is_the_one_that_was_left(tmp_path: Path) -> None:
    source = write_tiny(tmp_path / "tiny.gguf", "F32")
    network, _words = loaded(source)
    take_layers(network, [0])
    take_heads(network, [[1, 2]])
    write_gguf(tmp_path / "cut.gguf", source, network, "Cut")
    was = {one.name: one for one in gguf.GGUFReader(source).tensors}
    now = {one.name: one for one in gguf.GGUFReader(tmp_path / "cut.gguf").tensors}
    assert sorted(now) == sorted(
        name.replace("blk.1", "blk.0") for name in was if "blk.0" not in name
    )
    kept = [*range(16), *range(48, 64)]
    for name, tensor in now.items():
        whole = was[name.replace("blk.0", "blk.1")].data
        if "attn_output" in name:
            whole = whole[:, kept]
        elif any(part in name for part in ("attn_q", "attn_k", "attn_v")):
            whole = whole[kept]
        assert np.array_equal(tensor.data, whole.astype(tensor.data.dtype)), name
    assert chances(llama_cpp, tmp_path / "cut.gguf") == pytest.approx(
        chances(torch_engine, tmp_path / "cut.gguf"), abs=2e-3
    )


def test_what_no_file_can_be_made_of_is_a_sentence(tmp_path: Path) -> None:
    source = write_tiny(tmp_path / "tiny.gguf", "F32")
    network, _words = loaded(source)
    assert "no GGUF file" in unwritable(tmp_path, network.config)
    network.config.model_type = "gemma2"
    assert "gemma2 is not known" in unwritable(source, network.config)


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_tiny(tmp_path / "tiny.gguf", "F32")
    network, words = loaded(source)

    def refused() -> None:
        with pytest.raises(HousekeepingError, match=r"could not be written: .*[nN]o space left"):
            save_network(network, words, tmp_path / "made")
        assert not (tmp_path / "made").exists()

    with failing_disk(errno.ENOSPC, stays=True) as disk:
        disk.begin(1)
        refused()
        disk.end()

    def midway(folder: Path) -> None:
        (folder / "model.safetensors").write_bytes(b"half")
        raise SafetensorError("I/O error: No space left on device")

    with monkeypatch.context() as full:
        full.setattr(network, "save_pretrained", midway)
        refused()

    def half() -> None:
        with whole_or_nothing(tmp_path / "half", 0):
            (tmp_path / "half").mkdir()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert not (tmp_path / "half").exists()
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr("app.training.smaller.saving.shutil.disk_usage", lambda _path: usage)
    with pytest.raises(HousekeepingError, match="no room for the new model"):
        save_network(network, words, tmp_path / "made")


def test_a_folder_that_computes_otherwise_is_refused(tmp_path: Path) -> None:
    network, words = loaded(write_tiny(tmp_path / "tiny.gguf", "F32"))
    row = pack([[*range(10, 60)]], 32, 1, None).rows[0]
    save_network(network, words, tmp_path / "made")
    read_back(tmp_path / "made", network, row, 0)
    with torch.no_grad():
        network.model.norm.weight *= 2
    with pytest.raises(UnsupportedModelError, match="gives other numbers"):
        read_back(tmp_path / "made", network, row, 0)


def test_adapters_become_part_of_the_weights(tmp_path: Path) -> None:
    network, _words = loaded(write_tiny(tmp_path / "tiny.gguf", "F32"))
    layer = network.model.layers[0].self_attn.q_proj
    before = layer.weight.detach().clone()
    down, up = torch.randn(2, 64), torch.randn(64, 2)
    merge_adapters(network, [("model.layers.0.self_attn.q_proj", down, up)], 2.0)
    assert torch.allclose(layer.weight, before + 2 * up @ down, atol=1e-5)
