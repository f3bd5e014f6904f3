"""Work in the background whose result comes back on the window's own thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer

from app.core.errors import LampblackError
from app.core.system.background import BackgroundQueue
from app.ui.bridge import Bridge

_Result = TypeVar("_Result")
_Call = Callable[[], object]

_SOON_MS = 20  # after what the window was about to show is painted


class BackgroundTasks(QObject):
    """Runs work in order on a thread, and hands each result back on the window's thread.

    `failed` is told of an error where `run` was given no handler of its own. Once the object is
    gone no result is handed over.
    """

    def __init__(
        self, failed: Callable[[LampblackError], object], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._failed = failed
        self.queue = BackgroundQueue("window background")
        self._bridge = bridge = Bridge(self)
        self._unheard = 0
        self._soon: list[_Call] = []
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._on_time)
        bridge.arrived.connect(lambda call: call())
        self.destroyed.connect(lambda: bridge.close())

    def run(
        self,
        work: Callable[[], _Result],
        then: Callable[[_Result], object] = lambda _result: None,
        failed: Callable[[LampblackError], object] | None = None,
    ) -> None:
        """Run `work` on the thread, then `then` here, with what it returned."""
        self._begin()
        self.queue.run(self._counted(work, then, failed))

    def run_soon(
        self,
        work: Callable[[], _Result],
        then: Callable[[_Result], object] = lambda _result: None,
        failed: Callable[[LampblackError], object] | None = None,
    ) -> None:
        """The same, a moment later: the window first paints what it is about to show.

        A thread that begins before takes the interpreter away from the painting.
        """
        self._soon.append(self._counted(work, then, failed))
        if not self._timer.isActive():
            self._timer.start(0)  # over as soon as the event loop has painted

    def _counted(
        self,
        work: Callable[[], Any],
        then: Callable[[Any], object],
        failed: Callable[[LampblackError], object] | None,
    ) -> _Call:
        """What the thread does, counted until its result is heard."""
        self._unheard += 1

        def do() -> None:
            outcome = _outcome(work, then, failed or self._failed)
            self._bridge.post(partial(self._hear, outcome))

        return do

    def _on_time(self) -> None:
        if self._timer.interval():
            self._begin()
        else:
            self._timer.start(_SOON_MS)

    def _begin(self) -> None:
        """Hand over what was to be begun soon."""
        self._timer.stop()
        soon, self._soon = self._soon, []
        for do in soon:
            self.queue.run(do)

    @property
    def is_idle(self) -> bool:
        """Whether the result of everything that was handed over has been heard."""
        return not self._unheard

    def _hear(self, outcome: _Call) -> None:
        self._unheard -= 1
        outcome()

    def tell(self, call: _Call) -> None:
        """From the work's thread: have `call` done here."""
        self._bridge.post(call)

    def wait(self) -> None:
        """Wait until all work is done; its results are handed over by the event loop."""
        self._begin()
        self.queue.wait()

    def close(self, *, finish: bool = False, wait: bool = True) -> None:
        """Finish what is being done, and drop the rest unless told; no result is handed over.

        Without `wait` that goes on by itself; `queue` may be waited for later.
        """
        self._bridge.close()
        if finish:
            self._begin()
        self._timer.stop()
        self.queue.close(finish=finish, wait=wait)


def _outcome(
    work: Callable[[], Any],
    then: Callable[[Any], object],
    failed: Callable[[LampblackError], object],
) -> _Call:
    try:
        return partial(then, work())
    except LampblackError as error:
        return partial(failed, error)
