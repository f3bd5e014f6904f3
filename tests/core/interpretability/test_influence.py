"""Which parts of a prompt can be left out, what that costs, and how they are ranked."""

from __future__ import annotations

import math
from typing import Any

import pytest

from app.core.context.composer import compose
from app.core.context.composition import ComposedPrompt, ContextRequest
from app.core.context.entries import LoreEntry, StoryMemory
from app.core.documents.prompts import instructed
from app.core.interpretability.influence import Influence, plan_of, ranked
from app.core.interpretability.influence_parts import (
    PromptPart,
    composed_parts,
    places_of,
    sent_parts,
    text_parts,
)

STORY = StoryMemory(
    memory="It always rains.\n\nNobody says why.",
    note="Slow.",
    depth=1,
    lore=(
        LoreEntry("Maren", (), "Maren keeps the lamp.\n\nShe is old."),
        LoreEntry("Skerry", (), "An island."),
    ),
)
BEFORE = "One.\n\nMaren woke.\n\nShe went to Skerry. Then"


class Letters:
    """A token for every letter."""

    def texts(self, texts: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(map(len, texts))

    def whole(self, prompt: ComposedPrompt) -> int:
        return len(prompt.prompt) + sum(len(text) for _role, text in prompt.turns)


def asked(**fields: Any) -> ContextRequest:
    usual: dict[str, Any] = {"before": BEFORE, "size": 4000, "answer": 100}
    return ContextRequest(**(usual | fields))


def told(parts: tuple[PromptPart, ...]) -> list[tuple[str, str, bool]]:
    return [(part.kind, part.name or part.text, part.is_fixed) for part in parts]


def test_the_parts_of_a_composed_prompt_are_all_of_it() -> None:
    made = compose(STORY, asked(after="And later."), Letters())
    parts = composed_parts(made)
    assert "".join(part.text for part in parts) == made.prompt.prompt
    assert told(parts) == [
        ("memory", "It always rains.\n\nNobody says why.\n\n", False),
        ("lore", "Maren", False),
        ("lore", "Skerry", False),
        ("following", "[What follows later: And later.]\n\n", False),
        ("frame", "***\n\n", True),
        ("paragraph", "One.\n\n", False),
        ("paragraph", "Maren woke.\n\n", False),
        ("note", "[Author's note: Slow.]\n\n", False),
        ("paragraph", "She went to Skerry. Then", False),
    ]


@pytest.mark.parametrize("instruction", ["", "Go on."])
def test_a_sent_prompt_has_the_same_parts(instruction: str) -> None:
    made = compose(STORY, asked(after="And later.", instruction=instruction), Letters())
    prompt = made.prompt
    parts = sent_parts(prompt.prompt, prompt.turns, STORY, BEFORE)
    composed = composed_parts(made)
    assert "".join(part.text for part in parts) == "".join(part.text for part in composed)
    found = {(part.kind, part.name, part.text.strip()) for part in parts}
    wanted = {(part.kind, part.name, part.text.strip()) for part in composed}
    assert found == wanted


def test_a_scene_end_in_the_text_is_no_memory() -> None:
    text = "One.\n\n***\n\nTwo."
    assert [part.kind for part in sent_parts(text, (), STORY, text)] == ["paragraph"] * 3


def test_what_the_memory_no_longer_says_counts_as_memory() -> None:
    prompt = "It used to snow.\n\nAn island.\n\n***\n\nTwo."
    parts = sent_parts(prompt, (), StoryMemory(), "Two.")
    assert told(parts) == [
        ("memory", "It used to snow.\n\nAn island.\n\n", False),
        ("frame", "***\n\n", True),
        ("paragraph", "Two.", False),
    ]


def test_a_chat_keeps_its_only_message_of_the_user() -> None:
    parts = sent_parts("", instructed("", "Write."), StoryMemory(), "")
    assert [(part.kind, part.is_fixed) for part in parts] == [
        ("system", False),
        ("instruction", True),
    ]
    parts = sent_parts("", (*instructed("One.", "Write."), ("assistant", "A.\n\nB.")), STORY, "")
    assert [part.kind for part in parts[-2:]] == ["answer", "answer"]


def test_blank_lines_go_with_what_follows_them() -> None:
    text = "\n\nOne.\n \nTwo.\n\n  "
    parts = tuple(text_parts(text))
    assert "".join(part.text for part in parts) == text
    assert [part.text for part in parts if not part.is_fixed] == ["\n\nOne.\n", " \nTwo.\n\n"]


def test_paragraphs_are_found_from_the_end_and_where_they_were_edited() -> None:
    page = "Rain.\n\nRain.\n\nThe long sentence of before was changed.\n\nEnd. Now"
    sent = "Rain.\n\nRain.\n\nThe long sentence of before stayed.\n\nElsewhere only.\n\nEnd."
    found = places_of(tuple(text_parts(sent)), page, page.index(" Now"))
    shown = [None if place is None else page[slice(*place)] for place in found]
    assert shown == ["Rain.", "Rain.", "The long sentence of before was changed.", None, "End."]
    assert found[0] != found[1]


def test_the_plan_drops_whole_paragraphs_of_the_beginning() -> None:
    parts = (PromptPart("memory", "m"), *(PromptPart("paragraph", text) for text in "abcd"))
    plan = plan_of(parts, (5, 10, 10, 10, 10), "x", 3, 30)
    assert [part.text for part in plan.parts] == ["m", "c", "d"]
    assert (plan.kept, plan.dropped, plan.counts) == ((0, 3, 4), 2, (5, 10, 10))
    assert plan.open_parts == (2, 1, 0)


def test_the_cost_is_all_once_and_then_what_follows_each_gap() -> None:
    texts = [PromptPart("paragraph", text) for text in "ab"]
    parts = [PromptPart("memory", "m"), PromptPart("frame", "f", is_fixed=True), *texts]
    plan = plan_of(parts, (5, 1, 10, 20), "x", 3, 100)
    readings = plan.readings(plan.open_parts)
    assert [one.read for one in readings] == [39, 3, 20 + 3, 1 + 10 + 20 + 3]
    assert [one.tokens for one in readings] == [39, 19, 29, 34]


def test_what_mattered_most_comes_first_for_or_against() -> None:
    found = ranked(-10.0, {0: -10.0, 1: -12.5, 2: -6.0, 3: -10.0})
    assert [(one.number, one.nats) for one in found] == [(2, -4.0), (1, 2.5), (3, 0.0), (0, 0.0)]
    assert found[1].factor == pytest.approx(math.exp(2.5))
    assert [one.matters for one in found] == [True, True, False, False]
    assert Influence(0, 1e6).factor < math.inf
