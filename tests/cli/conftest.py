"""A command line in this process, and the real one in a process of its own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

from app.cli.main import run_cli

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Outcome:
    """What one run of the command line gave."""

    code: int
    out: str
    err: str


class FakeStdin(io.TextIOWrapper):
    """Standard input out of bytes, a terminal or a pipe."""

    def __init__(self, data: bytes = b"", *, terminal: bool = False) -> None:
        super().__init__(io.BytesIO(data), encoding="utf-8")
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


TERMINAL = FakeStdin(terminal=True)
"""A terminal without input."""


def no_client(**_: Any) -> Any:
    """Stands for the engine client where none may be started."""
    raise AssertionError("an engine was started")


RunWords = Callable[..., Outcome]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> RunWords:
    """Runs words in this process, by default with a terminal for stdin and without an engine."""

    def run_words(
        *words: str,
        stdin: bytes | FakeStdin = TERMINAL,
        new_client: Any = no_client,
        fetcher: Any = None,
    ) -> Outcome:
        source = stdin if isinstance(stdin, FakeStdin) else FakeStdin(stdin)
        monkeypatch.setattr(sys, "stdin", source)
        code = run_cli(words, fetcher=fetcher, new_client=new_client)
        caught = capsys.readouterr()
        return Outcome(code, caught.out, caught.err)

    return run_words


def _start(words: Sequence[str], **more: Any) -> subprocess.Popen[bytes]:
    """Start the real program with pipes for its streams."""
    return subprocess.Popen(
        [sys.executable, "-m", "app", *words],
        stdin=more.pop("stdin", subprocess.PIPE),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1"} | more.pop("environ", {}),
        **more,
    )


@pytest.fixture
def start_program() -> Callable[..., subprocess.Popen[bytes]]:
    """Starts the real program without waiting for its end."""
    return _start


@pytest.fixture
def run_program() -> RunWords:
    """Runs the real program in a process of its own."""

    def run_words(
        *words: str, stdin: bytes = b"", environ: dict[str, str] | None = None
    ) -> Outcome:
        program = _start(words, environ=environ or {})
        out, err = program.communicate(stdin, timeout=120)
        return Outcome(program.returncode, out.decode(), err.decode())

    return run_words


def is_one_sentence(err: str) -> bool:
    """Whether stderr is exactly one line in the shape of an error."""
    return (
        err.startswith("lampblack: ")
        and err.endswith("\n")
        and err.count("\n") == 1
        and "Traceback" not in err
        and "unexpected problem" not in err
    )


@pytest.fixture
def one_sentence() -> Callable[[str], bool]:
    """The judge of an error's line."""
    return is_one_sentence


@pytest.fixture
def terminal_stdin() -> Callable[[bytes], FakeStdin]:
    """A terminal at which someone types."""
    return lambda data: FakeStdin(data, terminal=True)


@pytest.fixture
def small_model(tmp_path: Path) -> bytes:
    """A tiny but whole GGUF model."""
    path = tmp_path / "small-model"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(1)
    writer.add_context_length(512)
    writer.add_tensor("blk.0.weight", np.ones((4, 64), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    data = path.read_bytes()
    path.unlink()
    return data
