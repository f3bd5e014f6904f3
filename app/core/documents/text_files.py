"""The writer's own files: opened without loss, saved without risk."""

from __future__ import annotations

import codecs
import errno
import os
import re
from pathlib import Path
from typing import Literal

import msgspec

from app.core.documents.normalise import normalise
from app.core.errors import DocumentChangedError, DocumentError
from app.core.system.files import is_folder, read_regular, why, write_atomically

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


LARGEST = 50 * 1024 * 1024
"""The largest file that is opened, in bytes: some fifty long novels."""

SNAPSHOTS_KEPT = 20
"""How many former versions of one document stay in the folder of snapshots."""

_ANY_SIZE = 1 << 40
_LONGEST_STEM = 80


class FileStamp(msgspec.Struct, frozen=True):
    """What tells whether a file is still the one that was read: bytes, time, checksum."""

    size: int
    mtime_ns: int
    sha256: str


class Document(msgspec.Struct, frozen=True):
    """A text and the file it came from; every newline in `text` is one line feed.

    `newline` is what the file has mostly and gets everywhere when it is saved. `encoding` is the
    file's own; it is kept as long as it can hold the text, otherwise the file becomes UTF-8.
    """

    path: Path | None
    text: str
    newline: Literal["\n", "\r\n"]
    encoding: str
    stamp: FileStamp | None


def new_document() -> Document:
    """An untitled, empty document."""
    return Document(path=None, text="", newline="\n", encoding="utf-8", stamp=None)


def open_document(path: Path) -> Document:
    """Read a text file; raises DocumentError for what is not one, or cannot be read safely."""
    path = path.absolute()
    data = _content(path, LARGEST)
    try:
        text, encoding = decode(data)
    except UnreadableTextError as error:
        raise DocumentError(f"{path.name} cannot be opened: {error}.", error.hint) from None
    newline = _majority(text)
    return Document(path, normalise(text), newline, encoding, _stamp(path, data))


def save_document(
    document: Document, text: str, path: Path, *, snapshots: Path, overwrite: bool = False
) -> Document:
    """Write `text` to `path` all or nothing; returns the document as it is now.

    Raises DocumentChangedError when the file there is not the one that `document` was read from,
    unless `overwrite`. What a save would lose (a foreign version, or a text more than twice as
    long) is put into `snapshots` first. Raises DocumentError, with the old file whole.
    """
    path = path.absolute()
    text = normalise(text)
    data, encoding = encode(text.replace("\n", document.newline), document.encoding)
    former = _former(path)
    if former is not None:
        foreign = not _is_own(document, path, former)
        if foreign and not overwrite:
            raise _changed(document, path)
        if foreign or len(data) < len(former) / 2:
            _keep(path, former, snapshots)
    _write(path, data)
    return Document(path, text, document.newline, encoding, _stamp(path, data))


def _content(path: Path, limit: int) -> bytes:
    try:
        return read_regular(path, limit)
    except FileNotFoundError:
        raise DocumentError(f"There is no file {path}.") from None
    except ValueError:
        raise DocumentError("There is no such file: its name holds a NUL byte.") from None
    except OSError as error:
        reason = why(error)
        if error.errno == errno.EFBIG:
            reason = f"it has more than {LARGEST // 1024**2} MB, which no manuscript has"
        raise DocumentError(f"{path} cannot be opened: {reason}.") from error


def _former(path: Path) -> bytes | None:
    """What the file holds now; None when there is no file."""
    try:
        return read_regular(path, _ANY_SIZE)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _not_saved(path, error) from error


def _is_own(document: Document, path: Path, former: bytes) -> bool:
    """Whether the file at `path` is the one that `document` was read from or saved to."""
    if document.path is None or document.stamp is None:
        return False
    if os.path.realpath(document.path) != os.path.realpath(path):
        return False
    return _checksum(former) == document.stamp.sha256


def _changed(document: Document, path: Path) -> DocumentChangedError:
    same = document.path is not None and os.path.realpath(document.path) == os.path.realpath(path)
    if same:
        return DocumentChangedError(
            f"Another program has changed {path.name} since it was opened.",
            "Save under another name, or save over it; the other version is then kept as a "
            "snapshot.",
        )
    return DocumentChangedError(
        f"There is already a file {path.name}.",
        "Save under another name, or save over it; that file is then kept as a snapshot.",
    )


def _write(path: Path, data: bytes) -> None:
    if not is_folder(path.parent):
        raise DocumentError(
            f"{path.name} could not be saved: there is no folder {path.parent}.",
            "Save it into another folder; the text is still open.",
        )
    try:
        write_atomically(path, data)
    except (OSError, ValueError) as error:
        raise _not_saved(path, error) from error


def _not_saved(path: Path, error: OSError | ValueError) -> DocumentError:
    reason = why(error) if isinstance(error, OSError) else str(error)
    hint = "Save it in another place; the text is still open."
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        hint = "Make room on the disk or save it in another place; the text is still open."
    return DocumentError(f"{path.name} could not be saved: {reason}.", hint)


def _keep(path: Path, former: bytes, snapshots: Path) -> None:
    """Put the former content among the snapshots, and drop the oldest of this document."""
    from datetime import UTC, datetime

    key = _checksum(os.fsencode(os.path.realpath(path)))[:8]
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    name = f"{path.stem[:_LONGEST_STEM]}-{moment}-{key}{path.suffix[:20]}"
    try:
        snapshots.mkdir(parents=True, exist_ok=True)
        write_atomically(snapshots / name, former)
        for old in _snapshots_of(key, snapshots)[:-SNAPSHOTS_KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise DocumentError(
            f"{path.name} was not saved, for its longer version could not be kept in "
            f"{snapshots}: {why(error)}.",
            "Save under another name; the text is still open.",
        ) from error


def _snapshots_of(key: str, snapshots: Path) -> list[Path]:
    """The snapshots of one document, the oldest first."""
    named = re.compile(rf"-(\d{{8}}T\d{{6}}\.\d{{6}}Z)-{key}(\.[^.]*)?$")
    found = [(match[1], p) for p in snapshots.iterdir() if (match := named.search(p.name))]
    return [path for _moment, path in sorted(found)]


def _stamp(path: Path, data: bytes) -> FileStamp:
    try:
        moment = path.stat().st_mtime_ns
    except OSError:  # gone again already; the checksum is what counts
        moment = 0
    return FileStamp(len(data), moment, _checksum(data))


def _checksum(data: bytes) -> str:
    """The SHA-256 of `data`; OpenSSL is loaded with the first, not with the window."""
    import hashlib

    return hashlib.sha256(data).hexdigest()


def _majority(text: str) -> Literal["\n", "\r\n"]:
    pairs = text.count("\r\n")
    single = text.count("\n") + text.count("\r") - 2 * pairs
    return "\r\n" if pairs > single else "\n"
