"""Giving way: work that nobody waits for leaves the processors to the window and the model."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress

_NICE = 10


def give_way() -> None:
    """Let the present thread have only what others leave; where a thread cannot, nothing happens.

    It is for good: a thread that is nicer once may not go back.
    """
    if sys.platform == "linux":  # where every thread has a priority of its own
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
