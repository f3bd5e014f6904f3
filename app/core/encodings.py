"""Finding out how a text file is encoded, carefully: what is opened must be savable unchanged."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    ("utf-8-sig", codecs.BOM_UTF8),
    ("utf-16-le", codecs.BOM_UTF16_LE),
    ("utf-16-be", codecs.BOM_UTF16_BE),
)
_CONTROLS = re.compile("[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
_GB_PAIR = re.compile(b"[\xa1-\xf7][\xa1-\xfe]")
_HIGH = re.compile(b"[\x80-\xff]")


class UnreadableTextError(ValueError):
    """The bytes are no text that can be opened; the message ends a sentence."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def decode(data: bytes) -> tuple[str, str]:
    """The text and its encoding: UTF-8, UTF-16 with a mark, GB 18030 or Windows-1252.

    The two last are guesses for what is not UTF-8, and only taken when they would write back the
    very same bytes.
    """
    for encoding, mark in _BOMS:
        if data.startswith(mark) and not data.startswith(codecs.BOM_UTF32_LE):
            return _marked(data[len(mark) :], encoding), encoding
    if b"\0" in data:
        raise UnreadableTextError("it holds NUL bytes, so it is not a text")
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if _is_damaged_utf8(data):
            line = data.count(b"\n", 0, error.start) + 1
            raise UnreadableTextError(
                f"it is UTF-8, but damaged in line {line}",
                "Repair that line in a program that can show it.",
            ) from None
    return _legacy(data)


def encode(text: str, encoding: str) -> tuple[bytes, str]:
    """The text's bytes and their encoding: `encoding` where it can hold the text, else UTF-8."""
    try:
        data = text.encode("utf-8" if encoding == "utf-8-sig" else encoding)
    except (UnicodeEncodeError, LookupError):
        return text.encode("utf-8"), "utf-8"
    return dict(_BOMS).get(encoding, b"") + data, encoding


def _marked(data: bytes, encoding: str) -> str:
    try:
        text = data.decode("utf-8" if encoding == "utf-8-sig" else encoding)
    except UnicodeDecodeError:
        raise UnreadableTextError(f"it says it is {encoding[:6].upper()}, but is damaged") from None
    if "\0" in text:
        raise UnreadableTextError("it holds NUL characters, so it is not a text")
    return text


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether more of what lies beyond ASCII is sound UTF-8 than is not."""
    text = data.decode("utf-8", "replace")
    broken = text.count("�")
    sound = sum(1 for character in text if ord(character) > 127) - broken
    return sound > broken


def _legacy(data: bytes) -> tuple[str, str]:
    for encoding in ("gb18030", "cp1252"):
        if encoding == "gb18030" and not _looks_chinese(data):
            continue
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.encode(encoding) == data and not _CONTROLS.search(text):
            return text, encoding
    raise UnreadableTextError(
        "it is not a text in UTF-8, UTF-16, GB 18030 or Windows-1252", "Save it as UTF-8 first."
    )


def _looks_chinese(data: bytes) -> bool:
    """Whether the bytes above ASCII come in the pairs of common Chinese characters.

    In Western text such a byte mostly stands between plain letters.
    """
    paired = 2 * sum(1 for _ in _GB_PAIR.finditer(data))
    return paired > 0.9 * len(_HIGH.findall(data))
