"""A line on a terminal that shows how far a long work is, and rewrites itself."""

from __future__ import annotations

import os
import sys
import unicodedata
from itertools import accumulate
from typing import TextIO

from app.core.units import size_text

_USUAL = 80  # columns, where a terminal says that it has none


class ProgressLine:
    """One line on a terminal's stderr that rewrites itself; silent anywhere else."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream: TextIO | None = stream or sys.stderr  # None where there is no console
        self._shown = ""

    def show(self, text: str) -> None:
        """Put `text` in place of what is shown, as much as a line of the terminal holds."""
        if self._is_terminal() and (text := _fitted(text, self._room())) != self._shown:
            self._write("\r" + text + " " * (_cells(self._shown) - _cells(text)))
            self._shown = text

    def show_bytes(self, what: str, done: int, total: int) -> None:
        """Show how many bytes of a work are done."""
        self.show(f"{what}… {size_text(done)} of {size_text(total)}")

    def clear(self) -> None:
        """Remove the line."""
        if self._shown:
            self._write("\r" + " " * _cells(self._shown) + "\r")
            self._shown = ""

    def _is_terminal(self) -> bool:
        return self._stream is not None and not self._stream.closed and self._stream.isatty()

    def _room(self) -> int:
        """The cells of a line but the last, after which a terminal begins another; 0 if unknown."""
        assert self._stream is not None
        try:
            columns = os.get_terminal_size(self._stream.fileno()).columns
        except OSError:
            return 0
        return max(1, (columns or _USUAL) - 1)

    def _write(self, text: str) -> None:
        """Write it; a terminal that is gone ends the line and not the work."""
        if self._stream is None:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # its window was closed, or the stream
            self._stream = None


def _cells(text: str) -> int:
    return sum(map(_width, text))


def _width(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 1 + (unicodedata.east_asian_width(letter) in "WF")


def _fitted(text: str, room: int) -> str:
    """As much of it as has room; all of it where that is not known."""
    if not room or _cells(text) <= room:
        return text
    ends = accumulate(map(_width, text))
    return text[: sum(end < room for end in ends)] + "…"
