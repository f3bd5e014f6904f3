"""Masking: names and numbers leave a text before it goes to another machine, and come back after.

Placeholders look like `[NAME_1]`. What is replaced, in this order:

- E-mail addresses.
- The names that the writer lists, in any case, composed or decomposed, with any white space between
  their words, or parted by a hyphen at the end of a line. A name of four letters or more, or in a
  script without spaces between words, is replaced wherever it stands, so that its endings (`Annas`,
  `Anna's`) stay as text after the placeholder; a shorter one only where no letter touches it. A
  form with another stem has to be listed by itself.
- Account numbers (IBAN) and card numbers with a right checksum, also over the end of a line, a card
  number over one; telephone numbers of 7 digits or more that begin with `+`, `0` or `(`, or stand
  in groups of 3, 3 and 4; several in a row are one. One with `+` or `0` may go over the end of a
  line before its seventh digit.

Another way to write the same name or number gets the same number with a letter (`[NAME_1a]`), so
that each comes back exactly. A text that looks like a placeholder gets one `_` more on the way out
and one less on the way back.
"""

from __future__ import annotations

import copy
import json
import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from app.core.errors import ParameterError

_KINDS = ("NAME", "EMAIL", "ACCOUNT", "CARD", "PHONE")
_FLAGS = re.IGNORECASE | re.ASCII
_PLACEHOLDER = re.compile(rf"\[({'|'.join(_KINDS)})(_+)([0-9]{{1,6}}[a-z]{{0,3}})\]", _FLAGS)
_BEGINNINGS = "|".join(kind[:length] for kind in _KINDS for length in range(len(kind)))
_MAY_BECOME_ONE = re.compile(
    rf"\[(?:(?:{_BEGINNINGS})|(?:{'|'.join(_KINDS)})(?:_*|_+[0-9]{{1,6}}[a-z]{{0,3}}))\Z", _FLAGS
)
_NO_SPACES = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
                        r"\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")  # fmt: skip
_UNSEEN = "[\0\u00ad\u200b-\u200d\u2060\ufeff]"
_GAPS = re.compile(f"{_UNSEEN}*[-‐\u00ad]\\s{{1,12}}|{_UNSEEN}+")
"""What may stand between two letters of one name: a hyphen where a line ends, and what is not seen.

Each becomes one character, `_GAP_MARK`, before names are looked for: a pattern that has all of this
between any two letters takes `re` a hundred times as long to compile.
"""

_GAP_MARK = "\0"
_LETTER = r"[^\W\d_]"
_SHORT = 3
_APOSTROPHES, _HYPHENS = "['’ʼ]", f"[-‐‑{_GAP_MARK}]"
_SAME = dict.fromkeys("'’", _APOSTROPHES) | dict.fromkeys("-‐‑", _HYPHENS)
_ALIKE = str.maketrans("’ʼ‐‑ı", "''--i")  # first letters that may match the same one

_GAP = " \u00a0\u2009\u202f"  # spaces between groups of digits

_LINE_END = r"(?:\r\n|[\n\r\u2028\u2029])"
_BETWEEN = rf"(?:[{_GAP}-]?{_LINE_END}[{_GAP}\t]{{0,8}}|[{_GAP}-])?"  # two digits of one number

_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_ACCOUNT = re.compile(
    rf"(?<![A-Z0-9])[A-Z]{{2}}[0-9]{{2}}(?:{_BETWEEN}[A-Z0-9]){{11,30}}", re.IGNORECASE | re.ASCII
)
_CARD = re.compile(rf"(?<!\d)\d(?:{_BETWEEN}\d){{12,18}}")
_APART = rf"[()+./\u2011\u2013{_GAP}-]{{0,4}}"
_WRAPPED = rf"\(?\d(?:{_APART}\d){{1,5}}{_APART}{_LINE_END}[{_GAP}\t]{{0,8}}\(?\d(?:{_APART}\d)*"
_PHONE = re.compile(
    rf"(?<![\w+])(?:(?:\+|(?=[0(])|(?=\d{{3}}[.{_GAP}-]\d{{3}}[.{_GAP}-]\d{{4}}(?!\d)))"
    rf"\(?\d(?:{_APART}\d){{6,}}|(?:\+|(?=\(?0\d)){_WRAPPED})(?!\w)"
)
_FEWEST_DIGITS = 7  # of a telephone number
_FEWEST = {"ACCOUNT": 15, "CARD": 13}
_MOST_LINE_ENDS = {"CARD": 1}  # or many a column of figures would have a card's checksum by chance
_MOST_PLACEHOLDERS = 999_999

_NEAR = 20_000  # characters around a cut in which a name or number is looked for
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
        email, *numbers = map(self._number_step, _NUMBERS)
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
        told, at = "", 0
        for part, said in self.again()._divided(before):
            told += part[max(0, start - at) :] if said is None else ""
            at += len(part)
        return any(map(str.isalnum, told))

    def _mask_names(self, text: str) -> Iterator[_Piece]:
        pattern = _names_pattern(self.names, _possible(self.names, text))
        if pattern is None:
            yield text, None
            return
        marked, at = _Marked(text), 0
        for match in pattern.finditer(marked.text):
            start, end = marked.place(match.start()), marked.place(match.end() - 1) + 1
            name = self.names[int((match.lastgroup or "n0")[1:])]
            yield text[at:start], None
            yield text[start:end], self._placeholder("NAME", _name_key(name), text[start:end])
            at = end
        yield text[at:], None

    def _number_step(self, kind: str) -> Callable[[str], Iterator[_Piece]]:
        def step(text: str) -> Iterator[_Piece]:
            at = 0
            for start, end in _spans(kind, text):
                yield text[at:start], None
                found = text[start:end]
                yield found, self._placeholder(kind, _number_key(kind, found), found)
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


class _Marked:
    """A text in which every gap that a name may have is one mark."""

    def __init__(self, text: str) -> None:
        self._marks: list[int] = []
        self._ends: list[int] = []
        parts, at, length = [], 0, 0
        for gap in _GAPS.finditer(text):
            parts.append(text[at : gap.start()])
            length += gap.start() - at
            self._marks.append(length)
            self._ends.append(gap.end())
            length, at = length + 1, gap.end()
        self.text = _GAP_MARK.join((*parts, text[at:]))

    def place(self, at: int) -> int:
        """Where in the text the character is that stands at `at` here, and is no mark."""
        before = bisect_left(self._marks, at)
        if not before:
            return at
        return self._ends[before - 1] + at - self._marks[before - 1] - 1


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


def _possible(names: tuple[str, ...], text: str) -> tuple[int, ...]:
    """Which of the names the text may hold, by their letters alone: of a long list only a few."""
    if not names:
        return ()
    bare = _bare(text)
    threes = {bare[at : at + 3] for at in range(len(bare))}
    return tuple(
        index
        for index, key in enumerate(_bare_names(names))
        if (len(key) < 3 or key[:3] in threes) and key in bare
    )


@lru_cache(maxsize=8)
def _bare_names(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(_bare, names))


def _bare(text: str) -> str:
    """Letters and digits alone, the same for all that the pattern of a name takes for equal."""
    folded = unicodedata.normalize("NFD", text).casefold().replace("ı", "i")
    return re.sub(r"[\W_ʼ]+", "", unicodedata.normalize("NFD", folded))


@lru_cache(maxsize=32)
def _names_pattern(names: tuple[str, ...], possible: tuple[int, ...]) -> re.Pattern[str] | None:
    """Any of those names, at each place the longest first; None without any.

    At a place only the names with its first letter are tried, or a long list would take seconds.
    """
    groups: dict[str, list[int]] = {}
    for index in sorted(possible, key=lambda index: -len(names[index])):
        groups.setdefault(_first_letter(names[index]), []).append(index)
    found = "|".join(_group_pattern(names, indices) for indices in groups.values())
    return re.compile(found, re.IGNORECASE) if found else None


def _first_letter(name: str) -> str:
    """The same for names of which one may begin where the other does."""
    return unicodedata.normalize("NFD", name.casefold())[0].translate(_ALIKE)


def _group_pattern(names: tuple[str, ...], indices: list[int]) -> str:
    first = "|".join(sorted({_character_pattern(names[index][0]) for index in indices}))
    whole = "|".join(f"(?P<n{index}>{_name_pattern(names[index])})" for index in indices)
    return f"(?={first})(?:{whole})"


def _name_pattern(name: str) -> str:
    body = f"{_GAP_MARK}*".join(_character_pattern(character) for character in name)
    if len(name) > _SHORT or _NO_SPACES.search(name):
        return body
    return rf"(?<!{_LETTER}){body}(?!{_LETTER})"


def _character_pattern(character: str) -> str:
    if character == " ":
        return rf"(?:\s+|{_GAP_MARK})"
    if character in _SAME:
        return _SAME[character]
    if character.isascii():
        return re.escape(character)
    parts = unicodedata.normalize("NFD", character)
    forms = {character, parts}  # and what is composed but for its last marks
    forms |= {unicodedata.normalize("NFC", parts[:n]) + parts[n:] for n in range(2, len(parts))}
    forms |= {form for form in (character.upper(), character.casefold()) if len(form) > 1}
    by_length = sorted(forms, key=lambda form: (-len(form), form))
    return f"(?:{'|'.join(map(re.escape, by_length))})"


def _escape(text: str) -> Iterator[_Piece]:
    at = 0
    for match in _PLACEHOLDER.finditer(text):
        yield text[at : match.start()], None
        yield match[0], f"[{match[1]}_{match[2]}{match[3]}]"
        at = match.end()
    yield text[at:], None


def _spans(kind: str, text: str) -> Iterator[tuple[int, int]]:
    """Where numbers of this kind stand; a candidate that is none is tried again one further on."""
    pattern, check = _NUMBERS[kind]
    at = 0
    while match := pattern.search(text, at):
        if end := _sound_end(kind, check, match, text):
            yield match.start(), end
        at = end or (match.start() + 1 if kind in _FEWEST else match.end())


def _sound_end(
    kind: str, check: Callable[[str], bool], match: re.Match[str], text: str
) -> int | None:
    """The end of the longest beginning of the match that passes, before a border."""
    fewest = _FEWEST.get(kind, len(match[0]))
    for end in range(match.end(), match.start() + fewest - 1, -1):
        is_border = text[end - 1].isalnum() and not text[end : end + 1].isalnum()
        if (kind not in _FEWEST or is_border) and _is_sound(kind, check, text[match.start() : end]):
            return end
    return None


def _is_sound(kind: str, check: Callable[[str], bool], number: str) -> bool:
    most = _MOST_LINE_ENDS.get(kind)
    return check(_plain(number)) and (most is None or len(number.splitlines()) <= most + 1)


def _plain(number: str) -> str:
    return "".join(character for character in number if character.isalnum())


def _number_key(kind: str, text: str) -> str:
    return text.casefold() if kind == "EMAIL" else _plain(text).upper()


def is_card_number(digits: str) -> bool:
    """Whether 13 to 19 digits pass the check of card numbers (ISO/IEC 7812-1, Luhn)."""
    if not (digits.isdecimal() and 13 <= len(digits) <= 19):
        return False
    doubled = [int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def is_account_number(text: str) -> bool:
    """Whether a text without spaces passes the check of an IBAN (ISO 13616, modulo 97)."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", text, _FLAGS):
        return False
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1


_NUMBERS: dict[str, tuple[re.Pattern[str], Callable[[str], bool]]] = {
    "EMAIL": (_EMAIL, bool),
    "ACCOUNT": (_ACCOUNT, is_account_number),
    "CARD": (_CARD, is_card_number),
    "PHONE": (_PHONE, lambda digits: len(digits) >= _FEWEST_DIGITS),
}


def _letters(form: int) -> str:
    """Nothing for the first form, then a, b and so on, after z aa."""
    text = ""
    while form:
        form, rest = divmod(form - 1, 26)
        text = chr(ord("a") + rest) + text
    return text
