"""The manager over real files, as a fixture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.core.system.machine import Machine
from app.program import Program
from app.ui.manager import inventory as inventory_module
from app.ui.manager.fit_dialog import FitDialog
from app.ui.manager.window import ModelManager
from tests.ui.conftest import Studio

MEBI = 2**20


def write_model(path: Path, layers: int = 2, width: int = 256, file_type: int = 1) -> Path:
    """A model with weights, heads and a vocabulary, and zeroes for numbers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(8192)
    writer.add_file_type(file_type)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_head_count(4)
    writer.add_head_count_kv(4)
    writer.add_feed_forward_length(width)
    writer.add_token_list(["a", "b"])
    for layer in range(layers):
        for name in ("attn_q", "attn_k", "attn_v", "ffn_up"):
            weights = np.zeros((width, width), dtype=np.float16)
            writer.add_tensor(f"blk.{layer}.{name}.weight", weights)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


class Shop:
    """A window with its manager over real files; no model is loaded."""

    def __init__(self, studio: Studio, qtbot: QtBot) -> None:
        self.studio, self.qtbot = studio, qtbot
        self.harness = studio.window.manager

    @property
    def manager(self) -> ModelManager:
        manager = self.harness.manager
        assert manager is not None
        return manager

    def open(self) -> None:
        self.harness._made()
        with self.qtbot.waitSignal(self.manager.refreshed):
            self.harness.open()

    def names(self) -> list[str]:
        return [card.title for card in self.manager.installed.list.cards.cards]

    def card(self, name: str) -> Any:
        return next(c for c in self.manager.installed.list.cards.cards if c.title == name)

    def path(self, name: str) -> str:
        return str(self.studio.program.paths.models / f"{name}.gguf")

    def select(self, name: str) -> None:
        self.manager.installed.list.select(self.path(name))

    def press(self, name: str) -> None:
        button = self.manager.installed.buttons[name]
        assert button.isEnabled(), f"{name} is disabled"
        button.click()

    def fit_dialog(self) -> FitDialog:
        self.qtbot.waitUntil(lambda: self.manager.fits.dialog is not None)
        dialog = self.manager.fits.dialog
        assert dialog is not None
        return dialog

    def keep(self, name: str, **changes: Any) -> None:
        model = self.studio.program.library.resolve(self.path(name))
        self.studio.program.metadata.change(model, **changes)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Callable[[float, float], None]:
    """Says what memory is free and what is there, in mebibytes."""

    def say(free: float, total: float) -> None:
        machine = Machine(int(total * MEBI), int(free * MEBI), 4)
        monkeypatch.setattr(inventory_module, "this_machine", lambda: machine)

    say(4000, 8000)
    return say


@pytest.fixture
def shop(
    make_studio: Callable[..., Studio], qtbot: QtBot, here: object, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shop]:
    """Three sound models, 雨, small and large, and a broken one."""
    studio = make_studio(model=None)
    program = studio.program
    real = Program(program.paths)
    real.settings_store = program.settings_store
    library = real.library
    monkeypatch.setattr(studio.library, "list", library.list)
    monkeypatch.setattr(studio.library, "resolve", library.resolve)
    monkeypatch.setattr(studio.library, "known", library.known)
    folder = program.paths.models
    write_model(folder / "small.gguf")
    write_model(folder / "雨.gguf", layers=3)
    write_model(folder / "large.gguf", layers=8)
    (folder / "broken.gguf").write_bytes(b"GGUF eggs and flour")
    made = Shop(studio, qtbot)
    yield made
    if made.harness.manager is not None and made.manager.fits.dialog is not None:
        made.manager.fits.dialog.close()
