"""What opening a text makes the window's thread do before it is painted."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.store.batch_thread import BatchThread
from app.core.system.background import BackgroundQueue
from app.ui.window_state import WindowMemory
from tests.ui.conftest import Studio


def test_nothing_is_waited_for_or_begun_before_the_text_is_painted(
    studio: Studio, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store's thread writes a copy of each text that was opened; a thread takes the
    interpreter away."""
    path = tmp_path / "tale.md"
    path.write_text("# One\n\nIt rained.\n", "utf-8")
    window = studio.window
    qtbot.waitUntil(lambda: window.manuscript.provenance.is_idle)
    begun, waited = list[str](), list[bool]()
    run, call = BackgroundQueue.run, BatchThread.call

    def noted_run(queue, work):
        begun.append(queue._name)
        run(queue, work)

    def noted_call(thread, work, otherwise, *, at_once=False):
        if threading.current_thread() is threading.main_thread():
            waited.append(at_once)
        return call(thread, work, otherwise, at_once=at_once)

    monkeypatch.setattr(BackgroundQueue, "run", noted_run)
    monkeypatch.setattr(BatchThread, "call", noted_call)
    assert window.documents.open_path(path)
    assert set(begun) <= {"settings"}, "what is looked up begins after the painting"
    assert waited
    assert all(waited), "nothing waits until the store has written what came before"
    monkeypatch.undo()
    qtbot.waitUntil(lambda: window.manuscript.provenance.is_idle)
    qtbot.waitUntil(lambda: not window.manuscript.changes.keeper.is_opening)


class Ini:
    """Counts what Qt would write before it paints."""

    def __init__(self) -> None:
        self.values = dict[str, object]()
        self.written = 0

    def value(self, name: str, otherwise: object) -> object:
        return self.values.get(name, otherwise)

    def setValue(self, name: str, value: object) -> None:
        self.values[name] = value
        self.written += 1


def test_what_is_remembered_of_a_file_already_is_not_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory, ini = WindowMemory(tmp_path / "window.ini"), Ini()
    monkeypatch.setattr(memory, "_ini", ini)
    one, other = tmp_path / "one.md", tmp_path / "other.md"
    for _ in range(2):
        memory.keep_encoding(one, "")
        memory.keep_caret(one, 5)
    assert ini.written == 1
    memory.keep_caret(other, 7)
    memory.keep_encoding(other, "gb18030")
    memory.keep_caret(one, 5)  # it is the one that was left last now
    assert ini.written == 4
    assert (memory.caret(one), memory.caret(other), memory.encoding(other)) == (5, 7, "gb18030")
