"""The set-up's own modules, loaded from packaging/ and moved onto a scratch folder."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

PACKAGING = Path(__file__).resolve().parent.parent.parent / "packaging"


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """packaging/dev.py, working in a scratch folder with a .venv that exists."""
    monkeypatch.syspath_prepend(str(PACKAGING))
    module = importlib.import_module("dev")
    root = tmp_path / "clone"
    (root / "packaging").mkdir(parents=True)
    for name in ("pyproject.toml", "packaging/constraints.txt", "packaging/locked.txt"):
        (root / name).write_bytes((PACKAGING.parent / name).read_bytes())
    moved = {
        "ROOT": root,
        "VENV": root / ".venv",
        "BIN": root / ".venv" / "bin",
        "PYTHON": root / ".venv" / "bin" / "python",
        "LOG": root / ".setup" / "setup.log",
        "CONSTRAINTS": root / "packaging" / "constraints.txt",
        "LOCKED": root / "packaging" / "locked.txt",
    }
    for name, place in moved.items():
        monkeypatch.setattr(module.places, name, place)
    monkeypatch.setattr(module.environment, "translations", lambda *_: 0)
    yield module
    _forget()


def _forget() -> None:
    """Forget what was loaded from packaging/, so that each test has modules of its own."""
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(f"{PACKAGING}{os.sep}"):
            del sys.modules[name]


@pytest.fixture
def part(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ModuleType]]:
    """Loads a module of packaging/ by its name, such as `bundle.contents`."""
    monkeypatch.syspath_prepend(str(PACKAGING))
    yield importlib.import_module
    _forget()


@pytest.fixture
def builds(dev: ModuleType) -> ModuleType:
    """packaging/builds.py, as dev.py uses it."""
    return sys.modules["builds"]


@pytest.fixture
def engines(dev: ModuleType) -> ModuleType:
    """packaging/engines.py, as dev.py uses it."""
    return sys.modules["engines"]


@pytest.fixture
def environment(dev: ModuleType) -> ModuleType:
    """packaging/environment.py, as dev.py uses it."""
    return sys.modules["environment"]


@pytest.fixture
def installing(dev: ModuleType) -> ModuleType:
    """packaging/installing.py, as dev.py uses it."""
    return sys.modules["installing"]


@pytest.fixture
def machine(dev: ModuleType) -> ModuleType:
    """packaging/machine.py, as dev.py uses it."""
    return sys.modules["machine"]


@pytest.fixture
def places(dev: ModuleType) -> ModuleType:
    """packaging/places.py, as dev.py uses it."""
    return sys.modules["places"]


@pytest.fixture
def testing(dev: ModuleType) -> ModuleType:
    """packaging/testing.py, as dev.py uses it."""
    return sys.modules["testing"]


@pytest.fixture
def watching(dev: ModuleType) -> ModuleType:
    """packaging/watching.py, as dev.py uses it."""
    return sys.modules["watching"]
