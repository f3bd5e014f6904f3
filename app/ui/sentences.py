"""Sentences that were made without Qt, in the language of the window.

Core, the engine's host and the downloader say what happened in finished English. The .ts files hold
the template of each such sentence, as its own f-string has it; here a sentence finds its template
again, and its values their own.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from app.core.system.paths import resource
from app.ui.numbers import with_local_numbers

_CONTEXT = "Sentences"
_PLACE = re.compile(r"\{(\w+)\}")
_END = re.compile(r"(?<=[.!?…:]) ")
_WORD = re.compile(r"[a-z]{2}")
_OF_A_ROW = re.compile(r"(.+) \((\w+)\) (.+)\.")
_CLOSED = "。！？…：；，）"
"""After these the next sentence follows without a space."""

_DEEPEST = 4
"""How far values within values are looked at."""

_MOST_PARTS = 5
"""What `_END` divides a known sentence into at most: what goes on for longer is not tried."""

_tr = QCoreApplication.translate

Words = str | Callable[[], str]
"""A text: finished English, or a function that makes it in the language that is spoken then."""


def told(text: Words) -> str:
    """A text of one or more such sentences in the language of the window.

    What is not known stays as it is, and so does everything while the window is in English, but for
    sizes and long numbers, which are as the locale writes them.
    """
    if not isinstance(text, str):
        return text()
    if text and _is_translated():
        text = "\n".join(_line(line) for line in text.split("\n"))
    return with_local_numbers(text)


def joined(sentences: Iterable[Words]) -> str:
    """Sentences one after the other, parted as the language parts them; empty ones are left out."""
    shown = ""
    for sentence in filter(None, map(told, sentences)):
        shown = _with(shown, sentence)
    return shown


def _with(text: str, sentence: str) -> str:
    return text + ("" if not text or text[-1] in _CLOSED else " ") + sentence


def encoding_text(name: str) -> str:
    """The name of an encoding, such as Cyrillic (Windows-1251)."""
    if (whole := _tr("Encodings", name)) != name:
        return whole
    script, bracket, rest = name.partition(" (")
    return _tr("Encodings", script) + bracket + rest


def forget() -> None:
    """Forget what was found, because another language is spoken."""
    _found.cache_clear()


def _is_translated() -> bool:
    """Whether there is another language; every translation has this sentence."""
    known = "It fits."
    return _tr(_CONTEXT, known) != known


def _line(line: str) -> str:
    """Sentence by sentence, the longest that is known first: some have a full stop within."""
    parts, shown = _END.split(line), ""
    while parts:
        ends = range(min(len(parts), _MOST_PARTS), 0, -1)
        tried = ((end, _found(" ".join(parts[:end]), _DEEPEST)) for end in ends)
        end, found = next(((end, one) for end, one in tried if one is not None), (1, None))
        sentence = parts[0] if found is None else found.text
        shown = _with(shown, sentence)
        del parts[:end]
    return shown


@lru_cache(4096)
def _found(text: str, depth: int) -> _Spoken | None:
    """The translation of which the most is known; None if the text is not known at all."""
    for context in (_CONTEXT, "Parameters"):
        if (known := _tr(context, text)) != text:
            return _Spoken(len(text), len(text), known)
    if depth == 0 or not _WORD.search(text):
        return None
    ways = [one.told(text, depth) for one in _templates() if one.longest in text]
    ways.append(_of_a_row(text, depth))
    if text[-1] == ".":
        ways.append(_extended(_found(text[:-1], depth - 1), "", "。"))
    if text[0].isupper():
        ways.append(_found(text[0].lower() + text[1:], depth - 1))
    return max(filter(None, ways), key=lambda way: way[:2], default=None)


def _extended(found: _Spoken | None, before: str, after: str) -> _Spoken | None:
    if found is None:
        return None
    return found._replace(weight=found.weight + 1, text=before + found.text + after)


def _of_a_row(text: str, depth: int) -> _Spoken | None:
    """What is wrong with a row's value (`BoundRow.error`)."""
    match = _OF_A_ROW.fullmatch(text)
    if match is None:
        return None
    what = _found(match[3], depth - 1)
    return _extended(what, f"{_tr('Parameters', match[1])} ({match[2]}) ", "。")


class _Spoken(NamedTuple):
    """A translation, how many letters of the sentence were known, and how many in its template."""

    weight: int
    own: int
    text: str


class _Template:
    """A sentence with places for its values."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._literals = sorted(_PLACE.sub("\0", text).split("\0"), key=len, reverse=True)
        self.longest = self._literals[0]  # looked for first, which leaves few templates
        self._weight = sum(map(len, self._literals))
        self._pattern: re.Pattern[str] | None = None

    def told(self, text: str, depth: int) -> _Spoken | None:
        """The sentence with these words and the values of `text`; None if that is another one."""
        match = self._match(text)
        if match is None or any(_END.search(value) for value in match.groups()):
            return None
        weight, values = self._weight, {}
        for name, value in match.groupdict().items():
            found = _found(value.strip(), depth - 1) or _Spoken(0, 0, value)
            weight += found.weight
            values[name[1:]] = found.text
        shown = _PLACE.sub(lambda place: values[place[1]], _tr(_CONTEXT, self._text))
        return _Spoken(weight, self._weight, shown)

    def _match(self, text: str) -> re.Match[str] | None:
        if not all(literal in text for literal in self._literals):
            return None
        if self._pattern is None:
            self._pattern = re.compile(_pattern(self._text))
        return self._pattern.fullmatch(text)


def _pattern(template: str) -> str:
    pieces = _PLACE.split(template)
    places = (
        f"(?P<_{piece}>.*?)" if number % 2 else re.escape(piece)
        for number, piece in enumerate(pieces)
    )
    return "".join(places)


@cache
def _templates() -> tuple[_Template, ...]:
    """Every sentence with places for values, in the order of the file."""
    path: Path = resource("translations") / "lampblack_zh_CN.ts"
    sources = (
        message.findtext("source") or ""
        for context in ET.parse(path).iter("context")  # noqa: S314 (our own file)
        if context.findtext("name") == _CONTEXT
        for message in context.iter("message")
    )
    return tuple(_Template(source) for source in sources if _PLACE.search(source))
