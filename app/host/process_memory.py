"""The process's memory: a bound on what a piece of work may take, and giving back what is free."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_ONE_ARENA = {-8: 1}
_LARGE_BUFFERS = {-3: 4 << 20, -1: 64 << 20}
"""By the numbers in malloc.h: how many arenas there may be; what is larger than the second is
mapped by itself; a smaller free end than the third is kept, so that no step asks for it again."""

_NOT_NEEDED = 4  # MADV_DONTNEED
_MAPPINGS = Path("/proc/self/maps")
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


def share_one_arena() -> None:
    """Let all threads take their memory from one place; to be called before any is started.

    GNU's C library gives each thread an arena of its own, and hands those that there are already to
    new threads by turns. A model then lies now in this one, now in that, and `give_back` cannot
    empty the end of any but the first: the others stay as large as they ever were.
    """
    _set_allocator(_ONE_ARENA)


def settle_allocator() -> None:
    """Let large buffers go back to the system at once; PyTorch, which takes many, would be slower.

    GNU's C library would keep them after the first that was freed.
    """
    _set_allocator(_LARGE_BUFFERS)


def _set_allocator(options: Mapping[int, int]) -> None:
    option = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if option is not None:
        for number, value in options.items():
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


def let_go_of(files: Iterable[Path]) -> None:
    """Take the mapped pages of these files out of the process; each comes back when it is read.

    llama.cpp keeps a whole file mapped, also the weights that it copied to another device or into
    another arrangement and never reads again. Other systems do this by themselves.
    """
    advise = getattr(ctypes.CDLL(None), "madvise", None) if sys.platform == "linux" else None
    if advise is None:
        return
    for start, end in _mapped([os.path.realpath(file) for file in files]):
        advise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _NOT_NEEDED)


def _mapped(files: list[str]) -> Iterator[tuple[int, int]]:
    """Where these files are mapped without anything that was written into them."""
    try:
        lines = os.fsdecode(_MAPPINGS.read_bytes()).rstrip("\n").split("\n")
    except OSError:  # no such file in a closed-off sandbox
        return
    for line in lines:
        where, rights, *_, name = line.split(maxsplit=5)
        if name in files and "w" not in rights:
            start, _, end = where.partition("-")
            yield int(start, 16), int(end, 16)


def peak_memory() -> int:
    """The most memory that this process has taken, in bytes; 0 where the system does not say."""
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
