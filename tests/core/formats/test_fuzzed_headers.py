"""Ten thousand damaged headers: every one is answered, in bounded steps and bounded memory.

The seed is printed; LAMPBLACK_FUZZ_SEED runs another one.
"""

from __future__ import annotations

import json
import os
import random
import struct
import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gguf
import pytest

import app.core.formats.gguf_reader as reader_module
import app.core.formats.safetensors as folders_module
from app.core.errors import (
    LampblackError,
    NotAModelError,
    TruncatedModelError,
    UnsupportedModelError,
)
from app.core.formats.gguf import GgufHeader, read_header
from app.core.formats.gguf_reader import BoundedReader
from app.core.formats.safetensors import FolderHeader, read_folder
from app.core.system import files
from tests.core.formats.gguf_bytes import ARCHITECTURE, head, pair, tensor, text

HEADERS = 10_000
FOLDERS = 1500
MOST_MEMORY = 64 * 1024 * 1024
SEED = int(os.environ.get("LAMPBLACK_FUZZ_SEED", "20261123"))
EDGES = (0, 1, 2, 8, 9, 31, 127, 128, 254, 255)
GREAT = (2**31 - 1, 2**32 - 1, 2**40, 2**62, 2**63 - 1, 2**63, 2**64 - 1)


class CountedReader(BoundedReader):
    """Counts the steps and the reads of one header."""

    steps = 0
    reads = 0

    def scalars(self, layout: struct.Struct) -> tuple[Any, ...]:
        CountedReader.steps += 1
        return super().scalars(layout)

    def skip_strings(self, count: int) -> None:
        before = self.position
        super().skip_strings(count)
        CountedReader.steps += min(count, self.position - before)

    def _fill(self, count: int) -> None:
        CountedReader.reads += self._at + count > len(self._buffer)
        super()._fill(count)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_module, "BoundedReader", CountedReader)


@pytest.fixture
def chance(capsys: pytest.CaptureFixture[str]) -> random.Random:
    """The dice of one test, whose seed is shown even when it passes."""
    with capsys.disabled():
        sys.stdout.write(f"\nseed of the damaged headers: {SEED}\n")
    return random.Random(SEED)


@pytest.fixture
def headers(write_gguf: Any) -> list[bytes]:
    """Small models of several shapes, as the `gguf` package writes them, and one by hand."""

    def rich(writer: gguf.GGUFWriter) -> None:
        writer.add_license("apache-2.0")
        writer.add_head_count(4)
        writer.add_file_type(7)
        writer.add_array("tokenizer.ggml.scores", [0.5, -1.0, 2.5, 0.0])
        writer.add_array("tokenizer.ggml.token_type", [1, 2, 3, 1])
        writer.add_bool("tokenizer.ggml.add_bos_token", True)

    def split(writer: gguf.GGUFWriter) -> None:
        writer.add_uint16("split.no", 0)
        writer.add_uint16("split.count", 1)

    def aligned(writer: gguf.GGUFWriter) -> None:
        writer.add_custom_alignment(64)

    written = [
        write_gguf("plain.gguf"),
        write_gguf("rich.gguf", change=rich, architecture="qwen2"),
        write_gguf("split.gguf", change=split, tensors=5),
        write_gguf("aligned.gguf", change=aligned, architecture="gemma3"),
    ]
    version_2 = head(2, 1, 1) + ARCHITECTURE + tensor("a", (32,)) + bytes(1024)
    lists = pair("k", 9, struct.pack("<IQ", 8, 3) + text("a") + text("b") + text("c"))
    by_hand = head(3, 1, 2) + ARCHITECTURE + lists + tensor("blk.0.x", (32, 2), 8) + bytes(2048)
    return [*(path.read_bytes() for path in written), version_2, by_hand]


def overwrite(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data))
        width = chance.choice((1, 1, 2, 4, 8))
        data[at : at + width] = bytes(chance.choice(EDGES) for _ in range(width))


def cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def grow(data: bytearray, chance: random.Random) -> None:
    """Claim more: tensors, keys, or whatever number lies there."""
    at = chance.choice((8, 16, chance.randrange(24, max(25, len(data) - 8))))
    data[at : at + 8] = struct.pack("<Q", chance.choice((*GREAT, chance.randrange(1 << 20))))


def take_out(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data))
    del data[at : at + chance.randint(1, 40)]


def repeat(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data))
    data[at:at] = data[at : at + chance.randint(1, 200)] * chance.randint(1, 5)


MUTATIONS: tuple[Callable[[bytearray, random.Random], None], ...] = (
    overwrite,
    overwrite,
    grow,
    cut,
    take_out,
    repeat,
)


def mutated(sound: list[bytes], chance: random.Random) -> bytes:
    data = bytearray(chance.choice(sound))
    if chance.random() < 0.15:  # the beginning of one and the end of another
        other = chance.choice(sound)
        data[chance.randrange(len(data)) :] = other[chance.randrange(len(other)) :]
    for _ in range(chance.randint(1, 2)):
        if data:
            chance.choice(MUTATIONS)(data, chance)
    return bytes(data)


def answer(read: Callable[[], Any]) -> type:
    """What the reader answers; anything but a header or a sentence comes out as it is."""
    try:
        return type(read())
    except LampblackError as error:
        told = error
    assert told.message.endswith(".")
    assert "\n" not in told.message
    assert len(told.message) < 1000
    return type(told)


@pytest.fixture
def memory() -> Iterator[None]:
    """Fails when all that is done meanwhile takes more memory than allowed."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MOST_MEMORY


def test_ten_thousand_damaged_headers_are_answered(
    headers: list[bytes], counted: None, memory: None, tmp_path: Path, chance: random.Random
) -> None:
    path = tmp_path / "hurt.gguf"
    answers: Counter[type] = Counter()
    for number in range(HEADERS):
        data = mutated(headers, chance)
        path.write_bytes(data)
        CountedReader.steps = CountedReader.reads = 0
        answers[answer(lambda: read_header(path))] += 1
        assert CountedReader.steps <= len(data) + 64, f"header {number} of seed {SEED}"
        assert CountedReader.reads <= 64, f"header {number} of seed {SEED}"
    assert sum(answers.values()) == HEADERS
    assert {GgufHeader, NotAModelError, TruncatedModelError, UnsupportedModelError} <= set(answers)


@pytest.mark.parametrize(
    "data",
    [
        head(3, 1, 16_384)
        + b"".join(pair(f"{n:0350}😀", 8, text("x")) for n in range(16_383))
        + ARCHITECTURE,
        head(3, 32_768, 1)
        + ARCHITECTURE
        + b"".join(tensor(f"blk.{n % 500}.{n:050}", (32, 9, 9, 9), 0) for n in range(32_768))
        + bytes(32 * 9 * 9 * 9 * 4),
        head(3, 1, 2)
        + ARCHITECTURE
        + pair("tokenizer.chat_template", 8, text("😀" + "x" * (1024 * 1024 - 4)))
        + tensor("a", (32,))
        + bytes(1024),
        head(3, 1, 1) + pair("k", 9, struct.pack("<IQ", 8, 2_000_001) + bytes(8 * 2_000_001)),
    ],
    ids=["names of keys", "tensors", "a template", "texts"],
)
def test_the_largest_claims_that_are_read_stay_small(
    data: bytes, memory: None, tmp_path: Path
) -> None:
    path = tmp_path / "large.gguf"
    path.write_bytes(data)
    tracemalloc.reset_peak()
    answer(lambda: read_header(path))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A whole, small Hugging Face model folder in two shards."""
    path = tmp_path / "Tiny"
    path.mkdir()
    names = [f"model-0000{n}-of-00002.safetensors" for n in (1, 2)]
    files: dict[str, Any] = {
        "config.json": {"model_type": "llama", "max_position_embeddings": 2048},
        "tokenizer.json": {},
        "tokenizer_config.json": {"chat_template": "{{ x }}"},
        "model.safetensors.index.json": {"weight_map": {"a": names[0], "b": names[1]}},
    }
    for name, content in files.items():
        (path / name).write_text(json.dumps(content))
    (path / "README.md").write_text("---\nlicense: mit\n---\nA model.\n")
    for name in names:
        weights = {"a": {"dtype": "F32", "shape": [4, 4], "data_offsets": [0, 64]}}
        raw = json.dumps(weights).encode()
        (path / name).write_bytes(struct.pack("<Q", len(raw)) + raw + bytes(64))
    return path


def test_damaged_folders_are_answered(
    folder: Path, memory: None, monkeypatch: pytest.MonkeyPatch, chance: random.Random
) -> None:
    opened: Counter[str] = Counter()
    real = files.open_regular

    def counting(path: Path) -> Any:
        opened[path.name] += 1
        return real(path)

    monkeypatch.setattr(folders_module, "open_regular", counting)
    sound = {path: path.read_bytes() for path in sorted(folder.iterdir())}
    answers: Counter[type] = Counter()
    for _ in range(FOLDERS):
        path = chance.choice([*sound])
        path.write_bytes(mutated([sound[path]], chance))
        opened.clear()
        answers[answer(lambda: read_folder(folder))] += 1
        assert opened.total() <= len(sound)
        path.write_bytes(sound[path])
    assert {FolderHeader, NotAModelError, TruncatedModelError} <= set(answers)


def weights(header: bytes) -> bytes:
    return struct.pack("<Q", len(header)) + header + bytes(64)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        (
            "model-00001-of-00002.safetensors",
            weights(
                json.dumps(
                    {
                        f"t{n}": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
                        for n in range(20_000)
                    }
                ).encode()
            ),
            FolderHeader,
        ),
        (
            "model-00001-of-00002.safetensors",
            weights(
                b'{"a":{"dtype":"F32","shape":[' + b"9," * 5_000_000 + b'9],"data_offsets":[0,4]}}'
            ),
            NotAModelError,
        ),
        (
            "model-00001-of-00002.safetensors",
            weights(
                b'{"a":{"dtype":"F32","shape":[' + b"9," * 100_000 + b'9],"data_offsets":[0,4]}}'
            ),
            NotAModelError,
        ),
        ("config.json", b'{"a":[' + b"[]," * 1_000_000 + b"[]]}", NotAModelError),
        ("config.json", b'{"a":"' + "😀".encode() + b"x" * 4_000_000 + b'"}', FolderHeader),
        ("model.safetensors.index.json", b"{" + b'"":"",' * 1_500_000 + b'"":""}', NotAModelError),
    ],
    ids=["tensors", "lengths", "dimensions", "lists", "a text", "an index"],
)
def test_the_claims_of_a_folder_stay_small(
    folder: Path, memory: None, name: str, content: bytes, kind: type
) -> None:
    (folder / name).write_bytes(content)
    tracemalloc.reset_peak()
    assert answer(lambda: read_folder(folder)) is kind
