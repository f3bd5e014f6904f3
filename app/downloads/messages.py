"""The typed lines between program, broker and downloader: one JSON object a line, size-limited."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Annotated, Literal

import msgspec

from app.downloads.request import FileRequest, ModelRequest

MAX_LINE = 256 * 1024
"""The longest line in bytes; a model of three hundred files is below it."""


Phase = Literal["downloading", "unpacking", "verifying"]


class _DownloadMessage(
    msgspec.Struct, frozen=True, kw_only=True, tag=True, forbid_unknown_fields=True
):
    """A line's content."""


class StartDownload(_DownloadMessage, frozen=True):
    """Fetch a model into `models`, the folder that the broker was started for.

    `endpoint` is the hub that the user said yes to. `token` is for a repository that asks for
    one; it is in this line and nowhere else.
    """

    models: str
    endpoint: Annotated[str, msgspec.Meta(max_length=300)]
    wanted: ModelRequest
    token: Annotated[str, msgspec.Meta(pattern=r"^[\x21-\x7e]{0,500}$")] = ""


class StartFileDownload(_DownloadMessage, frozen=True):
    """Fetch a file from the address that the broker was started for, into its models folder."""

    models: str
    wanted: FileRequest


class CancelDownload(_DownloadMessage, frozen=True):
    """Stop the download that runs, if any; it still ends with its own last event."""


class StartListening(_DownloadMessage, frozen=True):
    """Listen on a port for the local service, and hand the socket over.

    That is a port of 127.0.0.1, or with `lan`, which the writer set, of every address.
    """

    port: Annotated[int, msgspec.Meta(ge=1024, le=65535)]
    lan: bool = False


class StartServerChild(_DownloadMessage, frozen=True):
    """Start the child that speaks to the server at this address, and hand its pipes over."""

    address: Annotated[str, msgspec.Meta(max_length=2000)]


class KillServerChild(_DownloadMessage, frozen=True):
    """Kill that child, if it is one of the broker's and still runs."""

    pid: int


class Started(_DownloadMessage, frozen=True):
    """There is a downloader now, which a `CancelDownload` would stop."""


class Listed(_DownloadMessage, frozen=True):
    """What is to be fetched, completed by what the hub knows of it."""

    wanted: ModelRequest


class DownloadProgress(_DownloadMessage, frozen=True):
    """How far a download is: `done` of `total` bytes of this phase."""

    phase: Phase
    done: int
    total: int


class Waiting(_DownloadMessage, frozen=True):
    """The connection broke or the server asked to wait: it goes on after `seconds`."""

    problem: str
    seconds: float


class Fetched(_DownloadMessage, frozen=True):
    """The model is in its place and verified."""

    path: str


class FetchFailed(_DownloadMessage, frozen=True):
    """The download ended without a model; `kind` is a name out of `app.core.errors`."""

    kind: str
    message: str
    hint: str = ""


Request = (
    StartDownload
    | StartFileDownload
    | CancelDownload
    | StartListening
    | StartServerChild
    | KillServerChild
)
FetchEvent = Started | Listed | DownloadProgress | Waiting | Fetched | FetchFailed

_encoder = msgspec.json.Encoder()


def send(stream: IO[bytes], line: Request | FetchEvent) -> None:
    """Write one line and flush it."""
    stream.write(_encoder.encode(line) + b"\n")
    stream.flush()


def requests(stream: IO[bytes]) -> Iterator[Request]:
    """Every request until the stream ends; raises msgspec.DecodeError on anything else."""
    return map(msgspec.json.Decoder[Request](Request).decode, _lines(stream))


def events(stream: IO[bytes]) -> Iterator[FetchEvent]:
    """Every event until the stream ends; raises msgspec.DecodeError on anything else."""
    return map(msgspec.json.Decoder[FetchEvent](FetchEvent).decode, _lines(stream))


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Lines no longer than the limit; a longer one is cut and so does not decode."""
    while line := stream.readline(MAX_LINE):
        yield line
