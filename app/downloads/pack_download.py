"""Fetching a pack: the address that it comes from, the checksum beside it, and its archive."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import msgspec

from app.core.errors import CancelledError, DownloadError, UsageError
from app.downloads.hub import folder_of, host_of, is_endpoint, name_of
from app.downloads.part_paths import remove_empty
from app.downloads.request import (
    FileRequest,
    WantedFile,
    is_pack_file,
    is_plain,
    most_bytes_of,
)

Fetch = Callable[[FileRequest], Path]
"""Fetches a file and gives its path; raises DownloadError or CancelledError."""

_DIGEST = re.compile(r"[0-9a-fA-F]{64}")


class PackSource(msgspec.Struct, frozen=True, kw_only=True):
    """Where a pack comes from: the folder's address, the archive's name, and its checksum.

    Without a `sha256` that of the file beside it is taken, with `.sha256` added to its name.
    """

    address: str
    name: str
    sha256: str = ""

    @property
    def host(self) -> str:
        """The host that a question names."""
        return host_of(self.address)


def pack_source(address: str, sha256: str = "") -> PackSource:
    """What an address and a checksum, or none, stand for; raises UsageError."""
    name = unquote(name_of(address))
    if not is_endpoint(address) or not is_plain(name) or not is_pack_file(name):
        raise UsageError(
            f"{address[:100]!r} is no address that may be fetched from.",
            "Give one that begins with https:// and ends with lampblack-torch-….tar.xz.",
        )
    return PackSource(address=folder_of(address), name=name, sha256=checked_sum(sha256))


def checked_sum(sha256: str) -> str:
    """A SHA-256 in small letters, or nothing for none; raises UsageError for anything else."""
    if sha256 and not _DIGEST.fullmatch(sha256):
        raise UsageError("A SHA-256 has 64 hexadecimal digits.")
    return sha256.lower()


@contextmanager
def fetched_pack(
    source: PackSource, fetch: Fetch, read_sum: Callable[[Path], str], models: Path
) -> Iterator[tuple[Path, str]]:
    """The archive, verified, and its checksum; the archive is gone after that.

    What was fetched until the user stopped stays in the `models` folder, and the next time goes on
    from there. `read_sum` gives the checksum in a file. Raises DownloadError or CancelledError, and
    what that raises.
    """
    digest = source.sha256 or _published_sum(source, fetch, read_sum, models)
    file = WantedFile(path=source.name, sha256=digest)
    path = fetch(_request(source, file))
    with _taken_away(path, models):
        yield path, digest


def _published_sum(
    source: PackSource, fetch: Fetch, read_sum: Callable[[Path], str], models: Path
) -> str:
    """The checksum in the file beside the pack at its address."""
    name = f"{source.name}.sha256"
    try:
        listed = fetch(_request(source, WantedFile(path=name)))
    except DownloadError as error:
        hint = f"{name} tells the checksum; else say which SHA-256 it must have."
        raise DownloadError(error.message, hint) from error
    with _taken_away(listed, models):
        return read_sum(listed)


def _request(source: PackSource, file: WantedFile) -> FileRequest:
    """The request for one of the two files, which is no longer than such a file can be."""
    most, name = most_bytes_of(file.path), file.path
    return FileRequest(title=name, address=source.address, file=file, most_bytes=most)


@contextmanager
def _taken_away(path: Path, models: Path) -> Iterator[None]:
    """Remove what was fetched, whether it was of use or not; a stop by the user keeps it."""
    try:
        yield
    except CancelledError:
        raise
    except BaseException:  # whatever came, the archive is of no use
        path.unlink(missing_ok=True)
        raise
    path.unlink(missing_ok=True)
    remove_empty(path.parent, models)
