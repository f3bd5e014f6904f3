"""Whether a server stops writing when a request is left, found out by leaving one.

Only a server that tells what it is doing can be asked: llama-server and Lampblack by `/slots`,
llama-server and vLLM by the gauges of `/metrics`. A request for a long text is left after its first
tokens. It was stopped if the server counts it no more well before it could have been written to its
end, at the speed of those tokens.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from time import monotonic
from typing import Any, Literal

from app.core.errors import CancelledError, LampblackError
from app.remote.abilities import Abilities
from app.remote.answers import choices_of
from app.remote.connections import OpenLine
from app.remote.dialects import Dialect
from app.remote.event_stream import events
from app.remote.web import NonsenseError, Patience, Server, nonsense

Found = tuple[Literal["yes", "no", "unknown"], str]
"""Whether it stops, and what was seen or why that is not known, without a full stop."""

PATIENCE_S = 2.0
"""How long after a request was left the server may still count it, in seconds."""

_TOKENS = 256
_READ = 4  # pieces, after which it is left
_BEGIN_S = 10.0
_ONCE = Patience(tries=1)
_LOOK_S = 0.03
_GAUGES = re.compile(
    r"^(?:vllm:num_requests_(?:running|waiting)|llamacpp:requests_(?:processing|deferred))"
    r"(?:\{[^\n]*\})? +([0-9.]+(?:e[+-]?[0-9]+)?)\s*$",
    re.MULTILINE,
)
_PLACES: dict[Dialect, tuple[str, ...]] = {
    "lampblack": ("/slots",),
    "llama-server": ("/slots", "/metrics"),
    "vllm": ("/metrics",),
    "openai": (),
}
_FOR_OTHERS: Found = ("unknown", "it writes for others now, among whom that cannot be seen")
_SAYS_NOTHING: Found = ("unknown", "it does not tell what it is doing")


def stops_when_left(server: Server, known: Abilities, prompt: str, line: OpenLine) -> Found:
    """Leave a request, and look whether the server goes on with it.

    Raises CancelledError where `line` is cut; nothing else that goes wrong is more than unknown.
    """
    try:
        return _LeftRequest(server, known, line).found(prompt)
    except LampblackError as error:
        if line.is_cut:
            raise CancelledError("Stopped.") from error
        return "unknown", error.message[0].lower() + error.message[1:].rstrip(".")


class _LeftRequest:
    def __init__(self, server: Server, known: Abilities, line: OpenLine) -> None:
        self._server, self._known, self._line = server, known, line
        self._place = ""

    def found(self, prompt: str) -> Found:
        """What was seen."""
        if (busy := self._first_count()) is None:
            return _SAYS_NOTHING
        if busy:
            return _FOR_OTHERS
        if "complete" in self._known.cannot:
            return "unknown", "that is tried by going on with a text"
        left = OpenLine()
        try:
            rest_s, is_counted = self._begun(prompt, left)
        finally:
            left.cut()
        if not is_counted:
            return _SAYS_NOTHING
        return self._watched(rest_s)

    def _begun(self, prompt: str, left: OpenLine) -> tuple[float, bool]:
        """How long the rest of the text would take, and whether the server counts the request."""
        known = self._known
        most = min(_TOKENS, known.context // 2) if known.context else _TOKENS
        fields: dict[str, Any] = {
            "model": known.model,
            "prompt": prompt,
            "max_tokens": most,
            "temperature": 0,
            "stream": True,
        }
        if known.dialect in ("llama-server", "vllm"):
            fields["ignore_eos"] = True
        with self._server.post("/v1/completions", fields, left, _ONCE, _BEGIN_S) as pieces:
            times = [monotonic() for _ in _first(events(pieces))]
            count = self._count(self._place)
            left.cut()
        return (most - _READ) * (times[-1] - times[0]) / (_READ - 1), bool(count)

    def _watched(self, rest_s: float) -> Found:
        begun = monotonic()
        while (passed := monotonic() - begun) < PATIENCE_S:
            if (count := self._count(self._place)) > 1:
                return _FOR_OTHERS
            if not count:
                is_sure = monotonic() - begun < rest_s / 2
                return ("yes", "") if is_sure else ("unknown", "it writes too fast for that")
            if self._line.wait(_LOOK_S):
                raise CancelledError("Stopped.")
        return "no", f"it still writes {passed:.0f} s after a request was left"

    def _first_count(self) -> int | None:
        for place in _PLACES[self._known.dialect]:
            try:
                found = self._count(place)
            except LampblackError:  # it has no such request, or keeps it from us
                if self._line.is_cut:
                    raise
                continue
            self._place = place
            return found
        return None

    def _count(self, place: str) -> int:
        """How many requests the server is doing; raises ServerError where it does not say."""
        told = self._server.get(place, self._line, _ONCE)
        return _in_slots(told) if place == "/slots" else _in_gauges(told)


def _first(found: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The first pieces of a text; raises NonsenseError where it ends before."""
    left = _READ
    for event in found:
        choice = next(iter(choices_of(event)), {})
        if choice.get("finish_reason"):
            break
        if choice.get("text"):
            yield event
            left -= 1
        if not left:
            return
    raise NonsenseError("The server ended a text that was to be long.")


def _in_slots(told: bytes) -> int:
    try:
        found = json.loads(told)
    except (ValueError, RecursionError) as error:
        raise nonsense() from error
    is_sound = isinstance(found, list) and all(
        isinstance(one, dict) and isinstance(one.get("is_processing"), bool) for one in found
    )
    if not found or not is_sound:
        raise nonsense()
    return sum(one["is_processing"] for one in found)


def _in_gauges(told: bytes) -> int:
    found = _GAUGES.findall(told.decode("utf-8", "replace"))
    if not found:
        raise nonsense()
    return int(sum(map(float, found)))
