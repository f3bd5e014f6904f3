"""How a baseline serves the benchmark: a line of JSON in, a line of JSON out."""

from __future__ import annotations

import json
import os
import pkgutil
import sys
import threading
from typing import Any, BinaryIO, TextIO

from app.core.errors import LampblackError
from app.core.system.network import deny_network

BASELINES = {
    "bare": "app.host.baselines.llama_decode:BareLoop",
    "busy": "app.host.baselines.server:BusyCore",
    "llama-server": "app.host.baselines.llama_server:LlamaServer",
    "llama": "app.host.baselines.llama_default:HighLevel",
    "peft": "app.host.baselines.peft_loop:PeftLoop",
    "torch": "app.host.baselines.transformers_generate:TransformersGenerate",
    "training": "app.training.timed:TimedTraining",
}
"""The class of each baseline; a line names a method, its arguments, and gets its result."""


def run_baseline(name: str) -> int:
    """Serve on the standard streams until they end; the result is the exit code."""
    commands, answers = _take_streams()
    deny_network()
    serve(pkgutil.resolve_name(BASELINES[name])(), commands, answers)
    return 0


def serve(baseline: object, commands: BinaryIO, answers: TextIO) -> None:
    """Answer every line; an error is an answer, too."""
    for line in commands:
        asked = json.loads(line)
        try:
            answer = getattr(baseline, asked.pop("do"))(**asked)
        except LampblackError as error:
            answer = {"problem": str(error)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _take_streams() -> tuple[BinaryIO, TextIO]:
    """Keep the streams for ourselves: what a library prints goes to the log."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return sys.stdin.buffer, answers


class BusyCore:
    """A busy neighbour: keeps one core for itself while it is asked to."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> dict[str, Any]:
        """Begin to be busy."""
        self._stopped.clear()
        self._thread = threading.Thread(target=self._spin, name="busy", daemon=True)
        self._thread.start()
        return {}

    def stop(self) -> dict[str, Any]:
        """Be idle again."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        return {}

    def _spin(self) -> None:
        while not self._stopped.is_set():
            sum(range(10_000))
