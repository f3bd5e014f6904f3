"""The window has the model read while the writer pauses, and never shows it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from app.core.options.sampling import Sampling
from app.core.system.paths import Paths
from app.engine.messages import Done, Load, Loaded, Read
from app.host.fake import Script
from app.program import Program
from app.ui.generation.read_ahead import PAUSE_MS
from app.ui.window.main_window import MainWindow


def pause(studio):
    """Let the writer's pause be over."""
    timer = studio.window.generation.reading._timer
    if timer.isActive():
        timer.stop()
        timer.timeout.emit()


def reads(studio):
    return [fields for kind, _job, fields in studio.worker.asked if kind == "read_ahead"]


def finished(studio):
    job, _fields = studio.worker.last("read_ahead")
    studio.tell(Done(job=job))


def test_what_is_read_and_counted_is_without_comments(studio):
    studio.show("%% a plan %%\nThe door %% whose? %% opened.")
    for waiting in (studio.window.generation.reading, studio.window.generation.tokens):
        waiting._timer.timeout.emit()
    assert reads(studio)[-1]["prompt"] == "The door opened."
    assert studio.worker.last("count")[1]["prompt"] == "The door opened."


def test_a_pause_reads_what_continue_would_ask_for(studio):
    studio.window.sampling.set_sampling(Sampling(max_tokens=99))
    studio.show("The door opened. And", caret=16)
    assert studio.window.generation.reading._timer.interval() == PAUSE_MS == 1000
    pause(studio)
    studio.do("continue")
    asked = studio.worker.last("generate")[1]
    (ahead,) = reads(studio)
    assert ahead["prompt"] == asked["prompt"] == "The door opened."
    assert ahead["overflow"] == asked["overflow"]
    assert ahead["max_tokens"] == asked["sampling"].max_tokens == 99
    Read(job=1, **ahead)


def test_what_was_read_is_not_asked_for_again(studio):
    studio.show("One two")
    pause(studio)
    finished(studio)
    studio.window.editor.move_caret(3)
    studio.window.editor.move_caret(7)
    pause(studio)
    assert len(reads(studio)) == 1
    studio.tell(Loaded(job=77, model=studio.worker.model, seconds=0.1))
    pause(studio)
    assert len(reads(studio)) == 2


def test_the_next_key_stops_it(studio, qtbot):
    studio.show("One two")
    pause(studio)
    job, _fields = studio.worker.last("read_ahead")
    qtbot.keyClicks(studio.window.editor, "x")
    assert studio.worker.cancelled == [job]
    pause(studio)
    assert [fields["prompt"] for fields in reads(studio)] == ["One two", "One twox"]


def test_a_document_just_opened_is_read_to_its_end(studio, tmp_path):
    path = tmp_path / "chapter.txt"
    path.write_text("It was late.\nNobody came.\n", encoding="utf-8")
    studio.window.open_paths([path])
    assert studio.window.editor.textCursor().position() == 0
    pause(studio)
    assert [fields["prompt"] for fields in reads(studio)] == ["It was late.\nNobody came.\n"]


def test_an_instruction_is_read_as_it_is_typed(studio, qtbot):
    studio.show("It was late.")
    line = studio.window.page.write_bar.line
    line.setFocus()
    qtbot.keyClicks(line, "more rain")
    with qtbot.waitActive(studio.window):
        studio.window.activateWindow()
    pause(studio)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert reads(studio)[-1]["messages"] == studio.worker.last("generate")[1]["messages"]


def test_it_waits_while_the_model_works(studio):
    studio.show("One two")
    studio.worker.busy = True
    pause(studio)
    assert not reads(studio)
    studio.worker.busy = False
    pause(studio)
    assert len(reads(studio)) == 1


@pytest.mark.parametrize("text", ["", "  \n "])
def test_there_is_nothing_to_read_in_an_empty_text(studio, text):
    studio.show(text)
    pause(studio)
    assert not reads(studio)


def test_without_a_model_nothing_is_read(make_studio):
    studio = make_studio(model=None)
    studio.show("One two")
    pause(studio)
    assert not reads(studio)


def test_it_can_be_switched_off(make_studio):
    studio = make_studio(read_ahead=False)
    studio.show("One two")
    assert not studio.window.generation.reading._timer.isActive()
    studio.program.settings_store.change(read_ahead=True)
    studio.window.view.settings_applied.emit()
    pause(studio)
    assert len(reads(studio)) == 1
    studio.program.settings_store.change(read_ahead=False)
    studio.window.view.settings_applied.emit()
    assert studio.worker.cancelled == [studio.worker.last("read_ahead")[0]]
    assert not studio.window.generation.reading._timer.isActive()


def test_closing_stops_it(studio):
    studio.show("One two")
    pause(studio)
    studio.window.close()
    assert studio.worker.last("read_ahead")[0] in studio.worker.cancelled
    assert not studio.window.generation.reading._timer.isActive()


@pytest.fixture
def real_window(own_home, qtbot, tmp_path) -> Iterator[MainWindow]:
    """A window on a real worker, whose host has loaded a script that reads for seconds."""
    script = tmp_path / "slow.json"
    script.write_bytes(msgspec.json.encode(Script(steps=150, step_s=0.01)))
    program = Program(Paths.here())
    window = MainWindow(program)
    with qtbot.waitExposed(window), qtbot.waitSignal(window.models.panel.refreshed):
        window.show()
    window.page.show_page()
    with qtbot.waitSignal(window.models.loader.loaded, timeout=30_000):
        program.worker.load(Load(job=0, path=str(script), engine="fake"))
    yield window
    window.documents.end()
    window.editor.document().setModified(False)
    window.close()
    window.deleteLater()
    program.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_continue_works_at_once_while_the_model_reads_ahead(real_window, qtbot):
    editor, worker = real_window.editor, real_window.program.worker
    reading = real_window.generation.reading
    qtbot.waitUntil(lambda: not worker.busy, timeout=30_000)
    editor.insert_plain("Once upon a time")
    reading._timer.setInterval(0)
    reading.wake()
    qtbot.waitUntil(lambda: reading._job != 0, timeout=30_000)
    assert not worker.busy
    assert real_window.status.progress.isHidden()
    assert not real_window.actions_table["stop"].isEnabled()
    ahead = reading._job
    real_window.actions_table["continue"].trigger()
    with qtbot.waitSignal(real_window.session.measured, timeout=30_000):
        pass
    assert real_window.editor.manuscript.text().endswith("One two three.")
    assert worker._ahead.job != ahead
