"""A window that has opened three texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.ui.library.search_controller import SearchController
from tests.ui.conftest import Studio
from tests.ui.library.searching import TEXTS, settle


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "texts"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_bytes(text.encode())
    return [folder / name for name in TEXTS]


@pytest.fixture
def search(studio: Studio, qtbot: QtBot, files: list[Path]) -> SearchController:
    """The controller of a window in which the three files were opened last, the first now."""
    studio.program.settings_store.change(recent_files=tuple(map(str, files)))
    studio.window.open_paths([files[0]])
    studio.do("search_all")
    controller = studio.window.manuscript.search
    settle(controller, qtbot)
    return controller
