"""The real engines on the real starter model, loaded once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"  # before anything imports transformers

from app.core.options.load_options import LoadOptions
from app.host.llama_cpp.engine import LlamaCppEngine
from tests.host.driving import Runner, load, load_torch


@pytest.fixture(scope="session")
def engine(starter_model: Path) -> Iterator[LlamaCppEngine]:
    loaded = load(starter_model)
    yield loaded
    loaded.close()


@pytest.fixture(scope="session")
def small_engine(starter_model: Path) -> Iterator[LlamaCppEngine]:
    """The same model with a context that is soon full."""
    loaded = load(starter_model, LoadOptions(context=256, batch=64, ubatch=64, threads=2))
    yield loaded
    loaded.close()


@pytest.fixture
def small(small_engine: LlamaCppEngine) -> Runner:
    return Runner(small_engine)


@pytest.fixture
def generate(engine: LlamaCppEngine) -> Runner:
    return Runner(engine)


@pytest.fixture(scope="session")
def torch_cache(pytestconfig: pytest.Config) -> Path:
    """Where the Torch engine keeps what it makes out of GGUF files, from one run to the next."""
    cache = pytestconfig.cache
    assert cache is not None
    return cache.mkdir("torch-engine")


@pytest.fixture(scope="session")
def torch_engine(starter_model: Path, torch_cache: Path) -> Iterator[Any]:
    """The Torch engine with the starter model; made out of the GGUF file the first time."""
    loaded = load_torch(starter_model, torch_cache)
    yield loaded
    loaded.close()


@pytest.fixture(scope="session")
def torch_folder(torch_engine: Any, torch_cache: Path) -> Path:
    """The starter model as a Hugging Face folder."""
    return max(torch_cache.glob("*/config.json"), key=lambda found: found.stat().st_mtime).parent


@pytest.fixture(scope="session")
def small_torch_engine(torch_folder: Path) -> Iterator[Any]:
    """The same model with a context that is soon full."""
    loaded = load_torch(torch_folder, options=LoadOptions(context=256, batch=64, threads=1))
    yield loaded
    loaded.close()


@pytest.fixture
def torch_small(small_torch_engine: Any) -> Runner:
    return Runner(small_torch_engine)


@pytest.fixture
def torch_generate(torch_engine: Any) -> Runner:
    return Runner(torch_engine)
