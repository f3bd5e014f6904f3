"""A server in this process of vLLM's shape, which writes down what it is sent."""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[dict[str, Any]], "str | int | dict[str, Any]"]
"""The text that answers the fields of a request, the status that refuses it, or its only event."""


class FakeServer(ThreadingHTTPServer):
    """Answers with `answer`; `received` has the head and body of every request.

    Texts are always asked for as a stream: `asked` has the fields of those requests, and `most` is
    how many of them were being answered at the same time.
    """

    daemon_threads = False
    block_on_close = True
    request_queue_size = 256

    def __init__(self, answer: Answer, models: tuple[str, ...], port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answer = answer
        self.models = models
        self.received: list[bytes] = []
        self.asked: list[dict[str, Any]] = []
        self.most = self.now = 0
        self.lock = threading.Lock()

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def everything(self) -> bytes:
        """All that it was sent, as bytes and with the escapes of JSON resolved."""
        shown = json.dumps(self.asked, ensure_ascii=False).encode()
        return b"".join((*self.received, shown))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over a client that has left in the middle."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def die(self) -> None:
        """Listen no more; what is being answered is answered."""
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeServer

    def do_GET(self) -> None:
        self._body()
        listed = [{"id": name, "owned_by": "vllm", "max_model_len": 4096} for name in
                  self.server.models]  # fmt: skip
        self._send(json.dumps({"data": listed}).encode())

    def do_POST(self) -> None:
        fields = json.loads(self._body())
        if self.path == "/tokenize":
            text = fields.get("prompt") or json.dumps(fields.get("messages", ""))
            self._send(json.dumps({"tokens": [*range(len(text.split()))]}).encode())
            return
        if fields.get("stream") is not True:  # it is only found out what this server can do
            self._send(_whole("time", chat="messages" in fields))
            return
        server = self.server
        with server.lock:
            server.asked.append(fields)
            server.now += 1
            server.most = max(server.most, server.now)
        try:
            answer = server.answer(fields)
        finally:
            with server.lock:
                server.now -= 1
        if isinstance(answer, int):
            self._send(b'{"error": {"message": "no"}}', answer)
        elif isinstance(answer, dict):
            self._send(f"data: {json.dumps(answer)}\n\n".encode())
        else:
            self._send(_streamed(answer, chat="messages" in fields))

    def _body(self) -> bytes:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.received.append(str(self.headers).encode() + self.path.encode() + body)
        return body

    def _send(self, content: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        if status == 429:
            self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing on standard error."""


def _whole(text: str, *, chat: bool) -> bytes:
    said = {"message": {"role": "assistant", "content": text}} if chat else {"text": text}
    return json.dumps({"choices": [{"index": 0, "finish_reason": "stop", **said}]}).encode()


def _streamed(text: str, *, chat: bool) -> bytes:
    """The text in two pieces, as events."""
    half = len(text) // 2
    choices: list[dict[str, Any]] = [
        {"index": 0, **({"delta": {"content": piece}} if chat else {"text": piece}),
         "finish_reason": None}
        for piece in (text[:half], text[half:])
    ]  # fmt: skip
    choices.append({"index": 0, "delta": {}, "text": "", "finish_reason": "stop"})
    events = [f"data: {json.dumps({'choices': [one]})}\n\n" for one in choices]
    return "".join((*events, "data: [DONE]\n\n")).encode()


@contextmanager
def serving(
    answer: Answer, models: tuple[str, ...] = ("m",), port: int = 0
) -> Iterator[FakeServer]:
    """A server that answers until the end."""
    server = FakeServer(answer, models, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
