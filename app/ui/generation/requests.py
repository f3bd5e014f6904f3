"""What the engine is asked for: the fields of `Generate` for a place, and how they are kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec

from app.core.documents.prompts import DEFAULT_SYSTEM, continuation, instructed
from app.core.options.presets import named
from app.core.options.sampling import Sampling
from app.core.options.settings_store import SettingsStore
from app.engine.messages import ChatMessage, Done, Generate
from app.engine.worker import Worker
from app.ui.generation.server_room import ServerRoom, sent_bytes
from app.ui.generation.takes import TakeRequest, TakeText

_SEEDS = 2**32


class RequestMaker:
    """Makes the fields of `Generate` for a request, with the values that `sampling` gives."""

    def __init__(
        self, worker: Worker, settings: SettingsStore, sampling: Callable[[], Sampling]
    ) -> None:
        self._worker = worker
        self._settings = settings
        self._sampling = sampling
        self._room = ServerRoom()

    def fields(self, request: TakeRequest) -> dict[str, Any]:
        """The fields for a request whose text `before` is known."""
        settings, instruction = self._settings.settings, request.group.instruction
        request.sent = request.before
        if request.given is not None:
            return dict(request.given)
        earlier = len(request.group.takes) - len(request.takes)
        sampling = reseeded(self._sampling(), earlier)
        request.preset = named(sampling, settings.preset)
        if settings.prompt_overflow == "drop_head":
            beside = f"{instruction}{settings.system_prompt or DEFAULT_SYSTEM}" * bool(instruction)
            request.sent = self._room.end_of(
                request.before, beside, sampling.max_tokens, self._worker.model
            )
        return {
            **request_fields(request.sent, instruction, settings.system_prompt),
            "sampling": sampling,
            "n": len(request.takes),
            "overflow": settings.prompt_overflow,
        }

    def sent(self, request: TakeRequest, fields: dict[str, Any]) -> None:
        """Take up what a request is sent with."""
        request.fields, request.sampling = fields, fields["sampling"]
        request.sent_bytes = sent_bytes(fields)

    def learn(self, request: TakeRequest, event: Done) -> None:
        """Take up how many tokens a server counted in what it was sent."""
        self._room.learn(request.sent_bytes, self._worker.model, event.stats)


def kept_fields(fields: dict[str, Any], seed: int) -> str:
    """Fields of `Generate` as they are kept, with the seed that was drawn for them."""
    sampling = msgspec.structs.replace(fields["sampling"], seed=seed)
    found = msgspec.to_builtins(fields | {"sampling": sampling})
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def fields_from(kept: str) -> dict[str, Any]:
    """The fields out of what `kept_fields` gave; raises ValueError where they are none."""
    try:
        asked = msgspec.convert(json.loads(kept) | {"job": 0}, Generate)
    except (ValueError, TypeError, msgspec.MsgspecError) as error:
        raise ValueError(str(error)) from None
    found = {name: getattr(asked, name) for name in json.loads(kept)}
    return found | {"sampling": asked.sampling, "n": asked.n}


def prompt_of(fields: dict[str, Any]) -> str:
    """What the model read, for people: the text it went on with, or the turns of the chat."""
    if fields.get("messages"):
        return "\n\n".join(f"[{turn.role}]\n{turn.content}" for turn in fields["messages"])
    return str(fields.get("prompt", ""))


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
