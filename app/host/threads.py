"""How many processor threads the model gets when nobody says."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

_TOPOLOGY = Path("/sys/devices/system/cpu")
_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def default_threads(topology: Path = _TOPOLOGY, quota: Path = _QUOTA) -> int:
    """The physical cores that this process may use, at least one.

    A second thread on the same core slows llama.cpp down, and so does one that a container's
    quota keeps waiting.
    """
    allowed = allowed_processors()
    cores = _cores(allowed, topology) or psutil.cpu_count(logical=False) or len(allowed)
    return max(1, min(cores, len(allowed), _quota(quota) or cores))


def allowed_processors() -> set[int]:
    """The numbers of the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))


def _cores(allowed: set[int], topology: Path) -> int:
    """How many physical cores the allowed processors sit on; 0 where the system does not say."""
    cores = set()
    for cpu in allowed:
        try:
            siblings = (topology / f"cpu{cpu}/topology/thread_siblings_list").read_text()
        except OSError:
            return 0
        cores.add(siblings.strip())
    return len(cores)


def _quota(quota: Path) -> int:
    """The whole processors that the control group grants; 0 for no limit."""
    try:
        granted, _, period = quota.read_text().partition(" ")
        return max(1, int(int(granted) / int(period)))
    except (OSError, ValueError, ZeroDivisionError):  # no such file, or "max"
        return 0
