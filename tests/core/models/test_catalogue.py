"""The catalogue: every shipped entry is sound, and whatever is wrong is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import CatalogueError
from app.core.models.catalogue import Catalogue, catalogue_file, place, present, read_catalogue
from app.core.models.model_file import ModelFile
from app.core.models.starter import STARTER

ENTRY: dict[str, Any] = {
    "id": "a-model",
    "name": "A model",
    "family": "A",
    "engine": "llama.cpp",
    "repo": "owner/name",
    "revision": "0123abcd",
    "files": [{"path": "a.gguf", "size_bytes": 10, "sha256": "ab" * 32}],
    "size_bytes": 10,
    "params_b": 1,
    "quantization": "Q8_0",
    "licence": "mit",
    "context_length": 2048,
    "kind": "base",
    "languages": ["en"],
    "good_for": ["continue"],
    "why": "It is here for the tests.",
    "memory_bytes": 100,
}


def write(path: Path, *entries: dict[str, Any], version: int = 1) -> Path:
    path.write_text(json.dumps({"version": version, "models": entries}), "utf-8")
    return path


@pytest.fixture
def shipped() -> Catalogue:
    return Catalogue.read(catalogue_file())


def test_about_thirty_models_of_every_kind_are_shipped(shipped: Catalogue) -> None:
    assert len(shipped.entries) >= 30
    assert {entry.engine for entry in shipped.entries} == {"llama.cpp", "torch"}
    assert {entry.kind for entry in shipped.entries} == {"base", "instruct"}
    languages = {language for entry in shipped.entries for language in entry.languages}
    assert {"en", "zh", "multi"} <= languages
    assert min(entry.params_b for entry in shipped.entries) < 0.136
    assert max(entry.params_b for entry in shipped.entries) > 32


def test_every_shipped_file_has_a_checksum(shipped: Catalogue) -> None:
    assert all(file.sha256 for entry in shipped.entries for file in entry.files)


def test_the_starter_is_the_one_that_the_program_fetches(shipped: Catalogue) -> None:
    starter = shipped.get("starter")
    assert starter.files[0].sha256 == STARTER.sha256
    assert starter.files[0].size_bytes == STARTER.size_bytes == starter.size_bytes
    assert starter.files[0].path == STARTER.file_name
    assert starter.source == "pypi"
    assert place(starter, Path("/m")) == Path("/m") / STARTER.file_name


def test_memory_is_more_than_the_file(shipped: Catalogue) -> None:
    for entry in shipped.entries:
        assert entry.memory_bytes > (entry.size_bytes or 0), entry.id


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"id": "Not An Id"}, "id"),
        ({"size_bytes": -1}, "size_bytes"),
        ({"kind": "chat"}, "kind"),
        ({"languages": []}, "languages"),
        ({"languages": ["english"]}, "languages"),
        ({"files": [{"path": "a.gguf", "sha256": "xyz"}]}, "sha256"),
        ({"files": [{"path": "../../a.gguf"}]}, "files"),
        ({"files": [{"path": "/a.gguf"}]}, "files"),
        ({"files": [{"path": "C:\\a.gguf"}]}, "files"),
        ({"files": [{"path": "pytorch_model.bin"}]}, "files"),
        ({"engine": "torch", "files": [{"path": "a.gguf"}]}, "files"),
        ({"repo": "https://elsewhere/x"}, "repo"),
        ({"repo": "nobody"}, "repo"),
        ({"revision": "../main"}, "revision"),
        ({"licens": "mit"}, "licens"),
        ({"good_for": ["poetry"]}, "good_for"),
        ({"why": "two\nlines"}, "why"),
    ],
)
def test_an_error_names_entry_and_field(tmp_path: Path, change: dict[str, Any], named: str) -> None:
    path = write(tmp_path / "models.json", ENTRY | change)
    with pytest.raises(CatalogueError) as caught:
        read_catalogue(path)
    assert str(change.get("id", "a-model")) in caught.value.message
    assert named in caught.value.message


def test_a_missing_field_is_named(tmp_path: Path) -> None:
    entry = {key: value for key, value in ENTRY.items() if key != "licence"}
    with pytest.raises(CatalogueError, match=r"a-model.*licence"):
        read_catalogue(write(tmp_path / "models.json", entry))


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"{", b"[" * 100_000, b'{"version": 1}'])
def test_nonsense_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "models.json"
    path.write_bytes(content)
    with pytest.raises(CatalogueError, match="not valid"):
        read_catalogue(path)


def test_a_newer_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="newer version"):
        read_catalogue(write(tmp_path / "models.json", ENTRY, version=2))


def test_the_users_entries_are_added_and_win(tmp_path: Path) -> None:
    bundled = write(tmp_path / "bundled.json", ENTRY, ENTRY | {"id": "other"})
    users = write(tmp_path / "users.json", ENTRY | {"name": "Mine"}, ENTRY | {"id": "third"})
    catalogue = Catalogue.read(bundled, users)
    assert [entry.id for entry in catalogue.entries] == ["a-model", "other", "third"]
    assert catalogue.get("A-MODEL").name == "Mine"
    assert not catalogue.problems


def test_a_wrong_file_of_the_user_is_a_problem_and_not_the_end(tmp_path: Path) -> None:
    bundled = write(tmp_path / "bundled.json", ENTRY)
    users = write(tmp_path / "users.json", ENTRY, ENTRY)
    catalogue = Catalogue.read(bundled, users)
    assert len(catalogue.entries) == 1
    assert "twice" in catalogue.problems[0]


def test_no_file_of_the_user_is_no_problem(tmp_path: Path) -> None:
    bundled = write(tmp_path / "bundled.json", ENTRY)
    assert not Catalogue.read(bundled, tmp_path / "none.json").problems


def test_an_unknown_model_is_a_sentence(shipped: Catalogue) -> None:
    with pytest.raises(CatalogueError, match="no model 'nothing'"):
        shipped.get("nothing")


def test_what_is_here_is_known_by_place_or_by_name_and_size(tmp_path: Path) -> None:
    catalogue = Catalogue.read(
        write(tmp_path / "c.json", ENTRY, ENTRY | {"id": "other", "repo": "owner/other"})
    )
    fetched = str(place(catalogue.entries[1], tmp_path))
    files = [
        ModelFile(path=fetched, name="a", kind="gguf", size_bytes=99),
        ModelFile(path="/elsewhere/a.gguf", name="a", kind="gguf", size_bytes=10),
    ]
    assert present(catalogue, tmp_path, files) == {"a-model": "/elsewhere/a.gguf", "other": fetched}
    broken = [ModelFile(path="/b/a.gguf", name="a", kind="gguf", size_bytes=10, problem="Torn.")]
    assert present(catalogue, tmp_path, broken) == {}
