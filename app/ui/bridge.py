"""The bridge from other threads to the window: events come out in order on Qt's own thread.

Tokens are gathered and joined, and of a job's progress only the newest is passed on, so that the
window repaints at most every `FLUSH_MS`; every other event is passed on at once, after what came
before it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import UnionType
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.engine.messages import Loading, Prefill, Tokens, Working

FLUSH_MS = 33
"""The shortest time between two deliveries of tokens or progress, in milliseconds."""

_GATHERED = (Tokens, Loading, Prefill, Working)


class Bridge(QObject):
    """Takes events from any thread by `post` and emits each by `arrived` on the thread of its own.

    After `close` nothing is emitted, however late another thread still posts.
    """

    arrived = Signal(object)
    _woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: list[Any] = []
        self._awake = False
        self._open = True
        self._timer = QTimer(self, singleShot=True, interval=FLUSH_MS)
        self._timer.timeout.connect(self.flush)
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)

    def post(self, event: object) -> None:
        """Hand an event over; from any thread, returns at once."""
        with self._lock:
            if not self._open:
                return
            self._waiting.append(event)
            wake = not self._awake or not isinstance(event, _GATHERED)
            self._awake = True
            if wake:
                self._woken.emit()

    def subscribe(self, listener: Callable[[Any], object], *kinds: type | UnionType) -> None:
        """Call `listener` with each event of these kinds; who subscribed earlier hears it earlier.

        The order is that of Qt's connections. It matters to a part that asks another for the state
        that an event brings: the model's loader subscribes before all that ask for the model.
        """
        self.arrived.connect(lambda event: listener(event) if isinstance(event, kinds) else None)

    def close(self) -> None:
        """Emit nothing from now on."""
        with self._lock:
            self._open = False
            self._waiting.clear()
        self._timer.stop()

    @Slot()
    def _on_woken(self) -> None:
        with self._lock:
            urgent = any(not isinstance(event, _GATHERED) for event in self._waiting)
        if urgent:
            self.flush()
        elif not self._timer.isActive():
            self._timer.start()

    @Slot()
    def flush(self) -> None:
        """Emit everything that waits, tokens of the same take and progress joined."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
            self._awake = False
        for event in _joined(waiting):
            if self._open:
                self.arrived.emit(event)


def _joined(events: list[Any]) -> list[Any]:
    """The events with tokens of one take joined, where nothing but tokens lies between.

    Of progress that comes one after the other only the last is kept.
    """
    joined: list[Any] = []
    places: dict[tuple[int, int], int] = {}
    for event in events:
        if isinstance(event, Tokens):
            place = places.setdefault((event.job, event.take), len(joined))
            if place < len(joined):
                joined[place] = _both(joined[place], event)
                continue
        else:
            places.clear()
            if joined and _outdates(event, joined[-1]):
                joined.pop()
        joined.append(event)
    return joined


def _outdates(event: Any, before: Any) -> bool:
    """Whether an event only says how much further the same thing is than the one before it."""
    if type(event) is not type(before) or not isinstance(event, Loading | Prefill | Working):
        return False
    return _thing(event) == _thing(before)


def _thing(event: Loading | Prefill | Working) -> tuple[object, ...]:
    if isinstance(event, Loading):
        return event.job, event.gpu, event.measuring
    return (event.job, event.what) if isinstance(event, Working) else (event.job,)


def _both(first: Tokens, second: Tokens) -> Tokens:
    return Tokens(
        job=first.job,
        take=first.take,
        text=first.text + second.text,
        tokens=first.tokens + second.tokens,
        details=first.details + second.details,
    )
