"""The process's memory: a bound on what a piece of work may take, and giving back what is free."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ALLOCATOR = {-8: 1, -3: 4 << 20, -1: 64 << 20}
"""By the numbers in malloc.h: one arena for all threads; what is larger than the second is mapped
by itself; a smaller free end than the third is kept, so that no step has to ask for it anew."""

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


def settle_allocator() -> None:
    """Let large buffers go back to the system at once; PyTorch, which takes many, would be slower.

    GNU's C library would keep them after the first that was freed, and gives each thread that loads
    a model a place of its own, whose end `give_back` cannot hand back.
    """
    option = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if option is not None:
        for number, value in _ALLOCATOR.items():
            option(number, value)


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
