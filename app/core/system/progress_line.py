"""A line on a terminal that shows how far a long work is, and rewrites itself."""

from __future__ import annotations

import sys
from typing import TextIO

from app.core.units import size_text


class ProgressLine:
    """One line on a terminal's stderr that rewrites itself; silent anywhere else."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream: TextIO | None = stream or sys.stderr  # None where there is no console
        self._shown = ""

    def show(self, text: str) -> None:
        """Put `text` in place of what is shown."""
        if self._stream and text != self._shown and self._stream.isatty():
            self._stream.write("\r" + text.ljust(len(self._shown)))
            self._stream.flush()
            self._shown = text

    def show_bytes(self, what: str, done: int, total: int) -> None:
        """Show how many bytes of a work are done."""
        self.show(f"{what}… {size_text(done)} of {size_text(total)}")

    def clear(self) -> None:
        """Remove the line."""
        if self._stream and self._shown:
            self._stream.write("\r" + " " * len(self._shown) + "\r")
            self._stream.flush()
            self._shown = ""
