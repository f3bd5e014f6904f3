"""What the benchmark times: our step, and one of a loop with peft that does the same work."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import NotMeasuredError
from app.host.baselines.peft_loop import PeftLoop
from app.host.torch_engine.converted_cache import KeptFolders
from app.training.timed import TimedTraining
from tests.host.driving import load_torch

TEXT = "the lamp burned low and the wind came in over the sill of the old house. " * 60


@pytest.fixture(scope="module")
def folder(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch

    cache = tmp_path_factory.mktemp("cache")
    load_torch(tiny_model, cache).close()
    found = KeptFolders(cache).find(tiny_model, torch.float32)
    assert found is not None
    return found


def opened(folder: Path, scratch: Path) -> tuple[TimedTraining, dict[str, Any]]:
    timed = TimedTraining()
    asked: dict[str, Any] = {
        "length": 64,
        "numbers": "float32",
        "threads": 1,
        "folder": str(scratch),
    }
    return timed, timed.open(path=str(folder), text=TEXT, **asked)


def test_a_step_can_be_timed_again_and_again(folder: Path, tmp_path: Path) -> None:
    timed, told = opened(folder, tmp_path)
    assert told["numbers"] == "float32"
    assert told["threads"] == 1
    assert len(told["layers"]) == 7
    first, second = timed.step(), timed.step()
    assert first["tokens"] == sum(len(row) - 1 for row in told["rows"])
    assert second["loss"] < first["loss"]
    assert second["seconds"] > 0
    assert second["memory"] >= first["memory"] > 0


@pytest.mark.filterwarnings("ignore::FutureWarning")  # peft's own
def test_the_loop_with_peft_learns_the_same(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("peft", reason="packaging/dev.py bench installs peft")
    timed, told = opened(folder, tmp_path)
    loop = PeftLoop()
    loop.check()
    assert loop.open(path=str(folder), **told)["parameters"] == sum(
        layer.down.numel() + layer.up.numel() for layer in timed._training.adapters.layers.values()
    )
    rows = timed._training.rows_of(0)
    mean = sum(timed._training._test(row) / row.targets for row in rows) / len(rows)
    first, _warming, second = loop.step(), loop.step(), loop.step()  # the first rate is 0
    assert first["loss"] == pytest.approx(mean, abs=1e-4)
    assert second["loss"] < first["loss"]


def test_without_peft_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(NotMeasuredError, match=r"packaging/dev\.py bench"):
        PeftLoop().check()
