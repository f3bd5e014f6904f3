"""A sentence judged after a prompt and after it without parts of it, on both real engines."""

from __future__ import annotations

import math
from typing import Any

import pytest

from app.core.errors import CancelledError, ParameterError, PromptTooLongError
from app.engine.messages import (
    HostEvent,
    Prefill,
    PromptPiece,
    PromptScored,
    PromptsScored,
    Score,
    ScorePrompts,
)
from app.host.generation.batching import alone
from app.host.interface import Job
from tests.host.driving import silent

PARAGRAPHS = (
    "The harbour was quiet that morning, and the boats lay still.\n\n",
    "Her name was Zorblax, and nobody in the village could say where she had come from.\n\n",
    "It had rained for three days. The road to the mill was under water.\n\n",
    "The baker opened his door and looked at the sky for a long while.\n\n",
)
SENTENCE = "Everybody in the village knew her name: Zorblax."
NEAR = 0.02  # of a sum: quantized weights give a little else in batches of another length


@pytest.fixture(params=["engine", "torch_engine"])
def judging(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


def asked(*texts: str, **fields: Any) -> ScorePrompts:
    each = tuple((number,) for number in range(len(texts)))
    fields = {"text": SENTENCE, "without": ((), *each)} | fields
    return ScorePrompts(job=1, pieces=tuple(map(PromptPiece, texts)), **fields)


def judged(engine: Any, request: ScorePrompts, events: list[HostEvent]) -> PromptsScored:
    job = Job(1, events.append)
    engine.watch([job])
    try:
        found: PromptsScored = alone(engine.comparing(request, job), engine.compute)
        return found
    finally:
        engine.watch(())


def by_itself(engine: Any, prompt: str, tokens: int) -> float:
    """What the sentence has behind a prompt that is scored as a text of its own."""
    details = engine.score(Score(job=2, text=prompt + SENTENCE), silent()).details
    return sum(math.log(one.probability) for one in details[-tokens:])


def test_each_prompt_gives_what_it_gives_by_itself(judging: Any) -> None:
    events: list[HostEvent] = []
    found = judged(judging, asked(*PARAGRAPHS), events)
    prompts = [
        "".join(text for place, text in enumerate(PARAGRAPHS) if place != gone)
        for gone in (-1, 0, 1, 2, 3)
    ]
    expected = [by_itself(judging, prompt, found.tokens) for prompt in prompts]
    assert list(found.log_probabilities) == pytest.approx(expected, rel=NEAR)
    losses = [found.log_probabilities[0] - one for one in found.log_probabilities[1:]]
    assert max(losses) == losses[1] > 3.0  # the paragraph that has the name
    told = {one.number: one.log_probability for one in events if isinstance(one, PromptScored)}
    assert tuple(told[number] for number in range(5)) == found.log_probabilities
    assert [*told] == [0, 4, 3, 2, 1]  # what shares most with the prompt is read first


def test_what_prompts_share_is_read_once(judging: Any) -> None:
    events: list[HostEvent] = []
    found = judged(judging, asked(*PARAGRAPHS), events)
    again = judged(judging, asked(*PARAGRAPHS), [])
    steps = [one for one in events if isinstance(one, Prefill)]
    total = steps[-1].total
    assert [one.done for one in steps] == sorted(one.done for one in steps)
    assert steps[-1].done == total < 5 * (found.prompt_tokens + found.tokens) * 0.75
    assert again.log_probabilities == pytest.approx(found.log_probabilities, rel=NEAR)


def test_a_chat_goes_on_with_the_answer(judging: Any) -> None:
    pieces = (
        PromptPiece("You write short stories.", "system"),
        PromptPiece("Tell of a woman called Zorblax. ", "user"),
        PromptPiece("It rains.", "user"),
        PromptPiece("There was a village. ", "assistant"),
    )
    request = ScorePrompts(
        job=1, pieces=pieces, text=SENTENCE, without=((), (0,), (1,), (2,), (3,), (1, 2))
    )
    found = judged(judging, request, []).log_probabilities
    assert found[0] - found[2] == max(found[0] - one for one in found[1:5]) > 1.0
    assert len({*found}) == 6


def test_a_cancel_leaves_what_is_done(judging: Any) -> None:
    events: list[HostEvent] = []
    job = Job(1, events.append)

    def take(event: HostEvent) -> None:
        events.append(event)
        if isinstance(event, PromptScored):
            job.cancel()

    job.emit = take
    judging.watch([job])
    with pytest.raises(CancelledError):
        alone(judging.comparing(asked(*PARAGRAPHS), job), judging.compute)
    judging.watch(())
    assert [one.number for one in events if isinstance(one, PromptScored)] == [0]
    assert len(judged(judging, asked(*PARAGRAPHS), []).log_probabilities) == 5


def test_the_only_paragraph_can_be_left_out(judging: Any) -> None:
    found = judged(judging, asked(PARAGRAPHS[1]), []).log_probabilities
    assert found[0] - found[1] > 3.0


def test_a_context_that_is_nearly_full_has_room(small_engine: Any) -> None:
    texts = [f"{number}: {text}" for number, text in enumerate(PARAGRAPHS * 3)]
    found = judged(small_engine, asked(*texts), [])
    assert 200 < found.prompt_tokens + found.tokens <= 256
    assert len(found.log_probabilities) == len(texts) + 1
    with pytest.raises(PromptTooLongError):
        judged(small_engine, asked(*texts, *PARAGRAPHS), [])


def test_nothing_to_judge_is_said(engine: Any) -> None:
    with pytest.raises(ParameterError):
        judged(engine, asked(*PARAGRAPHS, text=""), [])
    with pytest.raises(ParameterError):
        judged(engine, asked(*PARAGRAPHS, without=()), [])
