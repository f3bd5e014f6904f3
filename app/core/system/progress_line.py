"""A line on a terminal that shows how far a long work is, and rewrites itself."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from app.core.units import columns, shortened, size_text

_USUAL = 80  # columns, where a terminal says that it has none


class ProgressLine:
    """One line on a terminal's stderr that rewrites itself; silent anywhere else."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream: TextIO | None = stream or sys.stderr  # None where there is no console
        self._shown = ""

    def show(self, text: str) -> None:
        """Put `text` in place of what is shown, as much as a line of the terminal holds."""
        if self._is_terminal() and (text := shortened(text, self._room())) != self._shown:
            self._write("\r" + text + " " * (columns(self._shown) - columns(text)))
            self._shown = text

    def show_bytes(self, what: str, done: int, total: int) -> None:
        """Show how many bytes of a work are done."""
        self.show(f"{what}… {size_text(done)} of {size_text(total)}")

    def clear(self) -> None:
        """Remove the line."""
        if self._shown:
            self._write("\r" + " " * columns(self._shown) + "\r")
            self._shown = ""

    def _is_terminal(self) -> bool:
        return self._stream is not None and not self._stream.closed and self._stream.isatty()

    def _room(self) -> int:
        """A line's columns but the last, after which a terminal begins another, if known."""
        assert self._stream is not None
        try:
            size = os.get_terminal_size(self._stream.fileno())
        except OSError:
            return sys.maxsize
        return max(1, (size.columns or _USUAL) - 1)

    def _write(self, text: str) -> None:
        """Write it; a terminal that is gone ends the line and not the work."""
        if self._stream is None:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # its window was closed, or the stream
            self._stream = None
