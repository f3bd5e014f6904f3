"""The child that runs llama.cpp's quantizer: it cannot be stopped, but a process can be ended.

One line of JSON comes in, the order; lines of JSON go out: each tensor as it is begun, and at last
`done` or a `problem`. If the host is gone, the unfinished copy is deleted.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import re
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import msgspec

from app.core.system.network import deny_network

_BEGUN = re.compile(r"\[\s*\d+/\s*\d+\]\s+(\S+)")
_FAILED = re.compile(r"failed to quantize: (.+)")
_WARNING, _ERROR = 3, 4
_POLITE = 10  # steps of niceness: writing meanwhile goes first


class QuantizerOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What the child does: `number` is the type's in GGUF files."""

    source: str
    target: str
    number: int
    requantizes: bool
    threads: int


def run_quantizer() -> int:
    """Serve one order on the standard streams; the result is the exit code."""
    commands, answers = sys.stdin.buffer, _take_output()
    deny_network()
    if hasattr(os, "nice"):
        os.nice(_POLITE)
    order = msgspec.json.decode(commands.readline(), type=QuantizerOrder)
    leave = threading.Thread(target=_leave_when_alone, args=(commands, order), daemon=True)
    leave.start()
    problem = quantize(order, answers)
    _say(answers, {"problem": problem} if problem else {"done": True})
    return 0


def quantize(order: QuantizerOrder, answers: TextIO) -> str:
    """Write the copy; why not, if it failed."""
    from app.host.llama_cpp.library import load_backends, native

    load_backends()
    log = _Log(answers)
    callback = native.llama_log_callback(log)
    native.llama_log_set(callback, None)
    native.llama_backend_init()
    parameters = native.llama_model_quantize_default_params()
    parameters.nthread = order.threads
    parameters.ftype = order.number
    parameters.allow_requantize = order.requantizes
    code = native.llama_model_quantize(
        os.fsencode(order.source), os.fsencode(order.target), ctypes.byref(parameters)
    )
    native.llama_log_set(native.llama_log_callback(), None)  # `callback` ends with this call
    return (log.problem or f"the quantizer returned {code}") if code else ""


class _Log:
    """llama.cpp's log: the tensors it names are the progress, the last error is the reason."""

    def __init__(self, answers: TextIO) -> None:
        self._answers = answers
        self.problem = ""

    def __call__(self, level: int, text: bytes, _data: object) -> None:
        line = text.decode("utf-8", "replace")
        if found := _BEGUN.match(line):
            _say(self._answers, {"tensor": found[1]})
        elif failed := _FAILED.search(line):
            self.problem = failed[1].strip()
        if level in (_WARNING, _ERROR):
            sys.stderr.write(line)


def _leave_when_alone(commands: BinaryIO, order: QuantizerOrder) -> None:
    with contextlib.suppress(OSError):
        commands.read()
    with contextlib.suppress(OSError):  # on some systems an open file stays
        Path(order.target).unlink()
    os._exit(1)


def _take_output() -> TextIO:
    """Keep the stream of the answers for ourselves: what a library prints goes to the log."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _say(answers: TextIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()
