"""Masking: what leaves is masked, what comes back is the writer's own text."""

from __future__ import annotations

import itertools
import json
import time
import unicodedata
from collections.abc import Sequence
from typing import Literal

import pytest
from hypothesis import given, strategies as st

from app.core import masked_names
from app.core.errors import ParameterError
from app.core.masked_numbers import is_account_number, is_card_number
from app.core.masking import Masker

NAMES = ("Anna Bell", "Zoë", "Jo", "王小明", "O'Neil", "Straße", "Bell")
_BITS = st.sampled_from((
    *NAMES, "anna  BELL", "ZOE\u0308", "Joan", "STRASSE", "O’Neil", "[NAME_1]", "[NAME__12b]",
    "[name_1]", "[NAME", "_1", "]", "[", "a@b.example", "DE89 3704 0044 0532 0130 00",
    "4111 1111 1111 1111", "4111 1111\n1111 1111", "DE89 3704 0044\r\n0532 0130 00",
    "+44 20 7946 0958", "(030) 1234567", "555-123-4567", " ", "s", "’s",
    "\n",
))  # fmt: skip
_TEXTS = st.one_of(st.text(), st.lists(st.one_of(_BITS, st.text(max_size=3))).map("".join))


@given(_TEXTS)
def test_every_text_comes_back(text: str) -> None:
    masker = Masker(NAMES)

    assert masker.unmask(masker.mask(text)) == text


@given(_TEXTS, st.lists(st.integers(0, 400)))
def test_every_split_gives_the_same_text(text: str, cuts: list[int]) -> None:
    masker = Masker(NAMES)
    masked = masker.mask(text)
    borders = sorted({0, len(masked), *(cut for cut in cuts if cut < len(masked))})
    unmasker = masker.unmasker()

    pieces = [unmasker.feed(masked[a:b]) for a, b in itertools.pairwise(borders)]

    assert "".join([*pieces, unmasker.finish()]) == text


@given(_TEXTS)
def test_in_json_every_text_comes_back(text: str) -> None:
    masker = Masker(NAMES)
    written = json.dumps({"a": masker.mask(text)}, ensure_ascii=False)

    assert json.loads(masker.unmask(written, as_json=True)) == {"a": text}


def test_again_it_counts_from_the_beginning() -> None:
    masker = Masker(("Anna Bell",))
    first = masker.mask("ANNA BELL: a@b.example")

    assert masker.again().mask("Anna bell: c@d.example") == first == "[NAME_1a]: [EMAIL_1]"
    assert masker.again().mask("c@d.example") == "[EMAIL_1]"
    assert masker.mask("c@d.example") == "[EMAIL_2]"
    assert masker.unmask("[EMAIL_1]") == "a@b.example"


@given(_TEXTS, _TEXTS)
def test_a_canary_never_survives(before: str, after: str) -> None:
    canary = "Quillfeather"

    masked = Masker((*NAMES, canary)).mask(f"{before}{canary}{after}")

    assert canary.casefold() not in masked.casefold()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Anna Bell's and ANNA BELL", "[NAME_1]'s and [NAME_1a]"),
        ("Jo met Joan", "[NAME_3] met Joan"),
        ("我和王小明去", "我和[NAME_4]去"),
        ("Zoe\u0308’s", "[NAME_2a]’s"),
        ("Jo: An\u00adna\nBell", "[NAME_3]: [NAME_1a]"),
        ("[NAME_1] and [NAME__1]", "[NAME__1] and [NAME___1]"),
        ("to a.b+c@mail.example.", "to [EMAIL_1]."),
        ("DE89 3704 0044 0532 0130 00 IS MINE", "[ACCOUNT_1] IS MINE"),
        ("1 4111 1111 1111 1111 and 4111111111111111", "1 [CARD_1] and [CARD_1a]"),
        ("call +44 20 7946 0958 or 555-123-4567", "call [PHONE_1] or [PHONE_2]"),
        ("Zoë <jo.bell@neil.example>", "[NAME_2] <[EMAIL_1]>"),
        ("write hans@bell.example", "write [EMAIL_1]"),
        ("Tel. 030 1234567 / 0170 7654321.", "Tel. [PHONE_1]."),
        ("Tel. +49 30 1234567, +49 170 7654321", "Tel. [PHONE_1], [PHONE_2]"),
        ("01\u202f23\u202f45\u202f67\u202f89", "[PHONE_1]"),
        ("DE89\u202f3704\u202f0044\u202f0532\u202f0130\u202f00", "[ACCOUNT_1]"),
        ("(030) 123\u20134567", "[PHONE_1]"),
        ("4111 1111\n1111 1111", "[CARD_1]"),
        ("4111-1111-\r\n  1111-1111 or 4111111111111111", "[CARD_1] or [CARD_1a]"),
        ("41111111\u202911111111", "[CARD_1]"),
        ("DE89 3704\n0044 0532\n0130 00", "[ACCOUNT_1]"),
        ("Anna Be-\nll and An\u00ad\r\n  na Bell", "[NAME_1a] and [NAME_1b]"),
        ("Call +44 20\n7946 0958 or 0171\r\n 234 567.", "Call [PHONE_1] or [PHONE_2]."),
        ("(030)\n1234567", "[PHONE_1]"),
        ("0.12\n0.13, 05\n06 and +1\n2", "0.12\n0.13, 05\n06 and +1\n2"),
        ("+44 20 7946 0958\n12 eggs", "[PHONE_1]\n12 eggs"),
        ("at anna@exam-\nple.org, or", "at [EMAIL_1], or"),
        ("a.b@\n  mail.example.org. So", "[EMAIL_1]. So"),
        ("a.b\r\n@example.org a.b@example.org", "[EMAIL_1] [EMAIL_1a]"),
        ("a.b@example.\norg", "[EMAIL_1]"),
        ("a.b@mail.cs.\nexample.org and", "[EMAIL_1] and"),
        ("a-\nb@example.org, a_\nb@example.org", "[EMAIL_1], [EMAIL_2]"),
        ("a@b.example.\nNext", "[EMAIL_1].\nNext"),
        ("a@b.example.\nnext it was", "[EMAIL_1].\nnext it was"),
        ("a@b.example\nc@d.example", "[EMAIL_1]\n[EMAIL_2]"),
        ("Told them.\na@b.example", "Told them.\n[EMAIL_1]"),
        ("5 @\n3.00 each, self-\nmade @ home", "5 @\n3.00 each, self-\nmade @ home"),
        ("555-123-4567 ext. 89, 030 1234567 App. 12", "[PHONE_1], [PHONE_2]"),
        ("555-123-4567x89 or 030 1234567, Durchwahl: 1!", "[PHONE_1] or [PHONE_2]!"),
        ("打010-12345678分机5吧", "打[PHONE_1]吧"),
        ("555-123-4567 extra 3 or 0123456 x 4", "[PHONE_1] extra 3 or [PHONE_2] x 4"),
        ("+44 20 7946\n0958 or +33 1 23 45 67\n89!", "[PHONE_1] or [PHONE_2]!"),
        ("030 1234567\u201089, +1 (555)\u2010123\u20104567", "[PHONE_1], [PHONE_2]"),
        ("555-\n123-4567 or 555-124-\n4567", "[PHONE_1] or [PHONE_2]"),
        ("(030) 123456\n2024 began", "[PHONE_1]\n2024 began"),
        ("0171 2345678\n300 people", "[PHONE_1]\n300 people"),
        ("0171 23456\n+49 30 1234567", "[PHONE_1]\n[PHONE_2]"),
        ("ISBN 978-3-16-148410-0, v10.12.3.4567", "ISBN 978-3-16-148410-0, v10.12.3.4567"),
        ("2024\u201001\u201015 to 2025-\n02-15", "2024\u201001\u201015 to 2025-\n02-15"),
        ("Anna-\n  Bell, An\u200b\u00ad\nna\ufeff Bell", "[NAME_1a], [NAME_1b]"),
        ("4111 1111\n\n1111 1111", "4111 1111\n\n1111 1111"),  # a paragraph is no wrapped line
        ("4111\n1111\n1111\n1111", "4111\n1111\n1111\n1111"),  # nor is a column of figures
        ("555-123\n-4567", "555-123\n-4567"),
        ("on 2024-01-15, 1 000 000, 3.141592", "on 2024-01-15, 1 000 000, 3.141592"),
    ],
)  # fmt: skip
def test_what_is_masked(text: str, masked: str) -> None:
    assert Masker(NAMES).mask(text) == masked


def test_only_what_may_become_a_placeholder_is_held_back() -> None:
    unmasker = Masker(NAMES).unmasker()

    assert [unmasker.feed(piece) for piece in ("a [", "NA", "ME_", "1", "] b [x", "[NAME_9]")] == [
        "a ", "", "", "", "Anna Bell b [x", "[NAME_9]",
    ]  # fmt: skip


def test_checksums_and_refused_names() -> None:
    assert is_card_number("4111111111111111")
    assert not is_card_number("4111111111111112")
    assert is_account_number("GB82WEST12345698765432")
    assert not is_account_number("GB82WEST12345698765433")
    for name in ("", "[x]", " - "):
        with pytest.raises(ParameterError):
            Masker((name,))


@pytest.mark.parametrize("text", ["Tr\u1ea7n", "Tr\u00e2\u0300n", "Tra\u0302\u0300n"])
def test_a_name_is_found_however_its_letters_are_composed(text: str) -> None:
    masker = Masker(["Trần"])
    assert text not in masker.mask(f"Dear {text},")
    assert masker.mask(f"Dear {text},").startswith("Dear [NAME_1")


@pytest.mark.parametrize("held", ["Anna Schmidt", "anna@example.org", "+49 30 1234567"])
def test_a_cut_divides_nothing_that_is_masked(held: str) -> None:
    masker, text = Masker(["Anna Schmidt"]), f"Once {held} went. " + "word " * 200
    for place in range(len(text)):
        cut = masker.undivided(text, place)
        assert cut >= place
        rest = masker.mask(text[cut:])
        assert held in text[cut:] or "Schmidt" not in rest
        assert cut <= 5 or cut >= 5 + len(held)


@given(_TEXTS)
def test_the_spans_are_what_is_replaced(text: str) -> None:
    spans = Masker(NAMES).spans(text)
    borders = [0, *itertools.chain.from_iterable(spans), len(text)]
    assert borders == sorted(borders)
    masker, again = Masker(NAMES), Masker(NAMES)
    kept = [text[a:b] for a, b in itertools.pairwise(borders)]
    masked = masker.mask(text)
    for part in kept[::2]:
        assert part in masked
    assert bool(spans) == (masked != text)
    assert again.mask(text) == masked, "to look for them changes no placeholder"


@pytest.mark.parametrize(
    "held", ["Anna" + "\n" * 1000 + "Schmidt", "a" * 900 + "@b.example", "Anna030 1234567"]
)
def test_what_is_long_or_touches_another_is_not_divided_either(held: str) -> None:
    masker, text = Masker(["Anna Schmidt", "Anna"]), f"Once {held} went."
    for place in range(5, 5 + len(held), 7):
        rest = masker.mask(text[masker.undivided(text, place) :])
        assert not any(part in rest for part in ("Schmidt", "aa", "b.example", "4567"))


@given(_TEXTS, _TEXTS)
def test_half_of_a_name_is_told_only_within_one(before: str, after: str) -> None:
    masker, place = Masker(NAMES), len(before)
    spans = masker.spans(before + after)
    is_within = any(start < place < end for start, end in spans)
    assert is_within or not masker.tells_part(before, after)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Dear Anna Bell!", range(6, 14)),
        ("a@b.example", range(1, 5)),  # from then on the part is an address itself
        ("4111 1111 1111 1111", range(1, 19)),
        ("Jo met Joan", [1]),
        ("[NAME_1]", ()),
    ],
)
def test_where_a_cut_tells_a_part(text: str, told: Sequence[int]) -> None:
    masker = Masker(NAMES)
    assert [at for at in range(len(text) + 1) if masker.tells_part(text[:at], text[at:])] == [*told]


@given(st.integers(0, 10**14), st.sets(st.integers(1, 15), max_size=5), st.integers(1, 15))
def test_a_wrapped_card_number_is_masked(drawn: int, gaps: set[int], wrap: int) -> None:
    digits = next(n for last in range(10) if is_card_number(n := f"4{drawn:014}{last}"))
    apart = {**dict.fromkeys(gaps, " "), wrap: "\n"}
    number = "".join(apart.get(at, "") + digit for at, digit in enumerate(digits))
    assert Masker().mask(f"Card: {number}, or") == "Card: [CARD_1], or"


@pytest.mark.parametrize("names", [("Irma", "ırmak"), ("ßa", "Ssabel"), ("’tHart", "'tHartog")])
def test_of_two_names_that_begin_alike_the_longer_one_is_masked(names: tuple[str, str]) -> None:
    for text in names:
        assert Masker(names).mask(f"Dear {text}!").endswith("]!")


def test_a_long_list_of_names_is_looked_for_in_a_moment() -> None:
    letters = itertools.product("abcdefghijklmnopqrst", "aeiou", "lmnrt", "aeiou")
    masker = Masker([f"{''.join(one).title()} Bellamy" for one in itertools.islice(letters, 600)])
    text = "All is told of the quick brown fox. " * 2000
    begun = time.thread_time()
    assert masker.spans(text) == []
    assert time.thread_time() - begun < 1.0


def test_of_a_long_list_only_what_may_be_there_is_compiled(monkeypatch) -> None:
    tried: list[tuple[int, ...]] = []
    compiled = masked_names._names_pattern
    monkeypatch.setattr(
        masked_names,
        "_names_pattern",
        lambda names, some: tried.append(some) or compiled(names, some),
    )
    letters = itertools.product("abcdefghijklmnopqrst", "aeiou", "lmnrt", "aeiou")
    names = [f"{''.join(one).title()} Bellamy" for one in itertools.islice(letters, 2000)]
    masker = Masker(["Jo", *names, "Ürsel"])
    assert masker.mask(f"{names[7]} met URSEL and u\u0308rsel, not Joan.") == (
        "[NAME_9] met URSEL and [NAME_2002a], not Joan."
    )
    assert tried == [(0, 8, 2001)]


@given(_TEXTS)
def test_no_name_is_left_out_for_its_letters(text: str) -> None:
    masked = Masker(NAMES).mask(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(masked_names, "_possible", lambda names, _text: tuple(range(len(names))))
        assert Masker(NAMES).mask(text) == masked


@pytest.mark.parametrize(
    ("before", "begins"),
    [
        ("and Anna Sch", True),
        ("and anna\nsc", True),
        ("and Anna\u00ad Schmid", True),
        ("and Anna Sch\u00ad", True),  # what is not seen may follow it
        ("and Anna Sch\u200b", True),
        ("and Anna S", False),  # too little to be read
        ("and Anna ", False),
        ("and Anna Schmidt", False),  # which is masked
        ("and Anna Schx", False),
        ("and Susanna Sch", False),
        ("and Anna Sch ", False),  # a word of its own
        ("and Anna Sch.", False),
        ("Theo", True),
        ("“Theod", True),
        ("The", False),  # less than half
        ("theo", False),  # not in its capitals
        ("xTheo", False),
        ("An", False),
        ("Mar", True),
        ("Mark", False),  # another name, which is masked
        ("我和王小", True),
        ("我和王", False),
        ("O’Ne", True),
        ("", False),
    ],
)
def test_the_beginning_of_a_name_is_told(before: str, begins: bool) -> None:
    masker = Masker(["Anna Schmidt", "Theodor", "Mark", "Markus", "王小明", "O'Neil", "Jo"])
    assert masker.begins_name(before, "") is begins
    assert masker.begins_name(before, "\nThen") is begins
    assert not masker.begins_name(before, "x")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_the_beginning_of_a_name_is_told_however_its_letters_are_composed(
    form: Literal["NFC", "NFD"],
) -> None:
    masker = Masker(["Anna Schäfer"])
    assert masker.begins_name(unicodedata.normalize(form, "and Anna Schä"), "")
    assert not masker.begins_name(unicodedata.normalize(form, "and Anna Schäfer"), "")


def test_a_beginning_before_much_white_space_is_left_in_a_moment() -> None:
    text = ("Anna-" + "\n" * 5000 + "x") * 4
    begun = time.thread_time()
    assert Masker(NAMES).mask(text) == text
    assert time.thread_time() - begun < 0.5
