"""A list that cannot show everything: too many models, and those that cannot be used."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

import app.core.models.library as models_module
from app.core.models.library import ModelLibrary
from tests.core.models.folders import write_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "Tiny-Base")


@pytest.fixture
def models(tmp_path: Path) -> Path:
    path = tmp_path / "models"
    path.mkdir()
    return path


def library(models: Path, *added: str) -> ModelLibrary:
    return ModelLibrary(models, lambda: added)


def small_limits(monkeypatch: pytest.MonkeyPatch, listed: int = 6, broken: int = 2) -> None:
    monkeypatch.setattr(models_module, "_MOST_LISTED", listed)
    monkeypatch.setattr(models_module, "_MOST_BROKEN", broken)


def test_every_folder_has_its_share_of_a_list_that_is_cut_and_it_is_said(
    tmp_path: Path, models: Path, write_gguf: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_limits(monkeypatch)
    many, few = tmp_path / "many", tmp_path / "few"
    for folder, names in ((many / "a", "abcdef"), (many / "b", "ghij"), (few, "xy")):
        folder.mkdir(parents=True)
        for name in names:
            write_gguf(f"{name}.gguf", folder=folder)
    found = ModelLibrary(models, tuple, watched=lambda: (str(many), str(few)))
    listed = [model.name for model in found.list()]
    assert len(listed) == 6
    assert {"x", "y"} < {*listed}  # the small folder is whole
    assert {"a", "g"} < {*listed}  # and of the large one's folders each has some
    (note,) = found.notes
    assert "12 models" in note
    assert "6 are listed" in note
    assert found.resolve("f").name == "f"  # what is not listed can be named all the same
    monkeypatch.setattr(models_module, "_MOST_LISTED", 12)
    assert len(found.list()) == 12
    assert found.notes == ()


def test_what_cannot_be_used_takes_no_place_and_comes_last(
    models: Path, write_gguf: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_limits(monkeypatch, listed=3)
    for number in range(4):
        (models / f"a{number}.gguf").write_bytes(b"GGUF broken")
    for name in ("m", "n", "o"):
        write_gguf(f"{name}.gguf", folder=models)
    found = library(models)
    assert [model.name for model in found.list()] == ["m", "n", "o", "a0", "a1"]
    (note,) = found.notes
    assert note.startswith("4 files")


def test_a_folder_of_countless_files_hides_no_other(
    tmp_path: Path, models: Path, write_gguf: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models_module, "_MOST_WATCHED", 80)
    for name in ("a", "b"):
        (tmp_path / "disk" / name / "deeper").mkdir(parents=True)
    for number in range(200):
        (tmp_path / "disk" / "a" / f"{number}.jpg").touch()
    write_gguf("beside.gguf", folder=tmp_path / "disk" / "b")
    write_gguf("below.gguf", folder=tmp_path / "disk" / "b" / "deeper")
    found = ModelLibrary(models, tuple, watched=lambda: (str(tmp_path / "disk"),))
    assert [model.name for model in found.list()] == ["below", "beside"]
    (note,) = found.notes
    assert str(tmp_path / "disk") in note


def test_what_is_no_writer_is_told_from_what_is_damaged(models: Path, write_gguf: Any) -> None:
    (models / "cut.gguf").write_bytes(b"GGUF broken")
    write_gguf("search.gguf", folder=models, architecture="bert")
    found = {model.name: model for model in library(models).list()}
    assert all(model.problem for model in found.values())
    assert {name: model.is_damaged for name, model in found.items()} == {
        "cut": True,
        "search": False,
    }


@pytest.fixture
def may_not_read(monkeypatch: pytest.MonkeyPatch) -> set[Path]:
    """The files that the system refuses to open; an administrator could read them all the same."""
    refused: set[Path] = set()
    opened = os.open

    def open_file(path: Any, *rest: Any) -> int:
        if path in refused:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return opened(path, *rest)

    monkeypatch.setattr(os, "open", open_file)
    return refused


@pytest.mark.parametrize("part", ["config.json", "model.safetensors", "a.gguf"])
def test_what_may_not_be_read_is_not_damaged_and_read_when_it_may_be(
    models: Path, folder: Path, write_gguf: Any, may_not_read: set[Path], part: str
) -> None:
    path = write_gguf("a.gguf", folder=models) if part == "a.gguf" else folder / part
    found = library(models, str(folder))
    may_not_read.add(path)
    model = next(one for one in found.list() if one.problem)
    assert f"{path} cannot be read" in model.problem
    assert "permission denied" in model.problem
    assert "the right to read it" in model.problem
    assert not model.is_damaged
    may_not_read.clear()
    assert not any(one.problem for one in found.list())
