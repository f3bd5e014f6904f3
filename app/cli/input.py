"""The text that a word works on: typed, piped in, or out of a file; always UTF-8."""

from __future__ import annotations

import sys
from pathlib import Path

from app.core.errors import UsageError
from app.core.options.rows import is_encodable
from app.core.system.files import read_regular, why
from app.core.units import size_text
from app.engine.codec import MAX_FRAME

MAX_TEXT = MAX_FRAME - 1024 * 1024
"""The longest text in bytes: what one message holds."""


def given_text(typed: str | None, what: str, example: str, file: str = "") -> str:
    """The text as typed, or of `file`, or of standard input for "-" or None; raises UsageError.

    `what` names it in the complaints, `example` is a word that gives one.
    """
    if file and typed is not None:
        raise UsageError(f"There is a {what} and a file.", "Give one of them.")
    if typed is None and not file and sys.stdin.isatty():
        raise UsageError(f"There is no {what}.", f"Give one, as in `{example}`, or pipe it in.")
    if file:
        return _read(file, what)
    text = _piped(what) if typed in (None, "-") else str(typed)
    check_text(text, f"The {what}")
    if not text:
        raise UsageError(f"The {what} is empty.", "Give the words that the model goes on from.")
    return text


def check_text(text: str, what: str) -> None:
    """Raise UsageError for a typed text that is not valid UTF-8."""
    if not is_encodable(text):
        raise UsageError(f"{what} is not valid UTF-8 text.", "Convert it to UTF-8 first.")


def _read(file: str, what: str) -> str:
    try:
        data = read_regular(Path(file), MAX_TEXT)
    except (OSError, ValueError) as error:
        reason = why(error) if isinstance(error, OSError) else "that is not a path"
        raise UsageError(f"The file {file!r} could not be read: {reason}.") from None
    text = _decoded(data, f"The file {file!r}")
    if not text:
        raise UsageError(f"The {what} in {file!r} is empty.", "Give a file with words in it.")
    return text


def _piped(what: str) -> str:
    """Standard input as UTF-8, without a byte order mark and the one newline that ends it."""
    data = sys.stdin.buffer.read(MAX_TEXT + 1)
    if len(data) > MAX_TEXT:
        raise UsageError(
            f"The {what} is longer than {size_text(MAX_TEXT)}, more than any model reads.",
            "Pipe in the end of the text only.",
        )
    return _decoded(data, "Standard input")


def _decoded(data: bytes, source: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{source} is not UTF-8 text (byte {error.start}).", "Convert it to UTF-8 first."
        ) from None
    return text.replace("\r\n", "\n").removesuffix("\n")
