"""Learned adapters in the home: each a folder with both forms, and a card that says what it is."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from app.core.errors import HousekeepingError, ParameterError
from app.core.options.adapters import Adapter
from app.core.system.files import read_regular, why, write_atomically
from app.core.training.orders import SamplePair, StyleSettings
from app.core.training.verbatim import VerbatimRun

CARD_FILE = "lampblack-card.json"
FORMAT = 1
_MOST_BYTES = 8 * 1024 * 1024
_NAME = re.compile(r"[^\W_][\w .\-]{0,59}")
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)\s*(\..*)?", re.IGNORECASE)


class AdapterCard(msgspec.Struct, frozen=True, kw_only=True):
    """What an adapter was made from, how, and what came of it.

    `pages` are names of files, `digest` the SHA-256 of what was learned from; `made_at` is in
    seconds since 1970. Losses are in nats per token of pages that were not learned from.
    `verbatim` is the longest run of words of the pages that came back in `samples` texts.
    """

    lampblack_card: int = FORMAT
    name: str
    base: str
    base_path: str
    base_sha256: str
    made_at: float
    run: str
    pages: tuple[str, ...]
    digest: str
    words: int
    tokens: int
    settings: StyleSettings
    steps: int
    best_step: int
    loss_before: float
    loss_after: float
    seconds: float
    speed: float
    memory: int
    parameters: int
    samples: int
    verbatim: VerbatimRun
    pairs: tuple[SamplePair, ...] = ()
    gguf_problem: str = ""

    @property
    def warning(self) -> str:
        """What must be known before a text made with it is given away."""
        if not self.verbatim.length:
            found = f"In {self.samples} samples no three words in a row came from the pages."
        else:
            found = (
                f"In {self.samples} samples the longest run of words taken from the pages has "
                f"{self.verbatim.length} words: “{self.verbatim.text}”."
            )
        return f"{found} Sentences of your pages can come back in what this adapter writes."


class LearnedAdapter(msgspec.Struct, frozen=True, kw_only=True):
    """An adapter in the home and its card."""

    folder: Path
    card: AdapterCard

    def for_engine(self, engine: str) -> Adapter | None:
        """What is attached on an engine; None where there is no form for it."""
        if engine == "torch":
            return Adapter(path=str(self.folder))
        file = self.folder / f"{self.card.name}.gguf"
        return Adapter(path=str(file)) if file.is_file() else None


def require_name(name: str, refusal: str) -> None:
    """Raise ParameterError with the sentence `refusal` where nothing learned can be called so."""
    if _DEVICE.fullmatch(name):
        raise ParameterError(refusal, "It is the name of a device on Windows. Choose another name.")
    if not _NAME.fullmatch(name) or name.endswith((".", " ")):
        raise ParameterError(
            refusal,
            "Use up to 60 letters, digits, spaces, dots and dashes, a letter or digit first.",
        )


def check_name(name: str, home: Path) -> Path:
    """The folder for a new adapter of that name; raises ParameterError where it cannot be."""
    require_name(name, f"An adapter cannot be called {name!r}.")
    folder = home / name
    if os.path.lexists(folder):
        raise ParameterError(f"There is already an adapter {name}.", "Choose another name.")
    return folder


def free_name(wanted: str, home: Path) -> str:
    """A name like `wanted` that no adapter has yet."""
    plain = " ".join(re.sub(r"[^\w .\-]|_", " ", wanted).split()).strip(" .-")[:50] or "Style"
    if _DEVICE.fullmatch(plain):
        plain = f"My {plain}"
    names = (plain if number == 1 else f"{plain} {number}" for number in range(1, 10_000))
    return next(name for name in names if not os.path.lexists(home / name))


def write_card(folder: Path, card: AdapterCard) -> None:
    """Put the card into the adapter's folder; raises HousekeepingError."""
    try:
        write_atomically(folder / CARD_FILE, msgspec.json.format(msgspec.json.encode(card)))
    except OSError as error:
        raise HousekeepingError(f"The card could not be written: {why(error)}.") from error


def read_card(folder: Path) -> AdapterCard | None:
    """The card in a folder; None where there is none that can be read."""
    try:
        return msgspec.json.decode(read_regular(folder / CARD_FILE, _MOST_BYTES), type=AdapterCard)
    except (OSError, ValueError):
        return None


def learned_adapters(home: Path) -> Iterator[LearnedAdapter]:
    """Every adapter in the home, by name."""
    folders = sorted(home.iterdir()) if home.is_dir() else []
    for folder in folders:
        card = read_card(folder)
        if card is not None:
            yield LearnedAdapter(folder=folder, card=card)
