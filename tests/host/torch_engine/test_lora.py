"""LoRA on Torch: PEFT folders merged by hand, and whatever is more than plain LoRA refused."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from app.core.errors import LampblackError, NotAModelError, UnsupportedModelError
from app.core.formats.adapter_files import engine_of, read_peft
from app.core.options.adapters import Adapter
from app.host.torch_engine.lora import merge
from tests.host.asking import scored

RANK, ALPHA = 2, 6.0


class Network(torch.nn.Module):  # type: ignore[misc] # PyTorch is not checked
    """Two linear layers behind an embedding that the last one shares."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.embed = torch.nn.Embedding(5, 4)
        self.first = torch.nn.Linear(4, 6, bias=False)
        self.inner = torch.nn.ModuleDict({"second": torch.nn.Linear(6, 4)})
        self.head = torch.nn.Linear(4, 5, bias=False)
        self.head.weight = self.embed.weight

    def get_input_embeddings(self) -> torch.nn.Embedding:
        return self.embed


def pair(rows: int, columns: int) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randn(RANK, columns), torch.randn(rows, RANK)


def write(folder: Path, pairs: dict[str, tuple[Any, Any]], **config: Any) -> Path:
    folder.mkdir(exist_ok=True)
    plain = {"peft_type": "LORA", "r": RANK, "lora_alpha": ALPHA, "bias": "none"}
    (folder / "adapter_config.json").write_text(json.dumps(plain | config), "utf-8")
    tensors = {}
    for name, (down, up) in pairs.items():
        tensors[f"base_model.model.{name}.lora_A.weight"] = down
        tensors[f"base_model.model.{name}.lora_B.weight"] = up
    save_file(tensors, folder / "adapter_model.safetensors")
    return folder


@pytest.mark.parametrize(
    ("config", "scale"),
    [
        ({}, ALPHA / RANK),
        ({"use_rslora": True}, ALPHA / math.sqrt(RANK)),
        ({"alpha_pattern": {"second": 1}}, 1 / RANK),
    ],
)
def test_the_weights_change_as_defined(tmp_path: Path, config: Any, scale: float) -> None:
    network = Network()
    before = network.inner["second"].weight.detach().clone()
    untouched = network.first.weight.detach().clone()
    down, up = pair(4, 6)
    folder = write(tmp_path / "a", {"inner.second": (down, up)}, **config)
    merge(network, [Adapter(path=str(folder), strength=0.5)])
    wanted = before + 0.5 * scale * up @ down
    assert torch.allclose(network.inner["second"].weight, wanted, atol=1e-6)
    assert torch.equal(network.first.weight, untouched)
    assert engine_of(folder) == "torch"


@pytest.mark.parametrize(
    "config",
    [
        {"use_dora": True},
        {"modules_to_save": ["lm_head"]},
        {"bias": "all"},
        {"peft_type": "IA3"},
        {"fan_in_fan_out": True},
        {"r": 0},
        {"lora_alpha": "much"},
        {"alpha_pattern": {"x": "y"}},
    ],
)
def test_what_is_not_plain_lora_is_refused(tmp_path: Path, config: Any) -> None:
    folder = write(tmp_path / "a", {"first": pair(6, 4)}, **config)
    with pytest.raises(LampblackError):
        read_peft(folder)


@pytest.mark.parametrize(
    ("name", "shape"),
    [("first", (6, 5)), ("third", (6, 4)), ("embed", (5, 4)), ("head", (5, 4)), ("inner", (6, 4))],
)
def test_what_does_not_fit_is_refused_and_nothing_is_changed(
    tmp_path: Path, name: str, shape: tuple[int, int]
) -> None:
    network = Network()
    before = {key: value.clone() for key, value in network.state_dict().items()}
    pairs = {"inner.second": pair(4, 6), name: pair(*shape)}
    with pytest.raises(UnsupportedModelError):
        merge(network, [Adapter(path=str(write(tmp_path / "a", pairs)))])
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())


def test_other_tensors_and_half_pairs_are_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "a", {"first": pair(6, 4)})
    file = folder / "adapter_model.safetensors"
    save_file({"base_model.model.first.lora_embedding_A": torch.ones(2, 4)}, file)
    with pytest.raises(UnsupportedModelError, match="not plain LoRA"):
        merge(Network(), [Adapter(path=str(folder))])
    save_file({"base_model.model.first.lora_A.weight": torch.ones(2, 4)}, file)
    with pytest.raises(NotAModelError, match="damaged"):
        merge(Network(), [Adapter(path=str(folder))])


def test_pickles_are_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "a", {"first": pair(6, 4)})
    (folder / "adapter_model.safetensors").rename(folder / "adapter_model.bin")
    with pytest.raises(UnsupportedModelError, match="pickles"):
        read_peft(folder)


def test_a_real_model_takes_one(torch_folder: Path, tmp_path: Path) -> None:
    from app.core.options.load_options import LoadOptions
    from app.host.interface import Job
    from tests.host.driving import load_torch

    options = LoadOptions(context=64, threads=1)
    pairs = {"model.layers.3.self_attn.q_proj": (torch.randn(2, 576), torch.randn(576, 2))}
    folder = write(tmp_path / "a", pairs)
    job = Job(1, lambda _event: None)
    found = []
    for adapters in ((), (Adapter(path=str(folder), strength=0.2),)):
        loaded = load_torch(torch_folder, options=options, adapters=adapters)
        found.append([one.probability for one in scored(loaded, "The lamp burned low", 0, job)])
        assert len(loaded.info.settings.adapters) == len(adapters)
        loaded.close()
    assert found[0] != pytest.approx(found[1], rel=1e-3)
