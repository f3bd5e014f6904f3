"""Changing threads and giving batches up on the real model."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.core.options.load_options import LoadOptions
from app.engine.messages import TokenDetail, Tokens
from app.host.interface import Job
from app.host.llama_cpp import abort
from app.host.llama_cpp.context import StalledError
from app.host.llama_cpp.engine import LlamaCppEngine
from app.host.llama_cpp.library import library
from app.host.llama_cpp.thread_adaptation import ThreadAdaptation
from tests.host.asking import scored
from tests.host.driving import Runner, load

KEEPER = "The old lighthouse keeper opened the door and"
LONG = "He walked along the shore and counted gulls. " * 12
IDS = np.random.default_rng(1).integers(100, 40_000, 640).astype(np.int32)


class Scripted(ThreadAdaptation):
    """Two levels, without reasons of its own; counts what was given up."""

    def __init__(self, engine: LlamaCppEngine) -> None:
        super().__init__(engine._context.set_threads, 2)
        self.given_up = 0

    def begin(self, rows: int, depth: int) -> float:
        return 0.0

    def stalled(self, rows: int) -> None:
        self.given_up += 1
        self._use(3 - self.threads)


class Restless(Scripted):
    """Other threads for each batch."""

    def begin(self, rows: int, depth: int) -> float:
        self._use(3 - self.threads)
        return 0.0


class Impatient(Scripted):
    """Gives every second batch up after `limit` seconds."""

    def __init__(self, engine: LlamaCppEngine, limit: float) -> None:
        super().__init__(engine)
        self._limits = itertools.cycle((limit, 0.0))

    def begin(self, rows: int, depth: int) -> float:
        return next(self._limits)


@pytest.fixture
def paced(small_engine: LlamaCppEngine) -> Iterator[LlamaCppEngine]:
    """The engine, whose own pace comes back after the test."""
    own = small_engine._pace
    yield small_engine
    small_engine._context.adapt(own, limits=True)
    small_engine._context.set_threads(own.threads)


def details(runner: Runner) -> list[tuple[int, TokenDetail]]:
    """Those of every token by take; how many came in one event depends on the time."""
    found = [(event.take, detail) for event in runner.tokens for detail in event.details]
    return sorted(found, key=lambda row: row[0])


def logits(engine: LlamaCppEngine, threads: int) -> list[bytes]:
    """Those after a short prompt, after long chunks and after steps at a depth of 512 and more."""
    context = engine._context
    sequence = engine._cache.cleared()
    context.set_threads(threads)
    found = []
    for first, last in [(0, 9), (9, 256), (256, 512), *((at, at + 1) for at in range(512, 515))]:
        context.batch.fill(IDS[first:last], first, sequence.id)
        context.decode(last - first)
        found.append(context.logits(-1).tobytes())
    engine._cache.release(sequence)
    return found


def test_threads_change_no_bit_without_flash_attention(engine: LlamaCppEngine) -> None:
    assert not engine.info.settings.flash_attention
    assert logits(engine, 1) == logits(engine, 2)
    engine._context.set_threads(engine.threads)


def test_an_exact_request_keeps_its_threads_with_flash_attention(starter_model: Path) -> None:
    options = LoadOptions(context=256, batch=64, threads=2, flash_attention="on")
    engine = load(starter_model, options)
    generate = Runner(engine)
    engine._pace.stalled(1)
    generate(KEEPER, max_tokens=2)
    assert engine.threads == 1
    generate(KEEPER, max_tokens=2, exact=True)
    assert engine.threads == 2
    engine.close()


def test_changing_threads_leaves_the_text_equal(paced: LlamaCppEngine, small: Runner) -> None:
    plain = small(LONG, max_tokens=12, temperature=0.0, exact=True)
    paced._context.adapt(Restless(paced), limits=True)
    changing = small(LONG, max_tokens=12, temperature=0.0, exact=True)
    assert changing.takes == plain.takes


def test_slow_steps_take_threads_away(paced: LlamaCppEngine, small: Runner) -> None:
    class Busy(ThreadAdaptation):
        def took(self, rows: int, depth: int, seconds: float) -> None:
            super().took(rows, depth, {1: 0.01, 2: 0.5}[self.threads])

    pace = Busy(paced._context.set_threads, 2, {1: 0.01, 2: 0.008})
    paced._context.adapt(pace, limits=False)
    small(KEEPER, max_tokens=8)
    assert pace.threads == 1
    assert paced.info.settings.threads == 2


def test_a_chunk_that_is_given_up_is_repeated_to_the_last_bit(
    paced: LlamaCppEngine, small: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = small(LONG, max_tokens=8, temperature=0.0, exact=True, probabilities=9)
    expected = details(small)
    pace = Impatient(paced, limit=100.0)
    paced._context.adapt(pace, limits=True)
    monkeypatch.setattr(abort, "perf_counter", itertools.count(0.0).__next__)
    again = small(LONG, max_tokens=8, temperature=0.0, exact=True, probabilities=9)
    assert pace.given_up >= 2
    assert again.takes == plain.takes
    assert details(small) == expected
    assert small.prefills[-1].done == plain.stats.prompt_tokens


def test_a_step_that_hangs_is_repeated_to_the_last_bit(
    paced: LlamaCppEngine, small: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = small(KEEPER, n=2, max_tokens=16, temperature=0.0, exact=True, probabilities=9)
    expected = details(small)
    pace = Impatient(paced, limit=1e-9)
    paced._context.adapt(pace, limits=True)
    monkeypatch.setattr(abort, "_POLL_S", 0.001)
    again = small(KEEPER, n=2, max_tokens=16, temperature=0.0, exact=True, probabilities=9)
    assert pace.given_up > 0
    assert again.takes == plain.takes
    assert details(small) == expected


def test_a_cancel_inside_a_step_is_no_stall(paced: LlamaCppEngine, small: Runner) -> None:
    class Stopping(Scripted):
        def begin(self, rows: int, depth: int) -> float:
            if rows == 1 and len(small.tokens) == 3:
                small._job.cancel()
                return 1e-9
            return 0.0

    pace = Stopping(paced)
    paced._context.adapt(pace, limits=True)
    done = small(KEEPER, max_tokens=40, temperature=0.0)
    assert done.takes[0].finish_reason == "cancelled"
    assert len(done.takes[0].token_ids) >= 3
    assert small(KEEPER, max_tokens=4, temperature=0.0).takes[0].text


def test_a_cancel_that_comes_before_the_watch_is_seen(paced: LlamaCppEngine) -> None:
    job = Job(1, lambda _event: None)
    job.cancel()
    assert scored(paced, KEEPER, 1, job) == ()
    assert job.on_cancel is None


def test_a_cancel_between_two_batches_hides_nothing_that_is_said_later(small: Runner) -> None:
    small.on_event = lambda event, job: job.cancel() if isinstance(event, Tokens) else None
    assert small(KEEPER, max_tokens=40).takes[0].finish_reason == "cancelled"
    assert not library().is_muted


def test_models_that_cannot_forget_a_part_repeat_nothing(paced: LlamaCppEngine) -> None:
    context = paced._context
    context.adapt(Impatient(paced, limit=1e-9), limits=False)
    context.watch([Job(1, lambda _event: None)])
    sequence = paced._cache.cleared()
    for rows in (1, 40):
        context.batch.fill(IDS[:rows], 0, sequence.id)
        try:
            context.decode(rows)
        except StalledError:
            pytest.fail("a batch was given up that could not be repeated")
        context.truncate(sequence.id, 0)
    context.watch(())
    paced._cache.release(sequence)


def test_no_thread_stays(small: Runner) -> None:
    small(KEEPER, max_tokens=2)
    assert "watch" not in {thread.name for thread in threading.enumerate()}
