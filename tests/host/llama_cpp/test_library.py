"""The llama.cpp library: its backends where they are libraries of their own, as in a bundle."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.core.system.drivers import VARIABLE
from app.host.llama_cpp import library

LOADER = "llama_cpp._ctypes_extensions.load_shared_library"


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """The folders whose backends ggml was told to load."""
    folders: list[bytes] = []

    def load(folder: bytes) -> None:
        folders.append(folder)

    ggml = SimpleNamespace(ggml_backend_load_all_from_path=load)
    monkeypatch.setattr(LOADER, lambda _name, _folder: ggml)
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


def test_graphics_drivers_are_loaded_under_a_mark(
    loaded: list[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: Any
) -> None:
    for name in ("libggml-cpu-zen4.so", "libggml-vulkan.so"):
        (tmp_path / name).touch()
    mark, seen = tmp_path / "drivers.json", list[bool]()
    monkeypatch.setattr(library, "_FOLDER", tmp_path)
    monkeypatch.setenv(VARIABLE, str(mark))

    def load(_folder: bytes) -> None:
        seen.append(mark.exists())

    ggml = SimpleNamespace(ggml_backend_load_all_from_path=load)
    monkeypatch.setattr(LOADER, lambda _name, _folder: ggml)
    library.load_backends()
    assert (seen, mark.exists()) == ([True], False)
    assert capfd.readouterr().err == ""
    library.load_backends.cache_clear()
    for name in ("VK_DRIVER_FILES", "VK_ICD_FILENAMES"):
        monkeypatch.setenv(name, os.devnull)
    library.load_backends()
    assert seen == [True, False]
    assert "no card is used" in capfd.readouterr().err
