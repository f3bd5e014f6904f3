"""The estimate against the truth: what a child really takes, for many shapes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.core.memory_fit.estimate import WORKING, Fit, estimate
from app.core.memory_fit.layout import layout
from app.core.options.load_options import LoadOptions
from app.core.system.machine import this_machine
from tests.host.gguf_shapes import Shape, write
from tests.host.measured_memory import measure

SHAPES = {
    "grouped queries, tied": Shape("llama", width=512, inner=1408, kv_heads=2, tied=True),
    "a large vocabulary": Shape(
        "qwen2", width=128, inner=384, heads=4, kv_heads=2, vocabulary=152_064, kind="Q8_0"
    ),
    "wide heads": Shape("qwen3", width=320, inner=960, kv_heads=4, head=128, tied=True),
    "sliding windows": Shape(
        "gemma3", width=320, inner=1280, heads=4, kv_heads=1, head=256, tied=True, window=512
    ),
    "fused weights": Shape("phi3", width=512, inner=1376, vocabulary=32_064, window=2047),
    "no groups, untied": Shape("gptneox", width=512, inner=2048, vocabulary=50_304),
    "experts": Shape("qwen2moe", inner=352, kv_heads=4, experts=8, vocabulary=32_000),
    "four bits": Shape("llama", width=1024, inner=2816, layers=8, kv_heads=2, kind="Q4_0"),
    "four bits in large blocks": Shape(
        "llama", width=1024, inner=2816, layers=8, kv_heads=2, kind="Q4_K"
    ),
    "a recurrent state": Shape("mamba", width=512, vocabulary=50_280),
    "a hybrid of states and attention": Shape("jamba", width=384, inner=1024, kv_heads=2),
    "a hybrid of convolutions and attention": Shape(
        "lfm2", width=384, inner=1024, kv_heads=2, tied=True
    ),
    "latent attention": Shape("deepseek2", width=512, inner=1408, head=128, latent=256),
    "latent attention, unpacked": Shape(
        "deepseek2", width=512, inner=1408, head=128, latent=256, unpacked=True
    ),
}
GEMMA = Shape(
    "gemma3", width=640, inner=2048, layers=18, heads=4, kv_heads=1, head=256,
    vocabulary=262_144, tied=True, window=512, kind="Q4_K_M",
)  # fmt: skip
"""A Gemma 3 of 270M: its vocabulary is most of it."""
SHAPES["a vocabulary that is most of it"] = GEMMA
PLAIN = LoadOptions(context=4096, gpu_layers=0, threads=1, tune=False, fit="as-asked")
CASES = [
    *((name, {}) for name in SHAPES),
    ("a vocabulary that is most of it", {"flash_attention": "on", "context": 8192}),
    ("grouped queries, tied", {"flash_attention": "on", "context": 8192}),
    ("wide heads", {"kv_type": "q8_0", "ubatch": 128}),
    ("four bits", {"mmap": False}),
    ("latent attention", {"flash_attention": "on"}),
    ("a hybrid of states and attention", {"flash_attention": "on"}),
]


@pytest.mark.parametrize(("name", "more"), CASES, ids=lambda given: str(given))
def test_the_estimate_is_within_a_tenth(name: str, more: dict[str, object], tmp_path: Path) -> None:
    path = write(tmp_path / "model.gguf", SHAPES[name])
    _check(path, _options(more))


def test_the_estimate_of_the_starter_model_is_within_a_tenth(starter_model: Path) -> None:
    _check(starter_model, PLAIN)


def _options(more: dict[str, object]) -> LoadOptions:
    fields = {name: getattr(PLAIN, name) for name in PLAIN.__struct_fields__}
    return LoadOptions(**fields | more)


def _check(path: Path, options: LoadOptions) -> None:
    found = measure(path, options)
    fit = estimate(layout(path), options, this_machine())
    shown = f"{found} against {fit.parts}"
    assert fit.total == pytest.approx(found.at_most, rel=0.1), shown
    assert fit.at_once == pytest.approx(found.at_once, rel=0.1), shown
    buffers = found.buffers
    named: dict[Any, float] = {"cache": buffers.get("KV", 0.0) + buffers.get("RS", 0.0)}
    if buffers.get("mapped", buffers["model"]) == buffers["model"]:
        named["weights"] = buffers["model"]  # else some of them are named twice
    for kind, size in named.items():
        assert fit.sum_of(kind) == pytest.approx(size, rel=0.02, abs=2**20), shown
    assert _reserved(fit) == pytest.approx(found.buffers["compute"], rel=0.1, abs=2**20), shown


def _reserved(fit: Fit) -> int:
    """What llama.cpp reserves for the graph; other buffers it takes when it computes."""
    return sum(part.bytes for part in fit.parts if part.what.startswith(WORKING))
