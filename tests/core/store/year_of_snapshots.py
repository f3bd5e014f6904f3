"""A generated year of snapshots: how large the store becomes for a novel that is worked on.

`python -m tests.core.store.year_of_snapshots` prints it for 120,000 words, 50 snapshots a day.
"""

from __future__ import annotations

import random
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from app.core.store import snapshots
from app.core.store.database import connect

BEGIN = datetime(2026, 1, 1, 8).timestamp()
_DAY_S, _PAUSE_S = 86_400, 600
_LETTERS = "etaoinshrdlucmfwypvbgk"


class Year(NamedTuple):
    """`bytes` of the store, `listed` versions in it, and the `texts` that days ended with."""

    bytes: int
    listed: int
    texts: dict[float, str]
    path: Path


class Novel:
    """A text of made-up words, as often and as rare as words are, that is rewritten on and on."""

    def __init__(self, words: int, chance: random.Random) -> None:
        self._chance = chance
        made = {self._word() for _ in range(12_000)}
        self._vocabulary = sorted(made, key=lambda word: (len(word), word))
        self._weights = [1 / (rank + 3) for rank in range(len(self._vocabulary))]
        self.paragraphs = [self._paragraph() for _ in range(words // 60)]

    def _word(self) -> str:
        length = min(14, 2 + int(self._chance.expovariate(0.28)))
        return "".join(self._chance.choices(_LETTERS, range(len(_LETTERS), 0, -1), k=length))

    def _sentence(self) -> str:
        count = self._chance.randint(6, 24)
        drawn = self._chance.choices(self._vocabulary, self._weights, k=count)
        return " ".join(drawn).capitalize() + "."

    def _paragraph(self) -> str:
        return " ".join(self._sentence() for _ in range(4))

    def work(self) -> str:
        """Some minutes of work: a paragraph is written, one goes, a few sentences change."""
        chance, at = self._chance, self._chance.randrange(len(self.paragraphs))
        self.paragraphs.insert(at, self._paragraph())
        del self.paragraphs[chance.randrange(len(self.paragraphs))]
        for _ in range(3):
            place = chance.randrange(len(self.paragraphs))
            parts = self.paragraphs[place].split(". ")
            parts[chance.randrange(len(parts))] = self._sentence().rstrip(".")
            self.paragraphs[place] = ". ".join(parts)
        return "\n\n".join(self.paragraphs)


def generate(folder: Path, *, words: int, days: int, a_day: int, seed: int = 1) -> Year:
    """Work for so many days, with so many snapshots each; the store is in `folder`."""
    path, novel = folder / "store.sqlite", Novel(words, random.Random(seed))
    connection = connect(path)
    texts: dict[float, str] = {}
    for day in range(days):
        connection.execute("BEGIN IMMEDIATE")
        for number in range(a_day):
            at, text = BEGIN + day * _DAY_S + number * _PAUSE_S, novel.work()
            assert snapshots.take(connection, "novel", text, "saved", at)
        texts[at] = text
        connection.execute("COMMIT")
    listed: Any = connection.execute("SELECT count(*) FROM snapshot WHERE listed").fetchone()
    connection.close()
    return Year(path.stat().st_size, listed[0], texts, path)


def main() -> None:
    """Print the figure of the whole year."""
    with tempfile.TemporaryDirectory() as folder:
        year = generate(Path(folder), words=120_000, days=365, a_day=50)
        sys.stdout.write(f"{year.bytes / 1e6:.1f} MB, {year.listed} versions\n")


if __name__ == "__main__":
    main()
