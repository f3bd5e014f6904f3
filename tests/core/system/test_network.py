"""The network is denied: tried in a child, since a filter cannot be taken off again."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

PRELUDE = "import json, socket, sys\nfrom app.core.system import network\n"


def run(program: str) -> object:
    result = subprocess.run(
        [sys.executable, "-c", PRELUDE + program], capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_a_free_process_says_so():
    assert run("print(json.dumps(network.network_state()))") == "no"


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's; the hook is tested below")
class TestKernel:
    def test_it_holds(self):
        assert run("print(json.dumps([network.deny_network(), network.network_state()]))") == [
            "kernel",
            "kernel",
        ]

    @pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_PACKET", "AF_VSOCK"])
    @pytest.mark.parametrize("kind", ["SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW"])
    def test_no_socket_of_any_network_family(self, family, kind):
        program = (
            "network.deny_network()\n"
            "try:\n"
            f"    socket.socket(socket.{family}, socket.{kind}); print('true')\n"
            "except PermissionError: print('false')\n"
        )
        assert run(program) is False

    def test_what_a_window_needs_still_works(self):
        program = (
            "network.deny_network()\n"
            "a, b = socket.socketpair(); a.send(b'x')\n"
            "socket.socket(socket.AF_UNIX).close()\n"
            "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close()\n"
            "print(json.dumps(b.recv(1).decode()))\n"
        )
        assert run(program) == "x"

    def test_threads_that_ran_before_and_children_are_bound_too(self):
        program = (
            "import threading, subprocess\n"
            "go = threading.Event(); found = []\n"
            "def look(): go.wait(); found.append(network.network_state())\n"
            "thread = threading.Thread(target=look); thread.start()\n"
            "network.deny_network(); go.set(); thread.join()\n"
            "code = 'from app.core.system import network; print(network.network_state())'\n"
            "child = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)\n"
            "print(json.dumps([*found, child.stdout.strip()]))\n"
        )
        assert run(program) == ["kernel", "kernel"]

    def test_native_code_is_bound_too(self):
        program = (
            "import ctypes\n"
            "network.deny_network()\n"
            "libc = ctypes.CDLL(None, use_errno=True)\n"
            "print(json.dumps([libc.socket(2, 1, 0), ctypes.get_errno()]))\n"
        )
        assert run(program) == [-1, 13]

    def test_a_ring_cannot_open_sockets_behind_the_filter(self):
        program = (
            "import ctypes\n"
            "network.deny_network()\n"
            "print(json.dumps(ctypes.CDLL(None).syscall(425, 8, 0)))\n"
        )
        assert run(program) == -1

    def test_twice_does_no_harm(self):
        assert run("network.deny_network(); print(json.dumps(network.deny_network()))") == "kernel"


def test_the_hook_where_there_is_no_filter():
    program = (
        "network._install_filter = lambda: False\n"
        "state = network.deny_network()\n"
        "try:\n"
        "    socket.getaddrinfo('localhost', 80); state = 'resolved'\n"
        "except PermissionError: pass\n"
        "socket.socketpair()\n"
        "print(json.dumps([state, network.network_state()]))\n"
    )
    assert run(program) == ["hook", "hook"]


_PINNED = """
import errno, json, socket, threading
from app.core.system.network import allow_one_port

def listening(family=socket.AF_INET):
    server = socket.socket(family)
    server.bind(("127.0.0.1", 0))
    server.listen()
    return server

def tried(act):
    try:
        act()
    except OSError as error:
        return errno.errorcode[error.errno]
    return "done"

named, other = listening(), listening()
state = allow_one_port(named.getsockname()[1])
found = {
    "state": state,
    "named": tried(lambda: socket.create_connection(named.getsockname(), 5).close()),
    "other": tried(lambda: socket.create_connection(other.getsockname(), 5).close()),
    "udp": tried(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)),
    "udp6": tried(lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)),
    "mptcp": tried(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)),
    "bind": tried(listening),
    "unix": tried(lambda: socket.socketpair()),
}
def in_thread():
    found["thread"] = tried(lambda: socket.create_connection(other.getsockname(), 5).close())
thread = threading.Thread(target=in_thread)
thread.start()
thread.join()
print(json.dumps(found))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these filters")
def test_only_the_named_port_can_be_reached():
    result = subprocess.run(
        [sys.executable, "-c", _PINNED], capture_output=True, text=True, check=True
    )
    found = json.loads(result.stdout)

    assert found.pop("state") in ("port", "streams")
    assert found["named"] == found["unix"] == "done"
    assert {found[way] for way in ("udp", "udp6", "mptcp")} == {"EACCES"}
    expected = "EACCES" if json.loads(result.stdout)["state"] == "port" else "done"
    assert {found[way] for way in ("other", "thread", "bind")} == {expected}
