"""What is said of a text before it is put in, carried through differences, and kept."""

from __future__ import annotations

import random
import zlib

import pytest

from app.core.provenance.origins import (
    Copied,
    Origin,
    Patched,
    carried,
    filled,
    pack,
    runs_of,
    units,
    unpack,
)
from app.core.provenance.spans import OriginRun, OriginSpans, length_of

SPANS = OriginSpans([OriginRun(10, "typed"), OriginRun(10, "generated", 4, 0)])


def test_one_kind_of_any_length() -> None:
    assert runs_of(Origin("pasted"), SPANS, 3, 5) == (OriginRun(5, "pasted"),)
    assert runs_of(Origin("pasted"), SPANS, 3, 0) == ()
    assert runs_of(Origin("generated", 8, 20), SPANS, 3, 5) == (OriginRun(5, "generated", 8, 20),)


def test_letters_that_stood_there_before_move_the_offset() -> None:
    origin = Origin("generated", 8, 20, start=3)
    assert runs_of(origin, SPANS, 5, 5) == (OriginRun(5, "generated", 8, 22),)


def test_a_copy_has_what_its_parts_were() -> None:
    copied = Copied(5, (OriginRun(2, "typed"), OriginRun(4, "rewrite", 2, 1)))
    assert runs_of(copied, SPANS, 5, 6) == copied.runs
    assert runs_of(copied, SPANS, 6, 4) == (OriginRun(1, "typed"), OriginRun(3, "rewrite", 2, 1))
    assert runs_of(copied, SPANS, 9, 6) == (OriginRun(6, "pasted"),)  # it is another text
    assert runs_of(copied, SPANS, 2, 6) == (OriginRun(6, "pasted"),)


def test_what_is_patched_keeps_what_stays() -> None:
    patched = Patched(8, ((3, -1), (7, 11), (3, -1)))
    assert runs_of(patched, SPANS, 8, 13) == (
        OriginRun(3, "typed"),
        OriginRun(7, "generated", 4, 1),
        OriginRun(3, "typed"),
    )


def test_a_difference_carries_what_stayed() -> None:
    old = "One sentence here. Another one there."
    runs = (OriginRun(18, "typed"), OriginRun(19, "generated", 1, 0))
    assert carried(old, runs, old) == runs
    new = "稿𝄞 " + old.replace("one ", "lovely ")
    assert carried(old, runs, new) == (
        OriginRun(4, "unknown"),
        OriginRun(18, "typed"),
        OriginRun(9, "generated", 1, 0),
        OriginRun(6, "unknown"),
        OriginRun(7, "generated", 1, 12),
    )


def test_carried_runs_always_fit_the_text() -> None:
    chance = random.Random(20261128)
    words = ["a", "the", "稿", "𝄞", "night.", "\n", "“so”", "fell"]
    for _ in range(200):
        old = " ".join(chance.choices(words, k=chance.randrange(30)))
        new = " ".join(chance.choices(words, k=chance.randrange(30)))
        runs = tuple(OriginRun(1, chance.choice(("typed", "pasted"))) for _ in range(units(old)))
        assert length_of(carried(old, runs, new)) == units(new)


def test_only_what_is_unknown_is_filled() -> None:
    runs = (OriginRun(3, "unknown"), OriginRun(2, "typed"), OriginRun(3, "unknown"))
    known = (OriginRun(4, "generated", 1, 0), OriginRun(4, "unknown"))
    assert filled(runs, known) == (
        OriginRun(3, "generated", 1, 0),
        OriginRun(2, "typed"),
        OriginRun(3, "unknown"),
    )


def test_runs_are_kept_and_damaged_ones_are_not_believed() -> None:
    runs = (OriginRun(3, "unknown"), OriginRun(2, "generated", 2**53, 9))
    assert unpack(pack(runs)) == runs
    assert unpack(pack(())) == ()
    for damaged in (
        b"",
        b"\0\1",
        pack(runs)[:-3],
        zlib.compress(b"\xff"),
        pack((OriginRun(-1, "typed"),)),
    ):
        assert unpack(damaged) is None


@pytest.mark.parametrize(("text", "length"), [("", 0), ("abc", 3), ("é稿", 2), ("𝄞", 2)])
def test_lengths_count_as_the_page_counts(text: str, length: int) -> None:
    assert units(text) == length
