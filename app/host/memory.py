"""The process's memory: a bound on what a piece of work may take, and giving back what is free."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ARENA_MAX = -8  # the option's number in malloc.h
_STATISTICS = Path("/proc/self/statm")  # in pages; the sixth number is the process's own data


@contextmanager
def at_most_more(size: int) -> Iterator[None]:
    """Let this process take `size` bytes more at most; beyond that Python raises MemoryError.

    Only Linux enforces such a limit; elsewhere this does nothing.
    """
    if sys.platform != "linux":
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    try:
        taken = int(_STATISTICS.read_text().split()[5]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):  # no such file in a closed-off sandbox
        yield
        return
    finite = [limit for limit in (taken + size, soft, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min(finite), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def use_one_arena() -> None:
    """Let all threads take their memory from one place; call it before any other thread runs.

    GNU's C library gives each thread that loads a model a place of its own, whose end `give_back`
    cannot hand back. Model libraries take their memory in few and large pieces: none waits for it.
    """
    if sys.platform == "linux":
        option = getattr(ctypes.CDLL(None), "mallopt", None)
        if option is not None:
            option(_ARENA_MAX, 1)


def give_back() -> None:
    """Hand the memory that was freed back to the system.

    GNU's C library keeps much of it for the process: after a model is unloaded, the half of what
    it took. Others do this by themselves.
    """
    if sys.platform != "linux":
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
    if trim is not None:
        trim(0)
