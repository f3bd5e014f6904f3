"""The real starter model on llama.cpp's Vulkan path; `dev.py test --vulkan` runs these tests.

A processor that plays the GPU is very slow, so that everything here is small.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.core.options.load_options import LoadOptions
from app.host.llama_cpp.engine import LlamaCppEngine
from app.host.llama_cpp.library import library, native
from tests.host.driving import load

SMALL: dict[str, Any] = {"context": 256, "batch": 64, "ubatch": 32, "threads": 1}
_ALLOCATED = re.compile(r"Vulkan0 +(model|KV|compute) buffer size = +([\d.]+) MiB")

Allocated = dict[str, float]


@contextmanager
def _allocated() -> Iterator[Allocated]:
    """What llama.cpp says that it took of the device meanwhile, in bytes."""
    sizes: Allocated = {}

    def note(_level: int, text: bytes, _data: object) -> None:
        for what, size in _ALLOCATED.findall(text.decode("utf-8", "replace")):
            sizes[what] = sizes.get(what, 0.0) + float(size) * 2**20

    callback = native.llama_log_callback(note)
    native.llama_log_set(callback, None)
    try:
        yield sizes
    finally:
        native.llama_log_set(library()._callback, None)


@pytest.fixture
def load_noting(starter_model: Path) -> Callable[..., tuple[LlamaCppEngine, Allocated]]:
    """Loads with options, and says what was taken of the device."""

    def load_it(**options: Any) -> tuple[LlamaCppEngine, Allocated]:
        library()  # before the log is redirected
        with _allocated() as sizes:
            engine = load(starter_model, LoadOptions(**{**SMALL, **options}))
        return engine, sizes

    return load_it


@pytest.fixture(scope="session")
def whole(starter_model: Path) -> Iterator[LlamaCppEngine]:
    """All layers on the device."""
    engine = load(starter_model, LoadOptions(**SMALL))
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def partly(starter_model: Path) -> Iterator[LlamaCppEngine]:
    """The last eight layers and the output on the device."""
    engine = load(starter_model, LoadOptions(gpu_layers=9, **SMALL))
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def without(starter_model: Path) -> Iterator[LlamaCppEngine]:
    """All layers on the processor."""
    engine = load(starter_model, LoadOptions(gpu_layers=0, **SMALL))
    yield engine
    engine.close()
