"""What the system's scheduler is asked for, in threads of their own."""

from __future__ import annotations

import ctypes
import os
import struct
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.core.system import priority
from app.core.system.priority import lower_priority, shorten_time_slice

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="threads' own priorities are Linux")

_ATTRIBUTES = struct.Struct("=IIQiIQQQ")
_READ = """
import ctypes, os, sys
kept = ctypes.create_string_buffer(48)
assert ctypes.CDLL(None).syscall(int(sys.argv[1]), 0, kept, 48, 0) == 0
sys.stdout.buffer.write(kept.raw)
"""


def _attributes() -> tuple[int, ...]:
    kept = ctypes.create_string_buffer(_ATTRIBUTES.size)
    number = priority._CALLS[os.uname().machine] + 1
    assert ctypes.CDLL(None).syscall(number, 0, kept, _ATTRIBUTES.size, 0) == 0
    return tuple(_ATTRIBUTES.unpack(kept.raw))


def _in_a_thread(*works: Callable[[], object]) -> list[object]:
    """The results of functions that one new thread calls."""
    with ThreadPoolExecutor(1) as pool:
        return [pool.submit(work).result() for work in works]


def _child() -> tuple[int, ...]:
    number = priority._CALLS[os.uname().machine] + 1
    answer = subprocess.run(
        [sys.executable, "-c", _READ, str(number)], check=True, capture_output=True
    )
    return tuple(_ATTRIBUTES.unpack(answer.stdout))


def test_only_this_thread_has_the_lower_priority() -> None:
    def nice() -> int:
        return os.getpriority(os.PRIO_PROCESS, 0)

    before = nice()
    _, lowered = _in_a_thread(lower_priority, nice)
    assert lowered == max(before, 10)
    assert nice() == before


def test_the_slice_is_short_and_nothing_else_changes() -> None:
    before, shortened, after, child = _in_a_thread(
        _attributes, shorten_time_slice, _attributes, _child
    )
    assert isinstance(before, tuple)
    assert isinstance(after, tuple)
    assert isinstance(child, tuple)
    assert shortened == (after[5] == 100_000)  # an older kernel keeps none, and says so
    assert (after[1], after[3], after[4]) == (before[1], before[3], before[4])
    assert child[5] != 100_000  # the model's host keeps long turns
    assert _attributes()[5] == before[5]


def test_a_kernel_that_refuses_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(priority, "_CALLS", dict.fromkeys(priority._CALLS, 100_000))
    assert _in_a_thread(shorten_time_slice) == [False]


def test_an_unknown_machine_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(priority, "_CALLS", {})
    assert _in_a_thread(shorten_time_slice) == [False]
