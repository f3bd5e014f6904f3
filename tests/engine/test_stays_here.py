"""What other programs ask for never goes to a server, whatever is loaded in between."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.core.errors import EngineStoppedError, NoModelLoadedError
from app.core.system.processes import program_command
from app.engine.client import EngineClient
from app.engine.commands import Command
from app.engine.messages import Done, Generate, Load
from app.engine.process import HostProcess, start_host
from app.engine.worker import LocalEngine

ScriptFile = Callable[..., Path]


class Office:
    """A client with a child for this machine and one that stands for a server's.

    `sent` has the generations that were handed to the server's child.
    """

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self.children: list[subprocess.Popen[bytes]] = []
        self.sent: list[Generate] = []
        self.client = EngineClient(cancel_s=0.3, server=self._start)
        self.others = LocalEngine(self.client)

    def _start(self, _name: str) -> subprocess.Popen[bytes]:
        self.children.append(start_host(program_command("engine-host")))
        return self.children[-1]

    def load(self, server: str = "") -> None:
        job = self.client.next_job()
        self.client.run(Load(job=job, path=self._path, engine="fake", server=server), _ignore)

    def ask(self) -> object:
        """Have another program's text gone on with."""
        return self.others.run(Generate(job=self.client.next_job(), prompt="Once"), _ignore)


def _ignore(_event: object) -> None:
    """No event is looked at."""


@pytest.fixture
def office(script_file: ScriptFile, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    made, send = Office(script_file()), HostProcess.send

    def noted(host: HostProcess, command: Command) -> None:
        if host._process in made.children and isinstance(command, Generate):
            made.sent.append(command)
        send(host, command)

    monkeypatch.setattr(HostProcess, "send", noted)
    yield made
    made.client.close()


def before(office: Office, name: str, monkeypatch: pytest.MonkeyPatch, server: str) -> None:
    """Have another model loaded just before a generation goes through a step of the client."""
    step = getattr(office.client, name)

    def late(*given: object) -> object:
        if any(isinstance(one, Generate) for one in given):
            monkeypatch.undo()  # once
            office.load(server)
        return step(*given)

    monkeypatch.setattr(office.client, name, late)


def test_with_a_model_of_this_machine_it_is_answered(office: Office) -> None:
    office.load()
    assert isinstance(office.ask(), Done)


def test_a_server_that_is_loaded_is_sent_nothing(office: Office) -> None:
    office.load("Office")
    with pytest.raises(NoModelLoadedError, match="passes no requests"):
        office.ask()
    assert office.sent == []


def test_a_lost_server_is_not_connected_to_again(office: Office) -> None:
    office.load("Office")
    (child,) = office.children
    child.kill()
    child.wait(30)
    with pytest.raises(NoModelLoadedError, match="passes no requests"):
        office.ask()
    assert office.children == [child]


def test_a_server_that_is_loaded_meanwhile_is_sent_nothing(office: Office) -> None:
    """The model of this machine was there when it was looked for, and is not when it is asked."""
    for step in ("_exchange", "_begin"):
        office.load()
        with pytest.MonkeyPatch.context() as patch:
            before(office, step, patch, "Office")
            with pytest.raises(NoModelLoadedError, match="passes no requests"):
                office.ask()
    assert office.sent == []


def test_a_server_that_is_left_meanwhile_is_sent_nothing(office: Office) -> None:
    office.load("Office")
    with pytest.MonkeyPatch.context() as patch:
        before(office, "_begin", patch, "")
        with pytest.raises(EngineStoppedError):
            office.ask()
    assert office.sent == []
    assert isinstance(office.ask(), Done)
