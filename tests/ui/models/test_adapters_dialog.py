"""Adapters in the window: listed with their strengths, kept with the model, loaded with it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.core.models.metadata import ModelRecord
from app.core.options.adapters import Adapter
from app.engine.messages import ModelInfo
from app.ui.models.adapters_dialog import AdaptersDialog
from tests.host.tiny_llama import WIDTH, write_adapter, write_tiny
from tests.ui.conftest import MODEL, Studio


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    half = np.full((2, WIDTH), 0.1, np.float32), np.full((WIDTH, 2), 0.1, np.float32)
    return write_adapter(tmp_path / "noir.gguf", {"blk.0.attn_q.weight": half}, 2.0)


@pytest.fixture
def model(studio: Studio, tmp_path: Path) -> ModelInfo:
    path = str(write_tiny(tmp_path / "tiny.gguf"))
    studio.library.add(path)
    studio.window.models.load(path)
    found = msgspec.structs.replace(MODEL, path=path, name="tiny")
    studio.loaded(found)
    return found


def opened(studio: Studio) -> AdaptersDialog:
    studio.do("adapters")
    dialog = studio.window.findChild(AdaptersDialog)
    assert dialog is not None
    return dialog


def accept(studio: Studio, dialog: AdaptersDialog, qtbot: QtBot) -> None:
    """Take what is chosen, and wait for the load that follows."""
    loads = studio.worker.count_of("load")
    dialog.accept()
    qtbot.waitUntil(lambda: studio.worker.count_of("load") == loads + 1)


def test_the_model_is_loaded_again_with_them_and_later_too(
    studio: Studio,
    model: ModelInfo,
    adapter: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads: list[threading.Thread] = []
    metadata = studio.program.metadata
    change = metadata.change

    def write(*rest: Any, **changes: Any) -> ModelRecord:
        threads.append(threading.current_thread())
        return change(*rest, **changes)

    monkeypatch.setattr(metadata, "change", write)
    dialog = opened(studio)
    assert dialog.adapters() == ()
    dialog.add(str(adapter))
    dialog.rows[0].strength.setValue(0.5)
    accept(studio, dialog, qtbot)
    assert threads
    assert threading.main_thread() not in threads
    wanted = (Adapter(path=str(adapter), strength=0.5),)
    assert studio.worker.last("load")[1]["adapters"] == wanted
    studio.loaded(msgspec.structs.replace(model, adapters=wanted))
    studio.window.models.load(model.path)
    assert studio.worker.last("load")[1]["adapters"] == wanted


def test_they_can_be_taken_off(
    studio: Studio, model: ModelInfo, adapter: Path, qtbot: QtBot
) -> None:
    attached = (Adapter(path=str(adapter)),)
    studio.worker.model = msgspec.structs.replace(model, adapters=attached)
    dialog = opened(studio)
    assert dialog.adapters() == attached
    dialog.rows[0].removed.emit()
    accept(studio, dialog, qtbot)
    assert "adapters" not in studio.worker.last("load")[1]


def test_what_cannot_be_attached_is_a_sentence(
    studio: Studio, model: ModelInfo, adapter: Path
) -> None:
    dialog = opened(studio)
    dialog.add(model.path)
    assert "not an adapter" in dialog.problem.text()
    dialog.add(str(adapter))
    assert dialog.problem.text() == ""
    dialog.add(str(adapter))
    assert "twice" in dialog.problem.text()
    assert len(dialog.rows) == 1
    dialog.reject()
