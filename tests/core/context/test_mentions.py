"""Names in a text: whole words, any script, near the cursor, and once through other entries."""

from __future__ import annotations

import pytest

from app.core.context.entries import LoreEntry
from app.core.context.mentions import NEAR_CHARACTERS, NEAR_PARAGRAPHS, mentions, names_in


def entry(name, *spellings, text="x"):
    return LoreEntry(name, spellings, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Maren", "Then Maren came."),
        ("Maren", "Maren's lamp"),
        ("Maren", "Maren’s lamp"),
        ("Maren", "“Maren!”"),
        ("Maren", "CHAPTER ONE: MAREN"),
        ("the harbour", "The Harbour lay still"),
        ("The Old Keeper", "and the The Old\nKeeper slept"),
        ("O'Neil", "said O’Neil"),
        ("José", "Jose\u0301 came"),
        ("玛伦", "然后玛伦来了"),
        ("Maren", "然后Maren来了"),
        ("マレン", "そしてマレンが来た"),
        ("Марен", "Тогда Марен пришла."),
        ("مارن", "ثم جاءت مَارِن."),
        ("مارن", "مـارن هنا"),
        ("שרה", "שָׂרָה באה"),
        ("राम", "राम आया"),
        ("สมชาย", "แล้วสมชายก็มา"),
        ("R2-D2", "and R2-D2 beeped"),
    ],
)
def test_a_name_is_found(name, text):
    assert names_in(entry(name), text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Maren", "Marens came"),
        ("Maren", "Summaren"),
        ("May", "You may go."),
        ("Will", "will he?"),
        ("Марен", "Мареной"),
        ("مارن", "مارنة"),
        ("राम", "रामा आया"),
        ("Maren", ""),
        ("", "anything"),
        ("  ", "any thing"),
        ("Ann", "Ann_e"),
        ("e", "e\u0301"),
    ],
)
def test_a_part_of_a_word_and_another_word_are_no_name(name, text):
    assert not names_in(entry(name), text)


def test_inflections_are_spellings_of_their_own():
    one = entry("Марен", "Мареной", "Марену")
    assert names_in(one, "с Мареной")
    assert not names_in(one, "Маренами")


def test_the_nearest_come_first_with_how_far_above_they_are_named():
    lore = (entry("Far"), entry("Near"), entry("Here"), entry("Nowhere"), entry("Asked"))
    text = "Far away.\n\n" + "Near by.\n\nNothing.\n\n" + "And Here"
    found = mentions(lore, text, "Let Asked speak")
    assert [(one.entry.name, one.above, one.is_asked) for one in found] == [
        ("Asked", 0, True),
        ("Here", 0, False),
        ("Near", 2, False),
        ("Far", 3, False),
    ]
    assert [one.above for one in mentions(lore, "Here it is.\n\n")] == [1]


def test_an_entry_names_others_once():
    lore = (
        entry("Maren", text="Keeper of the Lamp."),
        entry("Lamp", text="It stands on Skerry."),
        entry("Skerry", text="An island."),
    )
    found = mentions(lore, "Maren slept.")
    assert [(one.entry.name, one.by) for one in found] == [("Maren", ""), ("Lamp", "Maren")]
    assert mentions(lore, "Nobody slept.") == ()


def test_only_what_is_near_the_cursor_counts():
    lore = (entry("Maren"),)
    line = "Nothing here.\n\n"
    assert mentions(lore, "Maren.\n\n" + line * (NEAR_PARAGRAPHS - 2) + "End")
    assert not mentions(lore, "Maren.\n\n" + line * NEAR_PARAGRAPHS + "End")
    assert not mentions(lore, "Maren " + "x" * NEAR_CHARACTERS)
    cut = "Overmaren " + "y " * (NEAR_CHARACTERS // 2 - 3)
    assert not mentions((entry("maren"),), cut)  # the rest of a word that is cut is none
