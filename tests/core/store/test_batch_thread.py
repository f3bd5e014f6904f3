"""The store's thread: what is asked at once comes before what waits for its batch."""

from __future__ import annotations

from functools import partial

import pytest

from app.core.store import batch_thread
from app.core.store.batch_thread import BatchThread


class Notes:
    """Notes what the thread does, in order."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def open(self) -> None:
        self.done.append("open")

    def commit(self) -> None:
        self.done.append("commit")

    def retry_after(self) -> float | None:
        return None

    def close(self) -> None:
        self.done.append("close")


def test_what_is_asked_at_once_does_not_wait_for_the_batch() -> None:
    notes = Notes()
    thread = BatchThread(notes)
    thread.put(lambda: notes.done.append("one"))
    thread.put(lambda: notes.done.append("two"))
    thread.call(lambda: notes.done.append("asked"), None, at_once=True)
    thread.call(lambda: notes.done.append("last"), None)
    thread.close()
    order = [name for name in notes.done if name != "commit"]
    assert order == ["open", "asked", "one", "two", "last", "close"]
    assert notes.done.index("commit") > notes.done.index("two")
    assert notes.done.index("last") > notes.done.index("commit")


def test_after_the_end_the_other_answer_comes() -> None:
    thread = BatchThread(Notes())
    thread.close()
    assert thread.call(lambda: 1, 2, at_once=True) == 2


def test_what_is_asked_at_once_does_not_begin_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mark is read while a text is opened: its journal, a copy of it all, is written later."""
    monkeypatch.setattr(batch_thread, "BATCH_S", 60.0)
    notes = Notes()
    thread = BatchThread(notes)
    thread.put(lambda: notes.done.append("text"))
    for name in ("asked", "asked again"):
        thread.call(partial(notes.done.append, name), None, at_once=True)
    assert notes.done == ["open", "asked", "asked again"]
    thread.close()
    assert notes.done == ["open", "asked", "asked again", "text", "commit", "close"]
