"""Masking: names and numbers leave a text before it goes to another machine, and come back after.

Placeholders look like `[NAME_1]`. What is replaced, in this order:

- E-mail addresses, also over the end of a line: at a hyphen, at the @, at a dot of the domain
  before a small letter, and at an underscore, plus or percent sign before the @.
- The names that the writer lists, in any case, composed or decomposed, with any white space between
  their words, or parted by a hyphen at the end of a line. A name of four letters or more, or in a
  script without spaces between words, is replaced wherever it stands, so that its endings (`Annas`,
  `Anna's`) stay as text after the placeholder; a shorter one only where no letter touches it. A
  form with another stem has to be listed by itself.
- Account numbers (IBAN) and card numbers with a right checksum, also over the end of a line, a card
  number over one; telephone numbers of 7 digits or more that begin with `+`, `0` or `(`, or stand
  in groups of 3, 3 and 4; several in a row are one. One with `+` or `0` may go over the end of a
  line before its tenth digit (a year on the next line is none of its digits), one in groups at a
  hyphen. An extension after it (`ext. 12`, `x12`, `-12`, `Durchwahl 12`, `转 12`) is part of it.

Another way to write the same name or number gets the same number with a letter (`[NAME_1a]`), so
that each comes back exactly. A text that looks like a placeholder gets one `_` more on the way out
and one less on the way back.
"""

from __future__ import annotations

import copy
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from app.core.errors import ParameterError
from app.core.masked_names import begins_any, name_spans
from app.core.masked_numbers import NUMBERS, number_key, number_spans

_KINDS = ("NAME", "EMAIL", "ACCOUNT", "CARD", "PHONE")
_FLAGS = re.IGNORECASE | re.ASCII
_PLACEHOLDER = re.compile(rf"\[({'|'.join(_KINDS)})(_+)([0-9]{{1,6}}[a-z]{{0,3}})\]", _FLAGS)
_BEGINNINGS = "|".join(kind[:length] for kind in _KINDS for length in range(len(kind)))
_MAY_BECOME_ONE = re.compile(
    rf"\[(?:(?:{_BEGINNINGS})|(?:{'|'.join(_KINDS)})(?:_*|_+[0-9]{{1,6}}[a-z]{{0,3}}))\Z", _FLAGS
)
_MOST_PLACEHOLDERS = 999_999
_NEAR = 5_000  # characters around a cut in which a name or number is looked for
_Piece = tuple[str, str | None]
"""A part of a text, and what is said in its place; None for what is left as it is so far."""


class Masker:
    """Replaces names and numbers, and puts them back.

    `names` are those of the writer's list. The same name or number gets the same placeholder as
    long as the masker lives; `again` gives one that begins to count from the same beginning. Raises
    ParameterError for a name that cannot be masked.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.names = _checked_names(tuple(names))
        self._begin()

    def again(self) -> Masker:
        """One for the same names that has seen no text yet."""
        other = copy.copy(self)
        other._begin()
        return other

    def _begin(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}
        self._counts: Counter[str] = Counter()
        self._forms: dict[tuple[str, str], list[str]] = {}
        self._texts: dict[str, str] = {}
        for name in self.names:
            self._placeholder("NAME", _name_key(name), name)

    @property
    def replaced(self) -> dict[str, str]:
        """Every placeholder with the text that it stands for, to be shown before a sending."""
        return dict(self._texts)

    def mask(self, text: str) -> str:
        """The text as another machine may see it."""
        return "".join(part if said is None else said for part, said in self._divided(text))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where in the text something is replaced, in order, from its first character to its end.

        A text that is cut within one of them leaves a part of a name or number to be read.
        """
        found, at = [], 0
        for part, said in self.again()._divided(text):
            if said is not None:
                found.append((at, at + len(part)))
            at += len(part)
        return found

    def _divided(self, text: str) -> list[_Piece]:
        pieces: list[_Piece] = [(text, None)]
        email, *numbers = map(self._number_step, NUMBERS)
        for step in (email, self._mask_names, _escape, *numbers):
            pieces = [
                new
                for piece in pieces
                for new in (step(piece[0]) if piece[1] is None else (piece,))
            ]
        return pieces

    def unmask(self, text: str, *, as_json: bool = False) -> str:
        """The text with all that is known put back; an unknown placeholder stays as it is.

        In JSON, where placeholders stand in strings, what is put back is escaped.
        """
        if as_json:
            return _PLACEHOLDER.sub(lambda match: _escaped(self._restored(match)), text)
        return _PLACEHOLDER.sub(self._restored, text)

    def unmasker(self, *, as_json: bool = False) -> Unmasker:
        """Puts back what arrives piece by piece."""
        return Unmasker(self, as_json=as_json)

    def _restored(self, match: re.Match[str]) -> str:
        kind, lines, number = match.groups()
        if len(lines) > 1:
            return f"[{kind}{lines[1:]}{number}]"
        return self._texts.get(f"[{kind.upper()}_{number.lower()}]", match[0])

    def undivided(self, text: str, place: int) -> int:
        """The first place from `place` on at which a cut divides nothing that is masked."""
        begin = max(0, place - _NEAR)
        for start, end in self.spans(text[begin : place + _NEAR]):
            if begin + start < place < begin + end:
                return begin + end
        return place

    def tells_part(self, before: str, after: str) -> bool:
        """Whether a text that ends with `before` tells a part of a name or number.

        It does where the rest of it is the beginning of `after`, and the part is not masked itself.
        """
        before = before[-_NEAR:]
        text, place = before + after[:_NEAR], len(before)
        cut = (span for span in self.spans(text) if span[0] < place < span[1])
        start, end = next(cut, (place, place))
        if start == place or _PLACEHOLDER.fullmatch(text, start, end):  # it only looks like one
            return False
        return any(map(str.isalnum, self._left(before, start)))

    def begins_name(self, before: str, after: str) -> bool:
        """Whether a text ends with the beginning of a name on the list, which could be read.

        A space or a mark after it, or more letters in `after`, make it another word.
        """
        if after[:1].isalnum() or not begins_any(self.names, before):
            return False
        before = before[-_NEAR:]
        letters = (place for place in reversed(range(len(before))) if before[place].isalnum())
        last = next(letters, 0)  # combining marks and what is not seen may follow it
        return any(map(str.isalnum, self._left(before, last)))  # else it is a name itself

    def _left(self, text: str, start: int) -> str:
        """What of the text from `start` on is not replaced."""
        left, at = "", 0
        for part, said in self.again()._divided(text):
            left += part[max(0, start - at) :] if said is None else ""
            at += len(part)
        return left

    def _mask_names(self, text: str) -> Iterator[_Piece]:
        at = 0
        for index, start, end in name_spans(self.names, text):
            found = text[start:end]
            yield text[at:start], None
            yield found, self._placeholder("NAME", _name_key(self.names[index]), found)
            at = end
        yield text[at:], None

    def _number_step(self, kind: str) -> Callable[[str], Iterator[_Piece]]:
        def step(text: str) -> Iterator[_Piece]:
            at = 0
            for start, end in number_spans(kind, text):
                yield text[at:start], None
                found = text[start:end]
                yield found, self._placeholder(kind, number_key(kind, found), found)
                at = end
            yield text[at:], None

        return step

    def _placeholder(self, kind: str, key: str, text: str) -> str:
        number = self._numbers.get((kind, key), 0)
        if not number:
            self._counts[kind] += 1
            number = self._numbers[kind, key] = self._counts[kind]
        if number > _MOST_PLACEHOLDERS:
            raise ParameterError("This text has too many names and numbers to be masked.")
        forms = self._forms.setdefault((kind, key), [])
        if text not in forms:
            forms.append(text)
        placeholder = f"[{kind}_{number}{_letters(forms.index(text))}]"
        self._texts[placeholder] = text
        return placeholder


class Unmasker:
    """Puts back placeholders in a text that arrives in pieces; keeps only what may become one."""

    def __init__(self, masker: Masker, *, as_json: bool = False) -> None:
        self._masker = masker
        self._as_json = as_json
        self._kept = ""

    @property
    def is_waiting(self) -> bool:
        """Whether something is kept back that may become a placeholder."""
        return bool(self._kept)

    def feed(self, piece: str) -> str:
        """What of the text so far is certain."""
        text = self._kept + piece
        begins = text.rfind("[")
        self._kept = text[begins:] if begins >= 0 and _MAY_BECOME_ONE.match(text, begins) else ""
        return self._masker.unmask(text[: len(text) - len(self._kept)], as_json=self._as_json)

    def finish(self) -> str:
        """The rest, when nothing more comes."""
        rest, self._kept = self._kept, ""
        return self._masker.unmask(rest, as_json=self._as_json)


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


@lru_cache(maxsize=8)
def _checked_names(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_checked_name, names)))


def _checked_name(name: str) -> str:
    name = unicodedata.normalize("NFC", " ".join(name.split()))
    if not any(character.isalnum() for character in name) or re.search(r"[\[\]]", name):
        raise ParameterError(
            f"“{name}” cannot be masked as a name.",
            "Give a name with at least one letter or digit and without square brackets.",
        )
    return name


def _name_key(name: str) -> str:
    return unicodedata.normalize("NFC", name.casefold())


def _escape(text: str) -> Iterator[_Piece]:
    at = 0
    for match in _PLACEHOLDER.finditer(text):
        yield text[at : match.start()], None
        yield match[0], f"[{match[1]}_{match[2]}{match[3]}]"
        at = match.end()
    yield text[at:], None


def _letters(form: int) -> str:
    """Nothing for the first form, then a, b and so on, after z aa."""
    text = ""
    while form:
        form, rest = divmod(form - 1, 26)
        text = chr(ord("a") + rest) + text
    return text
