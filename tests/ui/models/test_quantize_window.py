"""A smaller copy in the window: the dialog and its run on the worker."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from app.engine.messages import (
    Failed,
    Loaded,
    Measured,
    ModelInfo,
    Quantized,
    Working,
)
from app.ui.models.quantize_dialog import QuantizeDialog
from tests.host.tiny_llama import write_tiny
from tests.ui.conftest import MODEL, Studio

FEATURES = ("AVX2", "FMA", "REPACK")


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "tiny.F16.gguf")


@pytest.fixture
def model(studio: Studio, tiny: Path) -> ModelInfo:
    studio.library.add(str(tiny))
    studio.worker.model = msgspec.structs.replace(MODEL, path=str(tiny), name="tiny.F16")
    studio.tell(Loaded(job=99, model=studio.worker.model, seconds=1))
    return studio.worker.model


def opened(studio: Studio, qtbot: QtBot) -> QuantizeDialog:
    studio.do("quantize")
    qtbot.waitUntil(lambda: studio.window.quantize.dialog is not None)
    dialog = studio.window.quantize.dialog
    assert dialog is not None
    return dialog


def test_the_price_is_shown(studio: Studio, qtbot: QtBot, model: ModelInfo) -> None:
    studio.show("The lamp burned low.")
    dialog = opened(studio, qtbot)
    assert dialog.passage.toPlainText() == "The lamp burned low."
    assert dialog.selected() == "Q8_0"
    dialog.make.click()
    worker = studio.worker
    job, fields = worker.last("perplexity")
    assert fields["text"] == "The lamp burned low."
    studio.tell(Working(job=job, what="measuring", fraction=0.5))
    assert "Trying your passage" in dialog.strip.text.text()
    studio.tell(Measured(job=job, perplexity=10.0, tokens=5))
    job, fields = worker.last("quantize")
    assert fields["target"] == model.path.replace("F16", "Q8_0")
    studio.tell(Quantized(job=job, path=fields["target"], size_before=200, size_after=100))
    job, fields = worker.last("load")
    assert fields["path"].endswith("Q8_0.gguf")
    studio.tell(Loaded(job=job, model=msgspec.structs.replace(model, path="c"), seconds=1))
    job, _fields = worker.last("perplexity")
    studio.tell(Measured(job=job, perplexity=11.0, tokens=5))
    job, fields = worker.last("load")
    assert fields["path"] == model.path
    studio.tell(Loaded(job=job, model=model, seconds=1))
    assert dialog.table.isVisible()
    assert dialog.use.isEnabled()
    assert not dialog.strip.isVisible()
    dialog.use.click()
    assert studio.window.quantize.dialog is None


def test_stop_ends_it_and_brings_the_model_back(
    studio: Studio, qtbot: QtBot, model: ModelInfo
) -> None:
    dialog = opened(studio, qtbot)
    dialog.passage.setPlainText("")
    dialog.make.click()
    job, _fields = studio.worker.last("quantize")
    dialog.strip.stop_button.click()
    assert studio.worker.cancelled[-1] == job
    studio.tell(Failed(job=job, kind="cancelled", message="Stopped."))
    assert dialog.make.isEnabled()
    assert dialog.problem.text() == ""
    dialog.reject()


def test_trouble_is_a_sentence(studio: Studio, qtbot: QtBot, model: ModelInfo) -> None:
    dialog = opened(studio, qtbot)
    dialog.passage.setPlainText("")
    dialog.make.click()
    job, _fields = studio.worker.last("quantize")
    studio.tell(Failed(job=job, kind="quantize", message="The disk is full."))
    assert "full" in dialog.problem.text()
    dialog.reject()


def test_a_copy_that_is_there_is_not_made_again(
    studio: Studio, qtbot: QtBot, model: ModelInfo
) -> None:
    Path(model.path.replace("F16", "Q8_0")).write_bytes(b"")
    dialog = opened(studio, qtbot)
    assert not dialog.make.isEnabled()
    assert "there already" in dialog.words.text()
    dialog.select("Q4_0")
    assert dialog.make.isEnabled()
    dialog.reject()


def test_a_slow_type_brings_no_banner(studio: Studio, model: ModelInfo) -> None:
    slow = msgspec.structs.replace(model, quantization="Q4_1", features=FEATURES)
    studio.tell(Loaded(job=100, model=slow, seconds=1))
    assert studio.banners == []
