"""A window with an open file that was changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.conftest import Studio
from tests.ui.documents.saves import TEXT


@pytest.fixture
def novel(tmp_path: Path) -> Path:
    path = tmp_path / "book" / "novel.md"
    path.parent.mkdir()
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def writing(studio: Studio, novel: Path, qtbot: QtBot) -> Studio:
    """A window in which the file is open, watched and changed."""
    parts = studio.window.manuscript
    parts.begin()
    studio.window.open_paths([novel])
    qtbot.waitUntil(lambda: parts.outside.device is not None)
    studio.show(" More.")
    return studio
