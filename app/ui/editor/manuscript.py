"""The manuscript's text beside Qt's document, counted as Qt counts it: in UTF-16 units.

Reading a QTextDocument costs as much as the document is long. This copy follows every change, so
that the journal, undo, the prompt, the word count and saving never read the widget's text.
"""

from __future__ import annotations

from enum import Enum, auto

import msgspec

from app.core.documents.comments import comment_spans, without_comments
from app.core.text.shared_ends import shared_ends
from app.core.text.words import count_words as count_words

_LINE_END = "\n".encode("utf-16-le")
_MARKS = ("%%", "<!--", "-->")
_MARK = 3  # units of a mark that can lie beside a change
_AT_ONCE = 50_000  # units whose words are counted as they come
_SLICE = 8_000  # units that are counted at a time, in about a millisecond
_EDGE = 32  # units on either side of a change that can make two words one, or one two


def units(text: str) -> int:
    """The length of `text` in UTF-16 units."""
    return len(text) if text.isascii() else len(_encoded(text)) // 2


def _encoded(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


class Source(Enum):
    """Who changed the text."""

    WRITER = auto()
    MODEL = auto()
    REWRITE = auto()  # the model's, which the writer accepted in the place of what stood there
    HISTORY = auto()
    FILE = auto()


class Change(msgspec.Struct, frozen=True):
    """At `position`, `removed` was replaced by `added`."""

    position: int
    removed: str
    added: str

    @property
    def growth(self) -> int:
        """How much longer the text became, in units."""
        return units(self.added) - units(self.removed)

    @property
    def removed_end(self) -> int:
        """Where the removed text ended, before the change."""
        return self.position + units(self.removed)

    def inverse(self) -> Change:
        """The change that takes this one back."""
        return Change(self.position, self.added, self.removed)

    def trimmed(self) -> Change | None:
        """The change without the text that both sides share; None where nothing changes."""
        return _trimmed(self.position, self.removed, self.added)

    def moved(self, by: int) -> Change:
        """The same change `by` units further on."""
        return Change(self.position + by, self.removed, self.added)

    def carry(self, position: int, *, after_insertion: bool = False) -> int:
        """Where `position` lies after this change.

        `after_insertion` decides whether text put exactly there pushes it on.
        """
        if position < self.position or (position == self.position and not after_insertion):
            return position
        if position >= self.removed_end:
            return position + self.growth
        return self.position


class Manuscript:
    """A text that is changed in place, with its count of words kept up to date."""

    def __init__(self, text: str = "") -> None:
        self._head, self._tail = bytearray(), bytearray()  # before the last change's end, and after
        self._words = self._uncounted = 0
        self._last = Change(0, "", ""), "", ""
        self._added_words: int | None = 0
        self._count(Change(0, "", text), "", "")
        self._head += _encoded(text)
        self.comments = _comments(text)
        """Where each comment begins and ends, kept up to date."""
        self.moved_comments: set[tuple[int, int]] = set()
        """What last became a comment or is none any more; who shows it clears it."""

    @property
    def words(self) -> int:
        """How many words the text has; of a long one, some are counted only now."""
        while not self.is_counted:
            self.count_on()
        return self._words

    @property
    def is_counted(self) -> bool:
        """Whether `words` are known: those of a long text that was just opened are not yet."""
        return self._uncounted == 0

    @property
    def added_words(self) -> int:
        """How many words the last change added; negative where it removed more."""
        if self._added_words is None:
            self._added_words = _added_words(*self._last)
        return self._added_words

    def count_on(self) -> None:
        """Count some of the words that are not counted yet: back from the last of them."""
        step = _SLICE
        while True:
            begin = max(0, self._uncounted - step)
            text = self.text(begin, self._uncounted)
            line = text.find("\n", 0, -1) + 1 if begin else 0
            step *= 2
            if line or not begin:
                break
        self._uncounted = begin + units(text[:line])
        self._words += count_words(text[line:])

    def __len__(self) -> int:
        return (len(self._head) + len(self._tail)) // 2

    def text(self, start: int = 0, end: int | None = None) -> str:
        """The text from `start` to `end`; all of it without arguments."""
        return self._part(start * 2, None if end is None else end * 2).decode(
            "utf-16-le", "surrogatepass"
        )

    def _part(self, start: int, stop: int | None) -> bytearray:
        """The bytes from `start` to `stop`."""
        gap = len(self._head)
        if stop is not None and stop <= gap:
            return self._head[start:stop]
        last = None if stop is None else stop - gap
        if start >= gap:
            return self._tail[start - gap : last]
        return self._head[start:] + self._tail[:last]

    def line_start(self, position: int) -> int:
        """Where the line begins that `position` is in."""
        gap, place = len(self._head), position * 2
        at = _last_end(self._tail, place - gap) if place > gap else -1
        if at >= 0:
            at += gap
        else:
            at = _last_end(self._head, min(place, gap))
        return at // 2 + 1 if at >= 0 else 0

    def line_end(self, position: int) -> int:
        """Where the line ends that `position` is in, after its line end if it has one."""
        gap, place = len(self._head), position * 2
        at = _first_end(self._head, place) if place < gap else -1
        if at < 0:
            at = _first_end(self._tail, max(0, place - gap))
            at += gap if at >= 0 else 0
        return at // 2 + 1 if at >= 0 else len(self)

    def may_have(self, mark: str, end: int) -> bool:
        """Whether `mark` may stand before `end`: False is certain, and found without reading."""
        sign, gap, end = _encoded(mark), len(self._head), end * 2
        if self._head.find(sign, 0, end) >= 0:
            return True
        seam = self._part(max(0, gap - len(sign)), min(end, gap + len(sign)))
        return sign in seam or self._tail.find(sign, 0, max(0, end - gap)) >= 0

    def readable(self, end: int) -> str:
        """The text before `end` as a model reads it: without the writer's comments."""
        before = self.text(0, end)
        if not self.comments or self.comments[0][0] >= end:
            return before
        return without_comments(self.text(), len(before))

    def outside_comments(self, start: int, end: int) -> tuple[int, int]:
        """The same place without the half of a comment that it begins or ends in."""
        for first, last in self.comments:
            if first < start < last:
                start = last
            if first < end < last:
                end = first
        return start, max(start, end)

    def readable_after(self, start: int, most: int) -> str:
        """At most `most` units of the text from `start` on as a model reads it."""
        start, end = self.outside_comments(start, min(len(self), start + most))
        return without_comments(self.text(start, end))

    def replace(self, position: int, removed: int, added: str) -> Change | None:
        """Put `added` in the place of `removed` units; None when that changes nothing."""
        if removed:
            change = _trimmed(position, self.text(position, position + removed), added)
        else:
            change = Change(position, "", added) if added else None
        if change is None:
            return None
        left = self.text(max(0, change.position - _EDGE), change.position)
        right = self.text(change.removed_end, min(len(self), change.removed_end + _EDGE))
        self._count(change, left, right)
        self._put(change.position * 2, change.removed_end * 2, _encoded(change.added))
        self._follow_comments(change, left[-_MARK:], right[:_MARK])
        return change

    def _put(self, start: int, stop: int, added: bytes) -> None:
        """Put bytes in the place of those from `start` to `stop`, and have the gap after them.

        What is behind the gap stays where it is in memory, however long it is.
        """
        gap = len(self._head)
        if stop > gap:
            self._head += self._tail[: stop - gap]
            del self._tail[: stop - gap]
        elif stop < gap:
            self._tail[:0] = self._head[stop:]
            del self._head[stop:]
        self._head[start:] = added

    def _count(self, change: Change, left: str, right: str) -> None:
        """Count the words of a change between its neighbours, or leave it for later."""
        self._last, self._added_words = (change, left, right), None
        if change.removed_end + _EDGE < self._uncounted:
            self._uncounted += change.growth
        elif len(change.added) > _AT_ONCE or change.position < self._uncounted:
            self._words, self._uncounted = 0, len(self) + change.growth
        else:
            self._words += self.added_words

    def _follow_comments(self, change: Change, *ends: str) -> None:
        """`ends` are the neighbours of the changed text, before it and after."""
        position, end, growth = change.position, change.removed_end, change.growth
        former = self.comments
        if former and former[-1][1] > position:
            self.comments = [
                (start + growth * (start >= end), stop + growth * (stop >= max(end, position + 1)))
                for start, stop in former
            ]
        around = (change.removed.join(ends), change.added.join(ends))
        if any(map(_has_mark, around)):
            former, self.comments = self.comments, _comments(self.text())
            self.moved_comments = set(former) ^ set(self.comments)


class SelectedWords:
    """Counts the words of a selection, of one that grew or shrank only what that changed."""

    def __init__(self, manuscript: Manuscript) -> None:
        self._manuscript = manuscript
        self._place, self._words = (0, 0), 0

    def forget(self) -> None:
        """The text has changed."""
        self._place, self._words = (0, 0), 0

    def count(self, start: int, end: int) -> int:
        """The number of words from `start` to `end`."""
        first, last = self._place
        is_near = first < last and start < end
        if (start, end) == (0, len(self._manuscript)):
            self._words = self._manuscript.words
        elif is_near and start == first:
            near = max(start, min(end, last) - _EDGE)
            self._words += self._count(near, end) - self._count(near, last)
        elif is_near and end == last:
            near = min(end, max(start, first) + _EDGE)
            self._words += self._count(start, near) - self._count(first, near)
        else:
            self._words = self._count(start, end)
        self._place = (start, end)
        return self._words

    def _count(self, start: int, end: int) -> int:
        return count_words(self._manuscript.text(start, end))


def _added_words(change: Change, left: str, right: str) -> int:
    letters, before = change.removed + change.added, left[-1:]
    if letters.isascii() and letters.isalnum() and before.isascii() and before.isalnum():
        return 0  # a word became longer or shorter
    former = count_words(left + change.removed + right)
    return count_words(left + change.added + right) - former


def _last_end(units: bytearray, stop: int) -> int:
    """Where the last line end before `stop` is, in bytes; -1 if there is none."""
    at = units.rfind(_LINE_END, 0, stop)
    while at % 2 and at >= 0:  # halves of two other letters
        at = units.rfind(_LINE_END, 0, at + 1)
    return at


def _first_end(units: bytearray, start: int) -> int:
    """Where the first line end from `start` on is, in bytes; -1 if there is none."""
    at = units.find(_LINE_END, start)
    while at % 2 and at >= 0:  # halves of two other letters
        at = units.find(_LINE_END, at + 1)
    return at


def _has_mark(text: str) -> bool:
    """Whether a comment may begin or end in `text`; a single sign is looked for much faster."""
    return any(mark[-1] in text and mark in text for mark in _MARKS)


def _comments(text: str) -> list[tuple[int, int]]:
    spans, at, place = [], 0, 0
    for start, end in comment_spans(text):
        begin = place + units(text[at:start])
        at, place = end, begin + units(text[start:end])
        spans.append((begin, place))
    return spans


def _trimmed(position: int, removed: str, added: str) -> Change | None:
    """The change without the text that both sides share; formatting alone leaves None."""
    if removed == added:
        return None
    head, tail = shared_ends(removed, added)
    start = position + units(removed[:head])
    return Change(start, removed[head : len(removed) - tail], added[head : len(added) - tail])
