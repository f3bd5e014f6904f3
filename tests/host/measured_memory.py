"""A child that loads a model, makes it use all its buffers, and says what that took, as JSON.

The buffers are those that llama.cpp names in its log; the rest is the process's resident memory.
Run as a program with a model and load options, so that nothing else grows beside it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import psutil

from app.core.memory_fit.demand import OUTPUTS
from app.core.options.load_options import LoadOptions
from app.host.llama_cpp.context import Context
from app.host.llama_cpp.library import library, native
from tests.host.driving import load

_BUFFER = re.compile(r"(\S+)\s+(model|KV|RS|compute|output)\s+buffer size\s*=\s*([\d.]+) MiB")
_COPIES = 16  # of what is read, to fill the context without reading so much


@dataclass(frozen=True)
class Measured:
    """Bytes: the buffers by kind, and what is resident, with the first words and in the end.

    "mapped" are the weights in the file itself; what was copied out of it stands in "model" again.
    """

    buffers: dict[str, float]
    at_once: int
    at_most: int


class Log:
    """What llama.cpp says of its buffers; the library hears it as well."""

    def __init__(self) -> None:
        self.buffers: dict[str, float] = {}
        self._line = ""
        self._callback = native.llama_log_callback(self._on_log)
        self._library = library()
        native.llama_log_set(self._callback, None)

    def _on_log(self, level: int, text: bytes, data: object) -> None:
        self._library._on_log(level, text, data)
        self._line += text.decode("utf-8", "replace")
        if not self._line.endswith("\n"):
            return
        if found := _BUFFER.search(self._line):
            size = float(found[3]) * 2**20
            kinds = ["mapped"] if found[1].endswith("_Mapped") else []
            for kind in (found[2], *kinds):
                self.buffers[kind] = self.buffers.get(kind, 0.0) + size
        self._line = ""


def measure(path: Path, options: LoadOptions) -> Measured:
    """Measure in a child of its own."""
    command = [
        sys.executable,
        "-m",
        __spec__.name,
        str(path),
        msgspec.json.encode(options).decode(),
    ]
    root = Path(__file__).parents[2]
    ended = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert not ended.returncode, ended.stderr[-2000:]
    return Measured(**json.loads(ended.stdout))


def _measure(path: Path, options: LoadOptions) -> dict[str, Any]:
    log = Log()
    engine: Any = load(path, options)
    model = engine._model
    hybrid = native.llama_model_is_hybrid(model.handle)
    model.context.batch.fill(np.arange(8) + 3, 0, 0)
    model.context.decode(8)
    at_once = psutil.Process().memory_info().rss
    model.context.clear()
    _use(model.context, recurrent=not model.can_forget_part, hybrid=hybrid)
    at_most = psutil.Process().memory_info().rss
    return {"buffers": log.buffers, "at_once": at_once, "at_most": at_most}


def _use(context: Context, *, recurrent: bool, hybrid: bool) -> None:
    """Compute a whole batch at the end of a full context, with as many logits as there can be."""
    chunk = context.chunk
    tokens, start, sequence = np.arange(chunk, dtype=np.int32) % 200 + 3, 0, _COPIES
    if recurrent:
        start, sequence = _read(context, tokens, (context.size - chunk) * hybrid), 0
    else:
        _fill(context, context.size - chunk)
    context.batch.fill(tokens, start, sequence)
    context.batch.output[: min(chunk, OUTPUTS)] = 1
    context.batch.output[min(chunk, OUTPUTS) :] = 0
    context.decode(chunk)


def _read(context: Context, tokens: np.ndarray, length: int) -> int:
    """Read so much: the state of a recurrent layer cannot be copied in pieces."""
    for start in range(0, length, len(tokens)):
        context.batch.fill(tokens, start, 0)
        context.decode(len(tokens))
    return length


def _fill(context: Context, length: int) -> None:
    """Read a part, and let the other sequences hold copies of it."""
    part = length // _COPIES
    context.batch.fill(np.arange(part, dtype=np.int32) % 200 + 3, 0, 0)
    context.decode(part)
    state = context.save(0)
    assert state is not None
    for sequence in range(1, _COPIES):
        assert context.restore(state, sequence)


if __name__ == "__main__":
    given = msgspec.json.decode(sys.argv[2], type=LoadOptions)
    print(json.dumps(_measure(Path(sys.argv[1]), given)))  # noqa: T201 - the test reads it
