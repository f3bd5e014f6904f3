"""A filtered program gets its listening socket from the broker, which is a real process here."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.core.errors import ServiceError
from app.core.system.network import listen
from tests.downloads.conftest import NewFetcher

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sockets are handed over on POSIX")

FILTERED = """
import sys
from pathlib import Path
from app.core.system.network import deny_network
from app.downloads.client import Fetcher

fetcher = Fetcher.start(Path(sys.argv[1]))
print(deny_network(), flush=True)
with fetcher.listen(int(sys.argv[2])) as listening:
    print(*listening.getsockname(), flush=True)
    connection, _address = listening.accept()
    with connection:
        connection.sendall(b"hello")
fetcher.close()
"""


def free_port() -> int:
    with listen(0) as found:
        return int(found.getsockname()[1])


def test_the_socket_listens_on_this_machine_only(new_fetcher: NewFetcher) -> None:
    port, fetcher = free_port(), new_fetcher("done")
    with fetcher.listen(port) as listening:
        assert listening.getsockname() == ("127.0.0.1", port)
        with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
            connection, _address = listening.accept()
            connection.sendall(b"x")
            connection.close()
            assert client.recv(1) == b"x"
    fetcher.listen(free_port()).close()  # it has done with the first one by now
    with pytest.raises(ConnectionRefusedError):  # the broker keeps none of it
        socket.create_connection(("127.0.0.1", port), timeout=20)


def test_the_local_network_reaches_it_only_where_it_is_wanted(new_fetcher: NewFetcher) -> None:
    port, fetcher = free_port(), new_fetcher("done")
    with fetcher.listen(port, lan=True) as listening:
        assert listening.getsockname() == ("0.0.0.0", port)
    with fetcher.listen(port) as listening:
        assert listening.getsockname() == ("127.0.0.1", port)


def test_a_port_in_use_is_said_and_the_next_one_is_free(new_fetcher: NewFetcher) -> None:
    fetcher = new_fetcher("done")
    with listen(0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServiceError, match=f"port {port}"):
            fetcher.listen(port)
    with fetcher.listen(port) as listening:
        assert listening.getsockname()[1] == port


def test_after_the_broker_ended_it_waits_for_the_next_start(new_fetcher: NewFetcher) -> None:
    fetcher = new_fetcher("done")
    fetcher.close()
    with pytest.raises(ServiceError, match="next start"):
        fetcher.listen(free_port())


def test_a_program_without_the_network_serves_on_it(tmp_path: Path) -> None:
    port = free_port()
    program = subprocess.Popen(
        [sys.executable, "-c", FILTERED, str(tmp_path / "models"), str(port)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert program.stdout is not None
    assert program.stdout.readline().strip() in ("kernel", "hook")
    assert program.stdout.readline().split() == ["127.0.0.1", str(port)]
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        assert client.recv(5) == b"hello"
    program.communicate(timeout=60)
    assert program.returncode == 0
