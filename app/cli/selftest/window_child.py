"""The window's process as the self-test starts it, asked in lines of JSON."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import psutil

from app.cli.selftest.home import SelftestHome
from app.core.errors import EngineStoppedError, LampblackError
from app.core.system.processes import end_child, program_command, start_child

GONE_S = 10.0
"""How long the processes of a window may take to end by themselves once it is gone."""

_WORD = "selftest-window"


class WindowChild:
    """The real window on files; its standard error goes to the home's log."""

    def __init__(self, home: SelftestHome, files: Sequence[Path] = ()) -> None:
        self._home = home
        with home.log.open("ab") as log:
            try:
                self._child = start_child(
                    [*program_command(_WORD), *map(str, files)],
                    log=log,
                    environ=home.environment(),
                )
            except OSError as error:
                raise EngineStoppedError(
                    f"The window could not be started: {error.strerror}.",
                    "Close other programs, or install Lampblack again.",
                ) from error

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """What the window answers; raises LampblackError where it cannot, or has ended."""
        stdin, stdout = self._pipes()
        try:
            stdin.write(json.dumps({"do": do} | arguments).encode() + b"\n")
            stdin.flush()
            line = stdout.readline()
        except (OSError, ValueError):  # it has gone, or was closed because its time ran out
            line = b""
        if not line:
            raise self._ended()
        answer: dict[str, Any] = json.loads(line)
        if "problem" in answer:
            raise LampblackError(answer["problem"], answer["hint"])
        return answer

    def quit(self) -> int:
        """Let the window be closed as its user does; the exit code."""
        stdin, _stdout = self._pipes()
        with suppress(OSError):
            stdin.write(b'{"do": "quit"}\n')
            stdin.flush()
        return self._child.wait()

    def kill(self) -> list[psutil.Process]:
        """End the window without a word, as a crash does; which of its processes outlived it."""
        family = self.family()
        self._child.kill()
        self._child.wait()
        _gone, alive = psutil.wait_procs(family, GONE_S)
        return [process for process in alive if process.is_running()]

    def family(self) -> list[psutil.Process]:
        """The processes that it has started."""
        try:
            found: list[psutil.Process] = psutil.Process(self._child.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []
        return found

    def close(self) -> None:
        """End it and all that it started, whatever they do; may be called twice."""
        for process in self.kill():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        end_child(self._child)
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with suppress(OSError, ValueError):
                    pipe.close()

    def _ended(self) -> LampblackError:
        """The window is gone: how, and of what it wrote the line that says why.

        That is a traceback's last, and the first of what Qt says before it aborts.
        """
        try:
            code = self._child.wait(GONE_S)
        except subprocess.TimeoutExpired:
            return LampblackError("The window stopped answering.", "Try again.")
        ended = f"with exit code {code}"
        if code < 0:
            with suppress(ValueError):
                ended = f"by {signal.Signals(-code).name}"
        said = self._home.notes()
        line = said[0 if code < 0 else -1][:300].rstrip(".") if said else ""
        return LampblackError(f"The window ended {ended}{f': {line}' if line else ''}.")

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        stdin, stdout = self._child.stdin, self._child.stdout
        assert stdin is not None, "the process was started with pipes"
        assert stdout is not None, "the process was started with pipes"
        return stdin, stdout
