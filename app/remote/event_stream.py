"""Server-sent events out of a body that arrives in pieces, within bounds.

The format is the HTML standard's "text/event-stream": lines ending in CR, LF or both, comments
beginning with a colon, an event's `data` lines joined by line feeds.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator
from typing import Any

from app.core.errors import GenerationError

LONGEST_EVENT = 1024 * 1024
"""The most characters of one event; more is no answer of a model's."""

_END = "[DONE]"


def events(body: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Every JSON object of the stream, up to `[DONE]` or its end.

    Raises GenerationError for an event that is too long or is no JSON object, and where the text is
    not UTF-8. An event that the end cuts off is left out, as the standard says.
    """
    data: list[str] = []
    length = 0
    for line in _lines(body):
        if line.startswith("data"):
            name, _, value = line.partition(":")
            if name == "data":
                data.append(value.removeprefix(" "))
                length += len(value)
                _check_length(length)
        elif not line and data:
            text = "\n".join(data)
            data, length = [], 0
            if text == _END:
                return
            yield _decoded(text)


def _lines(body: Iterable[bytes]) -> Iterator[str]:
    """Lines without their ends; a CR at a piece's end waits for the LF that may follow."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    parts: list[str] = []
    length = 0
    after_return = False
    for piece in body:
        text = _text(decoder, piece)
        if after_return and text:
            text, after_return = text.removeprefix("\n"), False
        after_return = after_return or text.endswith("\r")
        *whole, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for line in whole:
            yield "".join([*parts, line])
            parts, length = [], 0
        parts.append(rest)
        length += len(rest)
        _check_length(length)


def _text(decoder: codecs.IncrementalDecoder, piece: bytes) -> str:
    try:
        return decoder.decode(piece)
    except UnicodeDecodeError as error:
        raise _garbage("sent bytes that are not text") from error


def _check_length(length: int) -> None:
    if length > LONGEST_EVENT:
        raise _garbage(f"sent more than {LONGEST_EVENT:,} characters in one piece")


def _decoded(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _garbage("sent something that is not JSON") from error
    if not isinstance(found, dict):
        raise _garbage("sent something that is not an answer")
    return found


def _garbage(what: str) -> GenerationError:
    return GenerationError(
        f"The server {what}.",
        "The text so far is kept; try again, or check that the address is a model server's.",
    )
