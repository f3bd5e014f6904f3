"""What the machine has for a model: memory, cores and graphics cards."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Literal

import msgspec

Verdict = Literal["fits", "tight", "too large"]

COMFORT = 0.85
"""Of the free memory: room for what other programs will ask for."""

MOST = 0.9
"""Of all memory, when every other program is closed."""

_CGROUPS = Path("/sys/fs/cgroup")
_OWN_CGROUP = Path("/proc/self/cgroup")


class Gpu(msgspec.Struct, frozen=True):
    """A graphics card as an engine reports it; memory in bytes.

    One that is `integrated` takes from the processor's memory what it has.
    """

    name: str
    free: int
    total: int
    integrated: bool = False


class Machine(msgspec.Struct, frozen=True):
    """Memory in bytes, in all and free now; `cores` are logical processors.

    `given_back` is the part of what is free that a model of our own still holds.
    """

    memory_total: int
    memory_free: int
    cores: int
    gpus: tuple[Gpu, ...] = ()
    given_back: int = 0

    def judge(self, need: int) -> Verdict:
        """Whether the processor's memory has room for `need` bytes."""
        if need <= self.memory_free * COMFORT:
            return "fits"
        return "tight" if need <= self.memory_total * MOST else "too large"


class MachineFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Where a figure was measured; memory in bytes."""

    system: str
    processor: str
    processors: int
    cores: int
    memory: int


def machine_facts(cpuinfo: Path = Path("/proc/cpuinfo")) -> MachineFacts:
    """The machine as the system describes it."""
    import platform  # not needed to show the window

    import psutil

    return MachineFacts(
        system=platform.platform(),
        processor=_processor(cpuinfo),
        processors=psutil.cpu_count() or 1,
        cores=psutil.cpu_count(logical=False) or psutil.cpu_count() or 1,
        memory=psutil.virtual_memory().total,
    )


def _processor(cpuinfo: Path) -> str:
    """The processor's name; only Linux hides it in a file."""
    named = (
        line.partition(":")[2].strip() for line in _lines(cpuinfo) if line[:10] == "model name"
    )
    import platform

    return next(named, "") or platform.processor() or platform.machine()


def this_machine(gpus: Iterable[Gpu] = ()) -> Machine:
    """What is here and free now; the engine host knows its graphics cards.

    In a container it is what the container may still take.
    """
    import psutil  # not needed to show the window

    memory = psutil.virtual_memory()
    total, free = memory.total, memory.available
    for limit, left in cgroup_limits(_CGROUPS, _OWN_CGROUP):
        total, free = min(total, limit), min(free, left)
    return Machine(total, free, os.cpu_count() or 1, tuple(gpus))


def cgroup_limits(root: Path, own: Path) -> Iterator[tuple[int, int]]:
    """The limits of this process's groups and what each leaves; Linux only, versions 1 and 2.

    Files that are only kept in memory count as free: they make room when it is wanted.
    """
    for folder, names in _groups(root, own):
        limit, taken = _number(folder / names[0]), _number(folder / names[1])
        if limit is not None and taken is not None:
            yield limit, max(0, min(limit, limit - taken + _cached(folder)))


def _groups(root: Path, own: Path) -> Iterator[tuple[Path, tuple[str, str]]]:
    """The folders of this process's groups up to the root, with the files for limit and use."""
    for line in _lines(own):
        _number_of, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        base, names = root, ("memory.max", "memory.current")
        if "memory" in controllers.split(","):
            base, names = root / "memory", ("memory.limit_in_bytes", "memory.usage_in_bytes")
        elif controllers:
            continue
        inner = PurePosixPath(path.lstrip("/"))
        if ".." not in inner.parts:
            yield from ((base / part, names) for part in (inner, *inner.parents))


def _number(file: Path) -> int | None:
    """What stands in a file; None for no limit and for no file."""
    (text,) = _lines(file)[:1] or [""]
    return int(text) if text.isdecimal() else None


def _cached(folder: Path) -> int:
    for line in _lines(folder / "memory.stat"):
        name, _, value = line.partition(" ")
        if name in ("inactive_file", "total_inactive_file") and value.isdecimal():
            return int(value)
    return 0


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return []
