"""The built-in actions, how a model is asked for them, and what a model cannot do."""

from __future__ import annotations

import pytest

from app.core.options.presets import BUILTIN
from app.core.passport import Passport
from app.core.rewrites.fitness import doubts, obstacle, uses_template
from app.core.rewrites.outcome import outcome
from app.core.rewrites.prompts import AskedPassage, around, asked, filled, unknown_places
from app.core.rewrites.table import REWRITES, Rewrite

BY_ID = {action.id: action for action in REWRITES}
RAIN = AskedPassage(
    selection="It rained. She went home.",
    before="It was May.\n\n",
    after=" The end.",
    instruction="French",
    language="English",
    memory="Maren has a dog.",
)


@pytest.mark.parametrize("action", REWRITES, ids=lambda action: action.id)
def test_every_action_asks_with_the_passage_and_leaves_no_brace(action: Rewrite) -> None:
    assert action.preset in {preset.name for preset in BUILTIN}
    assert unknown_places(action.prompt) == ()
    assert bool(action.asks) == ("{instruction}" in action.prompt)
    (role, text) = asked(action, RAIN, chat=True).turns[-1]
    assert role == "user"
    assert RAIN.selection in text
    assert "{" not in text
    bare = asked(action, AskedPassage(selection="It rained."), chat=True).turns[0][1]
    assert "It rained." in bare
    assert not bare.endswith(":")
    assert "\n\n\n" not in bare


@pytest.mark.parametrize("action", REWRITES, ids=lambda action: action.id)
def test_a_base_model_goes_on_from_examples_or_the_text(action: Rewrite) -> None:
    reason = obstacle(action, "Tiny", has_template=False, target="French")
    if reason:
        assert action.id in ("explain", "outline")
        assert reason.startswith("Tiny only goes on with text")
        return
    prompt = asked(action, RAIN, chat=False)
    if action.goes_on:
        assert prompt.prompt == RAIN.before + RAIN.selection
        return
    assert prompt.turns == ()
    assert RAIN.selection in prompt.prompt.split("\n\n")[-1]
    assert prompt.prompt.endswith(":")
    assert prompt.prompt.count(f"{prompt.prompt.splitlines()[-1]}") == 3


def test_an_answer_of_several_paragraphs_is_not_cut_after_the_first() -> None:
    one = asked(BY_ID["shorten"], AskedPassage(selection="One."), chat=False)
    two = asked(BY_ID["shorten"], AskedPassage(selection="One.\n\nTwo."), chat=False)
    assert one.stop == ("\nText:", "\n\n")
    assert two.stop == ("\nText:",)


def test_paragraphs_without_a_value_are_left_out_and_values_stay_as_they_are() -> None:
    template = "Do it.\n\nFacts: {memory}\n\nAnd {selection} {x} { } {{y}}"
    assert (
        filled(template, {"selection": "{memory}\n\nB"})
        == "Do it.\n\nAnd {memory}\n\nB {x} { } {{y}}"
    )
    assert unknown_places(template) == ("x", "y")


def test_the_system_text_comes_first_where_there_is_one() -> None:
    turns = asked(BY_ID["shorten"], RAIN, chat=True, system=" Be brief. ").turns
    assert [role for role, _text in turns] == ["system", "user"]
    assert turns[0][1] == "Be brief."


def test_the_text_around_is_cut_at_paragraphs_and_words() -> None:
    before, after = around("One.\n\nTwo three four.", "five six\n\nseven", 16)
    assert before == "Two three four."
    assert after == "five six\n\nseven"[: len(after)]
    assert around("雨" * 10, "雪" * 10, 7) == ("雨雨", "雪雪")
    assert around("all", "of it", 100) == ("all", "of it")
    assert around("some", "words", 0) == ("", "")


def test_translating_by_examples_needs_a_language_of_the_table() -> None:
    translate = BY_ID["translate"]
    assert obstacle(translate, "Tiny", has_template=False, target="German") == ""
    assert obstacle(translate, "Tiny", has_template=False, target="fr") == ""
    assert "Klingon" in obstacle(translate, "Tiny", has_template=False, target="Klingon")
    assert obstacle(translate, "Tiny", has_template=True, target="Klingon") == ""
    prompt = asked(translate, RAIN, chat=False).prompt
    assert prompt.endswith(f"English: {RAIN.selection}\nFrench:")


def test_a_doubt_is_told_by_what_was_found_when_the_model_was_tried() -> None:
    good = Passport(kind="instruct", followed=3, instructions=4, languages=("en",))
    poor = Passport(
        kind="instruct",
        followed=1,
        instructions=4,
        languages=("en",),
        languages_tried=("en", "fr"),
        repetition=0.5,
    )
    shorten, expand, write_on = BY_ID["shorten"], BY_ID["expand"], BY_ID["continue"]
    assert doubts(shorten, "Tiny", None, chat=True) == ()
    assert doubts(shorten, "Tiny", good, chat=True, language="English") == ()
    assert doubts(shorten, "Tiny", poor, chat=True) == (
        "Tiny followed 1 of 4 simple instructions when it was tried: it may do something else.",
    )
    told = " ".join(doubts(expand, "Tiny", poor, chat=True, language="French"))
    assert "did not write French" in told
    assert "repeats itself" in told
    assert doubts(write_on, "Tiny", poor, chat=True) == ()
    assert "examples" in doubts(shorten, "Tiny", good, chat=False)[0]
    assert uses_template(True, None)
    assert not uses_template(True, Passport(template="fails"))


@pytest.mark.parametrize(
    ("original", "answer", "reason", "expected"),
    [
        ("It rained.", "", "stop", "nothing"),
        ("It rained. ", " It rained.", "stop", "same"),
        ("It rained.", "Rain fell", "stop", "half"),
        ("It rained.", "Rain fell.", "length", "half"),
        ("It rained.", "下雨了。", "stop", "foreign"),
        ("下雨了。", "雨落了。", "stop", "new"),
        ("It rained.", "Rain fell.", "stop", "new"),
    ],
)
def test_what_came_of_an_answer(original: str, answer: str, reason: str, expected: str) -> None:
    assert outcome(BY_ID["rewrite"], original, answer, reason) == expected


def test_a_translation_is_in_another_language() -> None:
    assert outcome(BY_ID["translate"], "It rained.", "下雨了。", "stop") == "new"
    assert outcome(BY_ID["title"], "It rained.", "Rain", "stop") == "new"
