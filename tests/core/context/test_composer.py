"""The composer: the stated form, the budget, the order, the reasons; and nothing sent twice."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from app.core.context.composer import TEXT_SHARE, compose
from app.core.context.composition import ContextRequest
from app.core.context.entries import LoreEntry, StoryMemory
from app.core.documents.comments import without_comments
from app.core.documents.prompts import DEFAULT_SYSTEM, continuation, instructed

BEGIN, TURN, MARK = 1, 5, 1


class Pieces:
    """A tokenizer by rule: up to four letters with the space before them, else a character."""

    def __init__(self) -> None:
        self.calls = 0

    def texts(self, texts):
        self.calls += 1
        return tuple(len(re.findall(r" ?\w{1,4}|[^\w]", text)) for text in texts)

    def whole(self, prompt):
        marks = 3 * MARK if prompt.suffix is not None else 0
        every = [prompt.prompt, prompt.suffix or "", *(text for _role, text in prompt.turns)]
        return BEGIN + marks + TURN * len(prompt.turns) + sum(self.texts(tuple(every)))


def composed(story=StoryMemory(), before="The lamp burned.", size=4000, answer=200, **more):  # noqa: B008
    return compose(story, ContextRequest(before, size=size, answer=answer, **more), Pieces())


MAREN = LoreEntry("Maren", (), "Keeper of the lamp, sixty.")
STORY = StoryMemory(memory="It always rains.", note="Keep it slow.", depth=1, lore=(MAREN,))


def test_the_stated_form():
    made = composed(STORY, "It was late.\n\nMaren woke.\n\nShe ")
    assert made.prompt.prompt == (
        "It always rains.\n\nMaren: Keeper of the lamp, sixty.\n\n***\n\n"
        "It was late.\n\nMaren woke.\n\n[Author's note: Keep it slow.]\n\nShe"
    )
    assert (made.prompt.suffix, made.prompt.turns) == (None, ())
    kinds = [part.kind for part in made.parts]
    assert kinds == ["memory", "lore", "frame", "text", "note", "text"]
    mention = made.parts[1].mention
    assert mention is not None
    assert (mention.entry.name, mention.above) == ("Maren", 1)
    assert made.parts[4].depth == 1
    assert made.left_out == ()
    assert made.tokens == Pieces().whole(made.prompt) <= made.budget == 3800
    assert abs(made.around - BEGIN) <= 4


def test_without_memory_the_prompt_is_what_it_always_was():
    for before in ("", "The lamp ", "A\n\nB\n", "x" * 90_000):
        made = compose(StoryMemory(), ContextRequest(before), Pieces())
        assert made.prompt.prompt == continuation(before).prompt
        asked = compose(StoryMemory(), ContextRequest(before, instruction=" Go on. "), Pieces())
        assert asked.prompt.turns == instructed(before, "Go on.")
        assert made.tokens == -1


def test_an_instruction_comes_last_behind_the_memory():
    made = composed(STORY, "Maren woke.", instruction="Describe the sea.", system="Be brief.")
    (_system, system), (_user, user) = made.prompt.turns
    assert system == "Be brief."
    assert user == (
        "It always rains.\n\nMaren: Keeper of the lamp, sixty.\n\nThis is the manuscript so far:"
        "\n\n[Author's note: Keep it slow.]\n\nMaren woke.\n\nInstruction: Describe the sea.\n\n"
        "Continue directly from its last word. Write only the new text."
    )
    assert composed(STORY, "x", instruction="Go").prompt.turns[0][1] == DEFAULT_SYSTEM
    empty = composed(STORY, "", instruction="Begin with Maren.").prompt.turns[1][1]
    assert empty.endswith("[Author's note: Keep it slow.]\n\nBegin with Maren.")


def test_what_follows_is_a_suffix_for_a_model_that_can_and_else_in_a_stated_form():
    can = composed(STORY, "The lamp", after=" burned.\n\nThe end.", fills=True)
    assert can.prompt.suffix == " burned.\n\nThe end."
    assert "burned" not in can.prompt.prompt
    cannot = composed(STORY, "The lamp", after=" burned.\n\nThe end.")
    assert cannot.prompt.suffix is None
    form = "[What follows later: burned.\n\nThe end.]\n\n***\n\n[Author's note: Keep it slow.]\n\n"
    assert cannot.prompt.prompt.endswith(form + "The lamp")
    asked = composed(StoryMemory(), "The lamp", after="End.", fills=True, instruction="Go on.")
    assert "[What follows later: End.]" in asked.prompt.turns[1][1]


def test_comments_are_not_sent_and_name_nothing():
    story = StoryMemory(
        "Rain. %% secret %%",
        "Slow.<!-- secret -->",
        1,
        (LoreEntry("Maren", (), "Keeper. %% knows Lamp, secret %%"), LoreEntry("Lamp", (), "x")),
    )
    made = composed(story, "Maren")
    assert "secret" not in made.prompt.prompt
    assert [(one.kind, one.reason, one.name) for one in made.left_out] == [
        ("lore", "not_named", "Lamp")
    ]
    hidden = composed(StoryMemory(lore=(LoreEntry("A", (), "%% nothing else %%"),)), "A")
    assert [(one.reason, one.name) for one in hidden.left_out] == [("empty", "A")]


def test_what_has_no_room_is_cut_along_sentences_and_said():
    memory = "It rains here. " * 100
    lore = (LoreEntry("Maren", (), "Maren sleeps. " * 100), LoreEntry("Lamp", (), "y" * 3000))
    made = composed(StoryMemory(memory, "z" * 900, 1, lore), "The Lamp of Maren. " * 200, 700, 100)
    parts = {part.kind: part for part in made.parts}
    assert parts["memory"].is_cut
    assert parts["memory"].text.endswith("It rains here.\n\n")
    assert parts["lore"].text.endswith("Maren sleeps.\n\n")
    assert parts["text"].text.startswith("The Lamp of Maren.")
    left = {(one.kind, one.reason, one.name) for one in made.left_out}
    assert {
        ("memory", "cut", ""),
        ("lore", "cut", "Maren"),
        ("lore", "no_room", "Lamp"),
        ("text", "too_long", ""),
    } <= left
    assert made.tokens <= made.budget


def test_the_next_longer_text_begins_alike_so_that_the_cache_holds():
    text = "The keeper counted the lamps again.\n\n" * 400
    starts = {
        composed(STORY, text + "More. " * more, 2000, 100).prompt.prompt[:600] for more in range(40)
    }
    assert len(starts) <= 2
    entries = tuple(LoreEntry(name, (), f"{name} is one.") for name in ("Zoe", "Ada", "Mo"))
    one, other = (
        composed(StoryMemory(lore=entries), text) for text in ("Mo, Ada, Zoe", "Zoe. Mo. Ada")
    )
    assert one.prompt.prompt.split("***")[0] == other.prompt.prompt.split("***")[0]


def test_a_text_that_may_not_be_cut_is_whole():
    text = "word " * 3000
    assert composed(STORY, text, 500, 100, cuts=False).before == text


def test_a_cut_divides_nothing_that_may_not_be_divided():
    text = "word " * 3000
    request = ContextRequest(text, size=500, answer=100)
    made = compose(STORY, request, Pieces(), lambda _text, place: place + 1)
    assert made.before[0] == "o"


def test_counting_takes_few_calls_however_long_the_text_is():
    counter = Pieces()
    compose(STORY, ContextRequest("It rained. " * 20_000, size=4000, answer=100), counter)
    assert counter.calls < 40


WORDS = st.lists(
    st.sampled_from(
        [
            "Maren",
            "Lamp",
            "the",
            "sea.",
            "It",
            "rained!",
            "\n\n",
            "玛伦",
            "%%",
            "<!--",
            "-->",
            "x" * 40,
        ]
    ),
    max_size=120,
).map(" ".join)
ENTRIES = st.lists(
    st.builds(
        LoreEntry,
        st.sampled_from(["Maren", "Lamp", "玛伦", "sea"]),
        st.just(()),
        WORDS,
    ),
    max_size=5,
).map(tuple)
STORIES = st.builds(StoryMemory, WORDS, WORDS, st.integers(1, 6), ENTRIES)


@given(
    STORIES,
    WORDS,
    WORDS,
    st.sampled_from(["", "Describe Maren."]),
    st.integers(80, 1200),
    st.booleans(),
)
def test_never_over_the_budget_and_nothing_twice(story, before, after, instruction, size, fills):
    counter = Pieces()
    fixed = counter.whole(instructed_of(instruction)) if instruction else 0
    request = ContextRequest(
        before, after, instruction, size=size + 2 * fixed, answer=size // 4, fills=fills
    )
    made = compose(story, request, counter)
    again = compose(story, request, counter)
    assert made == again
    if made.tokens < 0:
        assert made.prompt.prompt == continuation(before).prompt or made.prompt.turns
        return
    assert made.tokens == counter.whole(made.prompt) <= made.budget
    assert before.endswith(made.before)
    (text,) = counter.texts((made.before,))
    (whole,) = counter.texts((before,))
    assert text >= min(whole, int(TEXT_SHARE * (made.budget - fixed)) - 60)
    order = ["system", "memory", "lore", "following", "text", "instruction"]
    kinds = [part.kind for part in made.parts if part.kind in order and part.turn != "suffix"]
    assert kinds == sorted(kinds, key=order.index)
    for kind in ("memory", "following", "note", "instruction", "system"):
        assert sum(part.kind == kind for part in made.parts) <= 1
    sent = [part.text for part in made.parts if part.kind == "lore"]
    assert len(sent) == len(set(sent))
    lore = [(one.name, without_comments(one.text).strip()) for one in story.lore]
    sent_entries = [part.mention.entry for part in made.parts if part.mention]
    places = [lore.index((one.name, one.text)) for one in sent_entries]
    assert places == sorted(places)
    joined = "".join(part.text for part in made.parts if part.kind == "text")
    assert joined.strip() == made.before.strip()


def instructed_of(instruction):
    return compose(StoryMemory(), ContextRequest("x", instruction=instruction), Pieces()).prompt


@pytest.mark.parametrize("size", [20, 40])
def test_a_model_that_reads_next_to_nothing_still_gets_the_text(size):
    made = composed(STORY, "The keeper slept. Maren woke.", size, size // 4)
    assert made.tokens <= made.budget
    assert made.before.endswith("oke.")
