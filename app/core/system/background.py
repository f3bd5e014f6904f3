"""Work in the background: a queue with a thread of its own, and threads of low priority."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

Work = Callable[[], object]


class BackgroundQueue:
    """Runs work in order, one after the other; its thread exists only while there is some.

    What work raises is a bug: it goes to `threading.excepthook`, and the next work is run.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._waiting: deque[Work] = deque()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def run(self, work: Work) -> None:
        """Run `work` when what was handed over before is done; after `close` it is dropped."""
        with self._lock:
            if self._is_closed:
                return
            self._waiting.append(work)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name)
                self._thread.start()

    @property
    def is_idle(self) -> bool:
        """Whether everything is done."""
        return self._present() is None

    def wait(self) -> None:
        """Wait until everything is done."""
        while (thread := self._present()) is not None:
            thread.join()

    def close(self, *, finish: bool = True, wait: bool = True) -> None:
        """Take no more work, and wait: for all of it, or only for what is being done.

        Without `wait` the thread ends by itself, and `wait` may be called later.
        """
        with self._lock:
            self._is_closed = True
            if not finish:
                self._waiting.clear()
        if wait:
            self.wait()

    def _present(self) -> threading.Thread | None:
        with self._lock:  # under which the thread is started, too
            return self._thread

    def _run(self) -> None:
        while (work := self._next()) is not None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 (reported as any thread's bug)
                what = (type(error), error, error.__traceback__, threading.current_thread())
                threading.excepthook(threading.ExceptHookArgs(what))

    def _next(self) -> Work | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._thread = None
            return None
