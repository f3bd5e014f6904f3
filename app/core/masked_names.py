"""Names in a text that is masked: where those of the writer's list stand, and where one begins."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""The letters of scripts without spaces between words."""

LETTER = r"[^\W\d_]"

_NO_SPACES = re.compile(f"[{UNSPACED}]")
_UNSEEN = "[\0\u00ad\u200b-\u200d\u2060\ufeff]"
_GAPS = re.compile(f"{_UNSEEN}*[-‐\u00ad]\\s{{1,12}}|{_UNSEEN}+")
"""What may stand between two letters of one name: a hyphen where a line ends, and what is not seen.

Each becomes one character, `_GAP_MARK`, before names are looked for: a pattern that has all of this
between any two letters takes `re` a hundred times as long to compile.
"""

_GAP_MARK = "\0"
_SHORT = 3
_APOSTROPHES, _HYPHENS = "['’ʼ]", f"[-‐‑{_GAP_MARK}]"
_SAME = dict.fromkeys("'’", _APOSTROPHES) | dict.fromkeys("-‐‑", _HYPHENS)
_ALIKE = str.maketrans("’ʼ‐‑ı", "''--i")  # first letters that may match the same one
_TAIL = 400  # characters at a text's end in which the beginning of a name is looked for


def name_spans(names: tuple[str, ...], text: str) -> Iterator[tuple[int, int, int]]:
    """Which of the names stands where in the text, in order: its index, its start and its end."""
    pattern = _names_pattern(names, _possible(names, text))
    if pattern is None:
        return
    marked = _Marked(text)
    for match in pattern.finditer(marked.text):
        start, end = marked.place(match.start()), marked.place(match.end() - 1) + 1
        yield int((match.lastgroup or "n0")[1:]), start, end


def begins_any(names: tuple[str, ...], text: str) -> bool:
    """Whether a text ends with enough of the beginning of a name, and not all of it.

    That are two letters or more of a name's last word after all its others, or three letters or
    more, and half, of a name of one word, in its own capitals.
    """
    tail = _even(text[-_TAIL:])
    return any(_begins(_even(name), tail) for name in names)


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


def _even(text: str) -> str:
    """A text as the beginnings of names are compared."""
    seen = re.sub(_UNSEEN, "", unicodedata.normalize("NFC", text)).translate(_ALIKE)
    return re.sub(r"\s+", " ", re.sub(r"-\s+", "", seen))


def _begins(name: str, tail: str) -> bool:
    """Whether `tail` ends with enough of a name's beginning, and not all of it."""
    head, space, last = name.rpartition(" ")
    is_unspaced = bool(_NO_SPACES.search(last))
    fewest = 2 if space or is_unspaced else max(_SHORT, -(-len(last) // 2))
    for length in range(fewest, len(last)):
        begun = head + space + last[:length]
        before, end = tail[: -len(begun)], tail[-len(begun) :]
        is_apart = is_unspaced or not before[-1:].isalnum()
        is_capital = space or begun[0].islower() or end[:1] == begun[0]
        if is_apart and is_capital and end.lower() == begun.lower():
            return True
    return False


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
    return rf"(?<!{LETTER}){body}(?!{LETTER})"


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
