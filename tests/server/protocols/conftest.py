from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.server.protocols.byte_model import ByteModel, service


@pytest.fixture
def engine() -> ByteModel:
    return ByteModel()


@pytest.fixture
def client(engine: ByteModel) -> Iterator[TestClient]:
    with TestClient(service(engine)) as client:
        yield client
