"""Small files that the program keeps: a fault of theirs has a name, and they are written whole."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

import msgspec

from app.core.system.files import read_regular, rename_broken, why, write_atomically

T = TypeVar("T")
Fault = Literal["", "missing", "newer", "unreadable", "damaged"]


class NewerFormatError(ValueError):
    """A newer version of the program wrote the file, which is left as it is.

    `content` is what can be read of it all the same, for files where that is better than nothing.
    """

    def __init__(self, content: Any = None) -> None:
        super().__init__("a newer version of Lampblack wrote it")
        self.content = content


def refuse_newer(version: object, newest: int, content: Any = None) -> None:
    """Raise NewerFormatError for a file whose format has a higher number than this program's.

    The one rule for every file with a number: a newer one is said, and neither changed nor renamed.
    """
    if type(version) is int and version > newest:
        raise NewerFormatError(content)


def decode_numbered(data: bytes, number: str, newest: int, kind: type[T]) -> T:
    """The JSON value of a file whose field `number` is its format, at most `newest`.

    Raises NewerFormatError before anything else of it is looked at, or msgspec's errors.
    """
    fields = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    if number in fields:
        refuse_newer(msgspec.json.decode(fields[number], type=int), newest)
    return msgspec.json.decode(data, type=kind)


class Found(msgspec.Struct, Generic[T], frozen=True):
    """What a file holds, or why it is of no use: `reason` ends a sentence.

    A damaged file was renamed, as the clause `kept` says, unless it `is_in_the_way` still;
    `content` is that of its backup then. Of a newer file it is what its NewerFormatError brought.
    """

    content: T | None
    fault: Fault = ""
    reason: str = ""
    kept: str = ""
    is_in_the_way: bool = False

    @property
    def lock(self) -> str:
        """Why nothing may be written, as it would destroy what could not be read; else empty."""
        if self.fault == "damaged":
            return self.kept if self.is_in_the_way else ""
        return self.reason if self.fault in ("newer", "unreadable") else ""


class JsonStore(Generic[T]):
    """A file, mostly JSON, whose bytes `decode` makes a value of.

    `decode` raises NewerFormatError, or ValueError with the end of a sentence for anything that
    cannot be. With `backup` the former content stays beside the file, as the same name with `.bak`.
    """

    def __init__(
        self,
        path: Path,
        decode: Callable[[bytes], T],
        *,
        limit: int = 16 * 1024 * 1024,
        backup: bool = False,
    ) -> None:
        self.path = path
        self._decode = decode
        self._limit = limit
        self._backup = backup

    def read(self, *, keep_damaged: bool = True) -> Found[T]:
        """Read the file; with `keep_damaged` one that cannot be decoded is renamed."""
        try:
            return Found(self._content(self.path))
        except FileNotFoundError:
            return Found(None, "missing")
        except NewerFormatError as error:
            return Found(error.content, "newer", str(error))
        except OSError as error:
            return Found(None, "unreadable", why(error))
        except ValueError as error:
            if not keep_damaged:
                return Found(None, "damaged", str(error))
            return self._rename_broken(str(error))

    def write(self, data: bytes) -> None:
        """Replace the content, making the folder where it is missing; raises OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self.path, data, backup=self._backup)

    def _content(self, path: Path) -> T:
        try:
            return self._decode(read_regular(path, self._limit))
        except RecursionError:
            raise ValueError("it is nested too deeply") from None
        except OSError as error:
            if error.errno == errno.EFBIG:
                raise ValueError("it is far too long") from None
            raise

    def _former(self) -> T | None:
        if self._backup:
            try:
                return self._content(self.path.with_name(self.path.name + ".bak"))
            except (OSError, ValueError):
                pass
        return None

    def _rename_broken(self, reason: str) -> Found[T]:
        try:
            kept = f"it was kept as {rename_broken(self.path).name}"
        except OSError as error:
            kept = f"it could not be renamed ({why(error)})"
            return Found(self._former(), "damaged", reason, kept, is_in_the_way=True)
        return Found(self._former(), "damaged", reason, kept)


def decode_text(data: bytes) -> str:
    """The text of a JSON or YAML file: UTF-8 or UTF-16, with or without a byte order mark."""
    return data.decode(json.detect_encoding(data))


def decode_table(data: bytes, mark: str, newest: int, key: str) -> dict[str, Any]:
    """The table `key` of a file whose field `mark` is its format, at most `newest`.

    Raises NewerFormatError, or ValueError with the end of a sentence.
    """
    try:
        content = msgspec.json.decode(decode_text(data))
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ValueError("it is not valid JSON") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    table = content.get(key) if isinstance(content, dict) else None
    version = content.get(mark) if isinstance(content, dict) else None
    if not isinstance(table, dict) or type(version) is not int or version < 1:
        raise ValueError(f"it is not a file of {key}")
    refuse_newer(version, newest)
    return table


def encode_table(table: dict[str, Any], mark: str, version: int, key: str) -> bytes:
    """What `decode_table` reads, indented for people."""
    content = msgspec.json.encode({mark: version, key: table})
    return msgspec.json.format(content, indent=2) + b"\n"
