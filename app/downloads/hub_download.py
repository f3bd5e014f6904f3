"""One model from the hub: all its files, and its place only once every one of them is whole.

Only the downloader imports this.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
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


class Delivery:
    """Brings one model into the models folder; `report` is told how far it is."""

    def __init__(
        self,
        wanted: ModelRequest,
        models: Path,
        endpoint: str,
        line: TransferContext,
        report: Callable[[FetchEvent], None],
    ) -> None:
        self._wanted = wanted
        self._models = models
        self._endpoint = endpoint
        self._line = line
        self._report = report

    def run(self) -> Path:
        """Bring it; raises DownloadError, CancelledError or OSError with what came so far kept."""
        self._wanted = completed(self._wanted, self._endpoint, self._pages)
        check_plain(self._wanted)
        self._report(Listed(wanted=self._wanted))
        folder = working_folder(self._wanted, self._models)
        missing = [file for file in self._wanted.files if not self._is_here(file)]
        check_space(self._models, sum(_rest(file, folder) for file in missing), self._wanted.title)
        tally = self._tally(missing, folder)
        for file in sorted(missing, key=lambda file: file.size_bytes or 0):
            self._bring(file, folder, tally)
        if not self._wanted.is_single:
            self._publish(folder)
        return destination(self._wanted, self._models)

    def _pages(self, url: str) -> Iterable[bytes]:
        while True:
            try:
                pages = list(self._line.web.pages(url))
            except ConnectionBroken as broken:
                self._line.retry.again(broken, moved=False)
            else:
                self._line.retry.succeeded()
                return pages

    def _is_here(self, file: WantedFile) -> bool:
        """Whether a file lies whole in its last place or in the one where it waits for others."""
        last = self._models / self._wanted.folder / file.path
        waiting = working_folder(self._wanted, self._models) / file.path
        places = dict.fromkeys((last, waiting))
        return any(is_right(path, file, self._verified) for path in places)

    def _verified(self, done: int, total: int) -> None:
        self._line.check()
        self._line.verifying(done, total)

    def _tally(self, missing: list[WantedFile], folder: Path) -> Tally:
        """What is there already counts from the beginning."""
        total = sum(file.size_bytes or 0 for file in self._wanted.files)
        tally = Tally(total, self._report)
        for file in missing:
            tally.expect(file.path, (file.size_bytes or 0) - _rest(file, folder))
        whole = sum(file.size_bytes or 0 for file in self._wanted.files if file not in missing)
        tally.put("", whole)
        return tally

    def _bring(self, file: WantedFile, folder: Path, tally: Tally) -> None:
        url = file_url(self._endpoint, self._wanted, file.path)
        target = folder / file.path

        def told(done: int) -> None:
            tally.put(file.path, done)

        Transfer(self._line, url, file, target, told).run()

    def _publish(self, folder: Path) -> None:
        """Put all files in their place, so that the model appears at one moment."""
        last = self._models / self._wanted.folder
        for file in _making_file_last(self._wanted):
            if is_file(folder / file.path):
                (last / file.path).parent.mkdir(parents=True, exist_ok=True)
                (folder / file.path).replace(last / file.path)
        remove_parts(self._wanted, self._models)


def _making_file_last(wanted: ModelRequest) -> list[WantedFile]:
    """The files, at the end the one that makes a model of the others."""
    making = "config.json" if wanted.engine == "torch" else wanted.files[0].path
    return sorted(wanted.files, key=lambda file: file.path == making)


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
