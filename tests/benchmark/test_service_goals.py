"""The goals about the service: HTTP on a Unix socket, and the comparison with llama-server."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from app.benchmark import service_goals
from app.benchmark.goal import Values
from app.benchmark.goals import chosen
from app.benchmark.http_client import HttpClient, TimedAnswer, listen_beside
from app.benchmark.report import goal_report, passed
from app.benchmark.rounds import Round
from app.benchmark.session import GoalSession, Sizes
from app.core.errors import NotMeasuredError
from app.core.models.model_file import inspect
from app.host.baselines.llama_server import LlamaServer

SMALL = Sizes(prompt=48, decode=8, takes=4, threads=1)


@pytest.fixture
def session(starter_model: Path, tmp_path: Path):
    with GoalSession(inspect(starter_model), tmp_path, {}, SMALL) as made:
        yield made


def test_the_service_and_the_python_client_are_asked_the_same(session: GoalSession) -> None:
    experiment = service_goals.over_http(session)
    taken = {**experiment.samples["steps"](), **experiment.samples["firsts"]()}
    assert set(taken) == {"python", "python_first", "http", "http_first"}
    assert all(seconds > 0 for seconds in taken.values())
    assert set(experiment.values(taken)) == {"speed", "first"}


def test_a_server_that_refuses_is_a_sentence(session: GoalSession) -> None:
    pair = session.pair()
    client = service_goals._service(session, pair)
    assert client.write("Once", 4).tokens == 4
    with pytest.raises(NotMeasuredError, match="answered 401"):
        HttpClient(client._path, (), "another").write("Once", 4)
    with pytest.raises(NotMeasuredError, match="could not be asked"):
        HttpClient(session.folder / "nothing", ()).write("Once", 4)
    with pytest.raises(NotMeasuredError, match="No socket"):
        listen_beside(session.folder / "no folder" / "socket")


class Constant:
    """A client whose tokens take a time that depends on how many are asked at once."""

    def __init__(self, seconds: dict[int, float]) -> None:
        self.seconds = seconds

    def together(self, prompts: list[str], tokens: int) -> list[TimedAnswer]:
        last = 1 + self.seconds[len(prompts)] * (tokens - 1)
        return [TimedAnswer(1.0, last, tokens)] * len(prompts)


def test_four_clients_are_compared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Fake:
        sizes = SMALL

        def pair(self, _options: Any) -> Any:
            return self

        def prompt(self, _tokens: int, number: int) -> str:
            return f"{number}"

    monkeypatch.setattr(service_goals, "_service", lambda *_: Constant({1: 0.1, 4: 0.2}))
    monkeypatch.setattr(service_goals, "_llama_server", lambda *_: Constant({1: 0.1, 4: 0.3}))
    experiment = service_goals.beside_llama_server(Fake())  # type: ignore[arg-type]  # a stand-in
    found = experiment.values(experiment.samples["all"]())
    shown = {name: round(value, 3) for name, value in found.items()}
    assert shown == {"clients": 1.5, "one": 1.0, "gain": 2.0, "gain_theirs": 1.333}


def test_a_newer_library_is_compared_by_its_own_clock(
    session: GoalSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Peer:
        def ask(self, do: str, *, prompt: str, tokens: int) -> Values:
            assert (do, tokens) == ("write", 8)
            assert prompt.startswith("1. The ferry")
            return {"seconds": 2.0}

    monkeypatch.setattr(service_goals, "_opened", lambda *_: Peer())
    experiment = service_goals.beside_a_newer_library(session)
    taken = experiment.samples["all"]()
    assert taken["theirs"] == 2.0
    found = experiment.values({"ours": 1.0, "theirs": 2.0, "bare_step": 0.5})
    assert found == {"speed": 2.0, "ceiling": 4.0}


def test_only_the_peers_baseline_finds_the_peers_packages(
    session: GoalSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: dict[str, str] = {}

    class Asked:
        def __init__(self, command: list[str], _log: Path, environment: dict[str, str]) -> None:
            seen[command[-1]] = environment["PYTHONPATH"]

        def close(self) -> None:
            pass

    monkeypatch.setenv("LAMPBLACK_BENCH_PEERS", str(tmp_path))
    monkeypatch.setattr("app.benchmark.session.Child", Asked)
    session.baseline("llama-server")
    session.baseline("bare")
    assert seen["llama-server"] == f"{seen['bare']}{os.pathsep}{tmp_path}"


def test_the_servers_own_clock_counts_the_steps_between_tokens() -> None:
    server = LlamaServer()
    asked: list[dict[str, Any]] = []

    class Fake:
        def handle_completions(self, request: dict[str, Any]) -> dict[str, Any]:
            asked.append(request)
            return {"timings": {"predicted_n": 5, "predicted_ms": 80.0}}

    server._server = Fake()
    assert server.write(prompt="Once", tokens=5) == {"seconds": 0.02}
    assert asked[0]["ignore_eos"]
    with pytest.raises(NotMeasuredError, match="too early"):
        server.write(prompt="Once", tokens=6)


def test_without_the_package_the_goal_may_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(NotMeasuredError, match="xllamacpp"):
        LlamaServer().open(
            path="m", socket="s.sock", threads=1, context=64, flash_attention=True, clients=1
        )
    (service,), (peer,) = chosen([15]), chosen([16])
    values: Values = {"speed": 1.0, "first": 1.0}
    met = goal_report(service, [Round(values, {})], 1.0)
    absent = goal_report(peer, [], 1.0, missing="not installed")
    assert passed([met, absent])
    assert not passed([absent])
    assert not passed([goal_report(service, [], 1.0, missing="no sockets"), met])
