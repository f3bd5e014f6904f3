"""The llama.cpp library: its backends where they are libraries of their own, as in a bundle."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.host.llama_cpp import library


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """The folders whose backends ggml was told to load."""
    folders: list[bytes] = []

    def load(folder: bytes) -> None:
        folders.append(folder)

    ggml = SimpleNamespace(ggml_backend_load_all_from_path=load)
    loader = "llama_cpp._ctypes_extensions.load_shared_library"
    monkeypatch.setattr(loader, lambda _name, _folder: ggml)
    library.load_backends.cache_clear()
    yield folders
    library.load_backends.cache_clear()


@pytest.mark.parametrize(
    ("file", "count"),
    [("libggml-cpu-zen4.so", 1), ("ggml-cpu-haswell.dll", 1), ("libggml-cpu.so", 0)],
)
def test_backends_are_loaded_once_and_from_the_library_s_own_folder(
    loaded: list[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, file: str, count: int
) -> None:
    folder = tmp_path / "a place 地方"
    folder.mkdir()
    (folder / file).write_bytes(b"")
    monkeypatch.setattr(library, "_FOLDER", folder)
    library.load_backends()
    library.load_backends()
    assert loaded == [os.fsencode(folder)] * count
