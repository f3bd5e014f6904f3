"""Search in a text: words as they stand, or a regular expression, and what replaces them."""

from __future__ import annotations

import re
from itertools import islice

import msgspec

from app.core.errors import SearchError
from app.core.text.words import HAN

_MOST_REPLACED = 64 * 1024 * 1024  # characters
_LETTER = f"[^\\W{HAN}]"
"""What makes a longer word of the word beside it; Chinese is written without spaces."""
_MARK = "[\u0300-\u036f]"
"""An accent that stands for itself, behind its letter."""


class Query(msgspec.Struct, frozen=True):
    """What is searched for. `is_pattern`: `words` is a regular expression of Python's `re`.

    In one, ^ and $ stand for the ends of lines; in words, é is found as one character or as two.
    Without `has_case`, small and capital letters are the same. `is_whole` finds no part of a longer
    word.
    """

    words: str
    is_pattern: bool = False
    has_case: bool = False
    is_whole: bool = False


class SearchResult(msgspec.Struct, frozen=True):
    """The places found, from and to in characters, and for each what replaces it, if asked for."""

    spans: list[tuple[int, int]] = []
    replacements: list[str] = []


def search(
    text: str, query: Query, replacement: str | None = None, most: int | None = None
) -> SearchResult:
    r"""Every place of `query` in `text`, none within another; the first `most` of them, if given.

    In words as they stand a no-break space is a space, and the `replacement` is put in as it is; in
    that of a regular expression \1 is its first group. Raises SearchError for an expression or a
    replacement that is wrong. A bad expression can take for ever: see `search_in_process`.
    """
    pattern = check(query)
    try:
        if not query.is_pattern:
            text = text.replace("\u00a0", " ")
        found = list(islice(pattern.finditer(text), most)) if query.words else []
        return SearchResult([one.span() for one in found], _replacements(found, query, replacement))
    except (IndexError, OverflowError, RecursionError):
        raise _too_deep() from None


def check(query: Query) -> re.Pattern[str]:
    """What finds the places of `query`; raises SearchError for an expression that is wrong."""
    try:
        return re.compile(_expression(query), _flags(query))
    except re.error as error:
        if error.pos is None:
            raise SearchError(f"This is no regular expression: {error.msg}.") from None
        raise SearchError(
            f"This is no regular expression, from character {error.pos + 1} on: {error.msg}."
        ) from None
    except (IndexError, OverflowError, RecursionError):
        raise _too_deep() from None


def _too_deep() -> SearchError:
    return SearchError("This regular expression is too long or too deep.")


def _expression(query: Query) -> str:
    words = query.words
    if not query.is_pattern:
        words = _literally(words.replace("\u00a0", " "))
    if not query.is_whole:
        return words
    re.compile(words)  # alone, or a wrong one could be right in the brackets
    begins = query.is_pattern or re.match(_LETTER, query.words)
    ends = query.is_pattern or re.match(_LETTER, query.words[-1:])
    before, after = f"(?<!{_LETTER})" * bool(begins), f"(?!{_LETTER}|{_MARK})" * bool(ends)
    return f"{before}(?:{words}){after}"


def _literally(words: str) -> str:
    """An expression for words as they stand, with accents apart from their letters or in them."""
    if words.isascii():
        return re.escape(words)
    from unicodedata import normalize

    found = []
    for letter in re.findall(f".{_MARK}*", words, re.DOTALL):
        forms = dict.fromkeys((letter, normalize("NFD", letter), normalize("NFC", letter)))
        found.append("|".join(map(re.escape, forms)))
    return "".join(f"(?:{one})" if "|" in one else one for one in found)


def _flags(query: Query) -> re.RegexFlag:
    case = re.NOFLAG if query.has_case else re.IGNORECASE
    return case | (re.MULTILINE if query.is_pattern else re.NOFLAG)


def _replacements(found: list[re.Match[str]], query: Query, replacement: str | None) -> list[str]:
    if replacement is None:
        return []
    if not query.is_pattern:
        return [replacement] * len(found)
    texts, length = [], 0
    for one in found:
        texts.append(_expanded(one, replacement))
        length += len(texts[-1])
        if length > _MOST_REPLACED:
            raise SearchError("What is to be put in is too long.")
    return texts


def _expanded(one: re.Match[str], replacement: str) -> str:
    try:
        return one.expand(replacement)
    except (re.error, IndexError) as error:
        raise SearchError(f"The replacement is not right: {error}.") from None
