"""Zip files with documents in them: written alike each time, read without trust."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import IO, BinaryIO, Self

from app.core.errors import DocumentError
from app.core.system.files import open_regular, why
from app.core.units import size_text

LARGEST_PART = 64 * 1024 * 1024
"""The largest file inside of an archive that is read, in bytes, unpacked: ten long novels."""

LARGEST_SUM = 96 * 1024 * 1024
"""The most that is unpacked of one archive, in bytes."""

MOST_PARTS = 10_000
"""The most files that an archive may list."""

_LARGEST_DIRECTORY = 4 * 1024 * 1024
_MOMENT = (1980, 1, 1, 0, 0, 0)
_BLOCK = 256 * 1024


def write_archive(parts: Iterable[tuple[str, str]], mimetype: str = "") -> bytes:
    """A zip file of named texts, the same bytes for the same texts.

    A `mimetype` comes first and uncompressed, as EPUB and OpenDocument want it.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        if mimetype:
            _add(archive, "mimetype", mimetype, zipfile.ZIP_STORED)
        for name, text in parts:
            _add(archive, name, text, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _add(archive: zipfile.ZipFile, name: str, text: str, method: int) -> None:
    entry = zipfile.ZipInfo(name, _MOMENT)
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    entry.compress_type = method
    archive.writestr(entry, text.encode())


class DocumentArchive:
    """A zip file whose parts are read one at a time and within limits; to be entered.

    Nothing is ever unpacked to the disk. Raises DocumentError for what is no archive, is damaged
    or unpacks to more than the limits.
    """

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._unpacked = 0
        self._file = self._opened(path)
        try:
            _require_small_directory(self._file)
            self._zip = zipfile.ZipFile(self._file)
            if len(self._zip.namelist()) > MOST_PARTS:
                raise self._refusal(f"it has more than {MOST_PARTS:,} parts")
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            self._file.close()
            raise self._refusal("it is damaged, or not what its name says") from error
        except BaseException:  # the file must not stay open, whatever came
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._zip.close()
        self._file.close()

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return part in self._zip.NameToInfo

    def read(self, part: str) -> bytes:
        """The content of a part, unpacked; raises DocumentError."""
        try:
            with self._zip.open(part) as source:
                return self._limited(source)
        except KeyError:
            raise self._refusal(f"it has no part {part[:80]!r}") from None
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError) as error:
            raise self._refusal("it is damaged") from error
        except (RuntimeError, NotImplementedError) as error:  # a password, a rare compression
            raise self._refusal("it is encrypted or packed in an unknown way") from error

    def _limited(self, source: IO[bytes]) -> bytes:
        data = bytearray()
        while block := source.read(_BLOCK):
            data += block
            self._unpacked += len(block)
            if len(data) > LARGEST_PART or self._unpacked > LARGEST_SUM:
                raise self._refusal(
                    f"it unpacks to more than {size_text(LARGEST_PART)}, which no text does"
                )
        return bytes(data)

    def _opened(self, path: Path) -> BinaryIO:
        try:
            return open_regular(path)
        except FileNotFoundError:
            raise DocumentError(f"There is no file {path}.") from None
        except (OSError, ValueError) as error:
            reason = why(error) if isinstance(error, OSError) else str(error)
            raise DocumentError(f"{path} cannot be opened: {reason}.") from error

    def _refusal(self, reason: str) -> DocumentError:
        return DocumentError(f"{self._name} cannot be imported: {reason}.")


def _require_small_directory(file: BinaryIO) -> None:
    """Refuse a list of parts that is itself too large for memory; raises BadZipFile.

    The length is in the last record of a zip file (PKWARE's APPNOTE, 4.3.16).
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 65_557))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or int.from_bytes(tail[at + 12 : at + 16], "little") > _LARGEST_DIRECTORY:
        raise zipfile.BadZipFile
    file.seek(0)
