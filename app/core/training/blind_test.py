"""A blind test of an adapter: pairs of texts before and after, in an order that is not shown.

What came of it is kept beside the adapter's card.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from pathlib import Path

import msgspec

from app.core.errors import HousekeepingError
from app.core.system.files import read_regular, why, write_atomically
from app.core.training.orders import SamplePair

FILE = "lampblack-blind-test.json"
FORMAT = 1
PAIRS = 10
_MOST_BYTES = 1024 * 1024


class BlindPair(msgspec.Struct, frozen=True, kw_only=True):
    """Two texts that go on from `prompt`; `learned` is which of them is the adapter's, 0 or 1."""

    prompt: str
    texts: tuple[str, str]
    learned: int


class BlindResult(msgspec.Struct, frozen=True, kw_only=True):
    """Of so many pairs the adapter's text was chosen `hits` times; `at` in seconds since 1970."""

    lampblack_blind_test: int = FORMAT
    pairs: int
    hits: int
    at: float

    @property
    def chance(self) -> float:
        """How often, 0 to 1, so many or more are hit by choosing without looking."""
        ways = sum(math.comb(self.pairs, hits) for hits in range(self.hits, self.pairs + 1))
        return ways / float(2**self.pairs)


def blind_pairs(pairs: Sequence[SamplePair], draw: random.Random) -> tuple[BlindPair, ...]:
    """At most ten pairs in a drawn order, each with its texts in a drawn order.

    Those whose texts are the same tell nothing and are left out.
    """
    told = [pair for pair in pairs if pair.before.split() != pair.after.split()]
    draw.shuffle(told)
    found = []
    for pair in told[:PAIRS]:
        learned = draw.randrange(2)
        texts = (pair.after, pair.before) if learned == 0 else (pair.before, pair.after)
        found.append(BlindPair(prompt=pair.prompt, texts=texts, learned=learned))
    return tuple(found)


def write_result(folder: Path, result: BlindResult) -> None:
    """Keep it beside the card, in the place of the one before; raises HousekeepingError."""
    try:
        write_atomically(folder / FILE, msgspec.json.format(msgspec.json.encode(result)))
    except OSError as error:
        raise HousekeepingError(
            f"What came of the blind test could not be written: {why(error)}."
        ) from error


def read_result(folder: Path) -> BlindResult | None:
    """What came of the last test; None where there was none that can be read."""
    try:
        return msgspec.json.decode(read_regular(folder / FILE, _MOST_BYTES), type=BlindResult)
    except (OSError, ValueError):
        return None
