"""The text that the benchmark's prompts are cut from."""

from __future__ import annotations

from itertools import cycle

SENTENCES = (
    "The ferry came late that evening, low in the water and without her lights.",
    "Marta counted the lamps along the quay and found one fewer than the night before.",
    "Nobody in the harbour office could say who had signed for the three sealed crates.",
    "A thin rain fell on the slates, and the gulls walked about like landlords.",
    "He had promised to write every week, and for a while he had even kept his word.",
    "Behind the bakery a boy was teaching an old dog to open the garden gate.",
    "The letter smelled of tar and oranges, and its second page was missing.",
    "By noon the whole street knew that the lighthouse had stood dark for an hour.",
    "She folded the map so that the island disappeared between two creases.",
    "The engine coughed twice, considered the matter, and decided to run after all.",
    "There were nine steps down to the cellar, although everyone remembered ten.",
    "His brother laughed, but he moved his chair so that he could see the door.",
    "Snow had been promised for the weekend, and the shops had sold out of candles.",
    "In the margin of the ledger someone had drawn a small and very exact whale.",
    "The teacher waited until the last child had gone before she opened the parcel.",
    "It is hard to be solemn in a borrowed coat, especially when the sleeves are short.",
    "Two tables away a stranger was reading the same book, and he was further along.",
    "The clock above the station had been wrong for so long that people set theirs by it.",
    "When the wind turned, they could hear the bells of the town across the water.",
    "Nothing was stolen, the policeman said, unless you count the smell of the place.",
    "She kept the key in the sugar tin, where no honest person would look for it.",
    "At the edge of the field the machines stood in a row, patient and covered in frost.",
    "The captain spoke of the storm as one speaks of a difficult but gifted pupil.",
    "Every photograph in the album had been turned around and put back carefully.",
)
"""The benchmark's own prose; no two sentences begin alike."""


def passage(number: int, characters: int) -> str:
    """At least so many characters of prose; numbers that differ give other beginnings.

    Later turns of the same sentences are told as the words of another day, so that no long stretch
    stands there twice.
    """
    first = number % len(SENTENCES)
    turned = (*SENTENCES[first:], *SENTENCES[:first])
    text = f"{number + 1}. "
    for turn, sentence in enumerate(cycle(turned)):
        day, place = divmod(turn, len(SENTENCES))
        text += f"On day {day + 1}, number {place + 1}: " if day else ""
        text += sentence + " "
        if len(text) >= characters:
            break
    return text.rstrip()
