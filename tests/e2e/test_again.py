"""The same request gives the same tokens, on both engines, whatever was read before; also later."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.options.load_options import LoadOptions
from app.core.options.sampling import Sampling
from app.core.store import Store, TakeRecord
from app.core.store.takes.kept import KeptTake
from app.engine.client import EngineClient
from app.engine.messages import Done, EngineName, Generate, Load, Read, Take
from app.ui.generation.requests import fields_from, kept_fields
from app.ui.takes.again import OneChange, changed_fields

BEFORE = "The old lighthouse keeper opened the door, and the wind took his hat. He"
OTHER = BEFORE + " laughed. He"
SAMPLING = Sampling(temperature=1.1, max_tokens=20, min_p=0.02)


class Program:
    """What one run of the program does: load the model, and write for a request."""

    def __init__(self, model: Path, engine: EngineName, cache: Path) -> None:
        self.client = EngineClient()
        self.client.run(
            Load(
                job=self.client.next_job(),
                path=str(model),
                engine=engine,
                options=LoadOptions(context=512, threads=1, tune=False),
                cache=str(cache),
                saves_prompts=False,
            ),
            lambda _event: None,
        )

    def read(self, prompt: str) -> None:
        self.client.run(Read(job=self.client.next_job(), prompt=prompt), lambda _event: None)

    def write(self, fields) -> Done:
        command = Generate(job=self.client.next_job(), **fields)
        done = self.client.run(command, lambda _event: None)
        assert isinstance(done, Done)
        return done


def tokens(takes: tuple[Take, ...]) -> list[tuple[int, ...]]:
    return [take.token_ids for take in takes]


@pytest.mark.parametrize("engine", ["llama.cpp", "torch"])
def test_again_gives_the_same_tokens_also_after_a_restart(
    engine, starter_model, pytestconfig, tmp_path
):
    cache = pytestconfig.cache.mkdir("torch-engine")
    here = Program(starter_model, engine, cache)
    try:
        here.read(BEFORE[:40])
        here.write({"prompt": OTHER, "sampling": SAMPLING, "n": 1})
        asked = {"prompt": BEFORE, "sampling": SAMPLING, "n": 3, "exact": True}
        first = here.write(asked)
        store = Store(tmp_path / "store.sqlite")
        kept = KeptTake(record=TakeRecord(text=first.takes[0].text), key="a", request="r")
        store.kept_takes.add(kept, kept_fields(asked, first.seed))
        store.close()
        assert len(set(tokens(first.takes))) == 3
        here.write({"prompt": OTHER, "sampling": SAMPLING, "n": 2})
    finally:
        here.client.close()

    store = Store(tmp_path / "store.sqlite")
    fields = changed_fields(fields_from(store.kept_takes.request("r")), OneChange())
    store.close()
    later = Program(starter_model, engine, cache)
    try:
        later.read(BEFORE + " took")
        assert tokens(later.write(fields).takes) == tokens(first.takes)
        assert tokens(later.write(fields).takes) == tokens(first.takes)
        other = changed_fields(fields, OneChange(values={"seed": first.seed + 7}))
        assert tokens(later.write(other).takes) != tokens(first.takes)
    finally:
        later.client.close()
