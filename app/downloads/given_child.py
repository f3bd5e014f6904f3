"""A child that speaks to a server: started by the broker, which has the network, driven by others.

The broker hands over its three pipes and a fourth, over which it says how the child ended. The end
of its stdin ends the child; whatever state it is in, the broker kills it on request, and at its own
end.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress

from app.core.system.processes import host_environment, program_command, start_child

PIPES = 4
"""How many descriptors are handed over: stdin, stdout, stderr and the end."""

_MOST = 4
_LONGEST_CODE = 16


class GivenChildren:
    """The broker's half: starts the children, at most four at a time, and sees to their end."""

    def __init__(self) -> None:
        self._children: dict[int, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def start(self, address: str, handover: socket.socket) -> None:
        """Start one for an address that was checked, or say why there is none."""
        with self._lock:
            is_full = len(self._children) >= _MOST
        if is_full:
            handover.sendall(b"Too many servers are in use at once.")
            return
        command = [*program_command("remote-host"), address]
        try:
            child = start_child(command, log=subprocess.PIPE, environ=host_environment())
        except OSError as error:
            sentence = f"The process that speaks to the server cannot be started: {error.strerror}."
            handover.sendall(sentence.encode())
            return
        with self._lock:
            self._children[child.pid] = child
        end, tell = os.pipe()
        try:
            _hand_over(child, end, handover)
        except OSError:  # the program is gone
            child.kill()
        finally:
            os.close(end)
        self._threads.append(threading.Thread(target=self._watch, args=[child, tell]))
        self._threads[-1].start()

    def _watch(self, child: subprocess.Popen[bytes], tell: int) -> None:
        code = child.wait()
        with self._lock:
            del self._children[child.pid]
        with suppress(BrokenPipeError), os.fdopen(tell, "wb") as pipe:
            pipe.write(str(code).encode())

    def kill(self, pid: int) -> None:
        """Kill one of them; any other number is none of its."""
        with self._lock:
            child = self._children.get(pid)
        if child is not None:
            child.kill()

    def end(self) -> None:
        """Kill all that are left."""
        with self._lock:
            children = [*self._children.values()]
        for child in children:
            child.kill()
        for thread in self._threads:
            thread.join()


def _hand_over(child: subprocess.Popen[bytes], end: int, handover: socket.socket) -> None:
    """Send the pipes; none of them stays open here, or the child would outlive the program."""
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stderr is not None
    with child.stdin, child.stdout, child.stderr:
        pipes = [child.stdin.fileno(), child.stdout.fileno(), child.stderr.fileno(), end]
        socket.send_fds(handover, [str(child.pid).encode()], pipes)


class GivenChild:
    """The program's half: as much of `subprocess.Popen` as an engine client needs.

    `ask_kill` asks the broker to kill it; False where there is no broker any more.
    """

    def __init__(self, pid: int, pipes: list[int], ask_kill: Callable[[], bool]) -> None:
        for pipe in pipes:
            os.set_inheritable(pipe, False)
        self.pid = pid
        self.stdin = os.fdopen(pipes[0], "wb")
        self.stdout = os.fdopen(pipes[1], "rb")
        self.stderr = os.fdopen(pipes[2], "rb")
        self._ask_kill = ask_kill
        self._code: int | None = None
        self._has_ended = threading.Event()
        threading.Thread(target=self._watch, args=[pipes[3]], daemon=True).start()

    def _watch(self, end: int) -> None:
        with os.fdopen(end, "rb") as pipe:
            told = pipe.read(_LONGEST_CODE)
        if not told:  # the broker is gone, and what it would have killed is left to us
            with suppress(OSError):
                os.kill(self.pid, signal.SIGKILL)
        self._code = int(told or -signal.SIGKILL)
        self._has_ended.set()

    def poll(self) -> int | None:
        """The exit code; None while it runs."""
        return self._code if self._has_ended.is_set() else None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, `timeout` seconds at most; raises subprocess.TimeoutExpired."""
        if not self._has_ended.wait(timeout):
            raise subprocess.TimeoutExpired("remote-host", timeout or 0.0)
        assert self._code is not None
        return self._code

    def terminate(self) -> None:
        """Kill it: it keeps nothing that it would have to put away first."""
        self.kill()

    def kill(self) -> None:
        """Kill it, in whatever state it is."""
        if self.poll() is None and not self._ask_kill():
            with suppress(OSError):
                os.kill(self.pid, signal.SIGKILL)
