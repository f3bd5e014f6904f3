"""One model from the hub: all its files, in their place once every one of them is whole.

Only the downloader imports this.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from app.core.errors import DownloadError
from app.core.system.files import is_file
from app.core.units import size_text
from app.downloads.file_transfer import Transfer, TransferContext
from app.downloads.hub import completed, file_url
from app.downloads.messages import FetchEvent, Listed
from app.downloads.part_files import is_right
from app.downloads.part_paths import part_path, remove_parts
from app.downloads.progress import Tally
from app.downloads.request import ModelRequest, WantedFile, check_plain, destination, working_folder
from app.downloads.retry import ConnectionBroken


class HubDownload:
    """Fetches one model into the models folder; `report` is told how far it is."""

    def __init__(
        self,
        wanted: ModelRequest,
        models: Path,
        endpoint: str,
        context: TransferContext,
        report: Callable[[FetchEvent], None],
    ) -> None:
        self._wanted = wanted
        self._models = models
        self._endpoint = endpoint
        self._context = context
        self._report = report

    def run(self) -> Path:
        """Fetch it; raises DownloadError, CancelledError or OSError, what came so far is kept."""
        self._wanted = completed(self._wanted, self._endpoint, self._pages)
        check_plain(self._wanted)
        self._report(Listed(wanted=self._wanted))
        folder = working_folder(self._wanted, self._models)
        missing = [file for file in self._wanted.files if not self._is_here(file)]
        check_space(self._models, sum(_rest(file, folder) for file in missing), self._wanted.title)
        tally = self._tally(missing, folder)
        for file in sorted(missing, key=lambda file: file.size_bytes or 0):
            url = file_url(self._endpoint, self._wanted, file.path)
            put = partial(tally.put, file.path)
            Transfer(self._context, url, file, folder / file.path, put).run()
        if not self._wanted.is_single:
            self._publish(folder)
        return destination(self._wanted, self._models)

    def _pages(self, url: str) -> Iterable[bytes]:
        while True:
            try:
                pages = list(self._context.web.pages(url))
            except ConnectionBroken as broken:
                self._context.retry.again(broken, moved=False)
            else:
                self._context.retry.succeeded()
                return pages

    def _is_here(self, file: WantedFile) -> bool:
        """Whether a file is whole in its last place or where it waits for the others."""
        last = self._models / self._wanted.folder / file.path
        waiting = working_folder(self._wanted, self._models) / file.path
        places = dict.fromkeys((last, waiting))
        return any(is_right(path, file, self._verified) for path in places)

    def _verified(self, done: int, total: int) -> None:
        self._context.check()
        self._context.verifying(done, total)

    def _tally(self, missing: list[WantedFile], folder: Path) -> Tally:
        """A tally in which the bytes that are here already count from the beginning."""
        total = sum(file.size_bytes or 0 for file in self._wanted.files)
        tally = Tally(total, self._report)
        for file in missing:
            tally.expect(file.path, (file.size_bytes or 0) - _rest(file, folder))
        whole = sum(file.size_bytes or 0 for file in self._wanted.files if file not in missing)
        tally.put("", whole)
        return tally

    def _publish(self, folder: Path) -> None:
        """Move all files to their place, at the end the one that makes a model of the others."""
        last = self._models / self._wanted.folder
        making = "config.json" if self._wanted.engine == "torch" else self._wanted.files[0].path
        for file in sorted(self._wanted.files, key=lambda file: file.path == making):
            if is_file(folder / file.path):
                (last / file.path).parent.mkdir(parents=True, exist_ok=True)
                (folder / file.path).replace(last / file.path)
        remove_parts(self._wanted, self._models)


def _rest(file: WantedFile, folder: Path) -> int:
    """How many bytes of a file are still to come."""
    size, part = file.size_bytes or 0, part_path(folder / file.path)
    there = part.stat().st_size if is_file(part) else 0
    return size if there > size else size - there


def check_space(models: Path, needed: int, title: str) -> None:
    """Raise DownloadError where the disk has less room than is needed."""
    models.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(models).free
    if free < needed:
        raise DownloadError(
            f"{title} needs {size_text(needed)} while it is fetched, and the disk of {models} "
            f"has {size_text(free)} left.",
            "Make room and try again.",
        )
