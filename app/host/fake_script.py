"""What the fake engine does, as its script says: the script, its pauses and its faults."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Literal

import msgspec

from app.core.errors import error_from
from app.engine.messages import Tokens
from app.host.interface import Job, PreemptedError, Rows, Work

Template = Literal["", "none", "fails", "moves system", "loses system", "doubles bos", "no end"]
Fault = Literal["", "abort", "exit", "hang", "fail", "print", "flood"]


class Script(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the fake does: its words, the pause before each, and a fault in one of the phases.

    `fault_after` counts the words that are still written before `decode_fault`. With a `gpu` the
    load fault is the card's, and comes only where layers go there. `replies` are the words for
    prompts that hold a text, `template` is what is wrong with the chat template. With `labels` it
    is a classifier.
    """

    words: tuple[str, ...] = ("One ", "two ", "three.")
    replies: Mapping[str, tuple[str, ...]] = {}
    template: Template = ""
    repeat: int = 1
    pause_s: float = 0.0
    steps: int = 4
    step_s: float = 0.0
    load_fault: Fault = ""
    prefill_fault: Fault = ""
    decode_fault: Fault = ""
    fault_after: int = 1
    failure: str = "generation_failed"
    gpu: str = ""
    labels: tuple[str, ...] = ()


def let_others(job: Job) -> Work[None]:
    """Let others have their turn."""
    with suppress(PreemptedError):
        yield Rows(job)


def wait(seconds: float) -> None:
    """Pause."""
    if seconds:
        threading.Event().wait(seconds)


def misbehave(fault: Fault, job: Job, script: Script) -> None:
    """Do what the fault says; without one nothing."""
    if fault == "abort":
        os.abort()
    if fault == "exit":
        os._exit(3)
    if fault == "fail":
        raise error_from(script.failure, "The script says so.", "Change the script.")
    if fault == "hang":
        threading.Event().wait()
    if fault == "print":
        sys.stdout.write("a library talks")
        sys.stdout.flush()
        os.write(1, b"to the standard output\n")
    while fault == "flood":
        job.emit(Tokens(job=job.number, take=0, text="x" * 1000, tokens=1))
