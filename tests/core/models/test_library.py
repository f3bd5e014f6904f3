from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import socket
import struct
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import app.core.models.library as models_module
from app.core.errors import (
    LampblackError,
    ModelNotFoundError,
    NotAModelError,
    ParameterError,
    TruncatedModelError,
    UnsupportedModelError,
)
from app.core.models.library import ModelLibrary
from app.core.models.model_file import ModelFile, engine_for, inspect
from app.core.models.starter import STARTER


def write_weights(path: Path, header: Any = None, data: bytes = bytes(64)) -> Path:
    if header is None:
        header = {
            "__metadata__": {"format": "pt"},
            "a": {"dtype": "BF16", "shape": [4, 6], "data_offsets": [0, 48]},
            "b": {"dtype": "F32", "shape": [4], "data_offsets": [48, 64]},
        }
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(raw)) + raw + data)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A whole, small Hugging Face model folder."""
    path = tmp_path / "Tiny-Base"
    path.mkdir()
    config = {"model_type": "llama", "max_position_embeddings": 2048}
    (path / "config.json").write_text(json.dumps(config))
    (path / "tokenizer.json").write_text("{}")
    (path / "tokenizer_config.json").write_text('{"chat_template": "{{ x }}"}')
    write_weights(path / "model.safetensors")
    return path


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    path = tmp_path / "models"
    path.mkdir()
    return path


def library(shelf: Path, *added: str) -> ModelLibrary:
    return ModelLibrary(shelf, lambda: added)


# inspect


def test_a_gguf_file_is_described(write_gguf: Any) -> None:
    path = write_gguf("Some Model.Q4.gguf")
    assert inspect(path) == ModelFile(
        path=str(path),
        name="Some Model.Q4",
        kind="gguf",
        size_bytes=path.stat().st_size,
        quantization="F32",
        architecture="llama",
        parameters=512,
        context=512,
        has_chat_template=True,
    )


def test_a_model_folder_is_described(folder: Path) -> None:
    assert inspect(folder) == ModelFile(
        path=str(folder),
        name="Tiny-Base",
        kind="transformers",
        size_bytes=(folder / "model.safetensors").stat().st_size,
        quantization="BF16",
        architecture="llama",
        parameters=28,
        context=2048,
        has_chat_template=True,
    )


def test_a_relative_path_becomes_absolute(folder: Path) -> None:
    with contextlib.chdir(folder.parent):
        assert inspect(Path("Tiny-Base")).path == str(folder)


def test_a_base_model_has_no_template_and_a_template_may_be_a_file(folder: Path) -> None:
    (folder / "tokenizer_config.json").unlink()
    assert not inspect(folder).has_chat_template
    (folder / "chat_template.jinja").write_text("{{ x }}")
    assert inspect(folder).has_chat_template


def test_the_configuration_of_a_larger_model_is_understood(folder: Path) -> None:
    config = {
        "model_type": "gemma3",
        "text_config": {"max_position_embeddings": 131072},
        "quantization_config": {"quant_method": "awq"},
    }
    (folder / "config.json").write_text(json.dumps(config))
    found = inspect(folder)
    assert (found.architecture, found.context, found.quantization) == ("gemma3", 131072, "AWQ")


def test_a_model_in_shards_needs_all_that_its_index_names(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    names = [f"model-0000{n}-of-00002.safetensors" for n in (1, 2)]
    index = {"weight_map": {"a": names[0], "b": names[1], "c": names[0]}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    for name in names:
        write_weights(folder / name)
    write_weights(folder / "other.safetensors")
    assert inspect(folder).parameters == 2 * 28
    (folder / names[1]).unlink()
    with pytest.raises(TruncatedModelError, match=f"{names[1]} is missing"):
        inspect(folder)
    for strange in ("../model.safetensors", "/etc/passwd", "model.bin", 3):
        names_of = {"weight_map": {"a": strange}}
        (folder / "model.safetensors.index.json").write_text(json.dumps(names_of))
        with pytest.raises(NotAModelError, match="names no weights"):
            inspect(folder)
    (folder / "model.safetensors.index.json").unlink()
    with pytest.raises(TruncatedModelError, match="names them, is missing"):
        inspect(folder)
    write_weights(folder / "model.safetensors")
    assert not inspect(folder).problem


@pytest.mark.parametrize(
    ("header", "data", "error"),
    [
        (None, bytes(63), TruncatedModelError),
        (b"", b"", NotAModelError),
        (b"{", b"", NotAModelError),
        (b"[]", b"", NotAModelError),
        (b"[" * 100_000, b"", NotAModelError),
        (b"\xff\xff", b"", NotAModelError),
        ({"a": 3}, b"", NotAModelError),
        ({"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}}, bytes(4), NotAModelError),
        ({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 2**62]}}, b"", NotAModelError),
        ({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0]}}, b"", NotAModelError),
    ],
)
def test_damaged_weights_are_told(
    folder: Path, header: Any, data: bytes, error: type[LampblackError]
) -> None:
    write_weights(folder / "model.safetensors", header, data)
    with pytest.raises(error):
        inspect(folder)


@pytest.mark.parametrize("content", [b"", b"{}" * 2, b"[]", b"\xff", b"[" * 100_000])
def test_a_broken_configuration_is_told(folder: Path, content: bytes) -> None:
    (folder / "config.json").write_bytes(content)
    with pytest.raises(NotAModelError, match=r"config\.json"):
        inspect(folder)


def test_a_claimed_header_of_exabytes_takes_no_memory(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", 2**62) + b"{}")
    with pytest.raises(NotAModelError, match="not a safetensors"):
        inspect(folder)


def test_a_folder_without_a_tokenizer_is_told(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    with pytest.raises(UnsupportedModelError, match="no tokenizer"):
        inspect(folder)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "weights.ckpt"])
def test_pickles_are_refused_with_a_way_out(folder: Path, name: str) -> None:
    (folder / "model.safetensors").rename(folder / name)
    for path in (folder, folder / name):
        with pytest.raises(UnsupportedModelError, match="pickles") as caught:
            inspect(path)
        assert "safetensors or GGUF" in caught.value.hint


def test_weights_alone_lead_to_their_folder(folder: Path) -> None:
    with pytest.raises(NotAModelError) as caught:
        inspect(folder / "model.safetensors")
    assert str(folder) in caught.value.hint
    (folder / "config.json").unlink()
    with pytest.raises(NotAModelError, match=r"no config\.json"):
        inspect(folder)
    (folder / "adapter_config.json").write_text("{}")
    with pytest.raises(UnsupportedModelError, match="adapter"):
        inspect(folder)


def test_a_folder_stands_for_its_only_gguf(write_gguf: Any, shelf: Path) -> None:
    first = write_gguf("a.gguf", folder=shelf)
    assert inspect(shelf).path == str(first)
    write_gguf("b.gguf", folder=shelf)
    with pytest.raises(NotAModelError, match="2 models"):
        inspect(shelf)


def test_whatever_else_lies_there_is_a_sentence_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    os.mkfifo(tmp_path / "pipe.bin")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "dangling.gguf").symlink_to(tmp_path / "nowhere")
    (tmp_path / "empty.gguf").write_bytes(b"")
    (tmp_path / "empty").mkdir()
    with (tmp_path / "nonsense.gguf").open("wb") as file:
        file.truncate(16 * 1024**3)
    with socket.socket(socket.AF_UNIX) as listener, contextlib.chdir(tmp_path):
        listener.bind("socket.gguf")
    started = time.process_time()
    for name in [path.name for path in tmp_path.iterdir()] + ["/dev/zero", "a\0b", "x" * 5000]:
        with pytest.raises(LampblackError) as caught:
            inspect(tmp_path / name)
        assert caught.value.message.endswith(".")
    with pytest.raises(ModelNotFoundError):
        inspect(tmp_path / "missing.gguf")
    assert time.process_time() - started < 1


def test_a_pipe_for_a_configuration_blocks_nobody(folder: Path) -> None:
    (folder / "config.json").unlink()
    os.mkfifo(folder / "config.json")
    with pytest.raises(NotAModelError):
        inspect(folder)


# engine_for


def test_each_model_gets_an_engine_that_can_run_it(write_gguf: Any, folder: Path) -> None:
    quantized, whole = inspect(write_gguf()), inspect(folder)
    assert engine_for(quantized, "auto") == "llama.cpp"
    assert engine_for(whole, "auto") == "torch"
    assert engine_for(quantized, "torch") == "torch"
    assert engine_for(whole, "torch") == "torch"
    assert engine_for(quantized, "llama.cpp") == "llama.cpp"
    with pytest.raises(UnsupportedModelError, match="which llama"):
        engine_for(whole, "llama.cpp")
    with pytest.raises(ParameterError, match="'gpt'"):
        engine_for(whole, "gpt")


# ModelLibrary


def test_a_library_lists_every_layout_by_name(write_gguf: Any, shelf: Path, folder: Path) -> None:
    deep = shelf / "publisher" / "repository"
    deep.mkdir(parents=True)
    write_gguf("Zeta.gguf", folder=shelf)
    write_gguf("alpha.gguf", folder=deep)
    write_gguf(".hidden.gguf", folder=shelf)
    (shelf / "Beta.gguf.part").write_bytes(b"half")
    (shelf / "README.md").write_text("about")
    folder.rename(shelf / "publisher" / "Gamma")
    names = [model.name for model in library(shelf).list()]
    assert names == ["alpha", "Gamma", "Zeta"]


def test_a_split_model_is_listed_once(shelf: Path, write_gguf: Any) -> None:
    for number in (1, 2):

        def change(writer: Any, number: int = number) -> None:
            writer.add_uint16("split.no", number - 1)
            writer.add_uint16("split.count", 2)

        write_gguf(f"big-0000{number}-of-00002.gguf", change=change, folder=shelf)
    assert [(model.name, model.problem) for model in library(shelf).list()] == [("big", "")]


def test_what_was_added_is_listed_in_its_place(
    write_gguf: Any, shelf: Path, folder: Path, tmp_path: Path
) -> None:
    collection = tmp_path / "collection"
    (collection / "more").mkdir(parents=True)
    write_gguf("one.gguf", folder=collection)
    write_gguf("two.gguf", folder=collection / "more")
    single = write_gguf("single.gguf")
    added = [str(single), str(folder), str(collection), str(single), str(collection / "one.gguf")]
    found = library(shelf, *added).list()
    assert [model.name for model in found] == ["one", "single", "Tiny-Base", "two"]
    assert not any(model.problem for model in found)


def test_broken_models_are_listed_with_their_problem(shelf: Path, tmp_path: Path) -> None:
    (shelf / "torn.gguf").write_bytes(b"GGUF")
    os.mkfifo(shelf / "pipe.gguf")
    found = library(shelf, str(tmp_path / "gone.gguf"), "a\0b").list()
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


def test_folders_that_lead_in_a_circle_end(shelf: Path, write_gguf: Any) -> None:
    write_gguf("one.gguf", folder=shelf)
    (shelf / "again").symlink_to(shelf)
    (shelf / "loop").symlink_to(shelf / "loop")
    assert [model.name for model in library(shelf).list()] == ["one"]


def test_only_what_changed_is_read_again(
    write_gguf: Any, shelf: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_gguf("one.gguf", folder=shelf)
    shutil.move(folder, shelf / "two")
    (shelf / "torn.gguf").write_bytes(b"GGUF")
    read: list[str] = []
    real = inspect

    def counted(path: Path) -> ModelFile:
        read.append(path.name)
        return real(path)

    monkeypatch.setattr(models_module, "inspect", counted)
    here = library(shelf)
    first = here.list()
    assert sorted(read) == ["one.gguf", "torn.gguf", "two"]
    read.clear()
    assert here.list() == first
    assert read == []
    write_weights(shelf / "two" / "model.safetensors", {}, b"")
    os.utime(path, ns=(1, 1))
    here.list()
    assert sorted(read) == ["one.gguf", "two"]


@pytest.fixture
def stocked(shelf: Path, write_gguf: Any, folder: Path) -> ModelLibrary:
    for name in ("Mistral-7B.Q4.gguf", "Mistral-7B.Q8.gguf", "Qwen.gguf", "Qwen-Long.gguf"):
        write_gguf(name, folder=shelf)
    (shelf / "broken.gguf").write_bytes(b"GGUF")
    folder.rename(shelf / "Tiny-Base")
    return library(shelf)


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


def test_the_starter_model_has_a_word_of_its_own(shelf: Path, starter_model: Path) -> None:
    with pytest.raises(ModelNotFoundError) as caught:
        library(shelf).resolve("starter")
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


# More models than are listed


def small_limits(monkeypatch: pytest.MonkeyPatch, listed: int = 6, broken: int = 2) -> None:
    monkeypatch.setattr(models_module, "_MOST_LISTED", listed)
    monkeypatch.setattr(models_module, "_MOST_BROKEN", broken)


def test_every_folder_has_its_share_of_a_list_that_is_cut_and_it_is_said(
    tmp_path: Path, shelf: Path, write_gguf: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_limits(monkeypatch)
    many, few = tmp_path / "many", tmp_path / "few"
    for folder, names in ((many / "a", "abcdef"), (many / "b", "ghij"), (few, "xy")):
        folder.mkdir(parents=True)
        for name in names:
            write_gguf(f"{name}.gguf", folder=folder)
    found = ModelLibrary(shelf, tuple, watched=lambda: (str(many), str(few)))
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
    shelf: Path, write_gguf: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_limits(monkeypatch, listed=3)
    for number in range(4):
        (shelf / f"a{number}.gguf").write_bytes(b"GGUF broken")
    for name in ("m", "n", "o"):
        write_gguf(f"{name}.gguf", folder=shelf)
    found = library(shelf)
    assert [model.name for model in found.list()] == ["m", "n", "o", "a0", "a1"]
    (note,) = found.notes
    assert note.startswith("4 files")


def test_what_is_no_writer_is_told_from_what_is_damaged(shelf: Path, write_gguf: Any) -> None:
    (shelf / "cut.gguf").write_bytes(b"GGUF broken")
    write_gguf("search.gguf", folder=shelf, architecture="bert")
    found = {model.name: model for model in library(shelf).list()}
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
    shelf: Path, folder: Path, write_gguf: Any, may_not_read: set[Path], part: str
) -> None:
    path = write_gguf("a.gguf", folder=shelf) if part == "a.gguf" else folder / part
    found = library(shelf, str(folder))
    may_not_read.add(path)
    model = next(one for one in found.list() if one.problem)
    assert f"{path} cannot be read" in model.problem
    assert "permission denied" in model.problem
    assert "the right to read it" in model.problem
    assert not model.is_damaged
    may_not_read.clear()
    assert not any(one.problem for one in found.list())


def test_a_folder_of_countless_files_hides_no_other(
    tmp_path: Path, shelf: Path, write_gguf: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models_module, "_MOST_WATCHED", 80)
    for name in ("a", "b"):
        (tmp_path / "disk" / name / "deeper").mkdir(parents=True)
    for number in range(200):
        (tmp_path / "disk" / "a" / f"{number}.jpg").touch()
    write_gguf("beside.gguf", folder=tmp_path / "disk" / "b")
    write_gguf("below.gguf", folder=tmp_path / "disk" / "b" / "deeper")
    found = ModelLibrary(shelf, tuple, watched=lambda: (str(tmp_path / "disk"),))
    assert [model.name for model in found.list()] == ["below", "beside"]
    (note,) = found.notes
    assert str(tmp_path / "disk") in note


def test_parts_without_a_first_one_are_listed_with_that_problem(
    shelf: Path, write_gguf: Any
) -> None:
    write_gguf(
        "big-00002-of-00003.gguf",
        folder=shelf,
        change=lambda writer: (
            writer.add_uint16("split.no", 1),
            writer.add_uint16("split.count", 3),
        ),
    )
    (model,) = library(shelf).list()
    assert model.name == "big"
    assert "its first part, big-00001-of-00003.gguf, is missing" in model.problem


def test_what_was_looked_at_is_known_without_the_disk(shelf: Path, write_gguf: Any) -> None:
    path = write_gguf("a.gguf", folder=shelf)
    (shelf / "b.gguf").write_bytes(b"GGUF")
    found = library(shelf)
    assert found.known(str(path)) is None
    listed = found.list()
    path.unlink()
    assert found.known(str(path)) == listed[0]
    assert found.known(str(shelf / "b.gguf")) is None
