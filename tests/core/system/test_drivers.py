"""What is remembered of graphics drivers that end the engine while they are loaded."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from app.core.system.drivers import (
    AGAIN_S,
    VARIABLE,
    DriverMark,
    driver_environment,
    loading_drivers,
)
from app.core.system.processes import host_environment

GONE = 2**22 + 1  # above any process's number


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the host says what it does."""
    (name,) = driver_environment(tmp_path).values()
    return Path(name)


def remember(file: Path, *, count: int, pid: int = GONE, ago: float = 60.0) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    mark = DriverMark(pid=pid, begun=time.time() - ago, count=count)
    file.write_bytes(msgspec.json.encode(mark))


def is_off(cache: Path) -> bool:
    found = driver_environment(cache)
    assert found.pop(VARIABLE)
    return set(found) == {"VK_DRIVER_FILES", "VK_ICD_FILENAMES"}


def test_a_load_that_ends_leaves_nothing(tmp_path: Path, file: Path) -> None:
    with loading_drivers(driver_environment(tmp_path)) as is_on:
        assert is_on
        mark = msgspec.json.decode(file.read_bytes(), type=DriverMark)
        assert (mark.pid, mark.count) == (os.getpid(), 1)
        assert not is_off(tmp_path)
    assert not file.exists()


def test_a_load_that_fails_in_python_is_no_crash(tmp_path: Path, file: Path) -> None:
    with pytest.raises(OSError, match="no such"), loading_drivers(driver_environment(tmp_path)):
        raise OSError("no such library")
    assert not file.exists()


def test_drivers_that_ended_two_processes_are_left_out(tmp_path: Path, file: Path) -> None:
    code = (
        "import os; from app.core.system.drivers import loading_drivers\n"
        "with loading_drivers() as is_on:\n    os._exit(9 if is_on else 0)"
    )
    codes, words = [], [sys.executable, "-c", code]
    for _time in range(3):
        environ = driver_environment(tmp_path) | host_environment()
        codes.append(subprocess.run(words, env=environ, check=False).returncode)
    assert codes == [9, 9, 0]
    assert is_off(tmp_path)
    assert file.exists()  # else the fourth would crash again


@pytest.mark.parametrize(
    ("facts", "off"),
    [
        ({"count": 1}, False),
        ({"count": 2}, True),
        ({"count": 7}, True),
        ({"count": 2, "ago": AGAIN_S + 1}, False),
        ({"count": 2, "ago": -3600.0}, False),  # the clock was set back
        ({"count": 2, "pid": os.getpid()}, False),  # which is still at it
    ],
)
def test_when_they_are_left_out(tmp_path: Path, file: Path, facts: dict, off: bool) -> None:
    remember(file, **facts)
    assert is_off(tmp_path) is off


def test_after_a_day_one_crash_is_enough(tmp_path: Path, file: Path) -> None:
    remember(file, count=2, ago=AGAIN_S + 1)
    with loading_drivers(driver_environment(tmp_path)) as is_on:
        assert is_on
        kept = file.read_bytes()
    assert msgspec.json.decode(kept)["count"] == 3


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b'{"pid": 1, "begun": 0, "count": 0}'])
def test_a_strange_file_is_none(tmp_path: Path, file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(data)
    assert not is_off(tmp_path)


def test_without_a_cache_nothing_is_remembered(tmp_path: Path) -> None:
    assert driver_environment(None) == {}
    with loading_drivers({}) as is_on:
        assert is_on
    locked = tmp_path / "file"
    locked.touch()
    with loading_drivers({VARIABLE: str(locked / "below")}) as is_on:
        assert is_on
