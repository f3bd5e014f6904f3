"""What a process holds: memory, mapped models, open files. Shared by both long runs."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil


def own_memory(process: psutil.Process) -> int:
    """The bytes that are the process's alone.

    On Linux without what it maps from files: those pages come and go with other programs' needs.
    """
    if sys.platform != "linux":
        return int(process.memory_full_info().uss)
    names = ("Anonymous:", "Swap:")
    lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(names)) * 1024


def mapped_models(process: psutil.Process) -> int:
    """How many model files lie in the process's memory; 0 where the system does not tell."""
    if sys.platform != "linux":
        return 0
    paths = {line.split(maxsplit=5)[-1] for line in maps(process).splitlines()}
    return sum(path.endswith((".gguf", ".safetensors")) for path in paths)


def maps(process: psutil.Process) -> str:
    return Path(f"/proc/{process.pid}/maps").read_text(errors="replace")


def files(process: psutil.Process) -> int:
    """Open files, or what Windows counts instead."""
    found = process.num_handles() if sys.platform == "win32" else process.num_fds()
    return int(found)
