"""Listens to the window's event loop from inside, and looks at what holds it up."""

from __future__ import annotations

import gc
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QObject, Qt, QTimer

from tests.responsive.delays import TICK_S, WORTH_S, Delay

LOOK_S = 0.005
LOOK_AFTER_S = 0.025
"""A loop that is so late is looked at, if stacks are wanted at all."""


class LoopMonitor(QObject):
    """Notes every late tick; `doing` says what was being done."""

    def __init__(self, parent: QObject, doing: Callable[[], str]) -> None:
        super().__init__(parent)
        self.delays: list[Delay] = []
        self.last = time.perf_counter()
        self.stacks: list[str] = []
        self._doing = doing
        self._spent = time.thread_time()
        self._starved = starved_s()
        self._collecting = 0.0
        self._collected = 0.0
        gc.callbacks.append(self._on_collection)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(round(TICK_S * 1000))
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def stop(self) -> None:
        """Stop listening."""
        self._timer.stop()
        gc.callbacks.remove(self._on_collection)

    def _tick(self) -> None:
        now, spent, starved = time.perf_counter(), time.thread_time(), starved_s()
        late = now - self.last - TICK_S
        if late > WORTH_S:
            stack = "\n".join(dict.fromkeys(self.stacks))
            doing = self._doing()
            if self._collected > WORTH_S:
                doing += f", garbage {self._collected * 1000:.0f} ms"
            waited = starved - self._starved if starved >= 0 else -1.0
            self.delays.append(Delay(now, late, spent - self._spent, waited, doing, stack))
        self.stacks.clear()
        self.last, self._spent, self._starved, self._collected = now, spent, starved, 0.0

    def _on_collection(self, phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            self._collecting = time.perf_counter()
        elif threading.current_thread() is threading.main_thread():
            self._collected += time.perf_counter() - self._collecting


class StackSampler(threading.Thread):
    """Takes the stacks of all threads while the loop is late."""

    def __init__(self, monitor: LoopMonitor) -> None:
        super().__init__(name="stack sampler", daemon=True)
        self._monitor = monitor
        self._main = threading.main_thread().ident
        self._over = threading.Event()

    def run(self) -> None:
        """Look every few milliseconds."""
        while not self._over.wait(LOOK_S):
            if time.perf_counter() - self._monitor.last > LOOK_AFTER_S:
                self._monitor.stacks.append(self._all())

    def stop(self) -> None:
        """Stop sampling."""
        self._over.set()
        self.join()

    def _all(self) -> str:
        names = {thread.ident: thread.name for thread in threading.enumerate()}
        frames = sys._current_frames()
        told = [told_frame(frames[self._main], 12)] if self._main in frames else []
        for number, frame in frames.items():
            name = names.get(number, "")
            is_known = number in (self._main, self.ident) or name.startswith("engine")
            if not is_known and not _rests(frame):
                told.append(f"    [{name}] {told_frame(frame, 3)}")
        return "\n".join(told)


def told_frame(frame: FrameType, most: int) -> str:
    """The innermost calls, the last one first."""
    calls = traceback.extract_stack(frame)[-most:]
    return " < ".join(
        f"{call.name}:{Path(call.filename).name}:{call.lineno}" for call in reversed(calls)
    )


def _rests(frame: FrameType) -> bool:
    """Whether a thread waits for something."""
    return frame.f_code.co_filename.endswith(("threading.py", "queue.py", "selectors.py"))


def starved_s() -> float:
    """How long this thread was ready to run and had no processor; -1 where that is not known."""
    try:
        words = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat").read_text().split()
    except OSError:
        return -1.0
    return int(words[1]) / 1e9
