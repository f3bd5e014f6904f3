"""What is sent to the model: the text before the take, and how its answer joins that text."""

from __future__ import annotations

from typing import Any

import msgspec

from app.core.documents.prompts import continuation, instructed
from app.core.options.sampling import Sampling
from app.engine.messages import ChatMessage
from app.ui.generation.takes import TakeText

_SEEDS = 2**32


def request_fields(before: str, instruction: str, system: str) -> dict[str, Any]:
    """The `Generate` fields that go on from `before`, or do what `instruction` says there."""
    if not instruction:
        return {"prompt": continuation(before).prompt}
    turns = (
        {"role": role, "content": text} for role, text in instructed(before, instruction, system)
    )
    return {"messages": tuple(msgspec.convert(turn, ChatMessage) for turn in turns)}


def blank_take(before: str, instruction: str) -> TakeText:
    """An empty take that knows how its first words join `before`."""
    if not instruction:
        stripped = continuation(before).strip_leading_space
        return TakeText(strip=" " if stripped else "", strip_once=True)
    joined = not before or before[-1].isspace()
    paragraph = "\n\n" if "\n\n" in before else "\n"
    return TakeText(lead="" if joined else paragraph, strip=" \t\n")


def reseeded(sampling: Sampling, earlier: int) -> Sampling:
    """`sampling` with a fixed seed counted on by the `earlier` takes, so that a retry differs."""
    if sampling.seed is None or not earlier:
        return sampling
    return msgspec.structs.replace(sampling, seed=(sampling.seed + earlier) % _SEEDS)
