"""Writing with a server: its stream as our events, from one request or one for each take."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any

from app.core.errors import LampblackError, ServerError, ServerLostError
from app.core.masking import Masker
from app.core.options.json_schema import is_schema
from app.engine.messages import (
    Done,
    FinishReason,
    Generate,
    HostEvent,
    Stats,
    Take,
    TokenDetail,
    Tokens,
)
from app.remote.answers import UNKNOWN, details, of_whole_letters
from app.remote.connections import OpenLine
from app.remote.event_stream import events
from app.remote.request import Request
from app.remote.web import (
    IN_A_BATCH,
    PATIENT,
    Patience,
    Server,
    ServerRefusedError,
    one_line,
)

_FINISHED: dict[str, FinishReason] = {
    "stop": "stop", "length": "length", "content_filter": "banned"
}  # fmt: skip


class RemoteJob:
    """A job that runs; `cancel` may come from any thread.

    `so_far` gives its end as a cancel leaves it, where it has one of its own.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.line = OpenLine()
        self.so_far: Callable[[], Done] | None = None

    @property
    def is_cancelled(self) -> bool:
        """Whether it was cancelled."""
        return self.line.is_cut

    def cancel(self) -> None:
        """Close its connections."""
        self.line.cut()


def write(command: Generate, asked: Request, server: Server, job: RemoteJob, emit: Emit) -> Done:
    """Send it and pass on what comes; a cancel ends it with the text so far.

    Raises ServerError; what had come until then was passed on.
    """
    answer = _RemoteAnswer(command, asked, emit)
    job.so_far = answer.done
    patience = IN_A_BATCH if command.background else PATIENT
    try:
        if asked.for_each or not _write_all(command.n, asked, server, job, answer, patience):
            _write_each(command.n, asked, server, job, answer, patience)
        answer.check_ended()
    except LampblackError:
        answer.flush()
        if not job.is_cancelled:
            raise
    return answer.done()


Emit = Callable[[HostEvent], None]


def _write_all(
    count: int,
    asked: Request,
    server: Server,
    job: RemoteJob,
    answer: _RemoteAnswer,
    patience: Patience,
) -> bool:
    """One request for all takes; False where several were refused: there may be fewer at once."""
    try:
        with server.post(asked.path, asked.fields, job.line, patience) as pieces:
            for event in events(pieces):
                answer.take(event)
    except ServerRefusedError:
        if count == 1:
            raise
        return False
    return True


def _write_each(
    count: int,
    asked: Request,
    server: Server,
    job: RemoteJob,
    answer: _RemoteAnswer,
    patience: Patience,
) -> None:
    """A request for each take, side by side; the first that fails is raised when all are over."""

    def write_one(index: int) -> None:
        fields = asked.of_take(index)
        with server.post(asked.path, fields, job.line, patience) as pieces:
            for event in events(pieces):
                answer.take(event, index)

    with ThreadPoolExecutor(count) as pool:
        running = [pool.submit(write_one, index) for index in range(count)]
    for one in running:
        one.result()


class _RemoteTake:
    """What has come of one take: its text, its tokens' numbers, and how it ended."""

    def __init__(self, masker: Masker | None, *, as_json: bool) -> None:
        self.parts: list[str] = []
        self.ids: list[int] = []
        self.reason: FinishReason | None = None
        self.has_details = False
        self._unmasker = masker.unmasker(as_json=as_json) if masker else None
        self._raw = self._shown = ""
        self._held: tuple[TokenDetail, ...] = ()

    def feed(self, text: str, found: Details) -> tuple[str, Details]:
        """What is certain of the text, and the tokens whose text that is."""
        self.has_details = self.has_details or bool(found)
        self.ids += [one.id for one in found]
        if self._unmasker is None:
            return text, found
        self._raw += text
        self._held += found
        text = self._unmasker.feed(text)
        self._shown += text
        return text, () if self._unmasker.is_waiting else self._released()

    def finish(self) -> tuple[str, Details]:
        """What was held back because it might have become a placeholder."""
        if self._unmasker is None:
            return "", ()
        text = self._unmasker.finish()
        self._shown += text
        return text, self._released()

    def _released(self) -> Details:
        """The tokens that were held; those of what was put back are one, as likely as all of it."""
        raw, shown, held = self._raw, self._shown, self._held
        self._raw, self._shown, self._held = "", "", ()
        if raw == shown or not held:
            return held
        likely = math.prod(one.probability for one in held)
        return (TokenDetail(id=UNKNOWN, text=shown, probability=likely),)

    def finished(self, index: int) -> Take:
        """Its end; a take without one was cancelled."""
        return Take(
            index=index,
            text="".join(self.parts),
            finish_reason=self.reason or "cancelled",
            token_ids=() if UNKNOWN in self.ids else tuple(self.ids),
        )


Details = tuple[TokenDetail, ...]


class _RemoteAnswer:
    """What has come of an answer, from one thread or from one for each take."""

    def __init__(self, command: Generate, asked: Request, emit: Emit) -> None:
        self._job, self._seed, self._emit = command.job, asked.seed, emit
        self._alternatives = command.probabilities
        self._server = asked.server
        as_json = is_schema(command.sampling.grammar)
        self._takes = [_RemoteTake(asked.masker, as_json=as_json) for _ in range(command.n)]
        self._lock = threading.Lock()
        self._begun = monotonic()
        self._first = 0.0
        self._pieces = 0
        self._usage: dict[int, dict[str, int]] = {}

    def take(self, event: dict[str, Any], only: int | None = None) -> None:
        """Take up an event, of one take alone where its number is given.

        Raises ServerError for one that is an error or nonsense.
        """
        if "error" in event:
            error = event["error"]
            said = error.get("message") if isinstance(error, dict) else error
            raise ServerLostError(f"The server broke off: {one_line(said)}", "Try again.")
        choices = event.get("choices", [])
        with self._lock:
            if isinstance(usage := event.get("usage"), dict):
                sound = {k: v for k, v in usage.items() if type(v) is int and 0 <= v < 2**31}
                self._usage[only or 0] = sound
            for choice in choices if isinstance(choices, list) else [choices]:
                self._take_choice(choice, only)

    def _take_choice(self, choice: Any, only: int | None) -> None:
        index = choice.get("index", 0) if isinstance(choice, dict) else None
        most = len(self._takes) if only is None else 1
        if type(index) is not int or not 0 <= index < most:
            raise ServerError("The server sent an answer that was not asked for.", "Try again.")
        index = index if only is None else only
        delta = choice.get("delta")
        text = delta.get("content") if isinstance(delta, dict) else choice.get("text")
        text = text if isinstance(text, str) else ""
        found = self._details(choice)
        if text or found:
            self._pieces += len(found) or 1
            self._first = self._first or monotonic()
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            shown, known = self._takes[index].feed(text, found)
            self._pass_on(index, shown, len(found) or 1, known)
        if isinstance(reason := choice.get("finish_reason"), str):
            self._takes[index].reason = _FINISHED.get(reason, "stop")

    def _details(self, choice: dict[str, Any]) -> Details:
        """The probabilities of a piece, where they are wanted."""
        found = details(choice, self._alternatives) if self._alternatives else ()
        if self._server.dialect == "llama-server":
            return tuple(map(of_whole_letters, found))
        if self._server.takes_turns and not all(one.text for one in found):  # llama_cpp.server
            raise ServerError(
                "The server leaves out letters of several tokens where it gives probabilities.",
                "Ask without probabilities.",
            )
        return found

    def _pass_on(self, index: int, text: str, tokens: int, known: Details) -> None:
        if text or tokens or known:
            self._takes[index].parts.append(text)
            self._emit(Tokens(job=self._job, take=index, text=text, tokens=tokens, details=known))

    def flush(self) -> None:
        """Pass on what was held back because it might have become a placeholder."""
        for index, take in enumerate(self._takes):
            text, known = take.finish()
            self._pass_on(index, text, 0, known)

    def check_ended(self) -> None:
        """Raise ServerError where a take has no end, or not what was asked for."""
        if any(take.reason is None for take in self._takes):
            raise ServerLostError(
                "The server broke off in the middle.", "The text so far is kept; try again."
            )
        if self._alternatives and any(
            any(take.parts) and not take.has_details for take in self._takes
        ):
            raise ServerError(
                "The server gave no probabilities with its text.", "The text is kept."
            )

    def done(self) -> Done:
        """The end; a take without one was cancelled."""
        with self._lock:
            self.flush()
            now = monotonic()
            first = self._first or now
            stats = Stats(
                prompt_tokens=max(self._used("prompt_tokens"), default=0),
                completion_tokens=self._completion_tokens(),
                first_token_s=first - self._begun,
                decode_s=now - first,
            )
            takes = tuple(take.finished(index) for index, take in enumerate(self._takes))
        return Done(job=self._job, takes=takes, stats=stats, seed=self._seed)

    def _completion_tokens(self) -> int:
        """What the server says, but for one that says it of a single take (llama-server)."""
        said = sum(self._used("completion_tokens"))
        return max(said, self._pieces) if len(self._takes) > 1 else said or self._pieces

    def _used(self, name: str) -> Sequence[int]:
        return [usage[name] for usage in self._usage.values() if name in usage]
