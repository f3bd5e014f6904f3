"""How the system's scheduler treats a thread: less than others, or sooner but no longer.

Only Linux gives every thread a priority and a time slice of its own; elsewhere nothing happens.
"""

from __future__ import annotations

import os
import struct
import sys
import threading
from contextlib import suppress

_NICE = 10
_SLICE_NS = 100_000  # the shortest that the kernel takes

# <linux/sched/types.h>, and each machine's number of sched_setattr (sched_getattr is the next).
_CALLS = {"x86_64": 314, "aarch64": 274}
_ATTRIBUTES = struct.Struct("=IIQiIQQQ")  # size, policy, flags, nice, priority, runtime, …
_NOT_BY_CHILDREN = 1  # SCHED_FLAG_RESET_ON_FORK
_NORMAL = 0  # SCHED_OTHER


def lower_priority() -> None:
    """Lower this thread's priority until it ends (nice 10, Linux); elsewhere nothing happens."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


def shorten_time_slice() -> bool:
    """Let this thread run soon after it wakes, in short turns; its share stays what it was.

    A window that draws for a millisecond now and then otherwise waits, on every core where a model
    computes, until that thread's turn is over. Linux from 6.12 on gives whoever asks for a short
    slice an earlier deadline (EEVDF, `sched_attr.sched_runtime`); older kernels take the call and
    change nothing. The result says whether the kernel keeps the slice. Threads and processes that
    this one starts later have the usual one.
    """
    number = _CALLS.get(os.uname().machine) if sys.platform == "linux" else None
    if number is None:
        return False
    import ctypes

    call = ctypes.CDLL(None, use_errno=True).syscall
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    size = _ATTRIBUTES.size
    wanted = _ATTRIBUTES.pack(size, _NORMAL, _NOT_BY_CHILDREN, nice, 0, _SLICE_NS, 0, 0)
    kept = ctypes.create_string_buffer(size)
    if call(number, 0, wanted, 0) or call(number + 1, 0, kept, size, 0):
        return False
    return bool(_ATTRIBUTES.unpack(kept.raw)[5] == _SLICE_NS)
