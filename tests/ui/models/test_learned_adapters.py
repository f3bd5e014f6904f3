"""Adapters that were learned here, in the dialog of a model's adapters."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
import send2trash
from pytestqt.qtbot import QtBot

from app.core.options.adapters import Adapter
from app.core.training.cards import write_card
from app.ui.models.adapters_dialog import AdaptersDialog
from tests.core.training.test_cards import card
from tests.host.tiny_llama import WIDTH, write_adapter, write_tiny
from tests.ui.conftest import MODEL, Studio


def learned(home: Path, name: str, base: str) -> Path:
    folder = home / name
    folder.mkdir(parents=True)
    half = np.full((2, WIDTH), 0.1, np.float32), np.full((WIDTH, 2), 0.1, np.float32)
    write_adapter(folder / f"{name}.gguf", {"blk.0.attn_q.weight": half}, 2.0)
    write_card(folder, card(name=name, base=base, base_path=f"/models/{base}.gguf"))
    return folder


def test_they_are_attached_shown_and_thrown_away(
    studio: Studio, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = studio.program.paths.adapters
    other, mine = learned(home, "Another", "large"), learned(home, "Mine", "tiny")
    path = str(write_tiny(tmp_path / "tiny.gguf"))
    model = studio.library.add(path)
    studio.window.models.load(path)
    studio.loaded(msgspec.structs.replace(MODEL, path=path, name="tiny"))
    studio.do("adapters")
    adapters = studio.window.models.adapters
    dialog = adapters.dialog
    assert isinstance(dialog, AdaptersDialog)
    qtbot.waitUntil(lambda: len(dialog.learned) == 2, timeout=30_000)
    first, second = dialog.learned  # the model's own before another's
    assert first.path == str(mine / "Mine.gguf")
    assert not second.attach_button.isEnabled()
    first.attach_button.click()
    assert dialog.adapters() == (Adapter(path=str(mine / "Mine.gguf")),)
    assert not first.attach_button.isEnabled()
    shown: list[Path] = []
    adapters.show_folder = shown.append
    second.folder_asked.emit()
    assert shown == [other]
    studio.program.metadata.change(model, adapters=dialog.adapters())
    thrown: list[str] = []

    def throw(path: str) -> None:
        thrown.append(path)
        (Path(path) / "lampblack-card.json").unlink()

    monkeypatch.setattr(send2trash, "send2trash", throw)
    adapters.ask_trash = lambda _name: False
    first.trash_asked.emit()
    assert not thrown
    adapters.ask_trash = lambda name: name == "Mine"
    first.trash_asked.emit()
    qtbot.waitUntil(lambda: len(dialog.learned) == 1, timeout=30_000)
    assert thrown == [str(mine)]
    assert dialog.adapters() == ()
    assert studio.program.metadata.record(model).adapters == ()
    dialog.reject()
