"""The child that speaks to a server, which the broker starts and hands over: it always ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from app.core.errors import ParameterError, ServerError
from app.downloads.client import Fetcher
from app.downloads.given_child import GivenChild
from app.engine.child import Opening
from app.engine.client import EngineClient
from app.engine.messages import Load
from app.engine.server_child import open_server

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes are handed over on POSIX")

ADDRESS = "http://127.0.0.1:1"
FILTERED = """
import sys
from pathlib import Path
from app.core.system.network import deny_network
from app.downloads.client import Fetcher

fetcher = Fetcher.start(Path(sys.argv[1]))
deny_network()
children = [fetcher.start_server_child("http://127.0.0.1:1") for _ in range(2)]
print(*(child.pid for child in children), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def fetcher(tmp_path: Path) -> Iterator[Fetcher]:
    made = Fetcher.start(tmp_path)
    yield made
    made.close()


def close(child: GivenChild) -> None:
    for pipe in (child.stdin, child.stdout, child.stderr):
        with suppress(BrokenPipeError):
            pipe.close()


def gone(pid: int) -> None:
    """Wait until there is no such process."""
    with suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(20)


def test_the_end_of_its_stdin_ends_it(fetcher: Fetcher) -> None:
    child = fetcher.start_server_child(ADDRESS)
    assert child.poll() is None
    assert psutil.Process(child.pid).cmdline()[-2:] == ["remote-host", ADDRESS]
    child.stdin.close()
    assert child.wait(20) == 0
    assert child.poll() == 0
    assert child.stdout.read()  # its hello, and then the end
    close(child)


def test_one_that_hangs_is_killed_on_request(fetcher: Fetcher) -> None:
    child = fetcher.start_server_child(ADDRESS)
    os.kill(child.pid, signal.SIGSTOP)
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(0)
    child.kill()
    assert child.wait(20) == -signal.SIGKILL
    close(child)


def test_what_hangs_is_killed_at_the_brokers_end(fetcher: Fetcher) -> None:
    child = fetcher.start_server_child(ADDRESS)
    os.kill(child.pid, signal.SIGSTOP)
    fetcher.close()
    assert child.wait(20) == -signal.SIGKILL
    gone(child.pid)
    close(child)


def test_without_its_broker_it_is_killed_all_the_same(fetcher: Fetcher) -> None:
    child = fetcher.start_server_child(ADDRESS)
    os.kill(child.pid, signal.SIGSTOP)
    fetcher._broker.kill()
    assert child.wait(20) == -signal.SIGKILL
    gone(child.pid)
    close(child)


def test_all_of_them_end_with_a_program_that_is_killed(tmp_path: Path) -> None:
    """One that reads on hears the end of its stdin, one that hangs is the broker's to kill."""
    program = subprocess.Popen(
        [sys.executable, "-c", FILTERED, str(tmp_path / "models")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert program.stdout is not None
    live, hanging = map(int, program.stdout.readline().split())
    os.kill(hanging, signal.SIGSTOP)
    program.kill()
    program.communicate(timeout=20)
    gone(live)
    gone(hanging)


def test_there_are_at_most_four(fetcher: Fetcher) -> None:
    children = [fetcher.start_server_child(ADDRESS) for _ in range(4)]
    with pytest.raises(ServerError, match="at once"):
        fetcher.start_server_child(ADDRESS)
    for child in children:
        child.kill()
        child.wait(20)
        close(child)
    last = fetcher.start_server_child(ADDRESS)
    last.kill()
    last.wait(20)
    close(last)


def test_an_address_that_cannot_be_is_refused_before_it_is_asked_for(fetcher: Fetcher) -> None:
    with pytest.raises(ParameterError, match="cannot be used"):
        fetcher.start_server_child("ftp://a")
    child = fetcher.start_server_child(ADDRESS)  # the broker is still there
    child.kill()
    child.wait(20)
    close(child)


def test_an_engine_client_drives_it_and_hears_of_its_end(fetcher: Fetcher) -> None:
    started: list[GivenChild] = []

    def start(name: str) -> GivenChild:
        assert name == "Office"
        started.append(fetcher.start_server_child(ADDRESS))
        open_server(started[-1], Opening())
        return started[-1]

    client = EngineClient(server=start)
    load = Load(job=client.next_job(), path="", engine="server", server="Office")
    with pytest.raises(ServerError, match="connection to the server"):
        client.run(load, lambda _event: None)
    client.close()
    assert started[0].poll() is not None
    fetcher.close()
    with pytest.raises(ServerError, match="No server can be used"):
        start("Office")
