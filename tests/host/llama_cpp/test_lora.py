"""LoRA on llama.cpp: an attached adapter writes as a merged model; others are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.core.errors import (
    LampblackError,
    ModelNotFoundError,
    NotAModelError,
    ParameterError,
    UnsupportedModelError,
)
from app.core.formats.adapter_files import engine_of
from app.core.options.adapters import Adapter, check_adapters
from app.core.options.load_options import LoadOptions
from app.engine.messages import Load
from app.host.interface import Job
from app.host.prompt_cache.disk_cache import _settings
from tests.host.asking import scored
from tests.host.driving import Runner, load
from tests.host.tiny_llama import INNER, WIDTH, write_adapter, write_tiny

RANK, ALPHA, STRENGTH = 4, 8.0, 0.5
TEXT = "The lamp burned low and the wind came in."
OPTIONS = LoadOptions(context=256, threads=1, tune=False, flash_attention="off")


def matrices(rows: int, columns: int, seed: int) -> tuple[Any, Any]:
    random = np.random.default_rng(seed)
    down = random.normal(0, 0.3, (RANK, columns)).astype(np.float32)
    return down, random.normal(0, 0.3, (rows, RANK)).astype(np.float32)


PAIRS = {
    "blk.0.attn_q.weight": matrices(WIDTH, WIDTH, 5),
    "blk.1.ffn_up.weight": matrices(INNER, WIDTH, 6),
}


def engine(path: Path, *adapters: Adapter) -> Any:
    return load(path, OPTIONS, adapters=adapters)


def chances(loaded: Any) -> list[float]:
    try:
        details = scored(loaded, TEXT, 0, Job(1, lambda _event: None))
        return [detail.probability for detail in details]
    finally:
        loaded.close()


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "base.gguf", "F32")


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    return write_adapter(tmp_path / "noir.gguf", PAIRS, ALPHA)


def test_an_attached_adapter_writes_as_the_merged_model(
    base: Path, adapter: Path, tmp_path: Path
) -> None:
    scale = STRENGTH * ALPHA / RANK
    changes = {name: up @ down * scale for name, (down, up) in PAIRS.items()}
    merged = write_tiny(tmp_path / "merged.gguf", "F32", changes=changes)
    wanted = chances(engine(merged))
    found = chances(engine(base, Adapter(path=str(adapter), strength=STRENGTH)))
    assert found == pytest.approx(wanted, rel=1e-3)
    assert found != pytest.approx(chances(engine(base)), rel=1e-2)


def test_without_strength_it_changes_nothing(base: Path, adapter: Path) -> None:
    found = chances(engine(base, Adapter(path=str(adapter), strength=0)))
    assert found == pytest.approx(chances(engine(base)), rel=1e-5)


def test_what_is_saved_and_recorded_tells_adapters_apart(base: Path, adapter: Path) -> None:
    seen = set()
    for adapters in ((), (1.0,), (0.5,)):
        attached = [Adapter(path=str(adapter), strength=strength) for strength in adapters]
        loaded = engine(base, *attached)
        assert loaded.info.adapters == tuple(attached)
        assert len(loaded.info.settings.adapters) == len(adapters)
        seen.add(_settings(loaded.info, ()))
        loaded.close()
    assert len(seen) == 3


def test_it_writes_with_several(base: Path, adapter: Path, tmp_path: Path) -> None:
    other = write_adapter(tmp_path / "other.gguf", PAIRS, ALPHA)
    both = [Adapter(path=str(path), strength=0.2) for path in (adapter, other)]
    loaded = engine(base, *both)
    done = Runner(loaded)("The lamp", max_tokens=3, temperature=0)
    loaded.close()
    assert done.stats.completion_tokens == 3
    assert len(done.settings.adapters) == 2


def test_another_architecture_is_refused(base: Path, tmp_path: Path) -> None:
    path = write_adapter(tmp_path / "a.gguf", PAIRS, ALPHA, architecture="qwen2")
    with pytest.raises(UnsupportedModelError, match="made for qwen2, but base is llama"):
        engine(base, Adapter(path=str(path)))


def test_another_models_shapes_are_refused(base: Path, tmp_path: Path) -> None:
    path = write_adapter(
        tmp_path / "a.gguf", {"blk.0.attn_q.weight": matrices(WIDTH, 32, 1)}, ALPHA
    )
    with pytest.raises(UnsupportedModelError, match="does not fit base"):
        engine(base, Adapter(path=str(path)))


def test_layers_that_the_model_lacks_are_refused(base: Path, tmp_path: Path) -> None:
    pairs = {"blk.7.attn_q.weight": matrices(WIDTH, WIDTH, 1)}
    path = write_adapter(tmp_path / "a.gguf", pairs, ALPHA)
    with pytest.raises(UnsupportedModelError, match="does not fit base"):
        engine(base, Adapter(path=str(path)))


def test_files_that_are_no_adapters_are_refused(base: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.gguf"
    short.write_bytes(write_adapter(tmp_path / "long.gguf", PAIRS, ALPHA).read_bytes()[:-500])
    wrong: list[tuple[Path, type[LampblackError]]] = [
        (base, NotAModelError),
        (short, LampblackError),
        (tmp_path / "nothing.gguf", ModelNotFoundError),
        (tmp_path, UnsupportedModelError),
    ]
    for path, kind in wrong:
        with pytest.raises(kind):
            engine(base, Adapter(path=str(path)))


@pytest.mark.parametrize(
    "adapters",
    [
        [("a", 5.0)],
        [("a", float("nan"))],
        [("a", 1.0), ("a", 0.5)],
        [(str(number), 1.0) for number in range(9)],
    ],
)
def test_strengths_and_numbers_have_limits(adapters: list[tuple[str, float]]) -> None:
    found = tuple(Adapter(path=path, strength=strength) for path, strength in adapters)
    with pytest.raises(ParameterError):
        check_adapters(found)


def test_the_file_tells_its_engine(adapter: Path) -> None:
    assert engine_of(adapter) == "llama.cpp"
    load = Load(job=1, path="m", engine="llama.cpp", adapters=(Adapter(path=str(adapter)),))
    assert load.adapters[0].strength == 1.0
