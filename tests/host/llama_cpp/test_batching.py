"""Several jobs in one batch: each gets what it would get alone."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import PromptTooLongError
from app.core.memory_fit.demand import SEQUENCES
from app.core.options.load_options import LoadOptions
from app.core.options.sampling import Sampling
from app.engine.messages import (
    ChoicesScored,
    Done,
    Generate,
    HostEvent,
    Prefill,
    Score,
    ScoreChoices,
    Scored,
    Tokens,
)
from app.host.generation.batching import Scheduler
from app.host.interface import Job, Rows
from app.host.llama_cpp import batching
from app.host.llama_cpp.abort import AbortCallback
from app.host.llama_cpp.engine import LlamaCppEngine
from tests.host.driving import load
from tests.host.tiny_llama import write_tiny

PROMPTS = (
    "The keeper of the lighthouse",
    "Once upon a time there was",
    "1, 2, 3, 4, 5,",
    "Dear Mother, I write to you from",
)
LONG = "He walked along the shore and counted gulls. " * 20


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With weights of 32 bits a row hardly differs by its company; it writes letters at random."""
    return write_tiny(tmp_path_factory.mktemp("tiny") / "tiny.gguf", "F32")


@pytest.fixture
def engine(model: Path) -> Iterator[LlamaCppEngine]:
    made = load(model, options(2048))
    yield made
    made.close()


def options(context: int) -> LoadOptions:
    return LoadOptions(
        context=context, batch=256, threads=1, kv_type="f32", flash_attention="off", tune=False
    )


class Company:
    """Jobs that run side by side; `done` has what each came to, `steps` counts the batches."""

    def __init__(self, engine: LlamaCppEngine) -> None:
        self.engine = engine
        self.events: dict[int, list[HostEvent]] = {}
        self.done: dict[int, Any] = {}
        self.jobs: dict[int, Job] = {}
        self.steps = 0
        self.scheduler = Scheduler(
            engine.compute,
            engine.watch,
            lambda job, found: self.done.update({job.number: found}),
            lambda rows: engine.release(rows),
        )

    def add(self, number: int, command: Any, *, background: bool = False) -> None:
        events: list[HostEvent] = []
        self.events[number] = events
        job = self.jobs[number] = Job(number, events.append)
        kind = type(command).__name__
        works = {"Generate": "writing", "Score": "scoring", "ScoreChoices": "choosing"}
        work = getattr(self.engine, works[kind])(command, job)
        self.scheduler.add(job, work, background=background)

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        while self.scheduler.is_busy and not until():
            self.scheduler.step()
            self.steps += 1

    def go(self, steps: int) -> None:
        """Text is told only now and then: steps are what can be waited for."""
        until = self.steps + steps
        self.run(lambda: self.steps >= until)

    def text(self, number: int, take: int = 0) -> str:
        pieces = [one for one in self.events[number] if isinstance(one, Tokens)]
        return "".join(piece.text for piece in pieces if piece.take == take)


def asked(prompt: str, tokens: int = 16, **more: Any) -> Generate:
    names = Sampling.__struct_fields__
    fields = {name: more.pop(name) for name in names if name in more}
    sampling = Sampling(**{"temperature": 0.0, "max_tokens": tokens} | fields)
    return Generate(job=1, prompt=prompt, sampling=sampling, **more)


def alone(engine: LlamaCppEngine, command: Generate) -> list[str]:
    done = engine.generate(command, Job(1, lambda _event: None))
    return [take.text for take in done.takes]


@pytest.fixture
def company(engine: LlamaCppEngine) -> Iterator[Company]:
    made = Company(engine)
    yield made
    assert not made.scheduler.is_busy
    cache = engine._cache
    assert len(cache._free) + len(cache._kept) == SEQUENCES  # every sequence was given back
    held = {kept.id: kept.length for kept in cache._kept}
    assert all(engine._context.holds(one) == held.get(one, 0) for one in range(SEQUENCES))


def commands(engine: LlamaCppEngine) -> dict[str, Generate]:
    """Many kinds; what is stopped at and banned is what would be written otherwise."""
    (written,) = alone(engine, asked(PROMPTS[2]))
    return {
        "plain": asked(PROMPTS[0]),
        "stops": asked(PROMPTS[2], stop=(written[8:10],)),
        "bans": asked(PROMPTS[2], tokens=30, banned_phrases=(written[3:5], written[9:11])),
        "takes": asked(PROMPTS[3], n=3, probabilities=3, temperature=1.0, seed=4),
        "penalty": asked(PROMPTS[0], repetition_penalty=1.3, tokens=9),
        "short": asked(PROMPTS[1], tokens=1),
        "none": asked(PROMPTS[1], tokens=0),
        "drawn": asked(PROMPTS[1], tokens=40, temperature=0.9, seed=7),
    }


def test_each_writes_what_it_writes_alone(engine: LlamaCppEngine, company: Company) -> None:
    asked_for = commands(engine)
    expected = {name: alone(engine, command) for name, command in asked_for.items()}
    assert len(expected["stops"][0]) < 16
    for number, command in enumerate(asked_for.values()):
        company.add(number, command)
        company.go(3)
    company.run()
    for number, name in enumerate(asked_for):
        done = company.done[number]
        assert isinstance(done, Done)
        assert [take.text for take in done.takes] == expected[name], name
        assert company.text(number) == expected[name][0]


def test_a_cancel_of_one_leaves_the_others(engine: LlamaCppEngine, company: Company) -> None:
    expected = [alone(engine, asked(prompt)) for prompt in PROMPTS]
    for number, prompt in enumerate(PROMPTS):
        company.add(number, asked(prompt))
    company.go(5)
    company.jobs[1].cancel()
    company.run()
    assert company.done[1].takes[0].finish_reason == "cancelled"
    assert expected[1][0].startswith(company.done[1].takes[0].text)
    for number in (0, 2, 3):
        assert [take.text for take in company.done[number].takes] == expected[number]


def test_writers_go_on_while_a_long_prompt_is_read(
    engine: LlamaCppEngine, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read in slices between their tokens; a batch takes the whole only when alone."""
    monkeypatch.setattr(batching, "_BESIDE_S", 0.0)  # the smallest slices
    endless = asked(
        PROMPTS[0], tokens=200, logit_bias={f"token:{end}": -100.0 for end in (0, 1, 2)}
    )
    company.add(0, endless)
    company.go(3)
    company.add(1, asked(LONG, tokens=4))
    before = company.steps
    company.run(lambda: 1 in company.done)
    read = [one for one in company.events[1] if isinstance(one, Prefill)]
    assert company.steps - before >= len(read) - 1 >= read[-1].total // 16
    company.jobs[0].cancel()
    company.run()
    assert len(company.done[0].takes[0].token_ids) >= len(read)
    assert [take.text for take in company.done[1].takes] == alone(engine, asked(LONG, tokens=4))


def test_scores_and_choices_beside_writers_are_those_alone(
    engine: LlamaCppEngine, company: Company
) -> None:
    score = Score(job=1, text=LONG[:400], probabilities=2)
    choices = ScoreChoices(
        job=1, prompt="The sky is", choices=(" blue", " green as grass", " a very old lamp")
    )
    quiet = Job(1, lambda _event: None)
    expected = engine.score(score, quiet)
    chosen = engine.score_choices(choices, quiet)
    company.add(0, asked(PROMPTS[0], tokens=40))
    company.add(1, score)
    company.add(2, choices)
    company.add(3, choices)
    company.run()
    found = company.done[1]
    assert isinstance(found, Scored)
    assert [one.id for one in found.details] == [one.id for one in expected.details]
    for detail, same in zip(found.details, expected.details, strict=True):
        assert detail.probability == pytest.approx(same.probability, abs=1e-4)
    for number in (2, 3):
        scored = company.done[number]
        assert isinstance(scored, ChoicesScored)
        assert [one.tokens for one in scored.choices] == [one.tokens for one in chosen.choices]
        for one, other in zip(scored.choices, chosen.choices, strict=True):
            assert one.log_probability == pytest.approx(other.log_probability, abs=1e-3)


def test_who_loses_its_memory_goes_on_with_the_same_text(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Together they need more positions than there are."""
    small = load(model, options(512))
    try:
        prompts = [f"{prompt} {LONG[:180]}" for prompt in PROMPTS[:3]]
        expected = [alone(small, asked(prompt, tokens=60)) for prompt in prompts]
        company = Company(small)
        released: list[Rows] = []
        release = small._batcher.release

        def noted(rows: Rows) -> None:
            released.append(rows)
            release(rows)

        monkeypatch.setattr(small._batcher, "release", noted)
        for number, prompt in enumerate(prompts):
            company.add(number, asked(prompt, tokens=60), background=number == 2)
        company.run()
        assert released
        for number in range(3):
            assert [take.text for take in company.done[number].takes] == expected[number]
    finally:
        small.close()


def test_a_job_in_the_background_gives_its_memory_to_the_others(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while it has no turn."""
    small = load(model, options(512))
    try:
        prompts = [f"{prompt} {LONG[:250]}" for prompt in PROMPTS[:2]]
        endless = [
            asked(prompt, tokens=200, logit_bias={f"token:{end}": -100.0 for end in (0, 1, 2)})
            for prompt in prompts
        ]
        expected = [alone(small, command) for command in endless]
        company = Company(small)
        company.add(0, endless[0], background=True)
        company.go(20)
        monkeypatch.setattr(company.scheduler._shares, "allow", lambda _kind: False)
        company.add(1, endless[1])
        company.run()
        for number in range(2):
            assert [take.text for take in company.done[number].takes] == expected[number]
    finally:
        small.close()


def test_a_cancel_ends_a_batch_of_that_job_alone(
    engine: LlamaCppEngine, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while another job waits, which nobody has cancelled."""
    company.add(0, asked(PROMPTS[0], tokens=8), background=True)
    company.go(2)
    monkeypatch.setattr(company.scheduler._shares, "allow", lambda _kind: False)
    questions = itertools.count()
    is_over = AbortCallback._is_over

    def cancelling(callback: AbortCallback, data: object) -> bool:
        if next(questions) == 5:
            company.jobs[1].cancel()
        return is_over(callback, data)

    monkeypatch.setattr(AbortCallback, "_is_over", cancelling)
    company.add(1, asked(LONG, tokens=4))
    company.run(lambda: 1 in company.done)
    assert company.done[1].takes[0].finish_reason == "cancelled"
    assert {one.done for one in company.events[1] if isinstance(one, Prefill)} == {0}
    company.run()
    assert company.done[0].takes[0].finish_reason in ("length", "stop")


def test_choices_of_many_rows_find_their_turn_beside_writers(company: Company) -> None:
    for number in range(3):
        company.add(number, asked(PROMPTS[number], tokens=400))
    wide = tuple(start + "bcdefghijklmnopqrstuvwxyzabcd" for start in "xyz")
    company.add(3, ScoreChoices(job=1, prompt="Letters:", choices=wide))
    company.run(lambda: 3 in company.done)
    assert 0 not in company.done
    assert [one.tokens for one in company.done[3].choices] == [30, 30, 30]
    for number in range(3):
        company.jobs[number].cancel()
    company.run()


def test_a_prompt_that_fits_nowhere_is_refused_in_company_too(
    engine: LlamaCppEngine, company: Company
) -> None:
    company.add(0, asked(PROMPTS[0], tokens=8))
    company.add(1, asked("word " * 500))
    company.run()
    assert isinstance(company.done[1], PromptTooLongError)
    assert isinstance(company.done[0], Done)


def test_an_exact_request_gets_its_bits_while_others_pause(
    engine: LlamaCppEngine, company: Company
) -> None:
    command = asked(PROMPTS[3], exact=True, probabilities=5)
    plain: list[HostEvent] = []
    engine.generate(command, Job(1, plain.append))
    expected = alone(engine, asked(PROMPTS[0], tokens=30))
    company.add(0, asked(PROMPTS[0], tokens=30), background=True)
    company.go(5)
    company.scheduler.pause()
    again: list[HostEvent] = []
    engine.generate(command, Job(1, again.append))
    company.scheduler.watch()
    assert [one.details for one in again if isinstance(one, Tokens)] == [
        one.details for one in plain if isinstance(one, Tokens)
    ]
    company.run()
    assert [take.text for take in company.done[0].takes] == expected


def test_guesses_are_only_read_along_by_a_job_alone(
    engine: LlamaCppEngine, company: Company
) -> None:
    command = asked("abcabc" * 20, tokens=60, temperature=0.01, seed=3, logit_bias={"a": 9.0})
    company.add(0, command)
    company.add(1, asked(PROMPTS[1], tokens=200))
    company.run(lambda: 0 in company.done)
    assert company.done[0].stats.drafted_tokens == 0
    company.jobs[1].cancel()
    company.run()
    company.add(2, command)
    company.run()
    assert company.done[2].stats.drafted_tokens > 0


def test_no_more_rows_give_logits_than_there_is_room_for(company: Company) -> None:
    """Eight groups of choices at once wait for each other."""
    texts = tuple("abcdefgh"[:count] for count in range(1, 9))
    for number in range(3):
        company.add(number, ScoreChoices(job=1, prompt=f"Number {number}:", choices=texts))
    company.run()
    for number in range(3):
        assert [one.tokens for one in company.done[number].choices] == list(range(1, 9))
