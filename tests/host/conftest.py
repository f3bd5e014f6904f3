"""The real engine on the real starter model, loaded once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.load_options import LoadOptions
from app.host.llama_cpp.engine import LlamaCppEngine
from tests.host.driving import Runner, load


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
