"""What the engine is asked for: the fields of `Generate` for a place, and how they are kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec

from app.core.documents.prompts import continuation
from app.core.errors import LampblackError
from app.core.options.presets import named
from app.core.options.sampling import Sampling
from app.core.options.settings_store import SettingsStore
from app.engine.messages import Done, Generate
from app.engine.worker import Worker
from app.ui.generation.prompt_maker import PromptMaker
from app.ui.generation.server_room import sent_bytes
from app.ui.generation.takes import TakeRequest, TakeText

_SEEDS = 2**32
_LONGEST_S = 1.0  # that reading the whole text may take, so that several takes can be repeated
_UNKNOWN = 800.0  # characters a second that any model reads, before it was measured
_BEGUN = "begun"
_FEWEST = 32  # tokens whose reading tells how fast it goes


class RequestMaker:
    """Makes the fields of `Generate` for a request, with the values that `sampling` gives."""

    def __init__(
        self,
        worker: Worker,
        settings: SettingsStore,
        sampling: Callable[[], Sampling],
        prompts: PromptMaker,
    ) -> None:
        self._worker = worker
        self._settings = settings
        self._sampling = sampling
        self._prompts = prompts
        self._speeds: dict[str, float] = {}  # of each model, in characters a second

    def fields(
        self,
        request: TakeRequest,
        after: str,
        again: Callable[[], object],
        failed: Callable[[LampblackError], object],
    ) -> dict[str, Any] | None:
        """The fields for a request between its text `before` and `after`; see PromptMaker.made."""
        if request.given is not None:
            request.sent = request.before
            return dict(request.given)
        earlier = len(request.group.takes) - len(request.takes)
        sampling = reseeded(self._sampling(), earlier)
        request.preset = named(sampling, self._settings.settings.preset)
        fields = self._prompts.fields(request, after, sampling, again, failed)
        return fields | {"exact": True} if fields and self._is_exact(fields) else fields

    def _is_exact(self, fields: dict[str, Any]) -> bool:
        """Whether all is read again, without what is known of it, so that it can be repeated."""
        model, wanted = self._worker.model, self._settings.settings.repeatable
        if model is not None and model.server is not None:
            return False
        if model is None or wanted != "auto":
            return wanted == "every"
        speed = self._speeds.get(model.path, _UNKNOWN)
        return fields["n"] > 1 and len(prompt_of(fields)) <= speed * _LONGEST_S

    def sent(self, request: TakeRequest, fields: dict[str, Any]) -> None:
        """Take up what a request is sent with."""
        request.fields, request.sampling = fields, fields["sampling"]
        request.sent_bytes = sent_bytes(fields)

    def learn(self, request: TakeRequest, event: Done) -> None:
        """Take up how many tokens a server counted in what it was sent, and how fast it read."""
        model, stats = self._worker.model, event.stats
        self._prompts.room.learn(request.sent_bytes, model, stats)
        read = stats.prompt_tokens - stats.reused_tokens
        if model is not None and read >= _FEWEST and stats.prefill_s > 0:
            characters = len(prompt_of(request.fields)) * read / stats.prompt_tokens
            self._speeds[model.path] = characters / stats.prefill_s


def kept_fields(fields: dict[str, Any], seed: int, begun: str = "") -> str:
    """Fields of `Generate` as they are kept, with the seed that was drawn for them.

    `begun` is what of the takes' text their prompt has at its end already.
    """
    sampling = msgspec.structs.replace(fields["sampling"], seed=seed)
    found = msgspec.to_builtins(fields | {"sampling": sampling})
    if begun:
        found[_BEGUN] = begun
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def fields_from(kept: str) -> dict[str, Any]:
    """The fields out of what `kept_fields` gave; raises ValueError where they are none."""
    try:
        given = json.loads(kept)
        given.pop(_BEGUN, None)
        asked = msgspec.convert(given | {"job": 0}, Generate)
    except (ValueError, TypeError, AttributeError, msgspec.MsgspecError) as error:
        raise ValueError(str(error)) from None
    found = {name: getattr(asked, name) for name in given}
    return found | {"sampling": asked.sampling, "n": asked.n}


def begun_in(kept: str) -> str:
    """What of the takes' text their prompt has already, out of what `kept_fields` gave."""
    return str(json.loads(kept).get(_BEGUN, ""))


def prompt_of(fields: dict[str, Any]) -> str:
    """What the model read, for people: the text it went on with, or the turns of the chat."""
    if fields.get("messages"):
        return "\n\n".join(f"[{turn.role}]\n{turn.content}" for turn in fields["messages"])
    return str(fields.get("prompt", "")) + "".join(f"\n\n[…]\n\n{end}" for end in _suffix(fields))


def _suffix(fields: dict[str, Any]) -> tuple[str, ...]:
    """What follows the place, where the model was told."""
    return (fields["suffix"],) if fields.get("suffix") else ()


def sides(request: TakeRequest, after: str) -> tuple[str, str]:
    """The text on both sides of the request's place, as a model may read it."""
    return (request.before, after) if request.given is None else (prompt_of(request.given), "")


def sources(request: TakeRequest) -> tuple[str, ...]:
    """The documents that the request's text is from, where it may be another than on the page."""
    return request.group.sources if request.given is not None else ()


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
