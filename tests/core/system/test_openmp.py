"""What the app believes of a host's measurement, and what a new host's environment gets."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from app.core.system.openmp import (
    VARIABLE,
    Waiting,
    WaitingRecord,
    read_waiting,
    waiting_environment,
    waiting_file,
)
from app.core.system.processes import host_environment


def remember(cache: Path, data: bytes) -> None:
    file = waiting_file(cache).path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


@pytest.mark.parametrize(("waiting", "found"), [("active", {}), ("passive", {VARIABLE: "passive"})])
def test_only_sleeping_threads_need_a_word(
    tmp_path: Path, waiting: Waiting, found: dict[str, str]
) -> None:
    record = WaitingRecord(setup="a" * 32, waiting=waiting)
    remember(tmp_path, msgspec.json.encode(record))
    assert read_waiting(tmp_path) == record
    assert waiting_environment(tmp_path) == found


def test_without_a_record_or_a_cache_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert waiting_environment(None) == {}
    assert waiting_environment(tmp_path) == {}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[1]",
        b'{"setup":"a","waiting":"never"}',
        b'{"setup":"a","waiting":"passive","tries":0}',
        b'{"setup":"a","waiting":"passive","more":1}',
        b'{"setup":"' + b"a" * 5000 + b'","waiting":"passive"}',
    ],
)
def test_a_strange_record_is_none(tmp_path: Path, data: bytes) -> None:
    remember(tmp_path, data)
    assert read_waiting(tmp_path) is None
    assert waiting_environment(tmp_path) == {}


def test_who_sets_the_policy_by_hand_has_chosen(tmp_path: Path) -> None:
    remember(tmp_path, msgspec.json.encode(WaitingRecord(setup="a", waiting="passive")))
    own = host_environment({VARIABLE: "active"})
    assert (waiting_environment(tmp_path) | own)[VARIABLE] == "active"
