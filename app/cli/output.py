"""What the command line writes: text on stdout; progress and one-line errors on stderr."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from app.core.errors import LampblackError
from app.core.units import size_text

_CONTROLS = {code: "�" for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n"}
_ONE_LINE = dict.fromkeys((*range(32), *range(127, 160)), " ")


class _Closed(io.StringIO):
    """Standard output that was closed before the start."""

    def write(self, _text: str) -> int:
        raise LampblackError(
            "Standard output is closed, so there is nowhere to write to.",
            "Leave it open, or send what is not wanted to the null device.",
        )


def check_stdout() -> None:
    """Refuse to begin a work whose result has nowhere to go; raises LampblackError."""
    if isinstance(sys.stdout, _Closed):
        sys.stdout.write("")


def prepare_streams() -> None:
    """Make both streams write UTF-8 into files and pipes, and replace what cannot be encoded.

    Of streams that were closed before the start, standard input is empty, standard error takes
    what comes, and standard output refuses it: a result must not be lost in silence.
    """
    sys.stdin = sys.stdin or io.TextIOWrapper(io.BytesIO())
    sys.stdout = sys.stdout or _Closed()
    sys.stderr = sys.stderr or io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="replace")


def write(text: str) -> None:
    """Write to stdout at once; a terminal gets no control characters a model made up."""
    if sys.stdout.isatty():
        text = text.translate(_CONTROLS)
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _drop_what_is_left()
        raise LampblackError(f"The text could not be written: {error.strerror}.") from error


def answer(as_json: bool, content: Any, lines: Iterable[str]) -> None:
    """Write what a word found: `content` as one JSON document, or `lines` for people.

    In JSON a path that is not valid text has its odd bytes escaped.
    """
    if as_json:
        text = json.dumps(content, ensure_ascii=False, indent=2)
        write(text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")
    else:
        write("".join(f"{line}\n" for line in lines))


def _drop_what_is_left() -> None:
    """Point stdout at the null device: Python would try the same text again when it ends."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_error(error: LampblackError) -> None:
    """Write the one line of an error to stderr."""
    note(f"lampblack: {error}")


def note(line: str) -> None:
    """Write one line to stderr."""
    sys.stderr.write(" ".join(line.translate(_ONE_LINE).split()) + "\n")
    sys.stderr.flush()


def duration_text(seconds: float) -> str:
    """A time as people say it: 40 s, 3 min, 1 h 20 min."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


class ProgressLine:
    """One line on a terminal's stderr that rewrites itself; silent anywhere else."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._shown = ""

    def show(self, text: str) -> None:
        """Put `text` in place of what is shown."""
        if text != self._shown and self._stream.isatty():
            self._stream.write("\r" + text.ljust(len(self._shown)))
            self._stream.flush()
            self._shown = text

    def show_bytes(self, what: str, done: int, total: int) -> None:
        """Show how many bytes of a work are done."""
        self.show(f"{what}… {size_text(done)} of {size_text(total)}")

    def clear(self) -> None:
        """Remove the line."""
        if self._shown:
            self._stream.write("\r" + " " * len(self._shown) + "\r")
            self._stream.flush()
            self._shown = ""
