"""The texts that models are tried with."""

from __future__ import annotations

from dataclasses import dataclass

SYSTEM = "Speak only of ships and harbours."
QUESTION = "Which tide comes at noon?"
ANSWER = "The spring tide comes at noon."
NEXT = "And which one follows it?"
"""A conversation that is only laid out in the chat template, never answered."""


@dataclass(frozen=True)
class Instruction:
    """Something to do, a word that is in every right answer, and the most words of one."""

    text: str
    word: str
    most_words: int


INSTRUCTIONS = (
    Instruction("What colour is fresh snow? Answer in one short sentence.", "white", 30),
    Instruction("What is the capital of France? Answer with one word.", "paris", 12),
    Instruction("Write this word once and nothing else: lantern", "lantern", 6),
)

PASSAGE = """\
The ferry had stopped running in October, and after that nobody came to the island unless they \
had a reason. Marta kept the lamp burning in the kitchen window all the same. Her brother said \
it was a waste of oil. She told him that oil could be bought, and went on trimming the wick \
every evening when the light left the water.

On the second Sunday in December a boat came round the point with no lantern at its bow. She saw \
it only because the moon was up and the sea lay flat and grey as slate. Two people sat in it. \
One of them rowed badly, with long rests between the strokes, and the other did not move at all. \
Marta put on her brother's coat, which was the heavier one, and took the path down to the \
landing. The frost had made the steps treacherous, so that she had to hold the rope with both \
hands.

By the time she reached the stones the boat had grounded. The rower was a girl of perhaps \
sixteen, with her hair cut short and her hands wrapped in strips of sailcloth. She did not say \
who she was. She looked up at the house, at the one yellow window, and then"""
"""A piece of prose, to be read and to be gone on with."""


@dataclass(frozen=True)
class Language:
    """A question to answer in its own language, and a beginning to go on with."""

    code: str
    question: str
    beginning: str


LANGUAGES = (
    Language(
        "en",
        "Tell me a short fairy tale.",
        "In the morning the old fisherman opened the door of his house and saw that",
    ),
    Language(
        "zh",
        "请讲一个简短的童话故事。",
        "清晨，老渔夫推开家门，看见海面上",
    ),
    Language(
        "ru",
        "Расскажи мне короткую сказку.",
        "Утром старый рыбак открыл дверь своего дома и увидел, что",
    ),
    Language(
        "fr",
        "Raconte-moi un petit conte de fées.",
        "Le matin, le vieux pêcheur ouvrit la porte de sa maison et vit que",
    ),
    Language(
        "de",
        "Erzähl mir ein kurzes Märchen.",
        "Am Morgen öffnete der alte Fischer die Tür seines Hauses und sah, dass",
    ),
    Language(
        "es",
        "Cuéntame un cuento corto.",
        "Por la mañana, el viejo pescador abrió la puerta de su casa y vio que",
    ),
)
