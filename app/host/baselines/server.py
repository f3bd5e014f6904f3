"""How a baseline serves the benchmark: a line of JSON in, a line of JSON out."""

from __future__ import annotations

import json
import os
import pkgutil
import sys
from typing import BinaryIO, TextIO

from app.core.errors import LampblackError
from app.core.system.network import deny_network

BASELINES = {
    "bare": "app.host.baselines.llama_decode:BareLoop",
    "busy": "app.host.baselines.busy_core:BusyCore",
    "llama": "app.host.baselines.llama_default:HighLevel",
    "torch": "app.host.baselines.transformers_generate:TransformersGenerate",
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
