"""A text is judged behind a prompt that is only read, by both engines."""

from __future__ import annotations

import math

import pytest

from app.core.errors import ParameterError, PromptTooLongError
from app.engine.messages import ChatMessage, HostEvent, Prefill, Score, Scored
from app.host.base_engine import BaseEngine
from app.host.interface import Job

PROMPT = "Once upon a time there was a little girl who lived in a house"
TEXT = " near the sea. She had a red hat and a small boat."
NEAR = 0.02  # of a sum: quantized weights give a little else in batches of another length


def judged(engine: BaseEngine, **fields: object) -> tuple[Scored, list[HostEvent]]:
    events: list[HostEvent] = []
    request = Score(job=1, **{"text": TEXT, **fields})  # type: ignore[arg-type] # any fields
    return engine.score(request, Job(1, events.append)), events


@pytest.fixture(params=["engine", "torch_engine"])
def either(request: pytest.FixtureRequest) -> BaseEngine:
    found: BaseEngine = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=["small_engine", "small_torch_engine"])
def small(request: pytest.FixtureRequest) -> BaseEngine:
    found: BaseEngine = request.getfixturevalue(request.param)
    return found


def test_it_is_as_likely_as_in_the_whole_text(either: BaseEngine) -> None:
    engine = either
    whole, _ = judged(engine, text=PROMPT + TEXT, probabilities=3)
    found, _ = judged(engine, prompt=PROMPT, probabilities=3)
    assert "".join(one.text for one in found.details) == TEXT
    same = whole.details[-len(found.details) :]
    assert [one.id for one in found.details] == [one.id for one in same]
    for one, other in zip(found.details, same, strict=True):
        chances = math.log(one.probability), math.log(other.probability)
        assert chances[0] == pytest.approx(chances[1], rel=NEAR, abs=0.1)
        assert next(each.id for each in one.alternatives) == other.alternatives[0].id
    total = sum(math.log(one.probability) for one in found.details)
    assert found.log_probability == pytest.approx(total)
    assert found.tokens == len(found.details)


def test_the_prompt_is_known_the_next_time_and_no_more_is_told_than_asked(
    either: BaseEngine,
) -> None:
    engine = either
    first, _ = judged(engine, prompt=PROMPT, probabilities=2)
    again, events = judged(engine, prompt=PROMPT, probabilities=2, told=1)
    read = [one for one in events if isinstance(one, Prefill)]
    assert read[0].reused >= read[0].total - 1
    assert len(again.details) == 1
    assert len(again.details[0].alternatives) == 2
    assert again.tokens == first.tokens
    assert again.log_probability == pytest.approx(first.log_probability, rel=NEAR)
    none, _ = judged(engine, prompt=PROMPT, told=0)
    assert none.details == ()
    assert none.tokens == first.tokens


def test_it_is_judged_as_the_answer_in_a_chat(either: BaseEngine) -> None:
    engine = either
    asked = ChatMessage(role="user", content="Say hello.")
    begun = ChatMessage(role="assistant", content="Hello")
    found, _ = judged(engine, messages=(asked, begun), text=" there, my friend.")
    assert "".join(one.text for one in found.details) == " there, my friend."
    whole, _ = judged(engine, messages=(asked,), text="Hello there, my friend.")
    rest = sum(math.log(one.probability) for one in whole.details[1:])
    assert found.log_probability == pytest.approx(rest, abs=0.1)


def test_a_replaced_word_and_what_follows_are_as_likely_as_the_new_text(
    either: BaseEngine,
) -> None:
    """As the menu of a word asks: the word after its prompt, then the rest after both."""
    word, rest = " big", " house near the sea. She had a red hat."
    before = PROMPT.removesuffix(" a house") + " a"
    replaced, _ = judged(either, prompt=before, text=word)
    kept, _ = judged(either, prompt=before + word, text=rest, told=0)
    whole, _ = judged(either, prompt=before, text=word + rest)
    assert kept.tokens + replaced.tokens == whole.tokens
    total = replaced.log_probability + kept.log_probability
    assert total == pytest.approx(whole.log_probability, rel=NEAR)


def test_what_is_too_long_loses_its_head_or_is_judged_in_windows(small: BaseEngine) -> None:
    engine, size = small, small.info.context
    long = PROMPT + TEXT * 20
    with pytest.raises(PromptTooLongError):
        judged(engine, prompt=long)
    found, _ = judged(engine, prompt=long, overflow="drop_head")
    assert "".join(one.text for one in found.details) == TEXT
    windows, _ = judged(engine, prompt=PROMPT, text=TEXT * 20, overflow="drop_head")
    assert "".join(one.text for one in windows.details) == TEXT * 20
    assert windows.tokens > size


def test_no_text_is_refused_and_a_cancel_ends_it(either: BaseEngine) -> None:
    engine = either
    with pytest.raises(ParameterError, match="no text"):
        judged(engine, prompt=PROMPT, text="")
    job = Job(1, lambda _event: None)
    job.cancel()
    request = Score(job=1, text=TEXT, prompt=PROMPT + " that is new")
    assert engine.score(request, job).tokens == 0
