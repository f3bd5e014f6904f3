"""Looking words up in a dictionary and in the writer's own words."""

from __future__ import annotations

import sys
import threading
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import msgspec

from app.core.errors import DocumentError
from app.core.spelling.dictionaries import Dictionary
from app.core.spelling.words import (
    Place,
    lines_outside_code,
    plain,
    script,
    spelled_words,
    without_accents,
)

_MOST_SUGGESTIONS = 7
_MOST_REMEMBERED = 100_000
_FEW_WORDS = 20
_STRANGE = 0.5

_SCRIPTS = {
    **dict.fromkeys(("ru", "uk", "be", "bg", "mk", "kk", "mn", "ky"), ("CYRILLIC",)),
    "sr": ("CYRILLIC", "LATIN"), "el": ("GREEK",), "he": ("HEBREW",), "ar": ("ARABIC",),
    "fa": ("ARABIC",), "ur": ("ARABIC",), "hy": ("ARMENIAN",), "ka": ("GEORGIAN",),
    "hi": ("DEVANAGARI",), "mr": ("DEVANAGARI",), "ne": ("DEVANAGARI",), "bn": ("BENGALI",),
    "ta": ("TAMIL",), "te": ("TELUGU",), "th": ("THAI",), "ko": ("HANGUL",),
}  # fmt: skip
"""The scripts of languages that are not written in Latin letters, by Unicode's names."""


class Misspelling(msgspec.Struct, frozen=True):
    """A word that is not in the dictionary, and its place in characters."""

    start: int
    end: int
    word: str


class SpellChecker:
    """A dictionary with the writer's `own` words; may be used by several threads.

    Raises DocumentError where the dictionary's files cannot be read. Reading them takes 0.1 s for
    English and up to a second for a language with many forms.
    """

    def __init__(self, dictionary: Dictionary, own: Iterable[str] = ()) -> None:
        self.dictionary = dictionary
        self._lock = threading.Lock()
        self._hunspell = _open(dictionary)
        self._is_english = dictionary.language.startswith("en")  # where café may be spelled cafe
        self._scripts = _SCRIPTS.get(dictionary.language.partition("_")[0], ("LATIN",))
        self._known: dict[str, bool] = {}
        self.own: set[str] = set()
        self.set_own(own)

    def set_own(self, words: Iterable[str]) -> None:
        """Take exactly these words for right, beside the dictionary's.

        A word in small letters is right with a capital, too; another one only as it is.
        """
        self.own = {plain(word) for word in words}

    def is_right(self, word: str) -> bool:
        """Whether the word is in the dictionary or an own one; also where its script is another."""
        word = plain(word)
        if word in self.own or (word[:1].isupper() and word[:1].lower() + word[1:] in self.own):
            return True
        known = self._known.get(word)
        if known is None:
            known = self._look_up(word)
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[word] = known
        return known

    def misspelled(self, line: str) -> list[Misspelling]:
        """The words of a line that are not right."""
        return [
            Misspelling(*place, word)
            for place, word in spelled_words(line)
            if not self._is_right_at(line, place, word)
        ]

    def suggest(self, word: str) -> tuple[str, ...]:
        """What may have been meant, the likeliest first; with the word's own kind of apostrophe."""
        try:
            with self._lock:
                found = self._hunspell.suggest(plain(word))
        except UnicodeEncodeError:
            return ()
        if "’" in word:
            found = [one.replace("'", "’") for one in found]
        return tuple(dict.fromkeys(found))[:_MOST_SUGGESTIONS]

    def is_strange(self, lines: Iterable[str]) -> bool:
        """Whether a text has so many unknown words that it is in another language most likely."""
        count = wrong = 0
        for line in lines:
            places = list(spelled_words(line))
            count += len(places)
            wrong += sum(not self._is_right_at(line, place, word) for place, word in places)
        return count >= _FEW_WORDS and wrong > _STRANGE * count

    def _is_right_at(self, line: str, place: Place, word: str) -> bool:
        if self.is_right(word):
            return True
        start = place[0]
        return line[start - 1 : start] in ("'", "’") and start > 0 and self.is_right(f"'{word}")

    def _look_up(self, word: str) -> bool:
        if script(word.lstrip("'")) not in self._scripts:
            return True
        try:
            with self._lock:
                if self._hunspell.spell(word):
                    return True
                bare = without_accents(word) if self._is_english else word
                return bare != word and bool(self._hunspell.spell(bare))
        except UnicodeEncodeError:  # letters that the dictionary's encoding does not have
            return True


def unknown_words(checker: SpellChecker, lines: Iterable[str]) -> dict[str, int]:
    """Every unknown word of a text and how often it is there, the most frequent first."""
    counts: dict[str, int] = {}
    for line in lines_outside_code(lines):
        for found in checker.misspelled(line):
            word = plain(found.word)
            counts[word] = counts.get(word, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0].casefold(), item[0])))


def _open(dictionary: Dictionary) -> Any:
    folder = Path(dictionary.folder)
    try:
        _require_readable(folder, (f"{dictionary.name}.aff", f"{dictionary.name}.dic"))
        from hunspell import Hunspell

        encoding = "utf-8" if sys.platform == "win32" else sys.getfilesystemencoding()
        return Hunspell(dictionary.name, hunspell_data_dir=str(folder), system_encoding=encoding)
    except (OSError, ImportError, ValueError) as error:
        raise DocumentError(
            f"The dictionary {dictionary.name} cannot be read ({error}).",
            "Choose another language for spelling, or install the dictionary again.",
        ) from error


def _require_readable(folder: Path, names: Collection[str]) -> None:
    """Raise OSError where a file cannot be read: Hunspell itself would only print to stderr."""
    for name in names:
        with (folder / name).open("rb") as file:
            if not file.read(1):
                raise OSError(f"{folder / name} is empty")
