"""The real host reads ahead, gives way at once, and opens a document again out of the cache."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.documents.prompts import continuation
from app.core.options.load_options import LoadOptions
from app.core.options.sampling import Sampling
from app.engine.client import EngineClient
from app.engine.messages import Done, Event, Failed, Load, Loaded, Prefill
from app.engine.worker import Worker

OPTIONS = LoadOptions(context=2048, threads=1, tune=False)
ONE = Sampling(temperature=0, max_tokens=1)
BOOK = " ".join(
    f"On day {day} the keeper of the light wrote {day * 37 % 101} into his book."
    for day in range(90)
)
PAGE = BOOK[:1200]


class Harness:
    """A worker on the real model, and what it says."""

    def __init__(self, model: Path, cache: Path) -> None:
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.heard: list[Event] = []
        self.worker = Worker(EngineClient(), cache=str(cache))
        self.worker.listen(self.hear)
        self.wait(
            Loaded,
            self.worker.load(Load(job=0, path=str(model), engine="llama.cpp", options=OPTIONS)),
        )

    def hear(self, event: Event) -> None:
        self.heard.append(event)
        self.events.put(event)

    def wait(self, kind: type[Any], job: int) -> Any:
        while True:
            event = self.events.get(timeout=120)
            assert not isinstance(event, Failed), event.message
            if isinstance(event, kind) and event.job == job:
                return event

    def write(self, before: str) -> Done:
        prompt = continuation(before).prompt
        done: Done = self.wait(Done, self.worker.generate(prompt=prompt, sampling=ONE))
        return done

    def read(self, before: str) -> Done:
        prompt = continuation(before).prompt
        done: Done = self.wait(Done, self.worker.read_ahead(prompt=prompt))
        return done


@pytest.fixture
def harness(starter_model: Path, tmp_path: Path) -> Iterator[Callable[[], Harness]]:
    made: list[Harness] = []

    def build() -> Harness:
        made.append(Harness(starter_model, tmp_path / "cache"))
        return made[-1]

    yield build
    for one in made:
        one.worker.close()


def test_a_sentence_begun_in_the_pause_costs_only_its_end(harness):
    """Whatever the last word becomes, the words before it are known."""
    here = harness()
    here.read(PAGE + " It was the ca")
    longer = here.read(PAGE + " It was the caterpillar, and ")
    assert longer.stats.prompt_tokens - longer.stats.reused_tokens <= 8
    done = here.write(PAGE + " It was the caterpillar, and ")
    assert done.stats.prompt_tokens - done.stats.reused_tokens == 1
    again = here.write(PAGE + " It was the caterpillar, and nobody")
    assert again.stats.prompt_tokens - again.stats.reused_tokens <= 3


def test_reading_a_whole_book_gives_way_to_a_word(harness):
    here = harness()
    reading = threading.Event()
    quiet = here.worker._post_quietly

    def watch(event: Event) -> None:
        if isinstance(event, Prefill) and event.done:
            reading.set()
        quiet(event)

    here.worker._post_quietly = watch
    ahead = here.worker.read_ahead(prompt=BOOK)
    assert reading.wait(120)
    done = here.write(BOOK[:300])
    assert done.stats.prompt_tokens - done.stats.reused_tokens <= 3
    assert not [event for event in here.heard if getattr(event, "job", 0) == ahead]
    assert here.worker.model is not None


def test_another_day_begins_where_this_one_ended(harness, tmp_path):
    first = harness()
    assert first.write(PAGE).stats.reused_tokens == 0
    first.wait(Done, first.worker.unload())
    first.worker.close()
    (state,) = (tmp_path / "cache" / "prompts").iterdir()
    assert state.suffix == ".prompt"
    second = harness()
    opened = second.read(PAGE)
    assert opened.stats.prompt_tokens - opened.stats.reused_tokens == 1
    assert second.write(PAGE).stats.reused_tokens == opened.stats.reused_tokens
