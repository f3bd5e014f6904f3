"""Trainings are killed at random moments, and go on; `dev.py test --training-kills` does more."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.kills.trained import WAYS
from tests.kills.training import Life, Training, run

KILLS = 2


@pytest.mark.parametrize("what", WAYS)
def test_a_killed_training_goes_on_from_its_last_checkpoint(what: str) -> None:
    seed = random.randrange(1 << 30)
    tally = run(what, KILLS, seed)
    assert tally.wrong == []
    assert tally.kills == KILLS, f"seed {seed}"


def test_what_a_kill_must_not_leave_is_seen(tmp_path: Path) -> None:
    """What the check says of a checkpoint that went back, and of one that is too old."""
    one = Training("classifier", tmp_path / "one", random.Random(1))
    life = Life(run="classifier-20260101-000000", done=0, step=9, begun_at=1.0)
    assert [*one._left(life, 2.0, 0.0)] == ["the record cannot be read"]
    (one.folder / "saved").write_text('{"at": 1.5, "saved": 4}\n{"at": 1.6, "sav', encoding="utf-8")
    assert [*one._left(life, 2.0, 0.0)][1:] == ["a checkpoint was at step 4, and is at -1"]
    assert [*one._left(life, 9.0, 0.0)][2:] == ["the last checkpoint was 7.50 s old"]
    one.check_end({"model.safetensors": b"x"}, Life(made="somewhere", left_all=True))
    assert one.wrong == ["it ended with other numbers than one that was left alone"]
