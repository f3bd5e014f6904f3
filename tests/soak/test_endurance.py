"""Short forms of the engine's long run, which `packaging/dev.py test --endurance` starts."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from app.host.fake import Script
from tests.soak import endurance
from tests.soak.endurance import Engine


@pytest.fixture
def fake(tmp_path: Path) -> Path:
    path = tmp_path / "fake.json"
    path.write_bytes(msgspec.json.encode(Script(step_s=0.02, pause_s=0.02)))
    return path


def test_twenty_loads_leave_nothing_behind(starter_model: Path) -> None:
    lines = endurance.loads(starter_model, "llama.cpp", 20)
    assert [line for line in lines if line.problem] == []
    assert {line.what: line.late for line in lines}["mapped models"] == 0


def test_fifty_texts_leave_nothing_behind(starter_model: Path) -> None:
    assert [line for line in endurance.texts(starter_model, "llama.cpp", 50) if line.problem] == []


@pytest.mark.parametrize("seed", [1, 2])
def test_twelve_kills_of_the_host_are_survived(fake: Path, seed: int) -> None:
    assert endurance.kills(fake, "fake", 12, seed, 0.25) == []


def test_a_file_left_open_at_each_text_is_seen(fake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left, real = [], Engine.write

    def leaking(engine: Engine, prompt: str) -> str:
        left.append(fake.open())
        return real(engine, prompt)

    monkeypatch.setattr(Engine, "write", leaking)
    lines = endurance.texts(fake, "fake", 20)
    for file in left:
        file.close()
    assert "window's files" in {line.what for line in lines if line.problem}
