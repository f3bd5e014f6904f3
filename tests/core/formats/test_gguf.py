from __future__ import annotations

import os
import struct
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

from app.core.errors import (
    LampblackError,
    ModelNotFoundError,
    NotAModelError,
    TruncatedModelError,
    UnsupportedModelError,
)
from app.core.formats.gguf import MAX_LAYERS, GgufHeader, read_header
from app.core.formats.gguf_tensors import FILE_TYPES, TENSOR_TYPES, LayerSizes
from tests.core.formats.gguf_bytes import ARCHITECTURE, head, pair, tensor, text

UINT32, ARRAY, STRING = 4, 9, 8
ONE_TENSOR = tensor("a", (32,)) + bytes(1024)


@pytest.fixture
def refused(tmp_path: Path) -> Callable[[bytes], LampblackError]:
    """The error that a file of these bytes ends in, at once and without taking memory."""

    def refuse(data: bytes) -> LampblackError:
        path = tmp_path / "bad.gguf"
        path.write_bytes(data)
        started = time.process_time()
        tracemalloc.start()
        try:
            with pytest.raises(LampblackError) as caught:
                read_header(path)
        finally:
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert time.process_time() - started < 1
        assert peak < 64 * 1024 * 1024
        assert "bad.gguf" in caught.value.message
        return caught.value

    return refuse


def u32(number: int) -> bytes:
    return struct.pack("<I", number)


def u64(number: int) -> bytes:
    return struct.pack("<Q", number)


def test_the_tables_are_those_of_ggml() -> None:
    ours = {number: (block, size) for number, (_name, block, size) in TENSOR_TYPES.items()}
    assert ours == {int(kind): size for kind, size in gguf.GGML_QUANT_SIZES.items()}
    for number, (name, *_sizes) in TENSOR_TYPES.items():
        assert gguf.GGMLQuantizationType(number).name == name
    names = {int(kind): kind.name for kind in gguf.LlamaFileType if kind.name != "GUESSED"}
    assert {n: name.split("_", 1)[1] for n, name in names.items()} == FILE_TYPES


def test_the_starter_model_is_read_right(starter_model: Path) -> None:
    header = read_header(starter_model)
    assert header.chat_template.startswith("{% for message in messages %}")
    assert header == GgufHeader(
        architecture="llama",
        name="Smollm2 135M 8k Lc100K Mix1 Ep2",
        quantization="Q4_1",
        parameters=134_515_008,
        context=8192,
        layers=30,
        vocabulary=49_152,
        chat_template=header.chat_template,
        size_bytes=98_362_432,
        licence="apache-2.0",
        sizes=LayerSizes(
            weights=(2_216_448,) * 30,
            cache=(384,) * 30,
            output=30_083_328,
            width=576,
            widest=1536,
            heads=9,
            states=(0,) * 30,
            rest=30_081_024,
            is_tied=True,
            queries=576,
        ),
        tensors=header.tensors,
        merges=48_900,
    )
    assert len(header.tensors) == 272
    assert {tensor.kind for tensor in header.tensors} == {"F32", "Q4_1", "Q8_0"}


def test_a_model_of_another_writer_is_read_right(write_gguf: Any) -> None:
    path = write_gguf()
    assert read_header(path) == GgufHeader(
        architecture="llama",
        name="Tiny Model",
        quantization="F32",
        parameters=2 * 4 * 64,
        context=512,
        layers=3,
        vocabulary=4,
        chat_template="{{ messages }}",
        size_bytes=path.stat().st_size,
        sizes=read_header(path).sizes,
        tensors=read_header(path).tensors,
    )


@pytest.mark.parametrize("alignment", [8, 32, 256])
def test_every_alignment_ends_where_the_file_does(write_gguf: Any, alignment: int) -> None:
    path = write_gguf(change=lambda writer: writer.add_custom_alignment(alignment))
    reader = gguf.GGUFReader(path)
    end = max(int(t.data_offset + t.n_bytes) for t in reader.tensors)
    assert read_header(path).parameters == 512
    os.truncate(path, end)
    assert read_header(path).parameters == 512
    os.truncate(path, end - 1)
    with pytest.raises(TruncatedModelError, match=f"{end - 1:,} of {end:,} bytes"):
        read_header(path)


def test_the_quantization_is_the_files_word_or_that_of_most_elements(write_gguf: Any) -> None:
    def change(file_type: int | None) -> Callable[[gguf.GGUFWriter], None]:
        def add(writer: gguf.GGUFWriter) -> None:
            if file_type is not None:
                writer.add_file_type(file_type)
            data = np.zeros((64, 34 * 4), dtype=np.uint8)
            writer.add_tensor("big", data, raw_dtype=gguf.GGMLQuantizationType.Q8_0)

        return add

    for file_type, name in ((15, "Q4_K_M"), (15 | 1024, "Q4_K_M"), (999, "Q8_0"), (None, "Q8_0")):
        header = read_header(write_gguf(change=change(file_type)))
        assert header.quantization == name
        assert header.parameters == 512 + 64 * 128


def test_a_file_without_a_name_has_its_own(write_gguf: Any, tmp_path: Path) -> None:
    path = tmp_path / "My Model.gguf"
    path.write_bytes(head(tensors=1, keys=1) + ARCHITECTURE + ONE_TENSOR)
    assert read_header(path).name == "My Model"


def test_a_title_is_one_short_printable_line(write_gguf: Any) -> None:
    def rename(writer: gguf.GGUFWriter) -> None:
        writer.kv_data[0]["general.name"].value = "A\n\tB\x1b[31m" + "x" * 5000

    name = read_header(write_gguf(change=rename)).name
    assert name.startswith("A B[31mxx")
    assert len(name) == 120


# what is not a model


@pytest.mark.parametrize(
    ("data", "error", "told"),
    [
        (b"", NotAModelError, "is empty"),
        (b"G", TruncatedModelError, "1 of 24 bytes"),
        (b"GGUF", TruncatedModelError, "4 of 24 bytes"),
        (b"GGUX" + bytes(100), NotAModelError, "not a GGUF"),
        (b"\x93NUMPY" + bytes(100), NotAModelError, "not a GGUF"),
        (bytes(1000), NotAModelError, "not a GGUF"),
        (b"tjgg\x03\0\0\0" + bytes(50), UnsupportedModelError, "before GGUF"),
        (b"version https://git-lfs.github.com/spec/v1\n", NotAModelError, "pointer"),
        (b"\n<!DOCTYPE html><html>", NotAModelError, "web page"),
        (head(version=1), UnsupportedModelError, "old version"),
        (head(version=4), UnsupportedModelError, "newer version"),
        (head(version=0), NotAModelError, "damaged"),
        (b"GGUF" + struct.pack(">IQQ", 3, 1, 1), UnsupportedModelError, "big-endian"),
        (head(tensors=2**63), NotAModelError, "counts"),
        (head(keys=2**64 - 1), NotAModelError, "counts"),
        (head(keys=1), TruncatedModelError, "24 of 32 bytes"),
    ],
)
def test_what_is_not_a_model_is_told_apart(
    refused: Any, data: bytes, error: type[LampblackError], told: str
) -> None:
    found = refused(data)
    assert type(found) is error
    assert told in found.message


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (text("k") + u32(13), NotAModelError),
        (u64(2**64 - 1), NotAModelError),
        (u64(70_000) + bytes(70_000), NotAModelError),
        (pair("k", STRING, u64(2**63)), NotAModelError),
        (pair("k", STRING, u64(2**40)), TruncatedModelError),
        (pair("tokenizer.chat_template", STRING, u64(2**21) + bytes(2**21)), NotAModelError),
        (pair("k", ARRAY, u32(ARRAY) + u64(2**60)), NotAModelError),
        (pair("k", ARRAY, u32(99) + u64(1)), NotAModelError),
        (pair("k", ARRAY, u32(UINT32) + u64(2**62)), NotAModelError),
        (pair("k", ARRAY, u32(UINT32) + u64(2**40)), TruncatedModelError),
        (pair("k", ARRAY, u32(STRING) + u64(2**62)), NotAModelError),
        (pair("k", ARRAY, u32(STRING) + u64(1_000_000)), TruncatedModelError),
        (pair("k", ARRAY, u32(STRING) + u64(2) + u64(2**40) + bytes(8)), TruncatedModelError),
        (pair("general.alignment", UINT32, u32(0)), NotAModelError),
        (pair("general.alignment", UINT32, u32(33)), NotAModelError),
        (pair("general.alignment", STRING, text("32")), NotAModelError),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_a_small_header_with_great_claims_fails_at_once(
    refused: Any, body: bytes, error: type[LampblackError]
) -> None:
    assert type(refused(head(keys=1, tensors=1) + body + bytes(60))) is error


@pytest.mark.parametrize(
    ("described", "error", "told"),
    [
        (text("n") + u32(5) + bytes(60), NotAModelError, "dimensions"),
        (text("n") + u32(2**32 - 1) + bytes(60), NotAModelError, "dimensions"),
        (tensor("x" * 64, (32,)), NotAModelError, "length"),
        (tensor("n", (2**40, 2**40)), NotAModelError, "shape"),
        (tensor("n", (2**63,)), NotAModelError, "shape"),
        (tensor("n", (2**32, 4)), TruncatedModelError, "shorter"),
        (tensor("n", (32,), offset=2**40), TruncatedModelError, "shorter"),
        (tensor("n", (32,), offset=2**63), NotAModelError, "any disk"),
        (tensor("n", (32,), offset=7), NotAModelError, "aligned"),
        (tensor("n", (33,), kind=2), NotAModelError, "blocks"),
        (tensor("n", (32,), kind=4), UnsupportedModelError, "type 4"),
        (tensor("n", (32,), kind=2**31), UnsupportedModelError, "type 2147483648"),
    ],
)
def test_a_tensor_that_cannot_be_is_refused(
    refused: Any, described: bytes, error: type[LampblackError], told: str
) -> None:
    found = refused(head(tensors=1, keys=1) + ARCHITECTURE + described + bytes(64))
    assert type(found) is error
    assert told in found.message


def test_a_key_that_comes_twice_is_damage(refused: Any) -> None:
    assert "twice" in refused(head(tensors=1, keys=2) + ARCHITECTURE * 2 + ONE_TENSOR).message


def test_a_list_of_far_too_many_texts_is_damage(refused: Any) -> None:
    many = 2_100_000
    body = pair("k", ARRAY, u32(STRING) + u64(many) + bytes(8 * many))
    assert "2,100,000 texts" in refused(head(keys=1, tensors=1) + body).message


def test_a_header_that_never_ends_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "endless.gguf"
    step = 1024 * 1024
    with path.open("wb") as file:  # texts of a megabyte each, in a sparse file of 16 GB
        file.write(head(keys=1, tensors=1) + pair("k", ARRAY, u32(STRING) + u64(16_000)))
        start = file.tell()
        for number in range(300):
            file.seek(start + number * (step + 8))
            file.write(u64(step))
        file.truncate(16 * 1024**3)
    started = time.process_time()
    with pytest.raises(NotAModelError, match="never ends"):
        read_header(path)
    assert time.process_time() - started < 1


# what is a model, but not for writing


@pytest.mark.parametrize(
    ("change", "architecture", "told"),
    [
        (lambda writer: writer.add_type("adapter"), "llama", "adapter"),
        (lambda writer: writer.add_type("mmproj"), "llama", "image part"),
        (lambda writer: None, "clip", "image part"),
        (lambda writer: None, "bert", "for search"),
    ],
)
def test_other_kinds_of_models_are_called_by_their_name(
    write_gguf: Any, change: Any, architecture: str, told: str
) -> None:
    with pytest.raises(UnsupportedModelError, match=told):
        read_header(write_gguf(change=change, architecture=architecture))


def test_a_vocabulary_alone_is_not_a_model(write_gguf: Any) -> None:
    with pytest.raises(NotAModelError, match="no weights"):
        read_header(write_gguf(tensors=0))


def test_a_file_must_name_its_architecture(refused: Any) -> None:
    other = pair("general.name", STRING, text("n"))
    assert "architecture" in refused(head(tensors=1, keys=1) + other + ONE_TENSOR).message


@pytest.mark.parametrize("layers", [MAX_LAYERS, MAX_LAYERS + 1, 2**32 - 1])
def test_so_many_layers_that_llama_cpp_would_die_are_refused(tmp_path: Path, layers: int) -> None:
    path = tmp_path / "deep.gguf"
    keys = ARCHITECTURE + pair("llama.block_count", UINT32, u32(layers))
    path.write_bytes(head(tensors=1, keys=2) + keys + ONE_TENSOR)
    if layers <= MAX_LAYERS:
        assert read_header(path).layers == layers
        return
    with pytest.raises(UnsupportedModelError, match="layers"):
        read_header(path)


# models in several files


def write_parts(write_gguf: Any, count: int = 3, tensors: int = 1) -> list[Path]:
    def change(number: int) -> Callable[[gguf.GGUFWriter], None]:
        def add(writer: gguf.GGUFWriter) -> None:
            writer.add_uint16("split.no", number)
            writer.add_uint16("split.count", count)

        return add

    return [
        write_gguf(
            f"big-{number + 1:05}-of-{count:05}.gguf",
            change=change(number),
            tensors=tensors if number else 0,
        )
        for number in range(count)
    ]


def test_a_split_model_is_the_sum_of_its_parts(write_gguf: Any) -> None:
    parts = write_parts(write_gguf)
    header = read_header(parts[0])
    assert header.parameters == 2 * 256
    assert header.size_bytes == sum(part.stat().st_size for part in parts)


def test_a_split_model_needs_every_part_whole(write_gguf: Any) -> None:
    parts = write_parts(write_gguf)
    with pytest.raises(UnsupportedModelError, match="part 2 of a model in 3") as caught:
        read_header(parts[1])
    assert "first part" in caught.value.hint
    os.truncate(parts[2], parts[2].stat().st_size - 100)
    with pytest.raises(TruncatedModelError, match="big-00003"):
        read_header(parts[0])
    parts[2].unlink()
    with pytest.raises(UnsupportedModelError, match=r"big-00003-of-00003\.gguf is missing"):
        read_header(parts[0])
    renamed = parts[0].rename(parts[0].with_name("renamed.gguf"))
    with pytest.raises(UnsupportedModelError, match="first of 3 parts"):
        read_header(renamed)


def test_a_file_that_counts_itself_in_thousands_of_parts_fails_at_once(refused: Any) -> None:
    keys = ARCHITECTURE + pair("split.count", UINT32, u32(2**32 - 1))
    assert "parts" in refused(head(tensors=1, keys=2) + keys + ONE_TENSOR).message


# what is not even a file


def test_special_files_and_missing_ones_are_sentences(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    (tmp_path / "loop.gguf").symlink_to(tmp_path / "loop.gguf")
    for name in ("pipe.gguf", "loop.gguf", ".", "/dev/zero", "a\0b"):
        with pytest.raises(NotAModelError):
            read_header(tmp_path / name)
    with pytest.raises(ModelNotFoundError):
        read_header(tmp_path / "missing.gguf")


def test_a_file_that_shrinks_while_it_is_read_is_truncated(
    write_gguf: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_gguf()
    real = os.fstat

    class Longer:
        """The status of the file from before it shrank."""

        def __init__(self, status: os.stat_result) -> None:
            self.st_mode = status.st_mode
            self.st_size = status.st_size + 1000

    os.truncate(path, 100)
    monkeypatch.setattr(
        "app.core.formats.gguf_reader.os.fstat", lambda handle: Longer(real(handle))
    )
    with pytest.raises(TruncatedModelError):
        read_header(path)


# damage of every kind


def test_a_file_cut_off_anywhere_is_truncated(write_gguf: Any, tmp_path: Path) -> None:
    whole = write_gguf().read_bytes()
    path = tmp_path / "cut.gguf"
    for end in range(1, len(whole) - 1, 7):
        path.write_bytes(whole[:end])
        with pytest.raises(TruncatedModelError):
            read_header(path)


def test_the_parts_of_a_set_are_bounded_together(write_gguf: Any, tmp_path: Path) -> None:
    def change(writer: Any) -> None:
        writer.add_uint16("split.no", 0)
        writer.add_uint16("split.count", 9999)

    path = write_gguf("big-00001-of-09999.gguf", change=change)
    with pytest.raises(UnsupportedModelError, match="9,999 parts"):
        read_header(path)


def test_the_licence_is_the_files_own_word(write_gguf: Any) -> None:
    assert read_header(write_gguf(change=lambda w: w.add_license("mit"))).licence == "mit"
    assert read_header(write_gguf("other.gguf")).licence == ""
