"""Whether the threads of a step should spin or sleep while they wait for each other.

OpenMP reads its policy when a process starts, so that two short-lived children measure it: each
maps the same model and takes a few steps by turns with the other. The choice is for the next host.
"""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from hashlib import blake2b
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any

import msgspec
import psutil

from app.core.system.openmp import VARIABLE, Waiting, WaitingRecord, read_waiting, waiting_file
from app.core.system.processes import host_environment, program_command
from app.host.cpu import is_busy
from app.host.interface import Job
from app.host.llama_cpp.tuning.tuning_file import Tuning, machine_facts

_CHEAP = 1.03  # times the spinning step: sleeping may cost this much, for it lets others work
_WIDE = 0.25
_ROUNDS = 4
_STEPS = 4
_PATIENCE_S = 8.0  # for a child in all
_LOOK_S = 0.05  # between looks at the job
_LONGEST_STEP_S = 0.1  # the children of a larger model would take too long
_LEAST_FREE = 1 << 30
_ENOUGH_TRIES = 5

Steps = Callable[[], float]
"""Takes a few steps; their seconds. Raises OSError or ValueError for any trouble."""


def waiting_policy(file: Path, tuning: Tuning, build: str, cache: str, job: Job) -> Waiting:
    """What is remembered of this machine, or else measured; active where it cannot be had."""
    setup = _setup(build)
    former = read_waiting(Path(cache))
    if former is not None and former.setup == setup:
        if former.is_steady or former.tries >= _ENOUGH_TRIES:
            return former.waiting
        tries = former.tries + 1
    else:
        tries = 1
    if not _is_worth_it(tuning) or is_busy(job):
        return "active"
    found = _measured(file, tuning, job)
    if job.cancelled:
        return "active"
    record = msgspec.structs.replace(found, setup=setup, tries=tries)
    kept = waiting_file(Path(cache))
    if not kept.read(keep_damaged=False).lock:
        with suppress(OSError):  # a full or locked disk costs another measuring, nothing else
            kept.write(msgspec.json.encode(record))
    return record.waiting


def chosen(active: list[float], passive: list[float]) -> WaitingRecord:
    """The choice by two rows of samples that were taken by turns."""
    ratios = sorted(after / before for before, after in zip(active, passive, strict=True))
    is_steady = bool(ratios) and ratios[-1] - ratios[0] <= _WIDE * median(ratios)
    cheap = is_steady and median(ratios) < _CHEAP
    return WaitingRecord(setup="", waiting="passive" if cheap else "active", is_steady=is_steady)


def by_turns(active: Steps, passive: Steps, job: Job) -> WaitingRecord:
    """Let both take their steps; any trouble means active waiting."""
    spinning: list[float] = []
    sleeping: list[float] = []
    try:
        for _ in range(_ROUNDS):
            if job.cancelled:
                break
            spinning.append(active())
            sleeping.append(passive())
    except (OSError, ValueError, KeyError):
        return WaitingRecord(setup="", waiting="active", is_steady=False)
    return chosen(spinning, sleeping)


def _measured(file: Path, tuning: Tuning, job: Job) -> WaitingRecord:
    with ExitStack() as closing:
        try:
            children = []
            for policy in ("", "passive"):
                child = _Child(policy, job)
                closing.callback(child.close)
                child.open(file, tuning)
                children.append(child)
        except OSError:
            return WaitingRecord(setup="", waiting="active", is_steady=False)
        return by_turns(children[0].steps, children[1].steps, job)


class _Child:
    """A measuring process of the program's own with a waiting policy; it ends with this one.

    It is killed when the load is stopped or it takes too long.
    """

    def __init__(self, policy: str, job: Job) -> None:
        self._process = subprocess.Popen(
            [*program_command("yardstick"), "bare"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(policy),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._job = job
        self._closed = threading.Event()
        self._guard = threading.Thread(target=self._watch, name="waiting policy", daemon=True)
        self._guard.start()
        self._is_open = False

    def open(self, file: Path, tuning: Tuning) -> None:
        """Let it load the model; it answers when it has."""
        self._say(
            do="open",
            path=str(file),
            threads=tuning.threads,
            context=512,
            batch=tuning.batch,
            ubatch=tuning.ubatch,
            flash_attention=tuning.flash_attention,
            gpu_layers=0,
        )

    def steps(self) -> float:
        """The seconds of a few steps."""
        if not self._is_open:
            self._is_open = bool(self._hear())
        self._say(do="decode", prompt="The", tokens=_STEPS, skip=0, threads=0)
        return float(self._hear()["seconds"])

    def close(self) -> None:
        """End it, whatever it does."""
        self._closed.set()
        self._guard.join()
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # what was not sent cannot be flushed into a dead child
                if pipe is not None:
                    pipe.close()

    def _watch(self) -> None:
        deadline = monotonic() + _PATIENCE_S
        while not self._closed.wait(_LOOK_S):
            if self._job.cancelled or monotonic() > deadline:
                self._process.kill()
                return

    def _say(self, **asked: Any) -> None:
        assert self._process.stdin is not None, "the process was started with pipes"
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        self._process.stdin.flush()

    def _hear(self) -> Mapping[str, Any]:
        assert self._process.stdout is not None, "the process was started with pipes"
        answer = json.loads(self._process.stdout.readline())
        if not isinstance(answer, dict) or "problem" in answer:
            raise ValueError("the child cannot measure")
        return answer


def _environment(policy: str) -> dict[str, str]:
    found = {name: value for name, value in host_environment().items() if name != VARIABLE}
    return found | ({VARIABLE: policy} if policy else {})


def _is_worth_it(tuning: Tuning) -> bool:
    """Whether threads wait for each other, and children can be afforded."""
    step_s = tuning.step_s.get(tuning.threads, 0.0)
    available: int = psutil.virtual_memory().available
    return tuning.threads > 1 and 0 < step_s < _LONGEST_STEP_S and available >= _LEAST_FREE


def _setup(build: str) -> str:
    """A digest of build and machine, whatever policy this process was started with."""
    return blake2b(repr(machine_facts(build)).encode(), digest_size=16).hexdigest()
