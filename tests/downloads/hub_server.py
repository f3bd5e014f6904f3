"""A hub on this machine that misbehaves on order, and writes down what it was asked."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import unquote, urlsplit

from app.downloads.request import ModelRequest, WantedFile

SHA = "0123456789abcdef0123456789abcdef01234567"
REPO = "owner/model"
ETAG = '"one"'
BLOCK = 16 * 1024


@dataclass(frozen=True)
class Asked:
    """One request: its path, and the headers that matter."""

    path: str
    range: str = ""
    if_range: str = ""
    authorization: str = ""

    @property
    def start(self) -> int:
        found = re.match(r"bytes=(\d+)-", self.range)
        return int(found[1]) if found else 0


@dataclass
class Answer:
    """How one request for a file is answered; by default as it should be."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    redirect: str = ""
    cut: int | None = None
    """The number of bytes of the body that are sent before the connection is cut."""
    ranges: bool = True
    shift: int = 0
    """What is added to where the answer begins, of a server that answers another range."""
    stall: bool = False
    length: int | None = None
    """What Content-Length says, right or wrong."""
    body: bytes | None = None
    etag: str = ETAG
    pace: Callable[[int], None] = lambda _sent: None
    """Called with the bytes that were sent, after every block."""


class HubServer:
    """Serves files of one repository; `answers` are used up in turn by requests for files."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.log: list[Asked] = []
        self.answers: list[Answer] = []
        self.always: Callable[[Asked], Answer | None] = lambda _asked: None
        self.projects: dict[str, object] = {}
        self.revision_answers: list[Answer] = []
        self.lists: Callable[[list[object]], object] = lambda items: items
        self.stalled = threading.Event()
        self._go = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = False
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, name="hub"
        )

    def __enter__(self) -> HubServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._go.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def asked_for(self, path: str) -> list[Asked]:
        """Every request for one file."""
        return [asked for asked in self.log if asked.path.endswith(f"/{path}")]

    def sha256(self, path: str) -> str:
        return hashlib.sha256(self.files[path]).hexdigest()

    def wait_for_release(self) -> None:
        self.stalled.set()
        self._go.wait(30)

    def release(self) -> None:
        """Let everything that stalls end."""
        self._go.set()


def _handler(hub: HubServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            return

        def do_GET(self) -> None:
            asked = Asked(
                unquote(urlsplit(self.path).path),
                self.headers.get("Range", ""),
                self.headers.get("If-Range", ""),
                self.headers.get("Authorization", ""),
            )
            hub.log.append(asked)
            try:
                self._answer(asked)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _answer(self, asked: Asked) -> None:
            if asked.path.startswith("/simple/"):
                self._project(asked.path.strip("/").rpartition("/")[2])
                return
            if asked.path.startswith("/api/"):
                self._api(asked)
                return
            found = re.fullmatch(rf"(?:/{REPO}/resolve/[^/]+|/cdn)/(.+)", asked.path)
            content = hub.files.get(found[1]) if found else None
            answer = hub.always(asked) or (hub.answers.pop(0) if hub.answers else Answer())
            if answer.redirect:
                self._head(302, {"Location": answer.redirect, "Content-Length": "0"})
            elif answer.status:
                self._head(answer.status, {"Content-Length": "0"} | answer.headers)
            elif content is None:
                self._head(404, {"Content-Length": "0", "X-Error-Code": "EntryNotFound"})
            else:
                self._file(asked, answer, content if answer.body is None else answer.body)

        def _file(self, asked: Asked, answer: Answer, content: bytes) -> None:
            is_same = asked.if_range in ("", answer.etag)
            start, status = 0, 200
            headers = {"ETag": answer.etag} | answer.headers
            if asked.range and answer.ranges and is_same:
                start, status = min(asked.start + answer.shift, len(content)), 206
                headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            rest = memoryview(content)[start:]
            length = len(rest) if answer.length is None else answer.length
            self._head(status, headers | {"Content-Length": str(length)})
            if answer.cut is not None:
                rest = rest[: answer.cut]
            for begin in range(0, len(rest), BLOCK):
                self.wfile.write(rest[begin : begin + BLOCK])
                answer.pace(begin + BLOCK)
            if answer.stall:
                hub.wait_for_release()
            if answer.cut is not None or answer.length is not None or answer.stall:
                self.close_connection = True

        def _api(self, asked: Asked) -> None:
            if hub.revision_answers:
                answer = hub.revision_answers.pop(0)
                self._head(answer.status, {"Content-Length": "0"} | answer.headers)
            elif asked.path == f"/api/models/{REPO}/revision/main":
                self._json({"sha": SHA, "siblings": []})
            elif asked.path.startswith(f"/api/models/{REPO}/tree/"):
                self._json(hub.lists([_item(*one) for one in hub.files.items()]))
            else:
                self._head(404, {"Content-Length": "0"})

        def _project(self, name: str) -> None:
            if name in hub.projects:
                self._json(hub.projects[name])
            else:
                self._head(404, {"Content-Length": "0"})

        def _json(self, content: object) -> None:
            body = json.dumps(content).encode()
            self._head(200, {"Content-Type": "application/json", "Content-Length": str(len(body))})
            self.wfile.write(body)

        def _head(self, status: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

    return Handler


def _item(path: str, content: bytes) -> dict[str, object]:
    item: dict[str, object] = {"type": "file", "path": path, "size": len(content)}
    if path.endswith((".gguf", ".safetensors")):
        lfs = {"oid": hashlib.sha256(content).hexdigest(), "size": len(content)}
        return item | {"oid": "f" * 40, "lfs": lfs}
    return item | {"oid": git_id(content)}


def git_id(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def wanted_gguf(path: str, content: bytes, **changes: object) -> ModelRequest:
    """A model of one file with everything known of it."""
    file = WantedFile(
        path=path, size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest()
    )
    facts: dict[str, Any] = {
        "id": "a-model",
        "title": "A Model",
        "repo": REPO,
        "revision": SHA,
        "files": (file,),
        "folder": REPO.replace("/", "--"),
        "engine": "llama.cpp",
    }
    return ModelRequest(**(facts | changes))


@contextmanager
def serving(files: dict[str, bytes]) -> Iterator[HubServer]:
    with HubServer() as hub:
        hub.files.update(files)
        yield hub
