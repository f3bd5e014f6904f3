"""Inputs of batches, and a program that runs them on the fake engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

ROOT = Path(__file__).parents[3]
PROGRAM = Path(__file__).with_name("fake_program.py")

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A tiny but whole GGUF model, whose place the fake takes."""
    path = tmp_path / "small.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(1)
    writer.add_context_length(512)
    writer.add_tensor("blk.0.weight", np.ones((4, 64), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture
def start_batch(tmp_path: Path, model: Path) -> Iterator[Start]:
    """Starts `lampblack batch` with these words on the fake engine; ends what a test left."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*words: object, **script: Any) -> subprocess.Popen[bytes]:
        path = tmp_path / "script.json"
        path.write_text(json.dumps({"steps": 1} | script))
        command = [sys.executable, str(PROGRAM), str(path), "batch", *map(str, words)]
        made = subprocess.Popen(
            [*command, "--model", str(model)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)},
        )
        started.append(made)
        return made

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
            process.communicate()


def lines_of(out: Path) -> list[dict[str, Any]]:
    """The lines of an output."""
    return [json.loads(line) for line in out.read_bytes().splitlines()]
