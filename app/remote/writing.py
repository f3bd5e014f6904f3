"""Writing with a server: the request in its terms, and its stream as our events."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

import msgspec

from app.core.errors import LampblackError, ServerError, ServerLostError, UnsupportedError
from app.core.masking import Masker, Unmasker
from app.core.options.json_schema import is_schema
from app.core.options.rows import check_all
from app.core.options.sampling import PARAMETERS, Sampling
from app.engine.messages import (
    Done,
    FinishReason,
    Generate,
    HostEvent,
    Previewed,
    Stats,
    Take,
    Tokens,
)
from app.remote.dialects import body, unsupported
from app.remote.event_stream import events
from app.remote.probing import Abilities
from app.remote.web import OpenLine, Server, ServerBusyError, one_line

MOST_TRIES = 6
LONGEST_WAIT_S = 60.0
FIRST_WAIT_S = 0.5

_FINISHED: dict[str, FinishReason] = {
    "stop": "stop", "length": "length", "content_filter": "banned"
}  # fmt: skip
_UNMASKABLE = ("banned_phrases", "dry_breakers", "logit_bias", "grammar")


class RemoteJob:
    """A job that runs; `cancel` may come from any thread."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.line = OpenLine()
        self.cancelled = threading.Event()

    def cancel(self) -> None:
        """Close its connection."""
        self.cancelled.set()
        self.line.cut()


class Request(msgspec.Struct, frozen=True):
    """Where a request goes and what is in it; `masker` puts back the placeholders of the answer."""

    path: str
    fields: dict[str, Any]
    seed: int
    masker: Masker | None


def request(command: Generate, abilities: Abilities, masker: Masker | None) -> Request:
    """The command in the server's terms; raises ParameterError for what cannot be said in them."""
    masker = masker.again() if masker else None  # what is beside it changes no placeholder
    sampling = check_all(command.sampling)
    _check(command, sampling, abilities)
    seed = sampling.seed if sampling.seed is not None else random.getrandbits(31)
    masked = _masked(msgspec.structs.replace(sampling, seed=seed), masker)
    hide = masker.mask if masker else str
    fields = {
        **body(abilities.dialect, masked),
        "model": abilities.model,
        "n": command.n,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if command.exact:
        fields["exact"] = True
    if not command.messages:
        return Request("/v1/completions", fields | {"prompt": hide(command.prompt)}, seed, masker)
    turns = [{"role": one.role, "content": hide(one.content)} for one in command.messages]
    return Request("/v1/chat/completions", fields | {"messages": turns}, seed, masker)


def preview(job: int, asked: Request, server: Server) -> Previewed:
    """The request as the writer is shown it before it is sent."""
    turns = asked.fields.get("messages") or [{"role": "", "content": asked.fields["prompt"]}]
    texts = tuple((turn["role"], turn["content"]) for turn in turns)
    shown = json.dumps(asked.fields, ensure_ascii=False, indent=2)
    known = asked.masker.replaced if asked.masker else {}
    replaced = tuple(pair for pair in known.items() if pair[0] in shown)
    return Previewed(
        job=job, url=server.url(asked.path), texts=texts, fields=shown, replaced=replaced
    )


def _check(command: Generate, sampling: Sampling, abilities: Abilities) -> None:
    """Refuse what would be changed in silence; defaults that cannot be said are in the notes."""
    is_ours = abilities.dialect == "lampblack"
    refused = [
        (bool(command.probabilities), "give the tokens' probabilities"),
        (bool(command.tokens), "go on from tokens by their numbers"),
        (command.overflow != "fail", "drop the beginning of a prompt that is too long"),
        (command.exact and not is_ours, "promise the same text for the same seed (exact)"),
        (
            bool(command.messages) and command.messages[-1].role == "assistant" and not is_ours,
            "go on with the last turn of a chat",
        ),
    ]
    for is_asked, what in refused:
        if is_asked:
            raise UnsupportedError(f"The server cannot {what}.", "Ask without that.")
    default = Sampling()
    for name, reason in unsupported(abilities.dialect, sampling):
        if getattr(sampling, name) != getattr(default, name):
            raise UnsupportedError(f"{name} cannot be used here: {reason}", "Leave it as it is.")


def _masked(sampling: Sampling, masker: Masker | None) -> Sampling:
    """Stop texts as the server sees the text; other texts must not hold what is masked."""
    if masker is None:
        return sampling
    for bound in PARAMETERS:
        value = getattr(sampling, bound.name)
        texts = (_plain(value),) if isinstance(value, str) else value
        if bound.name in _UNMASKABLE and any(masker.mask(text) != text for text in texts):
            raise UnsupportedError(
                f"{bound.name} holds something that is masked before it goes to a server.",
                "Leave it out, or write without masking.",
            )
    return msgspec.structs.replace(sampling, stop=tuple(map(masker.mask, sampling.stop)))


def _plain(grammar: str) -> str:
    """A grammar with the escapes of a JSON schema resolved, so that no name hides in them."""
    if not grammar.lstrip().startswith("{"):
        return grammar
    return json.dumps(json.loads(grammar), ensure_ascii=False)


def write(command: Generate, asked: Request, server: Server, job: RemoteJob, emit: Emit) -> Done:
    """Send it and pass on what comes; a cancel ends it with the text so far.

    Raises ServerError; what had come until then was passed on.
    """
    answer = _RemoteAnswer(command, asked, emit)
    try:
        for event in _patiently(server, asked, job):
            answer.take(event)
        answer.check_ended()
    except LampblackError:
        answer.flush()
        if not job.cancelled.is_set():
            raise
    finally:
        job.line.close()
    return answer.done()


Emit = Callable[[HostEvent], None]


def _patiently(server: Server, asked: Request, job: RemoteJob) -> Iterator[dict[str, Any]]:
    """The answer's events; a server that is busy is asked again, later each time."""
    for attempt in range(MOST_TRIES):
        try:
            with server.post(asked.path, asked.fields, job.line) as pieces:
                yield from events(pieces)
                return
        except ServerBusyError as error:
            wait = FIRST_WAIT_S * 2**attempt if error.after_s is None else error.after_s
            is_last = attempt == MOST_TRIES - 1 or wait > LONGEST_WAIT_S
            if is_last or job.cancelled.wait(wait):
                raise


class _RemoteAnswer:
    """What has come of an answer: each take's text, and how it ended."""

    def __init__(self, command: Generate, asked: Request, emit: Emit) -> None:
        self._job, self._seed, self._emit = command.job, asked.seed, emit
        self._texts: list[list[str]] = [[] for _ in range(command.n)]
        self._reasons: list[FinishReason | None] = [None] * command.n
        self._unmaskers: list[Unmasker | None] = [
            asked.masker.unmasker(as_json=is_schema(command.sampling.grammar))
            if asked.masker
            else None
            for _ in range(command.n)
        ]
        self._begun = monotonic()
        self._first = 0.0
        self._pieces = 0
        self._usage: dict[str, int] = {}

    def take(self, event: dict[str, Any]) -> None:
        """Take up an event; raises ServerError for one that is an error or nonsense."""
        if "error" in event:
            error = event["error"]
            said = error.get("message") if isinstance(error, dict) else error
            raise ServerLostError(f"The server broke off: {one_line(said)}", "Try again.")
        if isinstance(usage := event.get("usage"), dict):
            self._usage = {k: v for k, v in usage.items() if type(v) is int and 0 <= v < 2**31}
        choices = event.get("choices", [])
        for choice in choices if isinstance(choices, list) else [choices]:
            self._take_choice(choice)

    def _take_choice(self, choice: Any) -> None:
        index = choice.get("index", 0) if isinstance(choice, dict) else None
        if type(index) is not int or not 0 <= index < len(self._texts):
            raise ServerError("The server sent an answer that was not asked for.", "Try again.")
        delta = choice.get("delta")
        text = delta.get("content") if isinstance(delta, dict) else choice.get("text")
        if isinstance(text, str) and text:
            self._pieces += 1
            self._first = self._first or monotonic()
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            unmasker = self._unmaskers[index]
            self._pass_on(index, unmasker.feed(text) if unmasker else text, 1)
        if isinstance(reason := choice.get("finish_reason"), str):
            self._reasons[index] = _FINISHED.get(reason, "stop")

    def _pass_on(self, index: int, text: str, tokens: int) -> None:
        if text or tokens:
            self._texts[index].append(text)
            self._emit(Tokens(job=self._job, take=index, text=text, tokens=tokens))

    def flush(self) -> None:
        """Pass on what was held back because it might have become a placeholder."""
        for index, unmasker in enumerate(self._unmaskers):
            if unmasker is not None:
                self._pass_on(index, unmasker.finish(), 0)

    def check_ended(self) -> None:
        """Raise ServerError where a take has no end."""
        if None in self._reasons:
            raise ServerLostError(
                "The server broke off in the middle.", "The text so far is kept; try again."
            )

    def done(self) -> Done:
        """The end; a take without one was cancelled."""
        self.flush()
        now = monotonic()
        first = self._first or now
        takes = tuple(
            Take(index=index, text="".join(parts), finish_reason=reason or "cancelled")
            for index, (parts, reason) in enumerate(zip(self._texts, self._reasons, strict=True))
        )
        stats = Stats(
            prompt_tokens=self._usage.get("prompt_tokens", 0),
            completion_tokens=self._usage.get("completion_tokens", self._pieces),
            first_token_s=first - self._begun,
            decode_s=now - first,
        )
        return Done(job=self._job, takes=takes, stats=stats, seed=self._seed)
