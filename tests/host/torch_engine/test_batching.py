"""Several jobs side by side on the Torch engine: each writes what it writes alone."""

from __future__ import annotations

import gc
import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest

from app.core.options.load_options import LoadOptions
from app.core.options.sampling import Sampling
from app.engine.messages import (
    ChoicesScored,
    Done,
    Generate,
    HostEvent,
    ScoreChoices,
)
from app.host.generation.batching import Scheduler
from app.host.interface import Job
from tests.host.asking import scored
from tests.host.driving import Runner, load_torch
from tests.host.tiny_llama import write_tiny

KEEPER = "The old lighthouse keeper opened the door and"
NORTH = "In the north there stood a lighthouse that nobody had lit for a hundred years. " * 4
RICE = "Cooking rice is simple: wash it, soak it,"


def request(number: int, prompt: str, count: int, **fields: Any) -> Generate:
    names = Sampling.__struct_fields__
    values = {name: fields.pop(name) for name in names if name in fields}
    sampling = Sampling(**{"temperature": 0.0, "max_tokens": count, **values})
    return Generate(job=number, prompt=prompt, sampling=sampling, **fields)


class Together:
    """Jobs side by side; a request with a number of a step begins before that step."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.done: dict[int, Done] = {}
        self.jobs: dict[int, Job] = {}
        self.events: list[HostEvent] = []
        self.before_step: Callable[[int], None] = lambda _step: None

    def __call__(self, *requests: tuple[int, Generate | ScoreChoices]) -> dict[int, Any]:
        scheduler = Scheduler(self.engine.compute, self.engine.watch, self._end)
        step, waiting = 0, [*requests]
        while waiting or scheduler.is_busy:
            for one in [one for one in waiting if one[0] <= step]:
                waiting.remove(one)
                self._begin(scheduler, one[1])
            self.before_step(step)
            scheduler.step()
            step += 1
        return self.done

    def _begin(self, scheduler: Scheduler, command: Generate | ScoreChoices) -> None:
        job = self.jobs[command.job] = Job(command.job, self.events.append)
        work: Any = (
            self.engine.writing(command, job)
            if isinstance(command, Generate)
            else self.engine.choosing(command, job)
        )
        scheduler.add(job, work, background=False)

    def _end(self, job: Job, outcome: Any) -> None:
        if isinstance(outcome, Exception):
            raise outcome
        self.done[job.number] = outcome


@pytest.fixture
def together(torch_engine: Any) -> Together:
    torch_engine._cache.clear()
    return Together(torch_engine)


def alone(engine: Any, command: Generate) -> Done:
    engine._cache.clear()
    done: Done = engine.generate(command, Job(command.job, lambda _event: None))
    return done


@pytest.fixture
def passes(torch_engine: Any, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """How many jobs each pass of the network was for, and the tokens of each row, in order."""
    found: list[tuple[int, int]] = []
    model = torch_engine._model
    read, read_together = model.read, model.read_together

    def single(lane: Any, tokens: Any, *keep: int) -> Any:
        found.append((1, tokens.shape[1]))
        return read(lane, tokens, *keep)

    def several(lanes: Any, tokens: Any) -> Any:
        found.append((len(lanes), 1))
        return read_together(lanes, tokens)

    monkeypatch.setattr(model, "read", single)
    monkeypatch.setattr(model, "read_together", several)
    return found


@pytest.fixture
def retreats(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many tokens were kept each time that a take was cut back."""
    from app.host.torch_engine.decoding import TorchDecoder

    found: list[int] = []
    forget = TorchDecoder.forget

    def watched(decoder: TorchDecoder, take: Any, prompt: Any) -> None:
        found.append(len(take.ids))
        forget(decoder, take, prompt)

    monkeypatch.setattr(TorchDecoder, "forget", watched)
    return found


def test_each_text_is_that_of_the_job_alone(
    torch_engine: Any, together: Together, passes: list[tuple[int, int]], retreats: list[int]
) -> None:
    """They differ in length, in when they join and leave, and one goes back for banned phrases."""
    plain = alone(torch_engine, request(9, RICE, 14)).takes[0].text
    jobs = [
        (0, request(1, KEEPER, 22)),
        (0, request(2, NORTH, 5)),
        (3, request(3, RICE, 14, banned_phrases=(plain[3:12], plain[20:29]))),
        (6, request(4, KEEPER + " then", 9, n=2, temperature=0.9, seed=5)),
        (9, request(5, NORTH + "Now", 8, temperature=1.1, seed=8, stop=("e",))),
    ]
    expected = {job.job: alone(torch_engine, job).takes for _step, job in jobs}
    torch_engine._cache.clear()
    passes.clear()
    done = together(*jobs)
    assert {number: one.takes for number, one in done.items()} == expected
    assert torch_engine._batcher.joins
    assert len(retreats) >= 2  # alone and beside the others
    assert max(passes)[0] >= 4
    steps = sum(len(take.token_ids) for takes in expected.values() for take in takes)
    assert len(passes) < 0.7 * steps


def test_the_others_go_on_as_alone_when_one_is_cancelled(
    torch_engine: Any, together: Together
) -> None:
    jobs = [request(1, KEEPER, 16), request(2, NORTH, 16), request(3, RICE, 16)]
    expected = {job.job: alone(torch_engine, job).takes[0] for job in jobs}
    torch_engine._cache.clear()

    def cancel(step: int) -> None:
        if step == 8:
            together.jobs[2].cancelled = True

    together.before_step = cancel
    done = together(*((0, job) for job in jobs))
    takes = {number: one.takes[0] for number, one in done.items()}
    assert takes[2].finish_reason == "cancelled"
    assert 0 < len(takes[2].token_ids) < 12
    assert expected[2].text.startswith(takes[2].text)
    assert (takes[1], takes[3]) == (expected[1], expected[3])


def test_what_was_written_together_is_known_afterwards(
    torch_generate: Runner, together: Together
) -> None:
    prompts = {1: KEEPER, 2: NORTH, 3: RICE}
    done = together(*((0, request(job, text, 8)) for job, text in prompts.items()))
    for number, prompt in prompts.items():
        stats = done[number].stats
        again = torch_generate(prompt, max_tokens=8, temperature=0.0)
        assert again.stats.reused_tokens == stats.prompt_tokens - 1
        assert again.takes == done[number].takes
        more = torch_generate(prompt + done[number].takes[0].text, max_tokens=1)
        assert more.stats.reused_tokens >= stats.prompt_tokens + 6


def test_a_long_prompt_is_read_between_the_steps_of_others(
    together: Together, passes: list[tuple[int, int]]
) -> None:
    """The writer gets a token between two blocks, and a short prompt does not wait for its end."""
    together.engine._reader._block = 32
    long = request(2, NORTH * 2, 1)
    done = together((0, request(1, KEEPER, 16)), (3, long), (4, request(3, RICE, 1)))
    assert [*done] == [3, 2, 1]
    blocks = [tokens > 1 for _jobs, tokens in passes]
    assert sum(blocks) >= 6
    assert (True, True) not in pairwise(blocks)


def test_all_cancelled_leave_the_memories_right(torch_engine: Any, together: Together) -> None:
    """A pass that is given up midway has lengthened only some layers."""
    from app.host.torch_engine.model import _layers

    jobs = [request(1, KEEPER, 12), request(2, NORTH, 12)]
    expected = {job.job: alone(torch_engine, job).takes[0].text for job in jobs}
    torch_engine._cache.clear()
    steps = [0]

    def cancel(*_given: object) -> None:
        for job in together.jobs.values() if steps[-1] == 8 else ():
            job.cancelled = True

    together.before_step = steps.append
    hook = _layers(torch_engine._model._network)[5].register_forward_pre_hook(cancel)
    try:
        done = together(*((0, job) for job in jobs))
    finally:
        hook.remove()
    for number, one in done.items():
        assert one.takes[0].finish_reason == "cancelled"
        assert expected[number].startswith(one.takes[0].text)
    for job in jobs:
        again = torch_engine.generate(job, Job(job.job, lambda _event: None))
        assert again.takes[0].text == expected[job.job]
        assert again.stats.reused_tokens == again.stats.prompt_tokens - 1


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    path = write_tiny(tmp_path_factory.mktemp("tiny") / "tiny.gguf")
    loaded = load_torch(path, options=LoadOptions(context=128, batch=32, threads=1))
    yield loaded
    loaded.close()


def memories() -> int:
    """How many memories' layers are alive in this process."""
    gc.collect()
    return sum(type(one).__name__ in ("_Layer", "_JoinedLayer") for one in gc.get_objects())


def test_memory_does_not_grow_with_jobs_that_join(tiny: Any) -> None:
    """Sixty join and leave, then a hundred and forty more."""
    jobs = [
        (2 * k, request(k, f"{k} gulls " * (1 + k % 3), 3 + k % 4, logit_bias={"token:2": -100.0}))
        for k in range(200)
    ]
    runner, found = Together(tiny), []

    def count(step: int) -> None:
        if step in (120, 400):
            found.append((memories(), len(tiny._cache._kept)))

    runner.before_step = count
    assert len(runner(*jobs)) == 200
    assert tiny._batcher.joins
    (before, kept), (after, _kept) = found
    assert kept <= 32
    assert after <= before + 2 * 8  # those that run at that moment have two layers each
    buffers = dict(one.lane.taken for one in tiny._cache._kept)
    assert sum(buffers.values()) <= 3 * 128


CHOICES = (" a storm", " the sea", " he", " the old man of the sea and his boat", " gulls")


def expected_choices(engine: Any, prompt: str) -> list[float]:
    """The log probability of each choice by reading the whole text."""
    shared = engine.count(prompt)
    found = []
    for choice in CHOICES:
        details = scored(engine, prompt + choice, 0, Job(2, lambda _event: None))
        found.append(sum(math.log(detail.probability) for detail in details[shared - 1 :]))
    return found


@pytest.mark.parametrize("count", [1, 2])
def test_choices_are_scored_behind_one_prompt(
    torch_small: Runner, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is less room the choices are read in several goes."""
    engine = torch_small.engine
    prompt = "The keeper counted the boats " * 8 * count + "and saw"
    expected = expected_choices(engine, prompt)
    engine._cache.clear()
    widths: list[int] = []
    read = engine._model.read

    def watched(lane: Any, tokens: Any, keep: int) -> Any:
        widths.append(lane.rows)
        return read(lane, tokens, keep)

    monkeypatch.setattr(engine._model, "read", watched)
    asked = ScoreChoices(job=1, prompt=prompt, choices=CHOICES)
    for _again in range(2):
        found = engine.score_choices(asked, Job(1, lambda _event: None))
        assert [one.log_probability for one in found.choices] == pytest.approx(expected, abs=1e-3)
    assert max(widths) == (4 if count == 1 else 2)
    assert engine._cache._kept[-1].lane.rows == 1
    done = torch_small(prompt, max_tokens=1)
    assert done.stats.reused_tokens == done.stats.prompt_tokens - 1


def test_choices_beside_jobs_that_write(torch_engine: Any, together: Together) -> None:
    asked = ScoreChoices(job=2, prompt=KEEPER, choices=CHOICES)
    expected = torch_engine.score_choices(asked, Job(2, lambda _event: None))
    text = alone(torch_engine, request(1, RICE, 12)).takes
    torch_engine._cache.clear()
    done = together((0, request(1, RICE, 12)), (2, asked))
    assert done[1].takes == text
    found: ChoicesScored = done[2]
    pairs = zip(found.choices, expected.choices, strict=True)
    assert all(abs(a.log_probability - b.log_probability) < 1e-3 for a, b in pairs)
