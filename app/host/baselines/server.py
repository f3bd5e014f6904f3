"""How a yardstick serves the benchmark: a line of JSON in, a line of JSON out."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, TextIO, cast

from app.core.errors import LampblackError
from app.core.system.network import deny_network

Action = Callable[..., Mapping[str, Any]]
"""Does one thing with the named arguments of a line; its result is the answer."""

YARDSTICKS = {
    "bare": "app.host.baselines.llama_decode",
    "busy": "app.host.baselines.busy_core",
    "llama": "app.host.baselines.llama_default",
    "torch": "app.host.baselines.transformers_generate",
}
"""The module of each yardstick; it offers `actions()`, a mapping from names to `Action`s."""


def run_yardstick(name: str) -> int:
    """Serve on the standard streams until they end; the result is the exit code."""
    commands, answers = _take_streams()
    deny_network()
    module = importlib.import_module(YARDSTICKS[name])
    serve(cast(Mapping[str, Action], module.actions()), commands, answers)
    return 0


def serve(actions: Mapping[str, Action], commands: BinaryIO, answers: TextIO) -> None:
    """Answer every line; trouble is an answer, too."""
    for line in commands:
        asked = json.loads(line)
        try:
            answer = dict(actions[asked.pop("do")](**asked))
        except LampblackError as error:
            answer = {"problem": str(error)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _take_streams() -> tuple[BinaryIO, TextIO]:
    """Keep the streams for ourselves: what a library prints goes to the log."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return sys.stdin.buffer, answers
