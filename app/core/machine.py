"""What the machine has for a model: memory, cores and graphics cards."""

from __future__ import annotations

import os
from collections.abc import Iterable

import msgspec
import psutil


class Gpu(msgspec.Struct, frozen=True):
    """A graphics card as an engine reports it; memory in bytes."""

    name: str
    free: int
    total: int


class Machine(msgspec.Struct, frozen=True):
    """Memory in bytes: what is there, and what is free now; `cores` are logical processors."""

    memory_total: int
    memory_free: int
    cores: int
    gpus: tuple[Gpu, ...] = ()


def this_machine(gpus: Iterable[Gpu] = ()) -> Machine:
    """What is here and free now; the engine host knows its graphics cards."""
    memory = psutil.virtual_memory()
    return Machine(memory.total, memory.available, os.cpu_count() or 1, tuple(gpus))
