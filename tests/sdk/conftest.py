from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.engine.client import EngineClient
from app.engine.messages import Load
from app.host.fake import Script
from app.sdk.model import Model


@pytest.fixture
def fake_model(tmp_path: Path) -> Callable[..., Any]:
    """A model of the fake engine, with the fields of its script."""

    @contextmanager
    def opened(**fields: Any) -> Iterator[Model]:
        path = tmp_path / "fake.json"
        path.write_bytes(msgspec.json.encode(Script(**fields)))
        client = EngineClient()
        try:
            client.run(Load(job=client.next_job(), path=str(path), engine="fake"), lambda _: None)
            yield Model(client)
        finally:
            client.close()

    return opened
