"""Which host does a command, with a pack whose program is the real host."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from app.core.errors import EngineMissingError
from app.engine.client import EngineClient
from app.engine.host_choice import HostChoice, HostKey
from app.engine.messages import (
    Describe,
    Described,
    Done,
    EngineReport,
    Generate,
    ListModels,
    Load,
    Quantize,
    Unload,
)
from app.engine.packs.installed import Packs
from app.engine.process import HostChild
from tests.core.models.folders import write_folder
from tests.fake_pack import put_in_place
from tests.host.tiny_llama import write_tiny

LOAD = Load(job=1, path="x", engine="torch")


def no_child(_name: str) -> HostChild:
    raise AssertionError("no server is asked for")


@pytest.fixture
def choice() -> HostChoice:
    packs = {"torch": ("pack", "engine-host")}
    return HostChoice(("own",), no_child, lambda engine: packs.get(engine, ()))


def test_a_model_goes_to_the_host_that_has_its_engine(choice: HostChoice) -> None:
    pack = HostKey(pack=("pack", "engine-host"))
    assert choice.of(LOAD) == pack
    assert choice.of(Generate(job=2, prompt="x"), LOAD) == pack
    assert choice.of(Unload(job=2), LOAD) == pack
    assert choice.of(Load(job=2, path="x", engine="llama.cpp"), LOAD) == HostKey()
    assert choice.start(pack) == ("pack", "engine-host")
    assert choice.start(HostKey()) == ("own",)


def test_what_needs_no_model_goes_to_the_programs_own_host(choice: HostChoice) -> None:
    quantize = Quantize(job=2, source="a", target="b", type_name="Q8_0")
    for command in (Describe(job=2), quantize):
        assert choice.of(command, LOAD) == HostKey()


def test_a_server_goes_before_a_pack(choice: HostChoice) -> None:
    assert choice.of(ListModels(job=1, server="mine"), LOAD) == HostKey("mine")
    assert choice.of(Load(job=1, path="", engine="server", server="mine")) == HostKey("mine")


@pytest.fixture
def pack(tmp_path: Path) -> tuple[str, ...]:
    folder = put_in_place(tmp_path / "packs")
    return str(folder / "lampblack-torch"), "engine-host"


@pytest.fixture
def client(pack: tuple[str, ...]) -> Iterator[EngineClient]:
    """A client for which the pack has the engine `fake`, and the program the others."""

    def command(engine: str) -> tuple[str, ...]:
        return pack if engine == "fake" else ()

    with closing(EngineClient(pack=command)) as made:
        yield made


def is_of_pack(client: EngineClient, pack: tuple[str, ...]) -> bool:
    """Whether the host that runs was started by the pack's program, which leaves its mark."""
    assert client.host_pid is not None
    return bool(psutil.Process(client.host_pid).environ().get("FAKE_PACK") == pack[0])


def test_a_model_is_loaded_and_writes_in_the_packs_host(
    client, pack, script_file, listener
) -> None:
    client.run(Load(job=client.next_job(), path=str(script_file()), engine="fake"), listener)
    assert is_of_pack(client, pack)
    done = client.run(Generate(job=client.next_job(), prompt="x"), listener)
    assert done.takes[0].text == "One two three."
    assert client.hello is not None
    assert client.hello.network_denied == "kernel"


def test_each_model_gets_its_own_host(client, pack, script_file, tmp_path, listener) -> None:
    path, own = str(script_file()), str(write_tiny(tmp_path / "tiny.gguf"))
    for _time in range(2):
        client.run(Load(job=client.next_job(), path=path, engine="fake"), listener)
        assert is_of_pack(client, pack)
        client.run(Load(job=client.next_job(), path=own, engine="llama.cpp"), listener)
        assert not is_of_pack(client, pack)


def test_the_host_of_a_pack_ends_with_its_model(client, script_file, listener) -> None:
    """Else its files could be neither removed nor replaced."""
    client.run(Load(job=client.next_job(), path=str(script_file()), engine="fake"), listener)
    client.run(Unload(job=client.next_job()), listener)
    assert client.host_pid is None


def test_a_model_can_be_unloaded_when_its_pack_is_gone(client, pack, script_file, listener) -> None:
    client.run(Load(job=client.next_job(), path=str(script_file()), engine="fake"), listener)
    client._choice._pack = lambda _engine: _raise()
    done = client.run(Generate(job=client.next_job(), prompt="x"), listener)
    assert done.takes[0].text == "One two three."
    client.run(Unload(job=client.next_job()), listener)
    assert client.model is None


def _raise() -> tuple[str, ...]:
    raise EngineMissingError("It is gone.")


def test_a_sound_pack_describes_its_own_engine(choice: HostChoice) -> None:
    asked: list[object] = []

    def ask(command: object, _describe: Describe) -> Described:
        asked.append(command)
        return described(EngineReport(engine="torch", available=True, version="2.13.0"))

    def described(report: EngineReport) -> Described:
        engines = (EngineReport(engine="llama.cpp", available=True), report)
        return Described(job=1, engines=engines, network_denied="kernel")

    own = described(EngineReport(engine="torch", available=False, problem="There is none."))
    found = choice.completed(own, ask)
    assert found == described(EngineReport(engine="torch", available=True, version="2.13.0"))
    assert asked == [("pack", "engine-host")]


def test_a_killed_host_of_a_pack_is_started_again(client, pack, script_file, listener) -> None:
    client.run(Load(job=client.next_job(), path=str(script_file()), engine="fake"), listener)
    killed = psutil.Process(client.host_pid)
    killed.kill()
    killed.wait()
    done = client.run(Generate(job=client.next_job(), prompt="x"), listener)
    assert done.takes[0].text == "One two three."
    assert is_of_pack(client, pack)


def test_a_missing_pack_is_said_and_the_loaded_model_stays(tmp_path, script_file, listener) -> None:
    packs = Packs(tmp_path / "packs", has_own=lambda _engine: False)
    with closing(EngineClient(pack=packs.command)) as client:
        client.run(Load(job=client.next_job(), path=str(script_file()), engine="fake"), listener)
        pid, folder = client.host_pid, str(write_folder(tmp_path / "model"))
        with pytest.raises(EngineMissingError, match="pack of its own"):
            client.run(Load(job=client.next_job(), path=folder, engine="torch"), listener)
        assert client.host_pid == pid
        done = client.run(Generate(job=client.next_job(), prompt="x"), listener)
        assert isinstance(done, Done)
        assert done.takes[0].text == "One two three."


def test_the_engines_are_described_by_the_hosts_that_have_them(tmp_path: Path, listener) -> None:
    packs = Packs(tmp_path / "packs", has_own=lambda _engine: False)
    with closing(EngineClient(pack=packs.command)) as client:
        described = client.run(Describe(job=client.next_job()), listener)
        assert isinstance(described, Described)
        reports = {report.engine: report for report in described.engines}
        assert not reports["torch"].available
        assert "PyTorch engine, which is not installed" in reports["torch"].problem
        put_in_place(packs.folder, protocol=1)
        described = client.run(Describe(job=client.next_job()), listener)
        assert isinstance(described, Described)
        assert "older version of Lampblack" in described.engines[1].problem
