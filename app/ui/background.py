"""Errands: what touches the disk, done on a thread of its own, one after the other."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject

from app.core.errors import LampblackError
from app.ui.bridge import Bridge

_Result = TypeVar("_Result")
_Call = Callable[[], object]


class Errands(QObject):
    """Runs work aside, and hands what came of it back on the window's own thread.

    The thread lives while there is something to do. `trouble` hears of what went wrong with work
    that has nobody else for it.
    """

    def __init__(
        self, trouble: Callable[[LampblackError], object], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._trouble = trouble
        self._lock = threading.Lock()
        self._waiting: deque[Callable[[], _Call]] = deque()
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._bridge = Bridge(self)
        self._bridge.arrived.connect(lambda call: call())

    def run(
        self,
        work: Callable[[], _Result],
        then: Callable[[_Result], object] = lambda _result: None,
        trouble: Callable[[LampblackError], object] | None = None,
    ) -> None:
        """Do `work` aside, then `then` here, with what it returned."""
        with self._lock:
            if self._is_closed:
                return
            self._waiting.append(partial(_outcome, work, then, trouble or self._trouble))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="model manager")
                self._thread.start()

    def tell(self, call: _Call) -> None:
        """From the work's thread: have `call` done here."""
        self._bridge.post(call)

    def close(self, *, finish: bool = False) -> None:
        """Finish what is being done, and drop the rest unless told; nothing is told any more."""
        self._bridge.close()
        with self._lock:
            self._is_closed = True
            if not finish:
                self._waiting.clear()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        try:
            while (errand := self._next()) is not None:
                self._bridge.post(errand())
        except BaseException:  # a bug is reported by the thread's hook; the next errand goes on
            with self._lock:
                self._thread = None
            raise

    def _next(self) -> Callable[[], _Call] | None:
        with self._lock:
            if not self._waiting:
                self._thread = None
                return None
            return self._waiting.popleft()


def _outcome(
    work: Callable[[], Any],
    then: Callable[[Any], object],
    trouble: Callable[[LampblackError], object],
) -> _Call:
    try:
        return partial(then, work())
    except LampblackError as error:
        return partial(trouble, error)
