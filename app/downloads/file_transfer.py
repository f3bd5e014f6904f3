"""One file over the network: the part on the disk is kept, the rest fetched, the whole verified.

Only the downloader imports this.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import httpx2
import msgspec

from app.core.errors import DownloadError
from app.core.system.throttle import Throttle
from app.downloads.http import RangeRefused, Web
from app.downloads.messages import DownloadProgress
from app.downloads.part_files import PartFile, PartNote, is_right
from app.downloads.request import FileRequest, WantedFile, files_folder
from app.downloads.retry import ConnectionBroken, Retry, stopped

_TELL_EVERY_S = 0.1
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


class TransferContext(msgspec.Struct, frozen=True, kw_only=True):
    """What the transfers of one download share; `verifying` gets the bytes done and their total."""

    web: Web
    retry: Retry
    is_stopped: Callable[[], bool]
    verifying: Callable[[int, int], None]

    def check(self) -> None:
        """Raise CancelledError once the user has stopped."""
        if self.is_stopped():
            raise stopped()


class Transfer:
    """Fetches one file from `url` to `target`; `progress` gets the bytes that are there by now.

    A file of more than `most_bytes` is refused, whatever its server says of it.
    """

    def __init__(
        self,
        context: TransferContext,
        url: str,
        file: WantedFile,
        target: Path,
        progress: Callable[[int], None],
        most_bytes: int | None = None,
    ) -> None:
        self._context = context
        self._url = url
        self._file = file
        self._progress = progress
        self._size = file.size_bytes
        self._most = most_bytes
        self._asks_range = True
        self._part = PartFile(target)

    @property
    def total(self) -> int:
        """The size of the whole file in bytes; 0 while it is not known."""
        return self._size or 0

    def run(self) -> str:
        """Fetch the rest, verify the whole, give it its name; the result is its SHA-256.

        Raises DownloadError or CancelledError with what was fetched kept, except that a file with
        a wrong checksum is renamed to `.bad`; OSError where the disk does not take it.
        """
        with closing(self._part) as part:
            self._continue_part()
            while not self._is_whole():
                before = part.size
                try:
                    self._read_on()
                except ConnectionBroken as broken:
                    self._asks_range = self._asks_range and not isinstance(broken, RangeRefused)
                    self._context.retry.again(broken, moved=part.size > before)
            self._verify()
            part.publish()
            return part.sha256.hexdigest()

    def _is_whole(self) -> bool:
        return self._size is not None and self._part.size >= self._size

    def _continue_part(self) -> None:
        part = self._part
        if self._size is None:
            self._size = part.note.size_bytes
        if self._size is not None and part.size > self._size:
            part.empty()
        total = part.size
        self._progress(total)

        def told(done: int) -> None:
            self._context.check()
            self._context.verifying(done, total)

        part.read_again(told)

    def _read_on(self) -> None:
        """Take one answer of the server; raises ConnectionBroken unless the file is whole then."""
        part = self._part
        with self._context.web.open(self._url, self._headers()) as response:
            skip = self._skipped(response)
            self._check_length(self.total)
            for block in response.iter_raw():
                self._context.check()
                new = block[skip:]
                skip -= len(block) - len(new)
                self._check_length(part.size + len(new))
                part.append(new if self._size is None else new[: self._size - part.size])
                self._progress(part.size)
                if self._is_whole():
                    return
        if self._size is None:
            self._size = part.size
        if not self._is_whole():
            raise ConnectionBroken("The line broke before the file was whole")

    def _check_length(self, size: int) -> None:
        if self._most is not None and size > self._most:
            self._part.empty()
            raise DownloadError(
                f"{self._file.path} is larger than such a file can be, and was not fetched.",
                "Check the address.",
            )

    def _headers(self) -> dict[str, str]:
        part = self._part
        if not part.size or not self._asks_range:
            return {}
        headers = {"Range": f"bytes={part.size}-"}
        if part.note.etag and not part.note.etag.startswith("W/"):
            headers["If-Range"] = part.note.etag
        return headers

    def _skipped(self, response: httpx2.Response) -> int:
        """How many bytes at the beginning of this answer the part has already."""
        part, etag = self._part, response.headers.get("etag", "")[:200]
        if response.status_code == 206:
            start, total = self._range_of(response)
        else:
            length = response.headers.get("content-length", "")
            start, total = 0, int(length) if length.isdecimal() else None
            is_checked = self._file.sha256 or self._file.git_id
            if part.size and etag != part.note.etag and not is_checked:
                part.empty()  # it may be another file by now, and nothing would tell
        if self._size is None:
            self._size = total
        part.remember(PartNote(etag=etag, size_bytes=self._size))
        return part.size - start

    def _range_of(self, response: httpx2.Response) -> tuple[int, int | None]:
        found = _RANGE.match(response.headers.get("content-range", ""))
        if found is None or int(found[1]) > self._part.size:
            self._asks_range = False
            raise ConnectionBroken("The server sent another part of the file than was asked for")
        return int(found[1]), None if found[2] == "*" else int(found[2])

    def _verify(self) -> None:
        file, part = self._file, self._part
        if file.sha256:
            is_right = part.sha256.hexdigest() == file.sha256
        else:
            is_right = not file.git_id or part.git_id() == file.git_id
        if not is_right:
            bad = part.rename_bad()
            raise DownloadError(
                f"{file.path.rpartition('/')[2]} arrived with a wrong checksum and was set aside "
                f"as {bad.name}.",
                "Fetch it again; if that does not help, do not trust where it came from.",
            )


def fetch_file(
    wanted: FileRequest,
    models: Path,
    context: TransferContext,
    report: Callable[[DownloadProgress], None],
) -> Path:
    """Fetch one file, and give its path.

    Its total is told as 0 until its size is known. Raises as `Transfer.run`.
    """
    file, folder = wanted.file, files_folder(models)
    folder.mkdir(parents=True, exist_ok=True)
    target, is_time = folder / file.path, Throttle(_TELL_EVERY_S)

    def tell(done: int) -> None:
        if is_time():
            report(DownloadProgress(phase="downloading", done=done, total=transfer.total))

    url = f"{wanted.address}/{quote(file.path)}"
    transfer = Transfer(context, url, file, target, tell, wanted.most_bytes)
    if not (file.sha256 and is_right(target, file, context.verifying)):
        transfer.run()
    return target
