"""What the tests of saves that a disk refuses, or is slow to take, have in common."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.ui.documents.save_retry import SaveRetry
from tests.ui.conftest import Studio

TEXT = "It rained. The old cat slept all day."
SAFE = "Your text is safe in Lampblack, and will be saved as soon as that is over."


def saving(studio: Studio) -> SaveRetry:
    return studio.window.manuscript.saving


def saved_by_itself(studio: Studio, qtbot: QtBot, path: Path) -> None:
    qtbot.waitUntil(lambda: not studio.window.isWindowModified(), timeout=15_000)
    assert path.read_text() == studio.text
    assert saving(studio).path is None
    assert not saving(studio).timer.isActive()
    qtbot.waitUntil(lambda: studio.banners == [], timeout=15_000)
    assert [one.name for one in path.parent.iterdir()] == [path.name]
