"""The hub's addresses and answers: where a file is, which files there are, what they must be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from app.core.errors import DownloadError
from app.core.system.network import is_loopback
from app.downloads.request import ModelRequest, WantedFile, is_plain

DEFAULT = "https://huggingface.co"
VARIABLE = "HF_ENDPOINT"
"""The environment's variable that names a mirror with the hub's API."""

_T = TypeVar("_T")
_NEWEST = "main"
_MOST_SMALL = 64 * 1024 * 1024
_SMALL = re.compile(
    r"^((.*_)?config\.json|tokenizer.*\.(json|model)|special_tokens_map\.json|added_tokens\.json"
    r"|vocab\.(json|txt)|merges\.txt|spiece\.model|tekken\.json|chat_template\.(json|jinja)"
    r"|(LICEN[CS]E|NOTICE|USE_POLICY)(\.(txt|md))?)$",
    re.IGNORECASE,
)
"""What a Torch model's folder needs beside its weights, and its terms."""


class _Lfs(msgspec.Struct, frozen=True):
    oid: str = ""


class _Item(msgspec.Struct, frozen=True):
    """An item of the hub's list; what else it says is of no use here."""

    type: str
    path: str
    oid: str = ""
    size: int | None = None
    lfs: _Lfs | None = None


class _Commit(msgspec.Struct, frozen=True):
    sha: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{40}\Z")]


def endpoint_of(environ: Mapping[str, str]) -> str:
    """The hub's address; raises DownloadError for one that is neither https nor this machine's."""
    text = environ.get(VARIABLE, "").strip().rstrip("/") or DEFAULT
    if not is_endpoint(text):
        raise DownloadError(
            f"{VARIABLE} is set to {text[:100]!r}, which is no address that may be fetched from.",
            "Give an address that begins with https://, or unset it.",
        )
    return text


def is_endpoint(text: str) -> bool:
    """Whether an address may be a hub: https, or http on this machine, and no more."""
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or parts.query or parts.fragment or "@" in parts.netloc or not text.isprintable():
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def host_of(endpoint: str) -> str:
    """The host that a question names."""
    return urlsplit(endpoint).netloc


def folder_of(address: str) -> str:
    """The address of the folder that a file lies in."""
    return address.rpartition("/")[0]


def name_of(address: str) -> str:
    """The last part of a file's address, as it stands there; empty for a folder's."""
    return address.rpartition("/")[2]


def file_url(endpoint: str, wanted: ModelRequest, path: str) -> str:
    """The address of one file at the revision."""
    return f"{endpoint}/{wanted.repo}/resolve/{quote(wanted.revision or _NEWEST)}/{quote(path)}"


def page_url(endpoint: str, wanted: ModelRequest) -> str:
    """The page on which a person reads about the model and agrees to its terms."""
    return f"{endpoint}/{wanted.repo}"


def tokens_url(endpoint: str) -> str:
    """The page on which a person makes a token for an account at the hub."""
    return f"{endpoint}/settings/tokens"


def completed(
    wanted: ModelRequest, endpoint: str, get: Callable[[str], Iterable[bytes]]
) -> ModelRequest:
    """`wanted` with its revision, and every file with size and checksum, as the hub has them.

    `get` yields the pages of a JSON answer. Raises DownloadError.
    """
    if wanted.is_complete:
        return wanted
    api = f"{endpoint}/api/models/{wanted.repo}"
    if not wanted.revision:
        (page, *_) = get(f"{api}/revision/{_NEWEST}")
        wanted = msgspec.structs.replace(wanted, revision=_decoded(page, _Commit).sha)
    if wanted.is_complete:
        return wanted
    pages = get(f"{api}/tree/{quote(wanted.revision)}?recursive=true")
    items = (item for page in pages for item in _decoded(page, list[_Item]))
    listed = {item.path: item for item in items if item.type == "file"}
    known = [_with_facts(file, listed.get(file.path), wanted) for file in wanted.files]
    return msgspec.structs.replace(wanted, files=(*known, *_small_files(wanted, listed)))


def _decoded(page: bytes, kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(page, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DownloadError("The hub's answer cannot be read.", "Try again later.") from error


def _with_facts(file: WantedFile, item: _Item | None, wanted: ModelRequest) -> WantedFile:
    """A file as the catalogue knows it, completed by the hub's list."""
    if item is None:
        raise DownloadError(
            f"The repository {wanted.repo} has no file {file.path} at {wanted.revision[:12]}.",
            "The catalogue may be out of date.",
        )
    found = _file(item)
    size = found.size_bytes if file.size_bytes is None else file.size_bytes
    if size != found.size_bytes or (file.sha256 and found.sha256 not in ("", file.sha256)):
        raise DownloadError(
            f"The hub has another {file.path} than the catalogue knows.",
            "Do not trust it; look for news about the model on its page.",
        )
    sha256 = file.sha256 or found.sha256
    return WantedFile(
        path=file.path, size_bytes=size, sha256=sha256, git_id="" if sha256 else found.git_id
    )


def _small_files(wanted: ModelRequest, listed: Mapping[str, _Item]) -> list[WantedFile]:
    """For Torch: what its folder needs beside the weights that were named."""
    if wanted.engine != "torch":
        return []
    named = {file.path for file in wanted.files}
    names = [name for name in listed if name not in named and _SMALL.match(name)]
    if len(named) > 1:
        names += [name for name in listed if name.endswith(".safetensors.index.json")]
    plain = sorted(name for name in names if "/" not in name and is_plain(name))
    return [_file(listed[name]) for name in plain if (listed[name].size or 0) <= _MOST_SMALL]


def _file(item: _Item) -> WantedFile:
    """A listed file; a checksum that is not of its form counts as not known."""
    large = item.lfs is not None and re.fullmatch(r"[0-9a-f]{64}", item.lfs.oid)
    small = item.lfs is None and re.fullmatch(r"[0-9a-f]{40}", item.oid)
    return WantedFile(
        path=item.path,
        size_bytes=item.size,
        sha256=item.lfs.oid if item.lfs is not None and large else "",
        git_id=item.oid if small else "",
    )
