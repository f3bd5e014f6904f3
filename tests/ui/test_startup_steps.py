"""Code is brought in piece by piece, while the window answers."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from app.ui.startup import bring

NAMES = ("lampblack_piece_one", "lampblack_piece_two")


@pytest.fixture
def pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two modules that are not imported yet."""
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in NAMES:
        (tmp_path / f"{name}.py").write_text("")
        monkeypatch.delitem(sys.modules, name, raising=False)


def test_the_event_loop_turns_between_the_pieces(qtbot: QtBot, pieces: None) -> None:
    told: list[str] = []
    parent = QObject()
    bring(NAMES, parent, lambda: told.append("all"))
    QTimer.singleShot(0, parent, lambda: told.append("between"))
    assert told == []
    qtbot.waitUntil(lambda: "all" in told)
    assert told == ["between", "all"]
    assert set(NAMES) <= set(sys.modules)
    bring(NAMES, parent, lambda: told.append("again"))
    assert told[-1] == "again"


def test_nothing_comes_after_the_end(qtbot: QtBot, pieces: None) -> None:
    told: list[str] = []
    parent = QObject()
    bring(NAMES, parent, lambda: told.append("all"))
    parent.deleteLater()
    with qtbot.waitSignal(parent.destroyed):
        pass
    QTimer.singleShot(5, lambda: told.append("later"))
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["later"]
