"""The writer's own files: opened without loss, saved without risk."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from app.core.documents.encodings import (
    Damage,
    UnreadableTextError,
    decode,
    decode_as,
    decode_damaged,
    encode_as,
    mark_of,
    name_of,
    unencodable,
)
from app.core.documents.line_bytes import merged
from app.core.documents.losses import Loss, letters, loss
from app.core.documents.normalise import normalise
from app.core.errors import (
    DamagedTextError,
    DocumentChangedError,
    DocumentError,
    EncodingChangeError,
    NotSavedError,
)
from app.core.system.files import is_folder, read_regular, why, write_atomically
from app.core.units import size_text

_MOMENT = "%Y%m%dT%H%M%S.%fZ"
LARGEST = 50 * 1024 * 1024
"""The largest file that is opened, in bytes: some fifty long novels."""

SNAPSHOTS_KEPT = 20
"""How many former versions of one document stay in the folder of snapshots."""

_ANY_SIZE = 1 << 40
_LONGEST_STEM = 80
_FOR_GOOD = (errno.EISDIR, errno.EINVAL, errno.ENAMETOOLONG, errno.ELOOP)


class FileStamp(msgspec.Struct, frozen=True):
    """What tells whether a file is still the one that was read: bytes, time, checksum."""

    size: int
    mtime_ns: int
    sha256: str


class Document(msgspec.Struct, frozen=True):
    """A text and the file it came from; every newline in `text` is one line feed.

    `newline` is what the file has mostly and what new lines get. `encoding` is the file's own, a
    key of `ENCODINGS`; `guessed` says that nothing in the file tells it. `data` is the file as it
    was read or written, for the bytes of lines that are not edited.
    """

    path: Path | None
    text: str
    newline: Literal["\n", "\r\n"]
    encoding: str
    stamp: FileStamp | None
    guessed: bool = False
    data: bytes = b""


class KeptFiles(Protocol):
    """Where snapshots are kept; every method raises OSError, and as a text it is its place."""

    def names(self) -> list[str]:
        """The names of the files."""

    def write(self, name: str, data: bytes) -> None:
        """Keep a file."""

    def remove(self, name: str) -> None:
        """Remove a file."""


class FolderOfFiles:
    """Snapshots as plain files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __str__(self) -> str:
        return str(self._folder)

    def names(self) -> list[str]:
        """The names in the folder."""
        return [path.name for path in self._folder.iterdir()] if self._folder.exists() else []

    def write(self, name: str, data: bytes) -> None:
        """Write a file, whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self._folder / name, data)

    def remove(self, name: str) -> None:
        """Delete a file, if it is there."""
        (self._folder / name).unlink(missing_ok=True)


class Replaced(msgspec.Struct, frozen=True):
    """What a file holds that a save is about to replace, and how.

    `loss` is what is lost of it; `is_foreign` says that another program wrote it.
    """

    text: str
    loss: Loss
    is_foreign: bool


KeepReplaced = Callable[[Replaced], bool]
"""Keeps the text of a Replaced for ever; False where that fails, and the file must stay."""


def new_document(text: str = "") -> Document:
    """An untitled document, empty unless it begins with a `text`."""
    return Document(path=None, text=text, newline="\n", encoding="utf-8", stamp=None)


def read_file(path: Path) -> bytes:
    """The bytes of a file that may be opened; raises DocumentError."""
    return _content(path.absolute(), LARGEST)


def open_document(path: Path, encoding: str = "", data: bytes | None = None) -> Document:
    """Read a text file, in `encoding` if the writer chose one; or `data`, its former bytes.

    Raises DamagedTextError where only a copy can be opened, and DocumentError for what is not a
    text or cannot be read safely.
    """
    path = path.absolute()
    content = read_file(path)
    return _decoded(path, content if data is None else data, encoding, _stamp(path, content))


def read_document(path: Path, data: bytes, mtime_ns: int, encoding: str = "") -> Document:
    """The document that `data` is, which was read from the file at `path`, as `open_document`.

    The file itself is not looked at.
    """
    return _decoded(path, data, encoding, FileStamp(len(data), mtime_ns, checksum(data)))


def _decoded(path: Path, data: bytes, encoding: str, stamp: FileStamp) -> Document:
    try:
        if encoding:
            raw, guessed = decode_as(data, encoding), False
        else:
            found = decode(data)
            raw, encoding, guessed = found.text, found.encoding, found.guessed
    except UnreadableTextError as error:
        message = f"{path.name} cannot be opened: {error}."
        if error.damaged:
            hint = "A copy can be opened, with the damaged places marked."
            raise DamagedTextError(message, hint) from None
        raise DocumentError(message) from None
    except UnicodeDecodeError:
        raise DocumentError(f"{path.name} is not a text in {name_of(encoding)}.") from None
    return Document(path, normalise(raw), _majority(raw), encoding, stamp, guessed, data)


def open_copy(path: Path) -> tuple[Document, Damage]:
    """What can be read of a damaged file, as a new text, and where it is damaged.

    Each damaged place is U+FFFD in the text. The file is left alone. Raises DocumentError.
    """
    try:
        raw, damage = decode_damaged(read_file(path))
    except UnreadableTextError as error:
        raise DocumentError(f"{path.name} cannot be opened: {error}.") from None
    return new_document(normalise(raw)), damage


def save_document(
    document: Document,
    text: str,
    path: Path,
    *,
    snapshots: Path | KeptFiles,
    overwrite: bool = False,
    encoding: str = "",
    keep: KeepReplaced | None = None,
) -> Document:
    """Write `text` to `path` all or nothing; returns the document as it is now.

    `encoding` is the document's own unless given; a letter outside it raises EncodingChangeError.
    Raises DocumentChangedError when the file there is not the one that `document` was read from,
    unless `overwrite`. What a save would lose (a foreign version, or a text more than twice as
    long) is put into `snapshots` first, and given to `keep`, which must keep it. Raises
    NotSavedError where that or the disk fails, with the old file whole.
    """
    path = path.absolute()
    encoding = encoding or document.encoding
    text = normalise(text)
    data = _encoded(document, text, encoding)
    former = _former(path)
    if former is not None:
        foreign = not _is_own(document, path, former)
        if foreign and not overwrite:
            raise _changed(document, path)
        if foreign or former != document.data or len(data) < len(former) / 2:
            folder = FolderOfFiles(snapshots) if isinstance(snapshots, Path) else snapshots
            _keep(path, former, folder)
        _guard(document, text, path, former, is_foreign=foreign, keep=keep)
    _write(path, data)
    guessed = document.guessed and encoding == document.encoding
    return Document(path, text, document.newline, encoding, _stamp(path, data), guessed, data)


def _guard(
    document: Document,
    text: str,
    path: Path,
    former: bytes,
    *,
    is_foreign: bool,
    keep: KeepReplaced | None,
) -> None:
    """Have what the file holds kept where `text` would lose it; raises NotSavedError."""
    if keep is None:
        return
    held = document.text if former == document.data else _text_of(former)
    lost = loss(held, text)
    differs = is_foreign and letters(held) and held != text
    if (differs or lost != "none") and not keep(Replaced(held, lost, is_foreign)):
        raise NotSavedError(
            f"{path.name} was not saved, for what it holds now could not be kept in the history.",
            "Save under another name; the text is still open.",
        )


def _text_of(data: bytes) -> str:
    """The text that a file holds, as far as it can be read."""
    try:
        return normalise(decode(data).text)
    except UnreadableTextError:
        return normalise(data.decode("utf-8", "replace"))


def _encoded(document: Document, text: str, encoding: str) -> bytes:
    """The file for `text`; lines of the same encoding that were not edited keep their bytes."""
    outside = unencodable(text, encoding)
    if outside:
        raise _encoding_change(name_of(encoding), outside)
    if document.stamp is not None and encoding == document.encoding:
        return merged(document.data, encoding, text, document.newline)
    return mark_of(encoding) + encode_as(text.replace("\n", document.newline), encoding)


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
            reason = f"it has more than {size_text(LARGEST)}, which no manuscript has"
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
    return checksum(former) == document.stamp.sha256


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
        raise NotSavedError(
            f"{path.name} could not be saved: there is no folder {path.parent}.",
            "Save it into another folder; the text is still open.",
        )
    try:
        write_atomically(path, data)
    except (OSError, ValueError) as error:
        raise _not_saved(path, error) from error


def _not_saved(path: Path, error: OSError | ValueError) -> DocumentError:
    """The error to raise; not a NotSavedError where no later try can succeed."""
    reason = why(error) if isinstance(error, OSError) else str(error)
    hint = "Save it in another place; the text is still open."
    if isinstance(error, ValueError) or error.errno in _FOR_GOOD:
        return DocumentError(f"{path.name} could not be saved: {reason}.", hint)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        hint = "Make room on the disk or save it in another place; the text is still open."
    return NotSavedError(f"{path.name} could not be saved: {reason}.", hint)


def _keep(path: Path, former: bytes, snapshots: KeptFiles) -> None:
    """Put the former content among the snapshots, and drop the oldest of this document."""
    key = checksum(os.fsencode(os.path.realpath(path)))[:8]
    try:
        moment = _moment_after(_snapshots_of(key, snapshots))
        name = f"{path.stem[:_LONGEST_STEM]}-{moment}-{key}{path.suffix[:20]}"
        snapshots.write(name, former)
        for _moment, old in _snapshots_of(key, snapshots)[:-SNAPSHOTS_KEPT]:
            snapshots.remove(old)
    except OSError as error:
        raise NotSavedError(
            f"{path.name} was not saved, for its longer version could not be kept in "
            f"{snapshots}: {why(error)}.",
            "Save under another name; the text is still open.",
        ) from error


def _moment_after(earlier: list[tuple[str, str]]) -> str:
    """Now, or just after the last snapshot where the clock was set back: the newest stays last."""
    from datetime import UTC, datetime, timedelta

    moment = datetime.fromtimestamp(time.time(), UTC)
    if earlier:
        with contextlib.suppress(ValueError, OverflowError):  # a name that is no moment
            last = datetime.strptime(earlier[-1][0], _MOMENT).replace(tzinfo=UTC)
            moment = max(moment, last + timedelta(microseconds=1))
    return moment.strftime(_MOMENT)


def _snapshots_of(key: str, snapshots: KeptFiles) -> list[tuple[str, str]]:
    """The names of one document's snapshots, each after its moment, the oldest first."""
    named = re.compile(rf"-(\d{{8}}T\d{{6}}\.\d{{6}}Z)-{key}(\.[^.]*)?$")
    return sorted((match[1], name) for name in snapshots.names() if (match := named.search(name)))


def _stamp(path: Path, data: bytes) -> FileStamp:
    try:
        moment = path.stat().st_mtime_ns
    except OSError:  # gone again already; the checksum is what counts
        moment = 0
    return FileStamp(len(data), moment, checksum(data))


def checksum(data: bytes) -> str:
    """The SHA-256 of a file's `data`; OpenSSL is loaded with the first, not with the window."""
    import hashlib

    return hashlib.sha256(data).hexdigest()


def _majority(text: str) -> Literal["\n", "\r\n"]:
    if "\r" not in text:
        return "\n"
    pairs = text.count("\r\n")
    single = text.count("\n") + text.count("\r") - 2 * pairs
    return "\r\n" if pairs > single else "\n"


def _encoding_change(encoding: str, letters: frozenset[str]) -> EncodingChangeError:
    error = EncodingChangeError(
        f"The file's encoding, {encoding}, cannot hold {' '.join(sorted(letters)[:10])}.",
        "Save it as UTF-8, or replace those letters.",
    )
    error.encoding, error.letters = encoding, letters
    return error
