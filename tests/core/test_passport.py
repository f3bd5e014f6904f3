"""The card and the scores that come of what was found out."""

from __future__ import annotations

import msgspec
import pytest

from app.core.models.catalogue import PURPOSES
from app.core.passport import (
    FORMAT,
    LANGUAGES,
    Passport,
    card,
    from_record,
    listed,
    score,
    summary,
    words,
)

SOUND = Passport(
    kind="instruct",
    template="right",
    system="kept",
    ends_turn="yes",
    doubled_bos="no",
    stops="yes",
    followed=3,
    instructions=3,
    repetition=0.02,
    languages=("en", "fr"),
    languages_tried=tuple(LANGUAGES),
    tokens_per_word=1.25,
    prompt_tokens_per_s=250.0,
    tokens_per_s=18.75,
    memory_per_1000=23_040_000,
)


def but(**changes: object) -> Passport:
    return msgspec.structs.replace(SOUND, **changes)


def test_the_card_of_a_sound_model() -> None:
    assert words(SOUND) == (
        "Good for: continuing prose; following simple instructions.",
        "Weak at: Chinese, Russian, German and Spanish.",
        "Tried in 6 languages, it answered in English and French.",
        "It writes about 3 pages a minute here, and reads about 40.",
        "Every 1,000 tokens of text that it reads take 23 MB of memory.",
    )


def test_what_is_left_is_listed_in_one_row() -> None:
    lines = words(but(repetition=None, languages_tried=("en", "zh", "ru")))
    assert lines[-1] == "Not tried, for lack of time: repetition, French, German and Spanish."


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"doubled_bos": "yes"}, "doubles its first token"),
        ({"stops": "no"}, "set a stop text, or use it as a base model"),
        ({"ends_turn": "no"}, "without a token that ends it"),
        ({"system": "lost"}, "loses the system text"),
        ({"system": "moved"}, "knows no system text"),
        ({"template": "fails", "template_problem": "No."}, "its chat template fails (No)"),
        ({"template": "none"}, "was not made to answer"),
        ({"kind": "base"}, "instead of answering"),
        ({"repetition": 0.6}, "repeats itself"),
        ({"tokens_per_s": None}, "It reads about 40 pages a minute here."),
        ({"problem": "The engine died."}, "did not come to an end: The engine died."),
        ({"tokens_per_s": 6.25}, "about 1 page a minute"),
        ({"tokens_per_s": 0.4}, "about 0.064 pages a minute"),
    ],
)
def test_each_finding_has_its_sentence(changes: dict[str, object], sentence: str) -> None:
    assert sentence in "\n".join(words(but(**changes)))


def test_what_was_not_tried_is_said_and_never_guessed() -> None:
    blank = Passport(template="right")
    told = card(blank)
    assert (told.good_for, told.weak_at, told.warnings) == ((), (), ())
    assert told.facts == ("Not tried, for lack of time: instructions, repetition and languages.",)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_scores_are_between_none_and_all(purpose: str) -> None:
    for passport in (SOUND, Passport(), but(kind="base"), but(tokens_per_s=0.01)):
        assert 0 <= score(passport, purpose) <= 1
    assert score(but(tokens_per_s=0.5), purpose) < score(SOUND, purpose)


def test_scores_sort_models_by_what_they_are_for() -> None:
    base = but(kind="base", template="none", followed=0, instructions=0)
    assert score(base, "continue") == score(SOUND, "continue")
    assert score(base, "chat") < score(but(stops="no"), "chat") < score(SOUND, "chat")
    assert score(but(repetition=0.4), "continue") < score(SOUND, "continue")
    assert score(but(languages=("en",)), "translate") < score(SOUND, "translate")


def test_a_record_is_read_back_or_is_none() -> None:
    record = msgspec.to_builtins(SOUND)
    assert from_record(record) == SOUND
    assert from_record(record | {"later": 1}) == SOUND
    assert from_record(record | {"format": FORMAT + 1}) is None
    assert from_record(record | {"followed": "many"}) is None
    assert from_record(None) is None


def test_names_are_listed() -> None:
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"


def test_the_summary_is_one_line() -> None:
    assert summary(SOUND) == (
        "good for: continuing prose, following simple instructions; about 3 pages a minute here"
    )
    weak = but(repetition=0.9, followed=0)
    assert summary(weak).startswith("weak at: instructions, long passages")
    assert summary(Passport()) == ""
    assert "could not" in summary(Passport(problem="The engine died."))


def test_every_sentence_goes_through_the_translation() -> None:
    told: list[str] = []

    def mark(text: str) -> str:
        told.append(text)
        return f"«{text}»"

    bad = but(template="fails", template_problem="no loops", doubled_bos="yes", stops="no")
    for passport in (SOUND, bad, but(kind="base", languages_tried=("en",))):
        assert all(line.startswith("«") for line in words(passport, mark))
    assert summary(SOUND, mark).startswith("«")
    assert "English" in told
    assert not [text for text in told if "3 pages" in text or "no loops" in text]


@pytest.mark.parametrize(("share", "repeats"), [(None, False), (0.24, False), (0.25, True)])
def test_a_model_repeats_from_a_quarter_on(share: float | None, repeats: bool) -> None:
    assert but(repetition=share).repeats is repeats
