"""Comments in a manuscript: `%%…%%` and `<!-- … -->`, which are for the writer alone."""

from __future__ import annotations

from collections.abc import Iterator

_MARKS = {"%%": ("%%", 2), "<!--": ("-->", 2)}
"""What begins a comment: what ends it, and how far behind its begin that is looked for."""

_SPACES = " \t"


def comment_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each comment begins and ends, marks included, in characters and in order.

    A comment may go over several lines, and none is within another. What is begun and never ended
    is no comment: it is most likely being typed, and must not hide the rest of a book.
    """
    at = 0
    following = {mark: text.find(mark) for mark in _MARKS}
    while begun := [(place, mark) for mark, place in following.items() if place >= 0]:
        start, mark = min(begun)
        end_mark, skip = _MARKS[mark]
        end = text.find(end_mark, start + skip)
        if end < 0:
            following[mark] = -1
            continue
        at = end + len(end_mark)
        yield start, at
        for other, place in following.items():
            if 0 <= place < at:
                following[other] = text.find(other, at)


def without_comments(text: str, end: int | None = None) -> str:
    """`text` up to `end`, in characters, as the model reads it: without comments.

    A comment that begins before `end` is left out also where it ends behind it; one that never ends
    stays. A comment that has its lines to itself takes them along, and of the spaces on both sides
    of another one side stays.
    """
    return "".join(text[first:last] for first, last in visible_spans(text, end))


def visible_spans(text: str, end: int | None = None) -> list[tuple[int, int]]:
    """Where the parts of `text` begin and end that `without_comments` leaves."""
    text_end = len(text) if end is None else end
    visible, at = _Visible(), 0
    for start, after in comment_spans(text):
        if start >= text_end:
            break
        visible.add(text, at, start)
        at = visible.close_gap(text, min(after, text_end), text_end)
    visible.add(text, at, text_end)
    return visible.spans


class _Visible:
    """The text beside the comments, as far as it was looked at."""

    def __init__(self) -> None:
        self.spans: list[tuple[int, int]] = []
        self._line = ""  # its first visible letter and its last one
        self._paragraph_ends = True

    def add(self, text: str, start: int, end: int) -> None:
        """Add what stands before the next comment."""
        self.spans.append((start, end))
        piece = text[start:end]
        lines = piece.split("\n")
        for line in lines[:-1]:
            self._paragraph_ends = not (self._line + line).strip(_SPACES)
            self._line = ""
        line = self._line + lines[-1]
        self._line = line.lstrip(_SPACES)[:1] + line[-1:]

    def close_gap(self, text: str, at: int, end: int) -> int:
        """Where `text` goes on after a comment that ends at `at`."""
        following = at
        while following < end and text[following] in _SPACES:
            following += 1
        ends_line = following < end and text[following] == "\n"
        if ends_line:
            self._strip(text)
        if self._line.strip(_SPACES):
            return following if ends_line or self._line[-1] in _SPACES else at
        if ends_line:
            following += 1
            if self._paragraph_ends and following < end and text[following] == "\n":
                following += 1
            self._line = ""
        return following

    def _strip(self, text: str) -> None:
        """Take the spaces off the end."""
        while self.spans:
            start, end = self.spans.pop()
            if stripped := text[start:end].rstrip(_SPACES):
                self.spans.append((start, start + len(stripped)))
                return
