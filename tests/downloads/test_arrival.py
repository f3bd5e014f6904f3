"""What is remembered of a model at once when it has come."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

from app.core.models.checksums import verify
from app.core.models.metadata import MetadataStore, ModelRecord
from app.core.models.model_file import inspect
from app.downloads.queue_file import remember_arrival, remembering
from app.downloads.request import ModelRequest, WantedFile


@pytest.fixture
def metadata(tmp_path: Path) -> MetadataStore:
    return MetadataStore(tmp_path / "models.json")


def write_gguf(path: Path) -> Path:
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(1)
    writer.add_tensor("a", np.ones((4, 64), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def wanted(engine: Any, *files: WantedFile) -> ModelRequest:
    return ModelRequest(
        id="a-model", title="A", repo="o/m", files=files, folder="o--m", engine=engine
    )


def test_a_file_has_its_source_and_the_checksum_that_was_found_right(
    metadata: MetadataStore, tmp_path: Path
) -> None:
    path = write_gguf(tmp_path / "one.gguf")
    file = WantedFile(path="one.gguf", sha256=sha256(path))
    remember_arrival(metadata, wanted("llama.cpp", file), path, now=lambda: 99.0)
    record = metadata.record(inspect(path))
    assert record == ModelRecord(source="a-model", sha256=sha256(path), verified_at=99.0)
    assert verify(inspect(path)) == record.sha256


def test_of_a_folder_it_is_the_checksum_that_a_verification_would_find(
    metadata: MetadataStore, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    header = json.dumps({"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}).encode()
    weights = folder / "model.safetensors"
    weights.write_bytes(len(header).to_bytes(8, "little") + header + bytes(16))
    (folder / "config.json").write_text(json.dumps({"model_type": "llama"}))
    (folder / "tokenizer.json").write_text("{}")
    (folder / "README.md").write_text("About it.")
    files = (
        WantedFile(path="model.safetensors", sha256=sha256(weights)),
        WantedFile(path="config.json", git_id="0" * 40),
        WantedFile(path="tokenizer.json", git_id="1" * 40),
    )
    remembering(metadata)(wanted("torch", *files), folder)
    record = metadata.record(inspect(folder))
    assert (record.source, record.sha256) == ("a-model", verify(inspect(folder)))


def test_with_something_else_beside_it_only_the_source_is_noted(
    metadata: MetadataStore, tmp_path: Path
) -> None:
    path = write_gguf(tmp_path / "one.gguf")
    other = WantedFile(path="other.gguf", sha256="0" * 64)
    remember_arrival(metadata, wanted("llama.cpp", other), path)
    record = metadata.record(inspect(path))
    assert (record.source, record.sha256) == ("a-model", "")


def test_what_cannot_be_noted_is_no_trouble(metadata: MetadataStore, tmp_path: Path) -> None:
    path = tmp_path / "gone.gguf"
    remember_arrival(metadata, wanted("llama.cpp", WantedFile(path="gone.gguf")), path)
    assert not (tmp_path / "models.json").exists()
