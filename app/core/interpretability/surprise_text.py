"""Lays a model's tokens over the text that they were made of: from bytes to units of the page."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

import msgspec

from app.core.documents.comments import visible_spans
from app.core.errors import GenerationError, UnsupportedError
from app.core.interpretability.surprise import SURPRISING, SurpriseRun, step_of
from app.core.text.words import makes_words, word_pattern

_NEAR = 8  # bytes that a token may lie further on than where the one before it ended
_MATCHED = 0.9  # of the tokens that have to be found in the text again


class ReadText(msgspec.Struct, frozen=True):
    """A part of a text as a model reads it, without comments.

    `places` has, for each piece of it, the unit in `text` and the unit on the page at which it
    begins, with the end of all of it last.
    """

    text: str
    places: tuple[tuple[int, int], ...]

    def on_page(self, start: int, end: int) -> int:
        """Where on the page the units from `start` to `end` of it begin; -1 if not in one piece."""
        index = bisect_right(self.places, (start, 1 << 62)) - 1
        if index < 0 or index + 1 >= len(self.places) or end > self.places[index + 1][0]:
            return -1
        begin, page = self.places[index]
        return page + start - begin

    def place_of(self, page: int) -> int:
        """Where the text goes on that stands on the page from the unit `page` on."""
        for (begin, place), (end, _next) in zip(self.places, self.places[1:], strict=False):
            if page < place + end - begin:
                return begin + max(0, page - place)
        return self.places[-1][0]


def read_text(page: str, start: int = 0, end: int | None = None) -> ReadText:
    """What a model reads of `page` from the character `start` to `end`; comments are left out."""
    pieces, places = list[str](), list[tuple[int, int]]()
    at = place = done = 0
    stop = len(page) if end is None else end
    for first, last in visible_spans(page, stop):
        first = max(first, start)
        if first >= last:
            continue
        done += _units(page[at:first])
        piece = whole_letters(page[first:last])
        places.append((place, done))
        pieces.append(piece)
        length = _units(piece)
        place, done, at = place + length, done + length, last
    return ReadText("".join(pieces), (*places, (place, done)))


def whole_letters(text: str) -> str:
    """The text with U+FFFD for half letters, which no model is given; as long as before."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def token_ends(text: str, pieces: Sequence[bytes]) -> list[int] | None:
    """The byte of `text` at which each token ends, out of the bytes that each stands for.

    What stands before the text and is not in it, as a beginning token, ends at 0. Letters that a
    model writes in another way than the text belong to the token nearest. None where the tokens
    are not this text's.
    """
    data, at, missed = text.encode(), 0, 0
    ends = list[int]()
    for piece in pieces:
        if data.startswith(piece, at):
            at += len(piece)
        elif piece[:1] == b" " and data.startswith(piece[1:], at):
            at += len(piece) - 1
        else:
            found = data.find(piece, at, at + len(piece) + _NEAR) if piece else -1
            missed += found < 0 and bool(ends)  # the first may stand for the beginning
            at = found + len(piece) if found >= 0 else at
        ends.append(at)
    if ends and missed > (1 - _MATCHED) * len(ends):
        return None
    return ends


def foreign_tokens() -> GenerationError:
    """The error for a model whose tokens are not the text's."""
    return GenerationError(
        "This model's tokens cannot be laid over the text that they are made of.",
        "Choose another model to score it.",
    )


def no_scores(name: str) -> UnsupportedError:
    """The error for a server that does not score a text; `name` is its model's."""
    return UnsupportedError(
        f"The server of {name} does not say how likely the words of a text are.",
        "Use a model on this machine.",
    )


class TokenGroup(msgspec.Struct, frozen=True):
    """Tokens from `first` to before `last` that are whole words together, and their units."""

    first: int
    last: int
    start: int
    end: int


def token_groups(text: str, ends: Sequence[int]) -> list[TokenGroup]:
    """The tokens that end at these bytes, those together between which a letter or word is torn.

    Each Chinese or Japanese character is a word. A token without bytes of the text is in no group.
    """
    data = text.encode()
    groups = list[TokenGroup]()
    begin = first = place = 0
    for number, end in enumerate(ends):
        if end == begin:
            first = number + 1
            continue
        if end < len(data) and _is_within(data, end):
            continue
        length = _units(data[begin:end].decode("utf-8", "replace"))
        groups.append(TokenGroup(first, number + 1, place, place + length))
        begin, first, place = end, number + 1, place + length
    return groups


def _is_within(data: bytes, end: int) -> bool:
    """Whether a letter or a word goes on after that byte."""
    if data[end] & 0xC0 == 0x80:
        return True
    start = end - 1
    while start and data[start] & 0xC0 == 0x80:
        start -= 1
    around = data[start : end + 4].decode("utf-8", "ignore")
    return len(around) > 1 and makes_words(around[0]) and makes_words(around[1])


def surprise_runs(
    read: ReadText, groups: Sequence[TokenGroup], surprises: Sequence[float]
) -> list[tuple[int, SurpriseRun]]:
    """Each group's run with its place on the page; `surprises` are of the tokens, -1 unscored.

    What goes over the place of a comment is left out.
    """
    if not groups:
        return []
    start, end = groups[0].start, groups[-1].end
    begins = _word_begins(read.text, start, end)
    values = [_sum(surprises[one.first : one.last]) for one in groups]
    words = _counted(groups, values, begins)
    found = list[tuple[int, SurpriseRun]]()
    for one, value, (count, surprising) in zip(groups, values, words, strict=True):
        page, length = _place(read, one)
        if page >= 0:
            tokens = one.last - one.first if value >= 0 else 0
            run = SurpriseRun(length, value, tokens, count, surprising, is_tried=value < 0)
            found.append((page, run))
    return found


def _place(read: ReadText, group: TokenGroup) -> tuple[int, int]:
    """Where on the page a group is, and how long; without its spaces where a comment is in them."""
    page = read.on_page(group.start, group.end)
    if page >= 0:
        return page, group.end - group.start
    letters, start = _part(read.text, group.start, group.end), letters_start(read.text, group)
    end = group.end - (len(letters) - len(letters.rstrip()))
    return (read.on_page(start, end), end - start) if start < end else (-1, 0)


def _sum(surprises: Sequence[float]) -> float:
    """The surprise of tokens together, or -1 where one has none."""
    return sum(surprises) if surprises and min(surprises) >= 0 else -1.0


def _counted(
    groups: Sequence[TokenGroup], values: Sequence[float], words: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """For each group the words that begin in it, and how many of them are surprising.

    A word is where one of its tokens is.
    """
    counts = [[0, 0] for _ in groups]
    index = 0
    for start, end in words:
        while index < len(groups) and groups[index].end <= start:
            index += 1
        at, most = index, -1.0
        while at < len(groups) and groups[at].start < end:
            most = max(most, values[at])
            at += 1
        if index < len(groups) and values[index] >= 0:
            counts[index][0] += 1
            counts[index][1] += step_of(most) >= SURPRISING
    return [(count, surprising) for count, surprising in counts]


def _word_begins(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where the words begin and end, in units, that begin from `start` to `end`."""
    part = _part(text, start, end)
    found, at, place = list[tuple[int, int]](), 0, start
    for match in re.finditer(word_pattern(), part):
        place += _units(part[at : match.start()])
        length = _units(match[0])
        found.append((place, place + length))
        place, at = place + length, match.end()
    return found


def letters_start(text: str, group: TokenGroup) -> int:
    """Where the letters of a group begin, after its spaces."""
    letters = _part(text, group.start, group.end)
    return group.start + len(letters) - len(letters.lstrip())  # a space is one unit


def _part(text: str, start: int, end: int) -> str:
    """The units of `text` from `start` to `end`."""
    if text.isascii():
        return text[start:end]
    data = text.encode("utf-16-le", "surrogatepass")
    return data[start * 2 : end * 2].decode("utf-16-le", "replace")


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
