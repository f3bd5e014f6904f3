from __future__ import annotations

import pytest

from app.tasks.running import TaskRunner
from tests.tasks.stand_in import StandIn


@pytest.fixture
def stand_in() -> StandIn:
    return StandIn()


@pytest.fixture
def runner(stand_in: StandIn) -> TaskRunner:
    return TaskRunner(stand_in)
