from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

import app.core.models.import_copy as copying_module
from app.core.errors import CancelledError, HousekeepingError
from app.core.models.checksums import blocks, files_of
from app.core.models.import_copy import copy_in
from app.core.models.model_file import ModelFile
from tests.core.conftest import WriteModel, sha256


@pytest.mark.parametrize("kind", ["single", "split", "folder"])
def test_a_copy_is_whole_and_leaves_the_original(
    kind: str, write_model: WriteModel, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    model = write_model() if kind == "single" else request.getfixturevalue(kind)
    into = tmp_path / "own"
    told: list[tuple[int, int]] = []
    copy = copy_in(model, into, lambda done, total: told.append((done, total)))
    assert Path(copy.path).parent == into
    assert [sha256(f) for f in files_of(copy)] == [sha256(f) for f in files_of(model)]
    assert told[-1][0] == told[-1][1]
    assert told == sorted(told)
    assert not [path for path in into.iterdir() if path.name.startswith(".")]
    with pytest.raises(HousekeepingError, match="already something named"):
        copy_in(model, into)


def test_a_copy_that_ends_early_leaves_nothing(
    split: ModelFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    into = tmp_path / "own"
    calls = 0

    def after_a_while() -> bool:
        nonlocal calls
        calls += 1
        return calls > 3

    with pytest.raises(CancelledError):
        copy_in(split, into, cancelled=after_a_while)
    assert list(into.iterdir()) == []

    def no_sync(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(os, "fsync", no_sync)
        with pytest.raises(HousekeepingError, match="no space left"):
            copy_in(split, into)
    assert list(into.iterdir()) == []
    real = Path.rename

    def fails_at_the_first(self: Path, target: Path) -> Path:
        if "00001" in target.name:
            raise OSError(5, "Input/output error")
        return real(self, target)

    with monkeypatch.context() as broken:
        broken.setattr(Path, "rename", fails_at_the_first)
        with pytest.raises(HousekeepingError, match="input/output error"):
            copy_in(split, into)
    assert list(into.iterdir()) == []


def test_a_copy_needs_room_before_it_begins(
    write_model: WriteModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = write_model()
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(HousekeepingError, match=r"no room.* 67 MB with a reserve, and 1 kB"):
        copy_in(model, tmp_path / "own")
    assert list((tmp_path / "own").iterdir()) == []


def test_what_a_killed_copy_left_is_swept_away_later(
    write_model: WriteModel, tmp_path: Path
) -> None:
    into = tmp_path / "own"
    stale, fresh, other = (into / f".lampblack-{n}.part" for n in ("old", "new", "file"))
    for work in (stale, fresh):
        work.mkdir(parents=True)
        (work / "half.gguf").write_bytes(b"half")
    other.write_bytes(b"a file")
    for path in (stale / "half.gguf", stale, other):
        os.utime(path, (1, 1))
    os.utime(fresh, (1, 1))
    copy = copy_in(write_model(), into)
    assert {path.name for path in into.iterdir()} == {
        Path(copy.path).name,
        fresh.name,
        other.name,
    }


def test_a_disk_that_gives_back_something_else_is_told(
    write_model: WriteModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = write_model()
    real = blocks

    def forgetful(file: Path, cancelled: Any = None) -> Any:
        for block in real(file, cancelled):
            yield block if file == Path(model.path) else bytes(len(block))

    monkeypatch.setattr(copying_module, "blocks", forgetful)
    with pytest.raises(HousekeepingError, match="not what was written"):
        copy_in(model, tmp_path / "own")
    assert list((tmp_path / "own").iterdir()) == []
