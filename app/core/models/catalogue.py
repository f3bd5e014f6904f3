"""The catalogue: models worth getting, each checked fact by fact before it is offered.

`models.json` carries the entries of the program; a file of the same form in the user's
configuration adds to them, and an entry of the same id takes the place of the program's.
"""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

import msgspec

from app.core.errors import CatalogueError
from app.core.models.model_file import ModelFile
from app.core.system.files import read_regular, why
from app.core.system.json_store import NewerFormatError, decode_numbered

FORMAT = 1
"""The version of the file's form."""

PURPOSES = ("continue", "chat", "rewrite", "summarise", "translate", "classify", "code")
"""What a model can be good for, by the words of the catalogue."""

_MOST_BYTES = 8 * 1024 * 1024
_MOST_FILES = 200
_ENDINGS = {"llama.cpp": ".gguf", "torch": ".safetensors"}  # pickles are no models here

_Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
_Line = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f]{1,300}$")]
_Word = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f]{0,80}$")]
_Repo = Annotated[
    str, msgspec.Meta(pattern=r"^[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?$")
]
_Revision = Annotated[str, msgspec.Meta(pattern=r"^([0-9A-Za-z][0-9A-Za-z._-]{0,63})?$")]
_Digest = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$")]
_Language = Annotated[str, msgspec.Meta(pattern=r"^([a-z]{2,3}|multi)$")]
_Bytes = Annotated[int, msgspec.Meta(gt=0, le=1 << 50)]
_Purpose = Literal["continue", "chat", "rewrite", "summarise", "translate", "classify", "code"]


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the file; a field that is not known is an error, for it may be a misspelt one."""


class CatalogueFile(_Strict, frozen=True, kw_only=True):
    """A file of a model: its path in the repository, and what it must be; empty is not known."""

    path: _Line
    size_bytes: _Bytes | None = None
    sha256: _Digest = ""


class CatalogueEntry(_Strict, frozen=True, kw_only=True):
    """A model that can be got.

    `files` of a Torch model are its weights; what else its folder needs stands in the hub's own
    list. Without a `revision` the first download records one. `memory_bytes` is what the model
    needs to run with 8,192 tokens of context, or with all of its own if that is less.
    """

    id: _Id
    name: _Line
    family: _Line
    engine: Literal["llama.cpp", "torch"]
    source: Literal["hub", "pypi"] = "hub"
    repo: _Repo
    revision: _Revision = ""
    files: Annotated[tuple[CatalogueFile, ...], msgspec.Meta(min_length=1, max_length=_MOST_FILES)]
    size_bytes: _Bytes | None = None
    params_b: Annotated[float, msgspec.Meta(gt=0, le=10_000)]
    quantization: _Word
    licence: _Line
    context_length: Annotated[int, msgspec.Meta(gt=0, le=1 << 30)]
    kind: Literal["base", "instruct"]
    languages: Annotated[tuple[_Language, ...], msgspec.Meta(min_length=1, max_length=200)]
    good_for: Annotated[tuple[_Purpose, ...], msgspec.Meta(min_length=1)]
    why: _Line
    memory_bytes: _Bytes
    gated: bool = False


class _CatalogueJson(_Strict, frozen=True, kw_only=True):
    """The whole file; entries are read one by one, so that an error can name its entry."""

    version: int
    models: tuple[msgspec.Raw, ...]


class Catalogue:
    """All entries, the program's and the user's; `problems` are sentences for showing once."""

    def __init__(self, entries: tuple[CatalogueEntry, ...], problems: tuple[str, ...] = ()) -> None:
        self.entries = entries
        self.problems = problems

    @classmethod
    def read(cls, bundled: Path, users: Path | None = None) -> Catalogue:
        """Read the program's file and merge the user's in, if there is one.

        Raises CatalogueError, naming entry and field, for the program's; a user's file that is
        wrong becomes a problem and is left out as a whole.
        """
        entries = {entry.id: entry for entry in read_catalogue(bundled)}
        problems: tuple[str, ...] = ()
        if users is not None and users.exists():
            try:
                entries |= {entry.id: entry for entry in read_catalogue(users)}
            except CatalogueError as error:
                problems = (f"{error} Your own models are left out until it is mended.",)
        return cls(tuple(entries.values()), problems)

    def get(self, wanted: str) -> CatalogueEntry:
        """The entry with an id or a name, in any case; raises CatalogueError."""
        key = wanted.strip().casefold()
        for entry in self.entries:
            if key in (entry.id, entry.name.casefold()):
                return entry
        raise CatalogueError(
            f"The catalogue has no model {wanted[:80]!r}.", "See `lampblack models search`."
        )


def catalogue_file() -> Path:
    """Where `models.json` lies: beside the program's source, in a bundle, or installed."""
    name = "models.json"
    bundle = getattr(sys, "_MEIPASS", None)
    places = [Path(bundle) / name] if bundle else []
    places.append(Path(__file__).parents[3] / name)
    places.append(Path(sysconfig.get_path("data")) / "share" / "lampblack" / name)
    return next((place for place in places if place.is_file()), places[0])


def read_catalogue(path: Path) -> tuple[CatalogueEntry, ...]:
    """Every entry of one file; raises CatalogueError."""
    try:
        content = read_regular(path, _MOST_BYTES)
    except OSError as error:
        raise CatalogueError(f"The catalogue {path} cannot be read: {why(error)}.") from error
    try:
        file = decode_numbered(content, "version", FORMAT, _CatalogueJson)
    except NewerFormatError as error:
        raise CatalogueError(f"The catalogue {path} cannot be used: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CatalogueError(f"The catalogue {path} is not valid: {error}.") from error
    if file.version != FORMAT:
        raise CatalogueError(
            f"The catalogue {path} has version {file.version}, and this program reads {FORMAT}."
        )
    return tuple(_entries(path, file.models))


def _entries(path: Path, models: tuple[msgspec.Raw, ...]) -> Iterator[CatalogueEntry]:
    seen: set[str] = set()
    for number, raw in enumerate(models, 1):
        entry = _entry(path, number, raw)
        if entry.id in seen:
            raise _wrong(path, entry.id, "its id stands there twice")
        seen.add(entry.id)
        yield entry


def _entry(path: Path, number: int, raw: msgspec.Raw) -> CatalogueEntry:
    try:
        entry = msgspec.json.decode(raw, type=CatalogueEntry)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _wrong(path, _id_of(raw) or f"number {number}", str(error)) from error
    for file in entry.files:
        if not _is_plain(file.path):
            raise _wrong(path, entry.id, f"the path {file.path!r} in `files` leads elsewhere")
        if not file.path.lower().endswith(ending := _ENDINGS[entry.engine]):
            raise _wrong(path, entry.id, f"{file.path!r} in `files` does not end in {ending}")
    if entry.source == "hub" and "/" not in entry.repo:
        raise _wrong(path, entry.id, "`repo` must have the form owner/name")
    return entry


def _id_of(raw: msgspec.Raw) -> str:
    """The id of an entry that is wrong elsewhere."""
    try:
        named = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    found = named.get("id") if isinstance(named, dict) else ""
    return found[:80] if isinstance(found, str) else ""


def _is_plain(path: str) -> bool:
    """Whether a path stays inside its folder, on every system."""
    parts = PurePosixPath(path).parts
    return not ("\\" in path or ":" in path or path.startswith("/") or ".." in parts)


def _wrong(path: Path, entry: str, what: str) -> CatalogueError:
    return CatalogueError(
        f"The catalogue {path} is wrong in its entry {entry}: {what}.", "Correct or remove it."
    )


def place(entry: CatalogueEntry, models: Path) -> Path:
    """Where a download of the entry lies: its first file, or for Torch its folder."""
    if entry.source == "pypi":
        return models / entry.files[0].path
    folder = models / entry.repo.replace("/", "--")
    return folder if entry.engine == "torch" else folder / entry.files[0].path


def present(catalogue: Catalogue, models: Path, files: Iterable[ModelFile]) -> dict[str, str]:
    """The paths of the entries that are on this machine, by their ids.

    A model that came from elsewhere is known by the name and the size of its file.
    """
    sound = [file for file in files if not file.problem]
    paths = {file.path for file in sound}
    named = {(Path(file.path).name, file.size_bytes): file.path for file in sound}
    found: dict[str, str] = {}
    for entry in catalogue.entries:
        own, first = str(place(entry, models)), entry.files[0]
        key = (PurePosixPath(first.path).name, first.size_bytes or 0)
        if own in paths:
            found[entry.id] = own
        elif entry.engine == "llama.cpp" and key in named:
            found[entry.id] = named[key]
    return found
