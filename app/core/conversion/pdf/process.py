"""PDF files, written by a child process with Qt in it: neither core nor the command line has Qt.

The child gets one request on its standard input. It answers with a line for each page that is set,
`page 12`, and then `done`, with all that follows the line being the file.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from typing import IO

import msgspec

from app.core.conversion.blocks import FormattedText
from app.core.conversion.looks.profiles import ExportProfile
from app.core.errors import DocumentError
from app.core.system.child_question import ChildQuestion
from app.core.system.processes import host_environment, program_command

WORD = "pdf-writer"
"""The program's word for the child."""

DONE = b"done"
PAGE = b"page"

_FONT_NAMES = (
    "FONTCONFIG_FILE",
    "FONTCONFIG_PATH",
    "XDG_DATA_HOME",
    "XDG_DATA_DIRS",
    "QT_QPA_FONTDIR",
)


class PdfRequest(msgspec.Struct, frozen=True):
    """A text, how it looks, and when it was last changed, as `2026-01-31T12:00:00Z`."""

    text: FormattedText
    profile: ExportProfile
    moment: str


def read_request(data: bytes) -> PdfRequest:
    """What the child is asked; raises msgspec's errors."""
    return msgspec.msgpack.decode(data, type=PdfRequest)


class PdfWriting:
    """One file that is being written; `cancel` may be called from any thread."""

    def __init__(self) -> None:
        self._question: ChildQuestion[bytes] = ChildQuestion()

    def run(
        self,
        text: FormattedText,
        profile: ExportProfile,
        moment: str,
        tell: Callable[[int], object] = lambda _pages: None,
    ) -> bytes:
        """The file; `tell` is told, on this thread, how many pages are set.

        Raises DocumentError where Qt or what it needs is missing, or it was cancelled.
        """
        request = msgspec.msgpack.encode(PdfRequest(text, profile, moment))
        question = self._question
        try:
            data = question.ask(
                program_command(WORD), _environment(), request, partial(_answer, tell=tell)
            )
        except OSError as error:
            raise DocumentError(
                f"The process that writes PDF files did not start: {error}."
            ) from error
        if question.is_cancelled:
            raise DocumentError("Nothing was written: it was stopped.")
        if not data:
            raise DocumentError(
                "The process that writes PDF files has ended before it was done.",
                question.errors or "Try once more.",
            )
        return data

    def cancel(self) -> None:
        """End it; `run` raises."""
        self._question.cancel()


def _environment() -> dict[str, str]:
    """What the child needs of the environment: its fonts, and no display."""
    kept = {name: os.environ[name] for name in _FONT_NAMES if name in os.environ}
    shown = {"QT_QPA_PLATFORM": "offscreen"} if sys.platform == "linux" else {}
    shown |= {"TZ": "UTC", "QT_HASH_SEED": "0"}  # so that the same text gives the same file
    hidden = {"QT_MAC_DISABLE_FOREGROUND_APPLICATION_TRANSFORM": "1"}
    return host_environment() | kept | shown | hidden


def _answer(stream: IO[bytes], tell: Callable[[int], object]) -> bytes:
    for line in stream:
        word, _, number = line.rstrip().partition(b" ")
        if word == DONE:
            data = stream.read()
            return data if len(data) == int(number or -1) else b""
        if word == PAGE and number.isdigit():
            tell(int(number))
    return b""
