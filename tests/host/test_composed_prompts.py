"""Composed prompts on both engines: within the budget by their own tokenizers, kept in cache."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.context.composer import compose
from app.core.context.composition import ContextRequest
from app.core.context.entries import LoreEntry, StoryMemory
from app.engine.messages import ChatMessage, Count

STORY = StoryMemory(
    "It is 1931, and it rains. " * 12,
    "Keep it slow.",
    1,
    (
        LoreEntry("Maren", (), "The keeper of the lamp, who is sixty. " * 6),
        LoreEntry("玛伦", (), "守灯人。" * 20),
    ),
)
TEXT = "".join(
    f"On day {day} Maren counted {day * 37 % 101} ships. 玛伦数了船。\n\n" for day in range(120)
)
SIZE, ANSWER = 256, 32


class Direct:
    """Counts with an engine, without its process."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine

    def texts(self, texts: tuple[str, ...]) -> tuple[int, ...]:
        counted: tuple[int, ...] = self.engine.counted(Count(job=1, texts=texts)).texts
        return counted

    def whole(self, prompt: Any) -> int:
        turns = tuple(ChatMessage(role=role, content=text) for role, text in prompt.turns)
        asked = Count(job=1, prompt=prompt.prompt, suffix=prompt.suffix, messages=turns)
        tokens: int = self.engine.counted(asked).tokens
        return tokens


@pytest.fixture(params=["small", "torch_small"])
def runner(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


def composed(runner: Any, text: str, instruction: str = "") -> Any:
    request = ContextRequest(text, instruction=instruction, size=SIZE, answer=ANSWER)
    return compose(STORY, request, Direct(runner.engine))


def test_the_engine_drops_nothing_of_what_was_composed(runner: Any) -> None:
    made = composed(runner, TEXT)
    assert made.tokens <= made.budget == SIZE - ANSWER
    assert made.tokens > made.budget // 2
    done = runner(made.prompt.prompt, max_tokens=2, overflow="drop_head")
    assert (done.stats.prompt_tokens, done.stats.dropped_tokens) == (made.tokens, 0)
    assert sum(part.tokens for part in made.parts) == pytest.approx(made.tokens, abs=8)


def test_an_instruction_with_its_template_has_room_too(runner: Any) -> None:
    made = composed(runner, TEXT, "Describe the sea.")
    turns = tuple(ChatMessage(role=role, content=text) for role, text in made.prompt.turns)
    done = runner(messages=turns, max_tokens=2, overflow="drop_head")
    assert (done.stats.prompt_tokens, done.stats.dropped_tokens) == (made.tokens, 0)
    assert made.tokens <= made.budget


def test_going_on_reads_little_again(runner: Any) -> None:
    """Only the last paragraph, before which the note stands, and what is new."""
    first = composed(runner, TEXT)
    runner(first.prompt.prompt, max_tokens=2)
    again = composed(runner, TEXT + "She slept. ")
    done = runner(again.prompt.prompt, max_tokens=2)
    assert done.stats.reused_tokens > 0.7 * again.tokens
