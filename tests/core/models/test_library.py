"""The library: what it lists, and how a model is found by its name."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

import app.core.models.library as models_module
from app.core.errors import (
    ModelNotFoundError,
    NotAModelError,
    TruncatedModelError,
)
from app.core.models.library import ModelLibrary
from app.core.models.model_file import ModelFile, inspect
from app.core.models.starter import STARTER
from tests.core.models.folders import write_folder, write_weights


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


def test_a_library_lists_every_layout_by_name(write_gguf: Any, models: Path, folder: Path) -> None:
    deep = models / "publisher" / "repository"
    deep.mkdir(parents=True)
    write_gguf("Zeta.gguf", folder=models)
    write_gguf("alpha.gguf", folder=deep)
    write_gguf(".hidden.gguf", folder=models)
    (models / "Beta.gguf.part").write_bytes(b"half")
    (models / "README.md").write_text("about")
    folder.rename(models / "publisher" / "Gamma")
    names = [model.name for model in library(models).list()]
    assert names == ["alpha", "Gamma", "Zeta"]


def test_a_split_model_is_listed_once(models: Path, write_gguf: Any) -> None:
    for number in (1, 2):

        def change(writer: Any, number: int = number) -> None:
            writer.add_uint16("split.no", number - 1)
            writer.add_uint16("split.count", 2)

        write_gguf(f"big-0000{number}-of-00002.gguf", change=change, folder=models)
    assert [(model.name, model.problem) for model in library(models).list()] == [("big", "")]


def test_what_was_added_is_listed_in_its_place(
    write_gguf: Any, models: Path, folder: Path, tmp_path: Path
) -> None:
    collection = tmp_path / "collection"
    (collection / "more").mkdir(parents=True)
    write_gguf("one.gguf", folder=collection)
    write_gguf("two.gguf", folder=collection / "more")
    single = write_gguf("single.gguf")
    added = [str(single), str(folder), str(collection), str(single), str(collection / "one.gguf")]
    found = library(models, *added).list()
    assert [model.name for model in found] == ["one", "single", "Tiny-Base", "two"]
    assert not any(model.problem for model in found)


def test_broken_models_are_listed_with_their_problem(models: Path, tmp_path: Path) -> None:
    (models / "torn.gguf").write_bytes(b"GGUF")
    os.mkfifo(models / "pipe.gguf")
    found = library(models, str(tmp_path / "gone.gguf"), "a\0b").list()
    problems = {model.name: model.problem for model in found}
    assert "shorter" in problems["torn"]
    assert "not an ordinary file" in problems["pipe"]
    assert "There is no file" in problems["gone"]
    assert all(problems.values())
    assert {model.name: model.size_bytes for model in found}["torn"] == 4


def test_a_library_without_a_folder_is_empty(tmp_path: Path) -> None:
    assert library(tmp_path / "missing").list() == ()
    (tmp_path / "file").write_bytes(b"")
    assert library(tmp_path / "file").list() == ()


def test_folders_that_lead_in_a_circle_end(models: Path, write_gguf: Any) -> None:
    write_gguf("one.gguf", folder=models)
    (models / "again").symlink_to(models)
    (models / "loop").symlink_to(models / "loop")
    assert [model.name for model in library(models).list()] == ["one"]


def test_only_what_changed_is_read_again(
    write_gguf: Any, models: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_gguf("one.gguf", folder=models)
    shutil.move(folder, models / "two")
    (models / "torn.gguf").write_bytes(b"GGUF")
    read: list[str] = []
    real = inspect

    def counted(path: Path) -> ModelFile:
        read.append(path.name)
        return real(path)

    monkeypatch.setattr(models_module, "inspect", counted)
    here = library(models)
    first = here.list()
    assert sorted(read) == ["one.gguf", "torn.gguf", "two"]
    read.clear()
    assert here.list() == first
    assert read == []
    write_weights(models / "two" / "model.safetensors", {}, b"")
    os.utime(path, ns=(1, 1))
    here.list()
    assert sorted(read) == ["one.gguf", "two"]


@pytest.fixture
def stocked(models: Path, write_gguf: Any, folder: Path) -> ModelLibrary:
    for name in ("Mistral-7B.Q4.gguf", "Mistral-7B.Q8.gguf", "Qwen.gguf", "Qwen-Long.gguf"):
        write_gguf(name, folder=models)
    (models / "broken.gguf").write_bytes(b"GGUF")
    folder.rename(models / "Tiny-Base")
    return library(models)


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("Mistral-7B.Q4.gguf", "Mistral-7B.Q4"),
        ("mistral-7b.q8", "Mistral-7B.Q8"),
        (" QWEN ", "Qwen"),
        ("qwen-", "Qwen-Long"),
        ("tiny", "Tiny-Base"),
    ],
)
def test_a_model_is_found_by_name(stocked: ModelLibrary, wanted: str, name: str) -> None:
    assert stocked.resolve(wanted).name == name


def test_a_path_wins_and_need_not_be_in_the_library(
    stocked: ModelLibrary, write_gguf: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_gguf("elsewhere.gguf")
    assert stocked.resolve(str(path)).path == str(path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert stocked.resolve("~/elsewhere.gguf").path == str(path)
    with contextlib.chdir(tmp_path):
        assert stocked.resolve("elsewhere.gguf").path == str(path)


def test_something_else_of_that_name_nearby_does_not_hide_a_model(
    stocked: ModelLibrary, tmp_path: Path
) -> None:
    (tmp_path / "Qwen").mkdir()
    with contextlib.chdir(tmp_path):
        assert stocked.resolve("Qwen").name == "Qwen"


def test_a_name_of_several_lists_them(stocked: ModelLibrary) -> None:
    with pytest.raises(ModelNotFoundError, match=r"2 models: .*Q4\.gguf, .*Q8\.gguf"):
        stocked.resolve("mistral")


def test_a_name_of_none_tells_what_comes_near(stocked: ModelLibrary) -> None:
    with pytest.raises(ModelNotFoundError, match="no model named 'Qwenn'") as caught:
        stocked.resolve("Qwenn")
    assert "Near to it: Qwen" in caught.value.hint
    with pytest.raises(ModelNotFoundError) as caught:
        stocked.resolve("zzz")
    assert "There are: Mistral-7B.Q4" in caught.value.hint
    for strange in ("", "a\0b", "~nobody-here/x", "x" * 100_000):
        with pytest.raises(ModelNotFoundError) as caught:
            stocked.resolve(strange)
        assert len(str(caught.value)) < 500


def test_a_broken_model_says_why(stocked: ModelLibrary) -> None:
    with pytest.raises(TruncatedModelError):
        stocked.resolve("broken")


def test_the_starter_model_has_a_word_of_its_own(models: Path, starter_model: Path) -> None:
    with pytest.raises(ModelNotFoundError) as caught:
        library(models).resolve("starter")
    assert "lampblack models get starter" in caught.value.hint
    assert library(starter_model.parent).resolve("Starter").path == str(starter_model)
    assert Path(library(starter_model.parent).resolve("smollm2").path).name == STARTER.file_name


def test_who_asks_at_the_same_time_reads_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    began, go = threading.Event(), threading.Event()

    def look(path: Path) -> ModelFile:
        read.append(path)
        began.set()
        go.wait()
        raise NotAModelError("It is none.")

    (tmp_path / "one.gguf").write_bytes(b"x")
    monkeypatch.setattr(models_module, "inspect", look)
    library = ModelLibrary(tmp_path, tuple)
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(len(library.list()))) for _ in range(3)]
    for thread in threads:
        thread.start()
    began.wait()
    go.set()
    for thread in threads:
        thread.join()
    assert (found, len(read)) == ([1, 1, 1], 1)


def test_parts_without_a_first_one_are_listed_with_that_problem(
    models: Path, write_gguf: Any
) -> None:
    write_gguf(
        "big-00002-of-00003.gguf",
        folder=models,
        change=lambda writer: (
            writer.add_uint16("split.no", 1),
            writer.add_uint16("split.count", 3),
        ),
    )
    (model,) = library(models).list()
    assert model.name == "big"
    assert "its first part, big-00001-of-00003.gguf, is missing" in model.problem


def test_what_was_looked_at_is_known_without_the_disk(models: Path, write_gguf: Any) -> None:
    path = write_gguf("a.gguf", folder=models)
    (models / "b.gguf").write_bytes(b"GGUF")
    found = library(models)
    assert found.known(str(path)) is None
    listed = found.list()
    path.unlink()
    assert found.known(str(path)) == listed[0]
    assert found.known(str(models / "b.gguf")) is None
