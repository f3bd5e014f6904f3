"""A fetcher whose broker, downloader and pip are real processes, only that pip is a fake."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.downloads.client import Fetcher

HERE = Path(__file__).parent

NewFetcher = Callable[..., Fetcher]


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """The models folder, which is not there before the first download."""
    return tmp_path / "data" / "models"


@pytest.fixture
def fake_pip() -> Callable[[str, Path], list[str]]:
    """The command of a pip that does one thing."""
    return lambda mode, word: [str(HERE / "fake_pip.py"), mode, str(word)]


@pytest.fixture
def new_fetcher(models: Path, fake_pip: Callable[[str, Path], list[str]]) -> Iterator[NewFetcher]:
    """Starts fetchers around a fake pip and closes them."""
    started: list[Fetcher] = []

    def start(mode: str, word: Path = Path()) -> Fetcher:
        parts = [sys.executable, str(HERE / "fake_parts.py"), "broker"]
        started.append(Fetcher.start(models, [*parts, *fake_pip(mode, word), "--"]))
        return started[-1]

    yield start
    for fetcher in started:
        fetcher.close()
