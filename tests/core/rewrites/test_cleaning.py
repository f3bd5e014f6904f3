from __future__ import annotations

import pytest

from app.core.changes.compare import applied, compare
from app.core.rewrites.cleaning import clean, fitted
from tests.core.rewrites.answers import ANSWERS, FERRY, SHORT


def test_there_are_sixty_scripted_answers() -> None:
    assert len(ANSWERS) == len(set(ANSWERS)) == 60


@pytest.mark.parametrize(("original", "raw", "answer"), ANSWERS)
def test_only_the_answer_is_left_of_what_a_model_says(original: str, raw: str, answer: str) -> None:
    found = clean(raw, original, "Shorter")
    assert found.text == answer
    assert bool(found.taken_off) == (raw.strip() != answer)


@pytest.mark.parametrize(("original", "raw", "answer"), ANSWERS)
def test_what_is_left_can_be_accepted_and_rejected_exactly(
    original: str, raw: str, answer: str
) -> None:
    changes = compare(original, clean(raw, original, "Shorter").text)
    assert applied(original, changes) == answer
    assert applied(original, ()) == original


@pytest.mark.parametrize(("original", "raw", "answer"), ANSWERS)
def test_nothing_that_is_not_the_answer_is_shown_while_it_streams(
    original: str, raw: str, answer: str
) -> None:
    """Neither a greeting nor a label or thought; what the answer ends with may come late."""
    if "</think>" in raw and "<think>" not in raw:
        return  # that these were thoughts is only known when they end
    shown = [clean(raw[:end], original, "Shorter", is_over=False).text for end in range(len(raw))]
    assert answer or not any(shown)
    ways = (answer, answer[1:])  # a quotation may be one around all of it until it ends
    strange = [text for text in shown if not any(way.startswith(text[: len(way)]) for way in ways)]
    assert strange == []


@pytest.mark.parametrize(
    "prose",
    [
        "Here is what he knew: nothing at all.",
        "Sure of herself, she left. The door closed.",
        "Great was the silence. Nobody came.",
        "Yes. He had seen it.\n\nNobody else had.",
        "Below lay the harbour. The ships were small.",
        "I made my way home.\n\nI kept the letter.",
        "He waited.\n\nIf you had seen him, you would have wept.",
        "Nothing else mattered: the ship was lost.",
        "如果你见过海，你会懂的。\n\n如果没有，那就算了。",
        "好的东西不多。他留下了。",
        "'Twas late. The dogs' barking had ended.",
        "“Stay,” she said.\n\n“Why?”",
    ],
)
def test_prose_that_begins_like_something_else_stays_as_it_is(prose: str) -> None:
    assert clean(prose, FERRY) == clean(prose, prose)
    assert clean(prose, FERRY).text == prose


def test_the_passage_said_again_before_the_answer_is_taken_off() -> None:
    assert clean(f"{FERRY}\n\nThe new text: {SHORT}", FERRY).text == SHORT
    assert clean(f"{FERRY}\n\nThe end was near.", FERRY).text == f"{FERRY}\n\nThe end was near."
    assert clean(f"{FERRY}\n\nTranslation:", FERRY).text == f"{FERRY}\n\nTranslation:"


def test_what_the_passage_has_itself_is_not_taken_off() -> None:
    letter = "Sure, here is the list:\n\nBread and milk."
    answer = "Sure, here is the list:\n\nMilk and bread."
    assert clean(answer, letter).text == answer


@pytest.mark.parametrize(
    ("original", "answer"),
    [
        ('"Go away!" he shouted angrily.', '"Go away!"'),
        ('He shouted, "Go away!"', '"Go away!"'),
        ("‘Go,’ she said.", "‘Go.’"),
        ("“Go,” she said.", "“Go.”"),
        ("Yes, of course.\n\nShe turned away then.", "Of course.\n\nShe turned away."),
        ("他说：好的。\n走吧。", "好的。\n走吧。"),
        ("<think> he wrote. Then more.", "<think> he wrote. More."),
        (
            "She went first.\n\nI held the passage open.\n\nHe went in.",
            "She went.\n\nI kept the passage open.\n\nHe entered.",
        ),
        (
            "Dear Tom, let me know it.\n\nTell me how you are.",
            "Tom, tell me.\n\nLet me know how you are.",
        ),
    ],
)
def test_what_the_writer_may_have_said_is_not_taken_off(original: str, answer: str) -> None:
    assert clean(answer, original).text == answer


@pytest.mark.parametrize("original", ["He didn't go, of course.", "It's the dogs' house."])
def test_an_apostrophe_is_no_quotation(original: str) -> None:
    assert clean("'It is theirs.'", original).text == "It is theirs."


def test_what_was_taken_off_is_told_in_order() -> None:
    found = clean(
        f'<think>Hm.</think>Sure, here is the text:\n\n"{SHORT}"\n\nHope this helps!', FERRY
    )
    kinds = [part.what for part in found.taken_off]
    assert kinds == ["thoughts", "greeting", "closing", "quotes"]
    assert found.taken_off[0].text == "<think>Hm.</think>"


def test_an_answer_gets_the_space_around_it_that_the_passage_has() -> None:
    assert fitted("New.", "\n\n  Old. \n") == "\n\n  New. \n"
    assert fitted("", " Old. ") == ""
