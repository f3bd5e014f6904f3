"""Checksums in a process of its own: the same answers, the same errors, and it can be stopped."""

from __future__ import annotations

import hashlib
import random
import sys
from pathlib import Path

import pytest

from app.core.errors import CancelledError, HousekeepingError
from app.core.models import checksum_process
from app.core.models.checksum_process import checksums_in_process
from app.core.models.checksums import checksums

CONTENT = random.Random(2).randbytes(3_000_000)


def write(folder: Path, *names: str) -> list[Path]:
    files = [folder / name for name in names]
    for number, file in enumerate(files):
        file.write_bytes(CONTENT[number:])
    return files


def test_it_finds_what_is_found_here_and_tells_how_far_it_is(tmp_path: Path) -> None:
    files = write(tmp_path, "b.gguf", "雨 🖋.gguf", "a\nb.gguf")
    told: list[tuple[int, int]] = []
    found = checksums_in_process(
        files, lambda done, total: told.append((done, total)), lambda: False
    )
    assert found == checksums(files)
    assert found["b.gguf"] == hashlib.sha256(CONTENT).hexdigest()
    assert told == sorted(told)
    assert {total for _done, total in told} == {sum(file.stat().st_size for file in files)}


def test_a_name_that_may_be_no_text_is_read_and_told(tmp_path: Path) -> None:
    name = "\udcff" if sys.platform == "linux" else "udcff"  # other systems know no such names
    file = tmp_path / f"{name}.gguf"
    file.write_bytes(CONTENT)
    assert checksums_in_process([file]) == checksums([file])
    file.unlink()
    with pytest.raises(HousekeepingError, match=r"udcff\.gguf cannot be read"):
        checksums_in_process([file])


def test_what_is_wrong_is_told_as_it_is_here(tmp_path: Path) -> None:
    for files in ([tmp_path], [tmp_path / "absent.gguf"]):
        with pytest.raises(HousekeepingError) as here:
            checksums(files)
        with pytest.raises(HousekeepingError) as apart:
            checksums_in_process(files)
        assert str(apart.value) == str(here.value)


def test_it_can_be_stopped(tmp_path: Path) -> None:
    with pytest.raises(CancelledError):
        checksums_in_process(write(tmp_path, "a.gguf"), cancelled=lambda: True)


def test_a_process_that_dies_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(
        checksum_process, "program_command", lambda _word: [sys.executable, "-c", ""]
    )
    with pytest.raises(HousekeepingError, match="has ended"):
        checksums_in_process(write(tmp_path, "a.gguf"))


def test_without_a_process_it_is_done_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    absent = str(tmp_path / "absent")
    monkeypatch.setattr(checksum_process, "program_command", lambda _word: [absent])
    files = write(tmp_path, "a.gguf")
    assert checksums_in_process(files) == checksums(files)
