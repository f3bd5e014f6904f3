from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.server.protocols.routes import PROTOCOLS
from tests.server.protocols.byte_model import ByteModel


@pytest.fixture
def engine() -> ByteModel:
    return ByteModel()


@pytest.fixture
def client(engine: ByteModel) -> Iterator[TestClient]:
    app = Starlette(routes=PROTOCOLS)
    app.state.engine = engine
    with TestClient(app) as client:
        yield client
