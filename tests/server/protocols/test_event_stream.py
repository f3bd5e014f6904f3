"""What a client hears while nothing comes, and what its leaving ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest

from app.server.protocols import event_stream
from tests.server.protocols.byte_model import ByteModel, service
from tests.server.protocols.streams import comments, events


class Call:
    """A request to the application without a socket, whose client may leave."""

    def __init__(self, engine: ByteModel, path: str, body: dict[str, Any]) -> None:
        self._app = service(engine)
        self._path = path
        self._body = json.dumps(body).encode()
        self._sent_body = False
        self._left = asyncio.Event()
        self.sent: list[Any] = []
        self.heard = asyncio.Event()

    def leave(self) -> None:
        self._left.set()

    @property
    def text(self) -> str:
        return b"".join(one.get("body", b"") for one in self.sent).decode()

    async def run(self) -> None:
        scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "method": "POST",
            "path": self._path, "raw_path": self._path.encode(), "query_string": b"",
            "headers": [(b"content-type", b"application/json")], "http_version": "1.1",
            "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1),
        }  # fmt: skip
        await self._app(scope, self._receive, self._send)

    async def _receive(self) -> Any:
        if not self._sent_body:
            self._sent_body = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        self.sent.append(message)
        self.heard.set()


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        await asyncio.wait_for(test(), 20)

    asyncio.run(limited())


@pytest.mark.parametrize("path", ["/v1/completions", "/v1/chat/completions", "/completion"])
@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("after", [0, 1, 5])
def test_a_client_that_leaves_ends_its_generation(path: str, stream: bool, after: int) -> None:
    async def test() -> None:
        engine = ByteModel()
        engine.hold, engine.hold_after = asyncio.Event(), after
        body = {"prompt": "x", "messages": [{"role": "user", "content": "x"}], "stream": stream}
        call = Call(engine, path, body)
        running = asyncio.ensure_future(call.run())
        while not engine.commands:  # one turn of the loop after the other
            await asyncio.sleep(0)
        if stream and after > 2:
            await call.heard.wait()
        assert engine.left == 0
        call.leave()
        await running
        assert engine.left == 1

    run(test)


def test_a_long_wait_is_told_in_comments(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        engine = ByteModel()
        engine.hold, engine.hold_after = asyncio.Event(), 1
        call = Call(engine, "/v1/completions", {"prompt": "four", "stream": True})
        running = asyncio.ensure_future(call.run())
        while "reading" not in call.text:
            call.heard.clear()
            await call.heard.wait()
        engine.hold.set()
        await running
        assert comments(call.text)[0] == "reading the prompt 2/5"
        chunks = events(call.text)
        assert chunks[-1] == "[DONE]"
        assert "".join(chunk["choices"][0]["text"] for chunk in chunks[:-1]) == "Hello world."

    monkeypatch.setattr(event_stream, "PING_S", 0.01)
    run(test)


def test_a_stream_begins_while_it_waits_for_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        engine = ByteModel()
        engine.hold = asyncio.Event()
        call = Call(engine, "/v1/completions", {"prompt": "four", "stream": True})
        running = asyncio.ensure_future(call.run())
        await call.heard.wait()
        assert call.sent[0]["status"] == 200
        engine.hold.set()
        await running
        assert comments(call.text)[0] == "waiting"
        assert events(call.text)[-1] == "[DONE]"

    monkeypatch.setattr(event_stream, "PING_S", 0.01)
    run(test)


def test_a_client_of_little_patience_hears_of_a_long_prompt_in_time() -> None:
    with httpx2.Client() as usual:
        assert usual.timeout.read is not None
        assert usual.timeout.read > 2 * event_stream.PING_S


def test_several_lines_stay_one_event() -> None:
    text = event_stream.event({"text": "a\n\ndata: b"}).decode()
    assert events(text) == [{"text": "a\n\ndata: b"}]
    assert text.count("\n\n") == 1
