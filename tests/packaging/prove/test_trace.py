"""What a log of strace says of internet sockets."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

_LOG = """\
12 socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3
12 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = -1 EACCES (Permission denied)
13 socket(AF_INET6, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP <unfinished ...>
14 socketpair(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0, [5, 6]) = 0
12 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED} ---
13 <... socket resumed>)             = 7
13 +++ exited with 0 +++
12 socket(AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, NETLINK_ROUTE) = 8
"""


@pytest.fixture
def trace(part):
    return part("prove.trace")


def test_a_socket_that_was_made_is_found_also_in_two_parts(trace) -> None:
    found = trace.sockets(_LOG.splitlines())
    assert len(found.made) == 1
    assert found.made[0].startswith("socket(AF_INET6, SOCK_DGRAM")
    assert (found.refused, found.others) == (1, 3)


def test_a_trace_without_the_refused_try_has_seen_too_little(trace, part) -> None:
    problems = part("prove.results").socket_problems
    assert list(problems(trace.Sockets((), 1, 9))) == []
    assert len(list(problems(trace.Sockets(("socket(AF_INET, …) = 3",), 1, 9)))) == 1
    assert "no internet socket refused" in next(iter(problems(trace.sockets([]))))


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_what_strace_itself_writes(trace, tmp_path: Path) -> None:
    log = tmp_path / "log"
    inside = "import socket, threading\nsocket.socketpair()\n"
    inside += (
        "t = threading.Thread(target=lambda: socket.socket(socket.AF_INET)); t.start(); t.join()"
    )
    traced = ["strace", "-f", "-qq", "-e", f"trace={trace.CALLS}", "-o", str(log)]
    done = subprocess.run([*traced, sys.executable, "-c", inside], capture_output=True)
    if done.returncode and b"ptrace" in done.stderr:
        pytest.skip("this machine lets nobody trace")
    found = trace.sockets(log.read_text("utf-8").splitlines())
    assert len(found.made) == 1
    assert socket.AF_INET.name in found.made[0]
    assert found.others >= 1
