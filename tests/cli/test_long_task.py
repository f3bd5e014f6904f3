"""Ctrl+C: the first press asks, the second ends, and the former handler comes back."""

from __future__ import annotations

import signal
import threading

import pytest

from app.cli.long_task import LongTask


def test_the_first_press_asks_on_another_thread_and_the_second_raises() -> None:
    asked = threading.Event()
    by: list[threading.Thread] = []

    def stop() -> None:
        by.append(threading.current_thread())
        asked.set()

    former = signal.getsignal(signal.SIGINT)
    with LongTask(stop=stop) as task:
        signal.raise_signal(signal.SIGINT)
        assert asked.wait(5)
        assert task.cancelled()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert by != [threading.main_thread()]
    assert signal.getsignal(signal.SIGINT) is former


def test_without_a_press_nothing_is_asked() -> None:
    asked: list[bool] = []
    with LongTask(stop=lambda: asked.append(True)) as task:
        assert not task.cancelled()
    assert not asked


def test_a_stop_can_take_a_lock_that_the_main_thread_holds() -> None:
    lock, done = threading.Lock(), threading.Event()

    def stop() -> None:
        with lock:
            done.set()

    with LongTask(stop=stop):
        with lock:
            signal.raise_signal(signal.SIGINT)
        assert done.wait(5)
