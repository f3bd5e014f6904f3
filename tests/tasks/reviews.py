"""Reviews with a clear sentiment, and texts with a clear subject: data to measure tasks with.

`PYTHONPATH=. python tests/tasks/reviews.py > reviews.csv` writes the reviews with their labels.
"""

from __future__ import annotations

import csv
import sys

POSITIVE = (
    "I loved every minute of this film.",
    "The soup was hot, rich and simply delicious.",
    "What a wonderful hotel, we will come back next year.",
    "The battery lasts for days and the screen is beautiful.",
    "She plays the piano with grace and great feeling.",
    "The best book I have read in a long time.",
    "Friendly staff, clean rooms and a superb breakfast.",
    "My daughter laughed from beginning to end.",
    "It arrived early and works perfectly.",
    "The garden is lovely and the tea is excellent.",
    "An honest, warm and moving story.",
    "I am very happy with this purchase.",
    "The concert was brilliant, the audience cheered for ten minutes.",
    "The teacher explains everything clearly and kindly.",
    "This jacket is comfortable, light and keeps me warm.",
    "A great little café with fantastic cakes.",
    "The app is fast, simple and a joy to use.",
    "He repaired my bicycle quickly and charged a fair price.",
    "The view from the balcony took our breath away.",
    "Highly recommended, it made my work so much easier.",
    "The acting is outstanding and the music is gorgeous.",
    "Our guide was funny, patient and knew everything about the town.",
    "The bread is fresh and smells wonderful.",
    "I finally sleep well, thanks to this mattress.",
    "A charming play that left us smiling all evening.",
    "The new bridge is a great success for the town.",
    "The puppy is healthy, playful and already loves us.",
    "Perfect gift, my mother was delighted.",
    "They answered my question within minutes and solved the problem.",
    "The trip was a dream, I would do it again tomorrow.",
)
NEGATIVE = (
    "I hated every minute of this film.",
    "The soup was cold, thin and tasted of soap.",
    "What a horrible hotel, we will never come back.",
    "The battery dies within an hour and the screen is scratched.",
    "She sings out of tune and forgets the words.",
    "The worst book I have read in a long time.",
    "Rude staff, dirty rooms and a terrible breakfast.",
    "My daughter cried and wanted to go home.",
    "It arrived late and was broken.",
    "The garden is a mess and the tea is awful.",
    "A dull, false and boring story.",
    "I am very disappointed with this purchase.",
    "The concert was a disaster, half of the audience left.",
    "The teacher shouts and explains nothing.",
    "This jacket is stiff, heavy and lets the rain in.",
    "A nasty little café with stale cakes.",
    "The app is slow, confusing and crashes all the time.",
    "He ruined my bicycle and charged far too much.",
    "The view from the balcony was a wall and three bins.",
    "Do not buy this, it is a waste of money.",
    "The acting is wooden and the music is unbearable.",
    "Our guide was rude, lazy and knew nothing about the town.",
    "The bread is hard and smells of mould.",
    "I have not slept since I bought this mattress.",
    "A tedious play that sent us to sleep.",
    "The new bridge is an ugly failure and a danger for everyone.",
    "The puppy was sick and nobody cared.",
    "Useless gift, my mother threw it away.",
    "They never answered and kept my money.",
    "The trip was a nightmare, I want my money back.",
)
REVIEWS = tuple(
    (text, label)
    for pair in zip(POSITIVE, NEGATIVE, strict=True)
    for text, label in zip(pair, ("positive", "negative"), strict=True)
)
"""Sixty reviews by turns."""

_POLITICS = "international politics"
_WEATHER = "the weather and the climate"
SUBJECTS = ("sport", "cooking", _POLITICS, "music", _WEATHER)
"""Labels of one to five words."""

BY_SUBJECT = (
    ("The striker scored twice in the last ten minutes of the match.", "sport"),
    ("She won the marathon in a new record time.", "sport"),
    ("The goalkeeper was injured and the team lost the final.", "sport"),
    ("He trains at the tennis club every morning before the tournament.", "sport"),
    ("Chop the onions and fry them gently in butter.", "cooking"),
    ("Let the dough rise for an hour, then bake it in a hot oven.", "cooking"),
    ("Add salt and pepper to the sauce and stir until it thickens.", "cooking"),
    ("Roast the chicken with lemon, garlic and potatoes.", "cooking"),
    ("The two presidents signed a treaty on trade and borders.", _POLITICS),
    ("The ambassador left the country after the sanctions were announced.", _POLITICS),
    ("Ministers of twelve nations met to discuss the war.", _POLITICS),
    ("The United Nations voted on a resolution about refugees.", _POLITICS),
    ("The violinist played the concerto with an orchestra of eighty.", "music"),
    ("Their new album has twelve songs for guitar and drums.", "music"),
    ("The choir sang the melody an octave lower.", "music"),
    ("He composed the symphony in the key of D minor.", "music"),
    ("Heavy rain and strong wind are expected from the west tonight.", _WEATHER),
    ("It was the hottest summer since temperatures were first measured.", _WEATHER),
    ("Snow fell in the mountains and the roads froze.", _WEATHER),
    ("Glaciers melt faster as the air gets warmer.", _WEATHER),
)  # fmt: skip
"""Twenty texts with one of the subjects each."""

if __name__ == "__main__":
    writer = csv.writer(sys.stdout)
    writer.writerows([("text", "label"), *REVIEWS])
