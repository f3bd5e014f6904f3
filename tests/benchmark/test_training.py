"""A real training that the benchmark lets run and rest."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from app.benchmark.interference import RunningTraining
from app.benchmark.session import GoalSession, Sizes
from app.core.models.model_file import inspect
from tests.host.tiny_llama import write_tiny


def test_it_works_only_within_and_ends_with_the_goal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.benchmark.interference._AT_WORK", 0.05)
    model = inspect(write_tiny(tmp_path / "tiny.gguf", "F32"))
    with GoalSession(model, tmp_path, {}, Sizes(learned=64, threads=1)) as session:
        training = RunningTraining(session)
        try:
            training.begin()
            child = training._child.pid
            assert child is not None
            before = training._used()
            with training.at_work():
                assert training._used() >= before + 0.05
            rested = training._used()
            training._rest()
            assert training._used() == rested
        finally:
            training.close()
        assert not psutil.pid_exists(child)
