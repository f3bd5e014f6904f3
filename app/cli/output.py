"""What the command line writes: text on stdout; progress and one-line errors on stderr."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterable
from typing import Any

from app.core.errors import LampblackError
from app.core.system.progress_line import ProgressLine as ProgressLine
from app.core.units import duration_text as duration_text

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
