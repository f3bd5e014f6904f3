"""Text encodings: their names for people, what a file's bytes are in, and damaged places."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

import msgspec


class Encoding(msgspec.Struct, frozen=True):
    """One encoding that files are opened and saved in.

    `id` is what a document remembers, `codec` is Python's name, `mark` the byte order mark that
    begins such a file. `name` is what people call it.
    """

    id: str
    name: str
    codec: str
    mark: bytes = b""


_UNICODE = (
    Encoding("utf-8", "Unicode (UTF-8)", "utf-8"),
    Encoding("utf-8-sig", "Unicode (UTF-8 with mark)", "utf-8", codecs.BOM_UTF8),
    Encoding("utf-32-le", "Unicode (UTF-32 LE)", "utf-32-le", codecs.BOM_UTF32_LE),
    Encoding("utf-32-be", "Unicode (UTF-32 BE)", "utf-32-be", codecs.BOM_UTF32_BE),
    Encoding("utf-16-le", "Unicode (UTF-16 LE)", "utf-16-le", codecs.BOM_UTF16_LE),
    Encoding("utf-16-be", "Unicode (UTF-16 BE)", "utf-16-be", codecs.BOM_UTF16_BE),
    Encoding("utf-16-le-unmarked", "Unicode (UTF-16 LE without mark)", "utf-16-le"),
    Encoding("utf-16-be-unmarked", "Unicode (UTF-16 BE without mark)", "utf-16-be"),
)
_LEGACY = """
cp1252 Western (Windows-1252)
iso8859-15 Western (ISO 8859-15)
mac-roman Western (Mac Roman)
cp850 Western (DOS 850)
cp437 Western (DOS 437)
cp1250 Central European (Windows-1250)
iso8859-2 Central European (ISO 8859-2)
cp852 Central European (DOS 852)
mac-latin2 Central European (Mac)
iso8859-16 Romanian (ISO 8859-16)
cp1257 Baltic (Windows-1257)
iso8859-13 Baltic (ISO 8859-13)
iso8859-4 Baltic (ISO 8859-4)
cp775 Baltic (DOS 775)
iso8859-10 Nordic (ISO 8859-10)
cp865 Nordic (DOS 865)
mac-iceland Icelandic (Mac)
cp861 Icelandic (DOS 861)
iso8859-14 Celtic (ISO 8859-14)
iso8859-3 South European (ISO 8859-3)
cp1251 Cyrillic (Windows-1251)
koi8-r Cyrillic (KOI8-R)
koi8-u Ukrainian (KOI8-U)
iso8859-5 Cyrillic (ISO 8859-5)
cp866 Cyrillic (DOS 866)
cp855 Cyrillic (DOS 855)
mac-cyrillic Cyrillic (Mac)
koi8-t Tajik (KOI8-T)
kz1048 Kazakh (KZ-1048)
ptcp154 Kazakh (PTCP154)
cp1253 Greek (Windows-1253)
iso8859-7 Greek (ISO 8859-7)
cp737 Greek (DOS 737)
mac-greek Greek (Mac)
cp1254 Turkish (Windows-1254)
cp857 Turkish (DOS 857)
mac-turkish Turkish (Mac)
cp1255 Hebrew (Windows-1255)
iso8859-8 Hebrew (ISO 8859-8)
cp862 Hebrew (DOS 862)
cp1256 Arabic (Windows-1256)
iso8859-6 Arabic (ISO 8859-6)
cp720 Arabic (DOS 720)
cp864 Arabic (DOS 864)
cp874 Thai (Windows-874)
cp1258 Vietnamese (Windows-1258)
gb18030 Chinese, simplified (GB 18030)
hz Chinese, simplified (HZ)
cp950 Chinese, traditional (Big5)
big5hkscs Chinese, Hong Kong (Big5-HKSCS)
cp932 Japanese (Shift JIS)
euc_jp Japanese (EUC-JP)
iso2022_jp Japanese (ISO-2022-JP)
shift_jisx0213 Japanese (Shift JIS X 0213)
cp949 Korean (EUC-KR)
johab Korean (Johab)
"""
ENCODINGS: dict[str, Encoding] = {row.id: row for row in _UNICODE} | {
    codec: Encoding(codec, name, codec)
    for codec, name in (line.split(" ", 1) for line in _LEGACY.split("\n") if line)
}
"""Every encoding that is offered, Unicode first."""

MARK = "\ufffd"
"""What stands in a copy for each damaged place: U+FFFD, the replacement character."""

_CONTROLS = re.compile("[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
_HIGH = re.compile(b"[\x80-\xff]")
_NOT_PLAIN = frozenset(b"\0\x1b")
_SAMPLE = 200_000
_FEW = 2  # high bytes; a single one tells nothing about a language
_LITTLE = 0.03  # a confidence that a letter or two of a word give: most such files are Western
_WESTERN = 2.2  # the weight of Windows-1252 then
_TIE = 1.0001
# The larger encoding that programs wrote under the smaller one's name.
_LARGER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "cp950",
    "euc_jis_2004": "euc_jp",
    "euc_jisx0213": "euc_jp",
    "iso2022_jp_2": "iso2022_jp",
    "iso2022_jp_2004": "iso2022_jp",
    "iso2022_jp_ext": "iso2022_jp",
    "shift_jis_2004": "shift_jisx0213",
    "utf-16-le": "utf-16-le-unmarked",
    "utf-16-be": "utf-16-be-unmarked",
}


class UnreadableTextError(ValueError):
    """The bytes are no text that can be opened as it is; the message ends a sentence.

    `damaged` says that the most part is text, so that a copy can be opened.
    """

    def __init__(self, message: str, *, damaged: bool = False) -> None:
        super().__init__(message)
        self.damaged = damaged


class Decoded(msgspec.Struct, frozen=True):
    """A text, the encoding of its file, and whether that was guessed."""

    text: str
    encoding: str
    guessed: bool


class Damage(msgspec.Struct, frozen=True):
    """How many places of a text are damaged, and the lines they are in, counted from 1."""

    places: int
    lines: tuple[int, ...]


def name_of(encoding: str) -> str:
    """What people call an encoding."""
    return ENCODINGS[encoding].name


def mark_of(encoding: str) -> bytes:
    """The byte order mark that a file in `encoding` begins with."""
    return ENCODINGS[encoding].mark


def decode_as(data: bytes, encoding: str) -> str:
    """The text of `data` in `encoding`; raises UnicodeDecodeError."""
    row = ENCODINGS[encoding]
    return data.removeprefix(row.mark).decode(row.codec)


def encode_as(text: str, encoding: str) -> bytes:
    """The bytes of `text` without a mark; raises UnicodeEncodeError."""
    return text.encode(ENCODINGS[encoding].codec)


def decode(data: bytes) -> Decoded:
    """The text and its encoding: by its mark, else UTF-8, else what the detector says.

    Raises UnreadableTextError where a decoded text would not be what was written.
    """
    mark = marked(data)
    if mark is not None:
        return Decoded(_decode_marked(data, mark), mark, False)
    if b"\0" not in data and not _is_escaped(data):
        try:
            return Decoded(data.decode("utf-8"), "utf-8", False)
        except UnicodeDecodeError as error:
            if _is_damaged_utf8(data):
                line = data.count(b"\n", 0, error.start) + 1
                raise UnreadableTextError(
                    f"it is UTF-8, but damaged in line {line}", damaged=True
                ) from None
    found = next(_sound_guesses(data), None)
    if found is None:
        _refuse(data)
        return Decoded(data.decode("utf-8"), "utf-8", False)  # escapes that mean nothing
    return found


def decode_damaged(data: bytes) -> tuple[str, Damage]:
    """What can be read of `data`, with MARK for each run of bytes that cannot, and where it is.

    Raises UnreadableTextError where more than a tenth is damaged: that is not a text.
    """
    body = data.rstrip(b"\0")
    encoding = marked(data) or _damaged_encoding(body)
    row = ENCODINGS[encoding]
    wide = row.codec.startswith(("utf-16", "utf-32"))
    source = data.removeprefix(row.mark)
    text = source.decode(row.codec, "replace") if wide else body.decode(row.codec, "replace")
    text = (text.rstrip("\0") + "\0") if len(data) > len(body) and not wide else text
    text, runs = re.subn(f"[\0{MARK}]+", MARK, text)
    strange = runs + len(_CONTROLS.findall(text))
    if strange > max(len(text) / 10, 1):
        raise UnreadableTextError("it is not a text")
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = [number for number, line in enumerate(plain.split("\n"), 1) if MARK in line]
    return text, Damage(runs, tuple(lines))


def unencodable(text: str, encoding: str) -> frozenset[str]:
    """The characters of `text` that `encoding` cannot hold."""
    codec = ENCODINGS[encoding].codec
    try:
        text.encode(codec)
    except UnicodeEncodeError as error:
        return frozenset(c for c in set(text) if not _holds(codec, c)) | {text[error.start]}
    return frozenset()


def _holds(codec: str, character: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def marked(data: bytes) -> str | None:
    """The encoding whose mark the bytes begin with."""
    return next((row.id for row in _UNICODE if row.mark and data.startswith(row.mark)), None)


def _decode_marked(data: bytes, encoding: str) -> str:
    said = encoding.upper().removesuffix("-SIG").removesuffix("-LE").removesuffix("-BE")
    try:
        text = decode_as(data, encoding)
    except UnicodeDecodeError:
        raise UnreadableTextError(f"it says it is {said}, but is damaged", damaged=True) from None
    if "\0" in text:
        _refuse(data)
    return text


def _refuse(data: bytes) -> None:
    """Raise the reason why `data` is not opened; nothing for pure ASCII."""
    if data.isascii() and b"\0" not in data:
        return
    try:
        decode_damaged(data)
    except UnreadableTextError:
        why = "it holds NUL bytes, so it is not a text" if b"\0" in data else "it is not a text"
        raise UnreadableTextError(why) from None
    why = "it holds NUL bytes" if b"\0" in data else "it is in no encoding that fits all of it"
    raise UnreadableTextError(why, damaged=True)


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether more of what lies beyond ASCII is sound UTF-8 than is not."""
    text = data.decode("utf-8", "replace")
    broken = text.count(MARK)
    sound = sum(1 for character in text if ord(character) > 127) - broken
    return sound > broken


def _is_escaped(data: bytes) -> bool:
    """Whether ASCII bytes may stand for Japanese: ISO-2022-JP shifts with escape sequences."""
    return b"\x1b" in data and b"\x1b$" in data and data.isascii()  # one byte is found faster


def _damaged_encoding(body: bytes) -> str:
    """What the readable part of a damaged file is in."""
    if b"\0" in body:
        wide = next((name for name in _guesses(body) if name.startswith("utf-16")), None)
        return wide or "utf-8"
    if body.isascii() or _is_damaged_utf8(body):
        return "utf-8"
    return next(iter(_guesses(body)), "cp1252")


def _sound_guesses(data: bytes) -> Iterator[Decoded]:
    for encoding in _guesses(data):
        try:
            text = decode_as(data, encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROLS.search(text):
            yield Decoded(text, encoding, True)


def _guesses(data: bytes) -> Iterator[str]:
    """Encodings that `data` may be in, the most likely first."""
    import chardet  # with the first file that needs it: it takes a tenth of a second, 40 MB

    sample = _sample(data)
    found = chardet.detect_all(sample, ignore_threshold=True, compat_names=False, max_bytes=_SAMPLE)
    little = bool(found) and found[0]["confidence"] < _LITTLE
    scores: dict[str, float] = {}
    for answer in found:
        name = _known(answer["encoding"])
        weight = (_WESTERN if little else _TIE) if name == "cp1252" else 1
        scores[name] = max(scores.get(name, 0), answer["confidence"] * weight)
    names = sorted(filter(None, scores), key=lambda name: -scores[name])
    first = (
        ["cp1252"] if len(_HIGH.findall(sample)) < _FEW and _NOT_PLAIN.isdisjoint(sample) else []
    )
    return iter(dict.fromkeys((*first, *names, "cp1252")))


def _known(name: str | None) -> str:
    """The encoding that is opened where the detector says `name`; empty if none is."""
    if not name:
        return ""
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        return ""
    codec = _LARGER.get(codec, codec)
    return next((one for one in (codec, codec.replace("_", "-")) if one in ENCODINGS), "")


def _sample(data: bytes) -> bytes:
    """The part that tells: from the line of the first byte that is not ASCII."""
    first = _HIGH.search(data)
    if first is None or first.start() < _SAMPLE // 2 or b"\0" in data:
        return data[: _SAMPLE + 1]
    begin = data.rfind(b"\n", first.start() - _SAMPLE // 2, first.start()) + 1
    return data[begin or first.start() :][: _SAMPLE + 1]


def is_utf8(data: bytes) -> bool:
    """Whether letters outside ASCII are there in UTF-8: hardly ever by chance."""
    try:
        return not data.isascii() and bool(data.decode("utf-8"))
    except UnicodeDecodeError:
        return False
