"""Small models that tests write, change and break, and stores that they open."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import gguf
import numpy as np
import pytest

from app.core.models.library import ModelLibrary
from app.core.models.metadata import MetadataStore
from app.core.models.model_file import ModelFile, inspect
from app.core.options.settings import Settings
from app.core.options.settings_store import SettingsStore
from app.core.store import Recovery, Store, TakeRecord
from app.core.system.paths import Paths
from app.program import Program

WriteGguf = Callable[..., Path]


def open_library(settings: Callable[[], Settings], metadata: MetadataStore) -> ModelLibrary:
    """The program's library, with settings that a test gives it at each look."""

    class Given(Program):
        @property
        def settings(self) -> Settings:
            return settings()

    program = Given(Paths.here())
    program.metadata = metadata
    return program.library


@pytest.fixture
def write_gguf(tmp_path: Path) -> WriteGguf:
    """Writes a tiny but whole llama model with the `gguf` package; `change` may add to it."""

    def write(
        name: str = "tiny.gguf",
        *,
        architecture: str = "llama",
        change: Callable[[gguf.GGUFWriter], None] = lambda writer: None,
        tensors: int = 2,
        folder: Path = tmp_path,
    ) -> Path:
        path = folder / name
        writer = gguf.GGUFWriter(path, architecture)
        writer.add_name("Tiny Model")
        writer.add_context_length(512)
        writer.add_block_count(3)
        writer.add_token_list(["a", "b", "¢", "<s>"])
        writer.add_chat_template("{{ messages }}")
        change(writer)
        for number in range(tensors):
            writer.add_tensor(f"blk.{number}.weight", np.ones((4, 64), dtype=np.float32))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return path

    return write


WriteModel = Callable[..., ModelFile]


@pytest.fixture
def metadata(own_home: Path) -> MetadataStore:
    return MetadataStore(Paths.here().metadata_file)


@pytest.fixture
def settings(own_home: Path) -> SettingsStore:
    return SettingsStore(Paths.here().settings_file)


@pytest.fixture
def write_model(write_gguf: Any, tmp_path: Path) -> WriteModel:
    return lambda name="tale.gguf", **more: inspect(write_gguf(name, **more))


@pytest.fixture
def split(write_gguf: Any, tmp_path: Path) -> ModelFile:
    """A model in three parts, with a file beside it that only looks like a fourth."""
    for number in (1, 2, 3):

        def change(writer: Any, number: int = number) -> None:
            writer.add_uint16("split.no", number - 1)
            writer.add_uint16("split.count", 3)

        write_gguf(f"big-0000{number}-of-00003.gguf", change=change)
    (tmp_path / "big-00004-of-00004.gguf").write_bytes(b"of another")
    return inspect(tmp_path / "big-00001-of-00003.gguf")


@pytest.fixture
def folder(tmp_path: Path) -> ModelFile:
    path = tmp_path / "Tiny"
    path.mkdir()
    (path / "config.json").write_text(json.dumps({"model_type": "llama"}))
    (path / "tokenizer.json").write_text("{}")
    raw = json.dumps({"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}).encode()
    weights = struct.pack("<Q", len(raw)) + raw + bytes(16)
    (path / "model.safetensors").write_bytes(weights)
    return inspect(path)


def sha256(path: str | Path) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


TAKE = TakeRecord(
    journal="j",
    path="/p.md",
    position=12,
    prompt="Once",
    instruction="Go on.",
    text="upon a time 😀",
    model="/m.gguf",
    seed=2**32 - 1,
    finish_reason="stop",
    sampling='{"top_k":3}',
    settings='{"threads":2}',
    created_at=1234.5,
)


class Stores:
    """Opens stores on one file, each standing for a program of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.open: list[Store] = []

    def new(self, **given: Any) -> Store:
        self.open.append(Store(self.path, **given))
        return self.open[-1]

    def dead(self) -> list[Recovery]:
        """What a program that starts now would recover."""
        store = self.new()
        found = list(store.recoverable())
        store.close()
        return found


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    found = Stores(tmp_path / "data" / "store.sqlite")
    yield found
    for store in found.open:
        store.close()


def rows(path: Path, statement: str) -> list[Any]:
    connection = apsw.Connection(str(path))
    found = list(connection.execute(statement))
    connection.close()
    return found
