"""A busy neighbour: another program that keeps one core for itself while it is asked to."""

from __future__ import annotations

import threading
from typing import Any


class BusyCore:
    """Counts in a thread of its own, as fast as it can."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> dict[str, Any]:
        """Begin to be busy."""
        self._stopped.clear()
        self._thread = threading.Thread(target=self._spin, name="busy", daemon=True)
        self._thread.start()
        return {}

    def stop(self) -> dict[str, Any]:
        """Be idle again."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        return {}

    def _spin(self) -> None:
        while not self._stopped.is_set():
            sum(range(10_000))
