"""Work in the background: what is begun soon lets the window paint first, and is never lost."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.core.errors import LampblackError
from app.ui.background import BackgroundTasks


def tasks() -> BackgroundTasks:
    def fail(error: LampblackError) -> None:
        raise AssertionError(error)

    return BackgroundTasks(fail)


def test_what_is_begun_soon_waits_for_the_event_loop(qtbot: QtBot) -> None:
    made, done = tasks(), list[str]()
    made.run_soon(lambda: "one", done.append)
    made.run_soon(lambda: "two", done.append)
    assert made.queue.is_idle
    assert not made.is_idle
    qtbot.waitUntil(lambda: made.is_idle)
    assert done == ["one", "two"]
    made.close()


def test_what_is_run_comes_after_what_was_to_be_begun_soon(qtbot: QtBot) -> None:
    made, done = tasks(), list[str]()
    made.run_soon(lambda: done.append("soon"))
    made.run(lambda: done.append("now"))
    made.wait()
    assert done == ["soon", "now"]
    made.run_soon(lambda: done.append("waited for"))
    made.wait()
    made.run_soon(lambda: done.append("finished"))
    made.close(finish=True)
    assert done == ["soon", "now", "waited for", "finished"]
    dropped = tasks()
    dropped.run_soon(lambda: done.append("dropped"))
    dropped.close()
    dropped.wait()
    assert "dropped" not in done
