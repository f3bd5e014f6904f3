"""What a file or folder is found to be, and the engine that runs it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import time
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import (
    LampblackError,
    ModelNotFoundError,
    NotAModelError,
    ParameterError,
    TruncatedModelError,
    UnsupportedModelError,
)
from app.core.models.model_file import ModelFile, engine_for, inspect
from tests.core.models.folders import write_folder, write_weights


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "Tiny-Base")


@pytest.fixture
def models(tmp_path: Path) -> Path:
    path = tmp_path / "models"
    path.mkdir()
    return path


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


def test_a_classifier_can_be_loaded_and_says_why_it_does_not_write(folder: Path) -> None:
    config = {"model_type": "bert", "architectures": ["BertForSequenceClassification"]}
    (folder / "config.json").write_text(json.dumps(config | {"id2label": {"0": "no", "1": "yes"}}))
    found = inspect(folder)
    assert found.labels == ("no", "yes")
    assert found.can_load
    assert "is a classifier: it sorts texts by its labels (no, yes)" in found.problem
    assert not found.has_chat_template
    (folder / "config.json").write_text(json.dumps(config))
    assert inspect(folder).labels == ("LABEL_0", "LABEL_1")  # as the library numbers them


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


def test_a_folder_stands_for_its_only_gguf(write_gguf: Any, models: Path) -> None:
    first = write_gguf("a.gguf", folder=models)
    assert inspect(models).path == str(first)
    write_gguf("b.gguf", folder=models)
    with pytest.raises(NotAModelError, match="2 models"):
        inspect(models)


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


def test_a_pipe_for_a_configuration_blocks_nothing(folder: Path) -> None:
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
