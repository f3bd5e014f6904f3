from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import (
    CancelledError,
    DamagedModelError,
    HousekeepingError,
    LampblackError,
    NotAModelError,
)
from app.core.models.catalogue import Catalogue, CatalogueEntry, CatalogueFile
from app.core.models.checksums import files_of, verify
from app.core.models.duplicates import duplicates
from app.core.models.metadata import MetadataStore
from app.core.models.model_file import ModelFile, inspect
from app.core.models.verify import verify_known
from tests.core.conftest import WriteModel, sha256


def catalogue_of(model: ModelFile, sha: str) -> Catalogue:
    entry = CatalogueEntry(
        id="tale",
        name="Tale",
        family="llama",
        engine="llama.cpp",
        repo="owner/tale",
        files=(CatalogueFile(path=Path(model.path).name, size_bytes=model.size_bytes, sha256=sha),),
        params_b=1.0,
        quantization="F32",
        licence="mit",
        context_length=512,
        kind="base",
        languages=("en",),
        good_for=("continue",),
        why="A test.",
        memory_bytes=1,
    )
    return Catalogue((entry,))


NOTHING = Catalogue(())


def damage(model: ModelFile) -> None:
    """Change the last byte of the weights, which no header tells."""
    path = Path(model.path)
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def test_a_first_look_is_remembered_and_compared_with_later(
    write_model: WriteModel, metadata: MetadataStore, tmp_path: Path
) -> None:
    model = write_model()
    first = verify_known(model, metadata, NOTHING, tmp_path)
    assert (first.sha256, first.by) == (sha256(model.path), "")
    assert metadata.record(model).sha256 == first.sha256
    assert metadata.record(model).verified_at > 0
    assert verify_known(model, metadata, NOTHING, tmp_path).by == "the last time"
    damage(model)
    with pytest.raises(DamagedModelError, match="damaged or was changed"):
        verify_known(model, metadata, NOTHING, tmp_path)
    assert metadata.record(model).sha256 == first.sha256
    changed = verify_known(model, metadata, NOTHING, tmp_path, ignore_last=True)
    assert metadata.record(model).sha256 == changed.sha256 == sha256(model.path)


def test_a_checksum_that_cannot_be_remembered_is_told(
    write_model: WriteModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object, **_named: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    metadata, model = MetadataStore(tmp_path / "shelf.json"), write_model()
    monkeypatch.setattr("app.core.system.json_store.write_atomically", full)
    verdict = verify_known(model, metadata, NOTHING, tmp_path)
    assert verdict.sha256 == sha256(model.path)
    assert "no space left" in verdict.problem
    assert metadata.record(model).sha256 == ""


def test_the_catalogue_has_the_last_word(
    write_model: WriteModel, metadata: MetadataStore, tmp_path: Path
) -> None:
    model = write_model()
    known = catalogue_of(model, sha256(model.path))
    assert verify_known(model, metadata, known, tmp_path).by == "the catalogue"
    assert metadata.record(model).source == "tale"
    damage(model)
    for ignore_last in (False, True):
        with pytest.raises(DamagedModelError):
            verify_known(model, metadata, known, tmp_path, ignore_last=ignore_last)


def test_a_store_names_its_blobs_by_their_checksum(
    write_gguf: Any, metadata: MetadataStore
) -> None:
    path = write_gguf()
    blob = path.with_name("blobs") / f"sha256-{sha256(path)}"
    blob.parent.mkdir()
    path.rename(blob)
    model = inspect(blob)
    assert verify_known(model, metadata, NOTHING, blob.parent).by == "the name its store gave it"
    damage(model)
    with pytest.raises(DamagedModelError):
        verify_known(model, metadata, NOTHING, blob.parent)


def test_several_files_have_one_checksum_whatever_they_are_called(
    split: ModelFile, folder: ModelFile, tmp_path: Path
) -> None:
    told: list[int] = []
    whole = verify(split, progress=lambda done, total: told.append(total - done))
    assert told[-1] == 0
    for file in files_of(split):
        file.rename(file.with_name(file.name.replace("big", "renamed")))
    assert verify(inspect(tmp_path / "renamed-00001-of-00003.gguf"), whole) == whole
    weights = sha256(Path(folder.path) / "model.safetensors")
    verify(folder, files={"model.safetensors": weights, "absent.safetensors": "0" * 64})
    with pytest.raises(DamagedModelError, match=r"model\.safetensors"):
        verify(folder, files={"model.safetensors": "0" * 64})


def test_verifying_can_be_stopped(write_model: WriteModel) -> None:
    with pytest.raises(CancelledError):
        verify(write_model(), cancelled=lambda: True)


def test_only_a_model_is_verified(tmp_path: Path) -> None:
    path = tmp_path / "nonsense.gguf"
    with path.open("wb") as file:
        file.truncate(16 * 1024**3)
    model = ModelFile(path=str(path), name="nonsense", kind="gguf", size_bytes=16 * 1024**3)
    with pytest.raises(NotAModelError):
        verify(model)


def test_the_same_content_twice_is_found(
    write_model: WriteModel, metadata: MetadataStore, tmp_path: Path
) -> None:
    one = write_model("one.gguf", tensors=3)
    shutil.copy(one.path, tmp_path / "copy.gguf")
    os.link(one.path, tmp_path / "name.gguf")
    alike = write_model("alike.gguf", tensors=3)
    damage(alike)
    other = write_model("other.gguf")
    models = [one, inspect(tmp_path / "copy.gguf"), inspect(tmp_path / "name.gguf"), alike, other]
    told: list[tuple[int, int]] = []
    (group,) = duplicates(models, metadata, lambda done, total: told.append((done, total)))
    assert [model.name for model in group] == ["one", "copy"]
    assert told[-1][0] == told[-1][1] == 2 * one.size_bytes
    with pytest.raises(CancelledError):
        duplicates(models, metadata, cancelled=lambda: True)


def test_what_samples_tell_apart_is_not_read(
    write_model: WriteModel, metadata: MetadataStore, tmp_path: Path
) -> None:
    one, other = write_model("one.gguf"), write_model("other.gguf")
    damage(other)
    told: list[int] = []
    assert duplicates([one, other], metadata, lambda done, _total: told.append(done)) == ()
    assert told == []


def test_a_known_checksum_is_believed_while_its_file_is_older(
    write_model: WriteModel, metadata: MetadataStore, tmp_path: Path
) -> None:
    one = write_model("one.gguf")
    shutil.copy(one.path, tmp_path / "copy.gguf")
    models = [one, inspect(tmp_path / "copy.gguf")]
    for model in models:
        os.utime(model.path, (1, 1))
        verify_known(model, metadata, NOTHING, tmp_path)
    told: list[int] = []
    assert len(duplicates(models, metadata, lambda done, _total: told.append(done))) == 1
    assert told == []
    os.utime(one.path, (2**31, 2**31))
    assert len(duplicates(models, metadata, lambda done, _total: told.append(done))) == 1
    assert told[-1] == one.size_bytes


def test_renamed_parts_are_duplicates_too(
    split: ModelFile, metadata: MetadataStore, tmp_path: Path
) -> None:
    for file in files_of(split):
        shutil.copy(file, file.with_name(file.name.replace("big", "huge")))
    huge = inspect(tmp_path / "huge-00001-of-00003.gguf")
    assert duplicates([split, huge], metadata) == ((split, huge),)


def test_what_is_gone_is_no_duplicate(
    write_model: WriteModel, metadata: MetadataStore, tmp_path: Path
) -> None:
    one, other = write_model("one.gguf"), write_model("other.gguf")
    Path(other.path).unlink()
    assert duplicates([one, other], metadata) == ()
    assert issubclass(HousekeepingError, LampblackError)
