"""An adapter in both forms on the real starter model in F32: the engines write alike with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from app.core.options.adapters import Adapter
from app.core.options.load_options import LoadOptions
from app.engine.messages import Load
from app.host import llama_cpp, torch_engine
from app.host.interface import Job
from app.host.torch_engine.loading import load_network
from app.training.export import write_adapter
from app.training.lora import Adapters
from tests.host.asking import scored

ASKED = "The lamp burned low beneath the rafters, and the tide came home along the sea wall."
_WHOLE = """
import sys
from app.host.llama_cpp.quantize_child import QuantizerOrder, quantize
source, target = sys.argv[1:]
order = QuantizerOrder(source=source, target=target, number=0, requantizes=True, threads=2)
sys.exit(quantize(order, sys.stderr) or 0)
"""  # a process of its own, as llama.cpp has one log for all
OPTIONS = LoadOptions(context=128, threads=2, tune=False, flash_attention="off", kv_type="f32")


def chances(module: Any, model: Path, cache: Path, *adapters: Adapter) -> list[float]:
    job = Job(1, lambda _event: None)
    command = Load(
        job=1,
        path=str(model),
        engine="torch" if module is torch_engine else "llama.cpp",
        options=OPTIONS,
        adapters=adapters,
        cache=str(cache),
        saves_prompts=False,
    )
    engine = module.load(command, job)
    try:
        return [detail.probability for detail in scored(engine, ASKED, 0, job)]
    finally:
        engine.close()


def test_both_engines_write_alike_on_the_starter(starter_model: Path, tmp_path: Path) -> None:
    whole, made, cache = tmp_path / "whole.gguf", tmp_path / "made", tmp_path / "cache"
    names = (str(starter_model), str(whole))
    subprocess.run([sys.executable, "-c", _WHOLE, *names], check=True, capture_output=True)
    network, _words = load_network(whole, 0, str(cache), Job(1, lambda _event: None))
    adapters = Adapters(network, 4, 8.0, 1)
    adapters.flat.data += torch.randn(adapters.flat.shape) * 0.02
    matrices = adapters.matrices()
    assert write_adapter(made, matrices, rank=4, alpha=8.0, base="s", config=network.config) == ""
    del network, adapters, matrices
    base = chances(llama_cpp, whole, cache)
    llama = chances(llama_cpp, whole, cache, Adapter(path=str(made / "adapter.gguf")))
    peft = chances(torch_engine, whole, cache, Adapter(path=str(made)))
    assert llama == pytest.approx(peft, abs=1e-4)
    assert max(abs(a - b) for a, b in zip(base, llama, strict=True)) > 0.01
