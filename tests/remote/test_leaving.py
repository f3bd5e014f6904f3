"""Whether a server stops writing when it is left, against stand-ins that stop or go on."""

from __future__ import annotations

import json
import socket
from contextlib import closing, suppress
from itertools import count
from typing import Any

import pytest

from app.core.errors import CancelledError
from app.core.options.servers import ServerAddress
from app.remote import leaving
from app.remote.abilities import Abilities
from app.remote.address import Pinned
from app.remote.connections import OpenLine
from app.remote.dialects import Dialect
from app.remote.leaving import Found, stops_when_left
from app.remote.probing import described
from app.remote.web import Server
from tests.remote.recording import Recording, Reply, answer

HEAD = b"HTTP/1.1 200 X\r\nContent-Type: text/event-stream\r\n\r\n"


class Writing(Recording):
    """Writes without an end, and counts in `busy` what it writes.

    Where it `stops` it sees when it is left; `tells` are the paths that say how busy it is.
    """

    def __init__(self, *tells: str, stops: bool = True, others: int = 0, pieces: int = 9) -> None:
        self.busy = others
        self._tells, self._stops, self._pieces = tells, stops, pieces
        super().__init__(stand=self._told)

    def bodies_left(self) -> list[dict[str, Any]]:
        """The fields of the requests that were left."""
        bodies = [json.loads(one.partition(b"\r\n\r\n")[2] or b"{}") for one in self.received]
        return [fields for fields in bodies if fields.get("stream")]

    def _told(self, path: str, _fields: dict[str, Any]) -> Reply:
        if path not in self._tells:
            return answer(b"{}", 501)
        if path == "/slots":
            slots = [{"id": one, "is_processing": one < self.busy} for one in range(2)]
            return answer(json.dumps(slots).encode())
        lines = (
            "# TYPE vllm:num_requests_running gauge",
            f'vllm:num_requests_running{{engine="0",model_name="m {{x}}"}} {self.busy}.0',
            'vllm:num_requests_waiting{engine="0",model_name="m"} 0.0',
            'vllm:num_requests_running_total{model_name="m"} 7.0',
        )
        return answer("\n".join(lines).encode())

    def _answer(self, connection: socket.socket, asked: bytes) -> bool:
        fields = json.loads(asked.partition(b"\r\n\r\n")[2] or b"{}")
        if not fields.get("stream"):
            return super()._answer(connection, asked)
        self.received.append(asked)
        self.busy += 1
        piece = b'data: {"choices": [{"index": 0, "text": "a", "finish_reason": null}]}\n\n'
        end = b'data: {"choices": [{"index": 0, "text": "", "finish_reason": "stop"}]}\n\n'
        connection.sendall(HEAD + piece * self._pieces + end * (self._pieces < 4))
        if self._stops:
            with suppress(OSError):
                connection.recv(1)
            self.busy -= 1
        else:
            self._over.wait(30)
        return False


def found(server: Writing, dialect: Dialect, line: OpenLine | None = None, **known: Any) -> Found:
    pinned = Pinned(ServerAddress("http", "127.0.0.1", server.port), "127.0.0.1")
    abilities = Abilities(dialect=dialect, model="m", **known)
    with closing(Server(pinned)) as asked:
        return stops_when_left(asked, abilities, "Once upon", line or OpenLine())


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten milliseconds go by whenever one looks: the whole text would take 2.5 s."""
    ticks = count(0.0, 0.01)
    monkeypatch.setattr(leaving, "monotonic", lambda: next(ticks))


@pytest.mark.parametrize(
    ("dialect", "tells"),
    [
        ("lampblack", "/slots"),
        ("llama-server", "/slots"),
        ("llama-server", "/metrics"),
        ("vllm", "/metrics"),
    ],
)
@pytest.mark.parametrize("stops", [True, False])
def test_it_is_seen_whether_a_server_stops(
    dialect: Dialect, tells: str, *, stops: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "PATIENCE_S", 2.0 if stops else 0.2)
    with Writing(tells, stops=stops) as server:
        seen, reason = found(server, dialect)
        (asked,) = server.bodies_left()
    assert (seen, bool(reason)) == (("yes", False) if stops else ("no", True))
    assert asked["max_tokens"] == 256
    assert asked.get("ignore_eos") == (None if dialect == "lampblack" else True)


def test_what_cannot_be_known_is_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for server, dialect, why in (
        (Writing(), "llama-server", "does not tell what it is doing"),
        (Writing("/slots"), "vllm", "does not tell what it is doing"),
        (Writing("/slots", "/metrics"), "openai", "does not tell what it is doing"),
        (Writing("/slots", others=1), "lampblack", "writes for others"),
        (Writing("/slots", pieces=2), "lampblack", "ended a text"),
    ):
        with server:
            seen, reason = found(server, dialect)  # type: ignore[arg-type]  # one of them
        assert (seen, why in reason) == ("unknown", True), reason
    monkeypatch.setattr(leaving, "monotonic", lambda: 0.0)
    with Writing("/slots") as server:
        assert found(server, "lampblack") == ("unknown", "it writes too fast for that")


def test_one_that_begins_to_write_for_others_meanwhile_is_not_said_to_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = OpenLine()
    with Writing("/slots", stops=False) as server:

        def another_comes(_seconds: float) -> bool:
            server.busy += 1
            return False

        monkeypatch.setattr(line, "wait", another_comes)
        seen, reason = found(server, "lampblack", line)
    assert (seen, "writes for others" in reason) == ("unknown", True), reason


def test_one_that_does_not_count_its_requests_is_not_believed() -> None:
    server = Writing("/slots")
    server.busy = -1
    with server:
        assert found(server, "llama-server") == ("unknown", "it does not tell what it is doing")


def test_little_is_asked_of_a_small_context_and_nothing_where_no_text_is_gone_on_with() -> None:
    with Writing("/slots") as server:
        assert found(server, "llama-server", context=64)[0] == "yes"
        assert [one["max_tokens"] for one in server.bodies_left()] == [32]
        assert found(server, "llama-server", cannot={"complete": "no"})[0] == "unknown"
        assert len(server.bodies_left()) == 1


def test_a_load_that_is_stopped_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    line = OpenLine()
    monkeypatch.setattr(line, "wait", lambda _seconds: line.cut() or True)
    with Writing("/slots", stops=False) as server, pytest.raises(CancelledError):
        found(server, "lampblack", line)


def test_a_server_that_goes_on_is_told_of() -> None:
    able = Abilities(dialect="vllm", model="m", cannot={"cancel": "it still writes"})
    pinned = Pinned(ServerAddress("http", "127.0.0.1", 1), "127.0.0.1")
    model = described(pinned, able, None)
    assert "cancel" not in model.abilities
    assert not model.unknown
    assert any("What is stopped here goes on there to its end." in note for note in model.notes)
