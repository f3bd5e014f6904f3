from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import app.core.models.library as models_module
from app.core.models.metadata import MetadataStore
from app.core.models.other_programs import (
    PROGRAMS,
    ProgramStore,
    find_programs,
    known_checksum,
    program_of,
)
from app.core.models.scan import MOST_ENTRIES
from app.core.options.settings import Settings
from tests.core.conftest import open_library

DIGEST = "ab" * 32


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "home"
    path.mkdir()
    return path


def found(
    home: Path, environ: Mapping[str, str] | None = None, platform: str = "linux"
) -> dict[str, tuple[ProgramStore, ...]]:
    stores = find_programs(home, environ or {}, platform=platform, system=home / "system")
    return {
        name: tuple(store for store in stores if store.name == name)
        for name in PROGRAMS
        if any(store.name == name for store in stores)
    }


def file(path: Path, data: bytes = b"GGUF") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def ollama(models: Path, *names: str, digest: str = DIGEST, blob: bytes = b"GGUF") -> Path:
    """A store with one set of weights that the named manifests mean."""
    layers = [
        {"mediaType": "application/vnd.ollama.image.license", "digest": "sha256:" + "0" * 64},
        {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}"},
    ]
    for name in names:
        file(models / "manifests" / name, json.dumps({"layers": layers}).encode())
    return file(models / "blobs" / f"sha256-{digest}", blob)


def hub(cache: Path, repo: str, commit: str, files: Mapping[str, bytes], main: str = "") -> Path:
    """One version of a repository in the Hugging Face cache, its files linked to blobs."""
    folder = cache / f"models--{repo.replace('/', '--')}"
    for name, data in files.items():
        blob = file(folder / "blobs" / (data[:1] * 32).hex(), data)
        link = folder / "snapshots" / commit / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(os.path.relpath(blob, link.parent))
    file(folder / "refs" / "main", (main or commit).encode())
    return folder / "snapshots" / commit


def test_an_empty_home_has_nothing(home: Path) -> None:
    for platform in ("linux", "darwin", "win32"):
        assert found(home, platform=platform) == {}
    assert found(home / "missing") == {}


@pytest.mark.parametrize(
    "place",
    [".lmstudio/models", ".cache/lm-studio/models"],
)
def test_lm_studio_keeps_publisher_repository_file(home: Path, place: str) -> None:
    model = file(home / place / "infra" / "ocelot" / "ocelot.Q4_0.gguf")
    file(home / place / "infra" / "ocelot" / "mmproj-ocelot-f16.gguf")
    (store,) = found(home)["LM Studio"]
    assert (store.models, store.names) == ((model,), ("",))


def test_lm_studio_may_have_moved(home: Path, tmp_path: Path) -> None:
    elsewhere, other_disk = tmp_path / "elsewhere", tmp_path / "disk"
    file(home / ".lmstudio-home-pointer", f"{elsewhere}\n".encode())
    file(elsewhere / "settings.json", json.dumps({"downloadsFolder": str(other_disk)}).encode())
    one = file(elsewhere / "models" / "a" / "b" / "one.gguf")
    two = file(other_disk / "c" / "d" / "two.gguf")
    assert [store.models for store in found(home)["LM Studio"]] == [(one,), (two,)]


@pytest.mark.parametrize(
    ("platform", "place"),
    [
        ("linux", ".local/share/Jan/data/llamacpp/models"),
        ("linux", ".config/Jan/data/models"),
        ("linux", "jan/models"),
        ("darwin", "Library/Application Support/Jan/data/llamacpp/models"),
        ("win32", "AppData/Roaming/Jan/data/models"),
    ],
)
def test_a_model_of_jan_is_known_by_its_folder(home: Path, platform: str, place: str) -> None:
    model = file(home / place / "Qwen" / "Qwen3-4B" / "model.gguf")
    file(home / place / "Qwen" / "Qwen3-4B" / "mmproj.gguf")
    (store,) = found(home, platform=platform)["Jan"]
    assert (store.models, store.names) == ((model,), ("Qwen3-4B",))


@pytest.mark.parametrize(
    ("platform", "place"),
    [
        ("linux", ".local/share/nomic.ai/GPT4All"),
        ("darwin", "Library/Application Support/nomic.ai/GPT4All"),
        ("win32", "AppData/Local/nomic.ai/GPT4All"),
        ("linux", ".cache/gpt4all"),
    ],
)
def test_gpt4all_keeps_its_files_side_by_side(home: Path, platform: str, place: str) -> None:
    model = file(home / place / "falcon.gguf")
    file(home / place / "incomplete-other.gguf.part")
    assert [store.models for store in found(home, platform=platform)["GPT4All"]] == [(model,)]


def test_the_places_follow_the_environment(home: Path, tmp_path: Path) -> None:
    for name, program in (
        ("XDG_DATA_HOME", "nomic.ai/GPT4All"),
        ("HF_HOME", "hub/models--a--b/snapshots/1"),
        ("HF_HUB_CACHE", "models--a--c/snapshots/1"),
        ("HUGGINGFACE_HUB_CACHE", "models--a--d/snapshots/1"),
        ("XDG_CACHE_HOME", "huggingface/hub/models--a--e/snapshots/1"),
    ):
        model = file(tmp_path / name / program / "x.gguf")
        (stores,) = found(home, {name: str(tmp_path / name)}).values()
        assert [store.models for store in stores] == [(model,)]


def test_a_tilde_in_the_environment_is_the_home(home: Path) -> None:
    model = file(home / "cache" / "hub" / "models--a--b" / "snapshots" / "1" / "x.gguf")
    assert found(home, {"HF_HOME": "~/cache"})["Hugging Face"][0].models == (model,)


def test_ollama_names_its_blobs_in_manifests(home: Path) -> None:
    models = home / ".ollama" / "models"
    blob = ollama(models, "registry.ollama.ai/library/llama3.2/1b")
    ollama(models, "registry.ollama.ai/someone/tale/latest", digest="cd" * 32)
    ollama(models, "hf.co/owner/repo-GGUF/Q4_K_M", digest="ef" * 32)
    (store,) = found(home)["Ollama"]
    named = dict(zip(store.names, store.models, strict=True))
    assert named["llama3.2:1b"] == blob
    assert {*named} == {"llama3.2:1b", "someone/tale:latest", "hf.co/owner/repo-GGUF:Q4_K_M"}
    assert known_checksum(blob) == DIGEST


def test_ollama_may_lie_elsewhere(home: Path, tmp_path: Path) -> None:
    own = ollama(tmp_path / "disk", "registry.ollama.ai/library/a/b")
    service = home / "system" / "usr" / "share" / "ollama" / ".ollama" / "models"
    its = ollama(service, "registry.ollama.ai/library/c/d")
    stores = found(home, {"OLLAMA_MODELS": str(tmp_path / "disk")})["Ollama"]
    assert [store.models for store in stores] == [(own,), (its,)]
    assert "Ollama" not in found(home, platform="darwin")


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b'{"layers": 3}',
        b'{"layers": [3, {}, {"mediaType": 1}]}',
        b'{"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:x"}]}',
        json.dumps(
            {
                "layers": [
                    {
                        "mediaType": "application/vnd.ollama.image.model",
                        "digest": "sha256-../../../../../etc/passwd",
                    }
                ]
            }
        ).encode(),
        b" " * 2_000_000,
    ],
)
def test_a_strange_manifest_names_nothing(home: Path, manifest: bytes) -> None:
    models = home / ".ollama" / "models"
    file(models / "manifests" / "registry.ollama.ai" / "library" / "odd" / "x", manifest)
    assert found(home) == {}


def test_a_pipe_and_a_circle_for_manifests_block_nothing(home: Path) -> None:
    folder = home / ".ollama" / "models" / "manifests" / "registry.ollama.ai" / "library" / "odd"
    folder.mkdir(parents=True)
    os.mkfifo(folder / "pipe")
    (folder / "loop").symlink_to(folder / "loop")
    (folder.parent / "again").symlink_to(folder.parent)
    assert found(home) == {}


def test_users_of_koboldcpp_have_no_store_but_a_folder(home: Path) -> None:
    model = file(home / "koboldcpp" / "tiefighter.gguf")
    file(home / "koboldcpp" / "deeper" / "not-looked-at.gguf")
    assert [store.models for store in found(home)["KoboldCpp"]] == [(model,)]
    assert program_of(model, home, {}, platform="linux") == ""


def test_the_cache_of_hugging_face_is_read_through_its_links(home: Path) -> None:
    cache = home / ".cache" / "huggingface" / "hub"
    whole = {"config.json": b"{}", "model.safetensors": b"weights", "tokenizer.json": b"tokens"}
    hub(cache, "owner/Tale-1B", "old", whole, main="new")
    new = hub(cache, "owner/Tale-1B", "new", whole)
    ggufs = hub(cache, "owner/Tale-GGUF", "one", {"Q4/tale.Q4.gguf": b"GGUF"})
    hub(cache, "owner/only-a-tokenizer", "one", {"tokenizer.json": b"{}"})
    file(cache / "datasets--owner--x" / "snapshots" / "1" / "odd.gguf")
    (cache / ".locks").mkdir()
    (store,) = found(home)["Hugging Face"]
    named = dict(zip(store.models, store.names, strict=True))
    assert named == {new: "owner/Tale-1B", ggufs / "Q4" / "tale.Q4.gguf": ""}
    assert known_checksum(ggufs / "Q4" / "tale.Q4.gguf") == "47" * 32


def test_a_link_that_lost_its_blob_is_left_out(home: Path) -> None:
    cache = home / ".cache" / "huggingface" / "hub"
    version = hub(cache, "a/b", "one", {"x.gguf": b"GGUF"})
    (version / "x.gguf").resolve().unlink()
    assert found(home) == {}


def test_a_file_is_known_to_belong_to_a_program(home: Path, tmp_path: Path) -> None:
    blob = ollama(home / ".ollama" / "models", "registry.ollama.ai/library/a/b")
    link = tmp_path / "mine.gguf"
    link.symlink_to(blob)
    for path in (blob, link, home / "x" / ".." / ".ollama" / "models" / "y"):
        assert program_of(path, home, {}) == "Ollama"
    assert program_of(tmp_path / "other.gguf", home, {}) == ""
    assert known_checksum(tmp_path / "other.gguf") == ""


def test_the_look_around_is_bounded(home: Path) -> None:
    models = home / ".lmstudio" / "models"
    models.mkdir(parents=True)
    for number in range(MOST_ENTRIES + 100):
        (models / f"{number}.txt").touch()
    file(models / "zz" / "late.gguf")
    (models / "again").symlink_to(models)
    assert len(found(home).get("LM Studio", ())) <= 1


def test_nothing_is_used_before_the_user_agrees(
    own_home: Path, write_gguf: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path(os.environ["HOME"])
    blob = ollama(
        home / ".ollama" / "models",
        "registry.ollama.ai/library/tale/1b",
        blob=write_gguf().read_bytes(),
    )
    agreed: list[tuple[str, ...]] = [()]
    library = open_library(
        lambda: Settings(use_programs=agreed[0]),
        MetadataStore(own_home / "shelf.json"),
    )
    assert library.list() == ()
    agreed[0] = ("Jan",)
    assert library.list() == ()
    agreed[0] = ("Jan", "Ollama")
    (model,) = library.list()
    assert (model.name, model.program, model.path) == ("tale:1b", "Ollama", str(blob))
    assert model.problem == ""
    assert library.resolve("tale:1b") == model
    assert library.resolve("tale") == model


def test_watched_folders_are_read_deep_and_may_be_missing(
    own_home: Path, tmp_path: Path, write_gguf: Any
) -> None:
    disk = tmp_path / "disk"
    deep = disk / "a" / "b" / "c" / "d" / "e"
    deep.mkdir(parents=True)
    write_gguf("deep.gguf", folder=deep)
    (deep / "up").symlink_to(disk)
    (disk / "self").symlink_to(disk / "self")
    watched = [str(disk), str(tmp_path / "unplugged"), "a\0b", str(disk)]
    library = open_library(
        lambda: Settings(watched_folders=tuple(watched)),
        MetadataStore(own_home / "shelf.json"),
    )
    assert [(model.name, model.problem) for model in library.list()] == [("deep", "")]
    disk.rename(tmp_path / "gone")
    assert library.list() == ()


def test_a_watched_folder_that_is_too_large_is_told(
    own_home: Path, tmp_path: Path, write_gguf: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = tmp_path / "disk"
    for number in range(40):
        file(disk / "many" / f"{number}" / "x.txt")
    (disk / "models").mkdir()
    write_gguf("seen.gguf", folder=disk / "models")
    monkeypatch.setattr(models_module, "_MOST_WATCHED", 60)
    library = open_library(
        lambda: Settings(watched_folders=(str(disk),)),
        MetadataStore(own_home / "shelf.json"),
    )
    assert not library.notes
    assert [model.name for model in library.list()] == ["seen"]  # what lies higher comes first
    (note,) = library.notes
    assert str(disk) in note
    monkeypatch.setattr(models_module, "_MOST_WATCHED", 600)
    library.list()
    assert not library.notes


def test_a_watched_folder_may_be_a_model_itself(own_home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "Tiny"
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        file(folder / name, b"{}")
    library = open_library(
        lambda: Settings(watched_folders=(str(folder),)),
        MetadataStore(own_home / "shelf.json"),
    )
    assert [(model.name, model.kind) for model in library.list()] == [("Tiny", "transformers")]
