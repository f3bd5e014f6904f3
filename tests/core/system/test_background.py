"""The background queue: in order, to the end, and on after a bug."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from app.core.system.background import BackgroundQueue


def test_work_runs_in_order_on_one_thread_that_ends() -> None:
    queue, done, names = BackgroundQueue("in order"), list[int](), set[str]()
    for number in range(100):
        queue.run(partial(done.append, number))
        queue.run(lambda: names.add(threading.current_thread().name))
    queue.wait()
    assert done == list(range(100))
    assert names == {"in order"}
    assert "in order" not in {thread.name for thread in threading.enumerate()}


def test_a_bug_is_reported_and_the_next_work_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    bugs: list[type[BaseException] | None] = []
    monkeypatch.setattr(threading, "excepthook", lambda given: bugs.append(given.exc_type))
    queue, done, begin = BackgroundQueue("bugs"), list[int](), threading.Event()
    queue.run(begin.wait)
    queue.run(lambda: 1 // 0)
    queue.run(lambda: done.append(1))
    begin.set()
    queue.wait()
    assert (bugs, done) == ([ZeroDivisionError], [1])


def test_a_close_finishes_what_waits_and_takes_no_more() -> None:
    queue, done, begin = BackgroundQueue("close"), list[int](), threading.Event()
    queue.run(begin.wait)
    queue.run(lambda: done.append(1))
    begin.set()
    queue.close()
    queue.run(lambda: done.append(2))
    queue.wait()
    assert done == [1]


def test_a_close_that_does_not_wait_leaves_the_work_to_end_by_itself() -> None:
    queue, done, begin = BackgroundQueue("leave"), list[int](), threading.Event()
    has_begun = threading.Event()
    queue.run(lambda: (has_begun.set(), begin.wait()))
    queue.run(lambda: done.append(1))
    assert has_begun.wait(30)  # else the close takes the first work away, too
    queue.close(finish=False, wait=False)
    queue.run(lambda: done.append(2))
    assert [queue.is_idle] == [False]
    begin.set()
    queue.wait()
    assert [queue.is_idle] == [True]
    assert done == []
