"""How much of the processors that this process may use goes to other programs."""

from __future__ import annotations

import os
from pathlib import Path
from time import perf_counter, process_time

import psutil

from app.host.interface import Job

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


_LEAST_BUSY, _BUSY_SHARE = 0.2, 0.05

_LOOK_S = 0.2
_NOT_WORK = ("idle", "iowait", "guest", "guest_nice")  # a guest's time is in "user" already


class OtherPrograms:
    """CPU cores used by other programs since this object was made."""

    def __init__(self) -> None:
        self._begun = perf_counter()
        self._own = process_time()
        self._busy = _busy()

    @property
    def cores(self) -> float:
        """How many cores on average."""
        passed = perf_counter() - self._begun
        others = (_busy() - self._busy) - (process_time() - self._own)
        return max(0.0, others / passed) if passed > 0 else 0.0


def busy_cores() -> float:
    """How many cores other programs may use before the machine counts as busy.

    A desktop always does some work: the limit grows with the number of processors.
    """
    return max(_LEAST_BUSY, _BUSY_SHARE * len(allowed_processors()))


def is_busy(job: Job) -> bool:
    """Whether other programs keep this machine busy just now; takes a moment to see."""
    others = OtherPrograms()
    job.changed.wait(_LOOK_S)
    return others.cores > busy_cores()


def _busy() -> float:
    """The seconds that the allowed processors have worked since the system started."""
    rows = [row._asdict() for row in psutil.cpu_times(percpu=True)]
    allowed = allowed_processors()
    if max(allowed) >= len(rows):  # some are switched off, and the rows do not say which
        allowed = set(range(len(rows)))
    worked: float = sum(
        seconds
        for number, row in enumerate(rows)
        for name, seconds in row.items()
        if number in allowed and name not in _NOT_WORK
    )
    return worked
