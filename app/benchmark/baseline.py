"""Child processes that measure, asked in lines of JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from app.core.errors import EngineStoppedError, NotMeasuredError
from app.core.system.processes import host_environment
from app.engine.messages import EngineSettings

_LEAVE_S = 2.0


class Child:
    """A child that answers one line with another; its standard error goes to `log`."""

    def __init__(
        self, command: Sequence[str], log: Path, environment: dict[str, str] | None = None
    ) -> None:
        self._log = log.open("ab")
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=host_environment() if environment is None else environment,
            start_new_session=sys.platform != "win32",  # Ctrl+C is for us to pass on
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    @property
    def pid(self) -> int:
        """The child's process number."""
        return self._process.pid

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Let the child do something and wait for what it answers.

        Raises NotMeasuredError where it cannot, EngineStoppedError when it has ended.
        """
        stdin, stdout = self._pipes()
        try:
            stdin.write(json.dumps({"do": do} | arguments).encode() + b"\n")
            stdin.flush()
            line = stdout.readline()
        except OSError:
            line = b""
        if not line:
            raise EngineStoppedError(
                f"What was measured beside ours ended with code {self._process.wait()}.",
                self._last_words(),
            )
        answer: dict[str, Any] = json.loads(line)
        if "problem" in answer:
            raise NotMeasuredError(str(answer["problem"]))
        return answer

    def leave(self) -> None:
        """Let the child end by itself, now that nothing more is asked; `close` still follows."""
        stdin, _stdout = self._pipes()
        with suppress(OSError):  # what was not sent cannot be flushed into a dead child
            stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_LEAVE_S)

    def close(self) -> None:
        """End the child, whatever it does."""
        self._process.terminate()
        self.leave()
        self._process.kill()
        self._process.wait()
        self._pipes()[1].close()
        self._log.close()

    def _last_words(self) -> str:
        """The last line of the log, which of a traceback says what happened."""
        lines = Path(self._log.name).read_text("utf-8", errors="replace").splitlines()
        return lines[-1] if lines else ""

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None, "the process was started with pipes"
        assert stdout is not None, "the process was started with pipes"
        return stdin, stdout


@dataclass(frozen=True, slots=True)
class Prompt:
    """A text and its number of tokens, the beginning token included."""

    text: str
    tokens: int


class BareEngine:
    """A child with the model, loaded as ours is, and nothing around it."""

    def __init__(self, child: Child) -> None:
        self._child = child
        self.ends: list[int] = []
        self.build = ""

    def open(self, path: Path, settings: EngineSettings, sequences: int = 1) -> None:
        """Load the model with the same threads, context, batches and attention as ours.

        Steps may have as many rows as there are `sequences`.
        """
        opened = self._child.ask(
            "open",
            path=str(path),
            threads=settings.threads,
            context=settings.context,
            batch=settings.batch,
            ubatch=settings.ubatch,
            flash_attention=settings.flash_attention,
            gpu_layers=settings.gpu_layers,
            sequences=sequences,
        )
        self.ends, self.build = opened["ends"], opened["build"]

    def cut(self, text: str, tokens: int) -> Prompt:
        """The beginning of `text` that has about `tokens` tokens."""
        found = self._child.ask("cut", text=text, tokens=tokens)
        return Prompt(found["text"], found["tokens"])

    def step(
        self,
        prompt: str,
        tokens: int,
        *,
        skip: int = 0,
        threads: int = 0,
        rows: int = 1,
        shared: bool = False,
    ) -> float:
        """Seconds per step over `tokens` steps that come `skip` steps after the prompt.

        With several `rows` each step goes on with as many sequences, each with the prompt: with
        one of its own, or all with the same if it is `shared`.
        """
        answer = self._child.ask(
            "decode",
            prompt=prompt,
            tokens=tokens,
            skip=skip,
            threads=threads,
            rows=rows,
            shared=shared,
        )
        return float(answer["seconds"]) / tokens

    def read(self, prompt: str) -> float:
        """Seconds for reading the prompt from its beginning, up to the logits after it."""
        return float(self._child.ask("read", prompt=prompt)["seconds"])
