"""Lines of a text file of any size in flat memory, in the encoding that the program's door finds.

Everything is read as UTF-8; what is in another encoding is turned into that on the way. A place
that cannot be decoded becomes bytes that are no UTF-8, so that only its line is told as damaged.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from app.core.documents.encodings import ENCODINGS, UnreadableTextError, decode, mark_of, marked
from app.core.errors import DocumentError

MAX_ROW = 10_000_000
"""The longest row in bytes of UTF-8; one message to the engine holds a few more."""

_SAMPLE = 1 << 20
_BLOCK = 1 << 18
_END = re.compile(b"\r\n|\r|\n")
_DAMAGED = "\udcff"


class Line(NamedTuple):
    """A line with its end as UTF-8 (damaged where it is not), or none of it if `too_long`.

    `position` is how many bytes of the file were read when it was found.
    """

    data: bytes
    position: int
    too_long: bool = False


class FileEncoding(NamedTuple):
    """A key of `ENCODINGS`, and whether nothing in the file tells it."""

    id: str
    guessed: bool


def encoding_of(file: BinaryIO, name: str) -> FileEncoding:
    """The encoding of a file, by a part of it that tells; raises DocumentError for no text.

    Where UTF-8 is damaged it is UTF-8 all the same: the damaged lines are told one by one.
    """
    head = file.read(_SAMPLE)
    if mark := marked(head):
        return FileEncoding(mark, False)
    sample, is_whole = head, len(head) < _SAMPLE
    while sample.isascii() and b"\0" not in sample and not is_whole:
        sample = file.read(_SAMPLE)
        is_whole = len(sample) < _SAMPLE
    if sample is not head:
        sample += file.read(_SAMPLE)
        is_whole = False
    try:
        found = decode(sample if is_whole else _whole_lines(sample))
    except UnreadableTextError as error:
        if error.damaged and b"\0" not in sample:
            return FileEncoding("utf-8", False)
        raise DocumentError(f"{name} cannot be read: {error}.") from None
    return FileEncoding(found.encoding, found.guessed)


def _whole_lines(sample: bytes) -> bytes:
    """The part between the first and the last line end, so that no character is cut."""
    if b"\0" in sample:
        return sample[: len(sample) // 4 * 4]
    begin, end = sample.find(b"\n") + 1, sample.rfind(b"\n") + 1
    if end > begin and not sample[begin:end].isascii():
        return sample[begin:end]
    return _without_cut(sample)


def _without_cut(sample: bytes) -> bytes:
    """UTF-8 without what is left of a character at either end."""
    body = sample.lstrip(bytes(range(0x80, 0xC0)))
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            return body[: error.start]
        return sample
    return body


def _mark_damage(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return _DAMAGED, error.end


codecs.register_error("lampblack-damage", _mark_damage)


def _blocks(file: BinaryIO, encoding: str) -> Iterator[bytes]:
    """The file as UTF-8, without its mark."""
    file.seek(len(mark_of(encoding)))
    codec = ENCODINGS[encoding].codec
    decoder = codecs.getincrementaldecoder(codec)("lampblack-damage")
    while block := file.read(_BLOCK):
        yield block if codec == "utf-8" else _as_utf8(decoder.decode(block))
    if codec != "utf-8":
        yield _as_utf8(decoder.decode(b"", final=True))


def _as_utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def read_lines(file: BinaryIO, encoding: str) -> Iterator[Line]:
    """The lines of an open file from its beginning, each with its own end (LF, CR LF or CR)."""
    rest, skipped = b"", False
    for block in _blocks(file, encoding):
        position = file.tell()
        rest += block
        begin = 0
        for found in _END.finditer(rest):
            if found.end() == len(rest) and found[0] == b"\r":
                break  # the rest of a CR LF may come with the next block
            too_long = skipped or found.start() - begin > MAX_ROW
            yield Line(b"" if too_long else rest[begin : found.end()], position, too_long)
            begin, skipped = found.end(), False
        rest = rest[begin:]
        if len(rest) > MAX_ROW:
            rest, skipped = rest[-1:], True
    if rest:
        yield Line(b"" if skipped else rest, file.tell(), skipped)


def text_of(line: bytes) -> str:
    """The line as text; damaged places are surrogates, which no sound text has."""
    return line.decode("utf-8", "surrogateescape")


def is_damaged(text: str) -> bool:
    """Whether the text has a place that could not be decoded."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
