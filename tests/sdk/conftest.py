from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.core.models.starter import starter_path
from app.core.system.paths import Paths
from app.engine.client import EngineClient
from app.engine.messages import Load
from app.host.fake import Script
from app.sdk.model import Model


@pytest.fixture
def starter_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, starter_model: Path) -> None:
    """A user's home with the starter model in it."""
    monkeypatch.setenv("LAMPBLACK_HOME", str(tmp_path / "home"))
    put_starter(tmp_path / "home", starter_model)


def put_starter(home: Path, starter_model: Path) -> None:
    """Put the starter model into a home."""
    place = starter_path(Paths.here({"LAMPBLACK_HOME": str(home)}).models)
    place.parent.mkdir(parents=True)
    place.symlink_to(starter_model)


@pytest.fixture
def fake_model(tmp_path: Path) -> Callable[..., Any]:
    """A model of the fake engine, with the fields of its script."""

    @contextmanager
    def opened(**fields: Any) -> Iterator[Model]:
        path = tmp_path / "fake.json"
        path.write_bytes(msgspec.json.encode(Script(**fields)))
        client = EngineClient()
        client.run(Load(job=client.next_job(), path=str(path), engine="fake"), lambda _: None)
        with Model(client, client.close) as model:
            yield model

    return opened
