"""Stores with random damages, and clocks that are set back: nothing crashes, no text is lost."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from app.core.store import Store, TakeRecord, damage_of
from tests.core.conftest import TAKE, Stores

SEEDS = range(100)
_YEAR_S = 365 * 24 * 3600


def test_any_damage_is_told_or_harmless(tmp_path: Path) -> None:
    """The damaged file is kept whole, and takes can be written in any case."""
    made = tmp_path / "made.sqlite"
    store = Store(made)
    for number in range(30):
        store.add_take(TakeRecord(journal="j", text=f"take {number} " * 50))
    store.close()
    real = made.read_bytes()
    assert damage_of(made) == ""
    broken = 0
    for seed in SEEDS:
        chance = random.Random(seed)
        data = bytearray(real)
        for _ in range(chance.randint(1, 20)):
            at = chance.randrange(len(data))
            end = min(len(data), at + chance.choice((1, 8, 512, 4096)))
            data[at:end] = chance.randbytes(end - at) if chance.random() < 0.7 else b""
            data = data or bytearray(b"x")
        path = tmp_path / str(seed) / "store.sqlite"
        path.parent.mkdir()
        path.write_bytes(data)
        again = Store(path)
        before = again.takes("j")
        number = again.add_take(TAKE)
        again.close()
        kept = path.with_name("store.sqlite.broken-1")
        if kept.exists():
            broken += 1
            assert kept.read_bytes() == data, f"seed {seed}"
            assert "was damaged" in again.problems[0], f"seed {seed}"
        assert number or again.problems, f"seed {seed}"
        assert len(before) <= 30
    assert broken > 80


@pytest.mark.parametrize("text", ["written after", "written after " * 1000])
def test_a_clock_set_back_a_year_loses_no_text(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    now = [time.time()]
    monkeypatch.setattr(time, "time", lambda: now[0])
    store = stores.new()
    early, late = store.begin("", "early"), store.begin("", "late")
    store.add_take(TAKE)
    store.flush()
    now[0] -= _YEAR_S
    store.edit(late, 4, 0, text)
    store.add_take(TAKE)
    assert store.keep_former("/novel.txt", "latin-1", b"after")
    store.close()
    texts = {found.id: found.text for found in stores.dead()}
    assert texts == {early: "early", late: "late" + text}
    again = stores.new()
    takes = again.takes(TAKE.journal)
    assert [take.id for take in takes] == sorted(take.id for take in takes)
    assert len(takes) == 2
    again.close()
