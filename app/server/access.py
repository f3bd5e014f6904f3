"""The engine as the handlers of a protocol see it.

A handler is an endpoint of Starlette and finds the engine as `request.app.state.engine`. Job
numbers are given here: a command has `job=0`. `run` gives the last event; with `events` each is
read as it comes, and `JobEvents.wait` tells when there was none for a while.

Both wait for the job's turn, and raise before any answer has begun: an error that leaves the
endpoint becomes the answer (`app.server.errors.response_of`). When the client leaves, the job is
cancelled and the endpoint ends with CancelledError; nothing is to be done for it. A `Done` whose
takes are "cancelled" was cut short by the time limit. Once a stream has begun, an error can only be
told as an event of it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, TypeVar

from msgspec.structs import replace
from starlette.requests import Request
from starlette.types import Scope

from app.core.errors import (
    CancelledError,
    EngineStoppedError,
    ModelLoadingError,
    NoModelLoadedError,
    ParameterError,
    TimeLimitError,
    error_from,
)
from app.engine.messages import (
    Cancel,
    ChoicesScored,
    Classified,
    Count,
    Detokenize,
    Done,
    Failed,
    Generate,
    Prefill,
    Scored,
    Tokenize,
    Tokens,
)
from app.engine.service_messages import (
    Answer,
    FromService,
    ModelState,
    ServedCommand,
    ServedEvent,
    ServiceLimits,
)
from app.server.turns import Turns

MAX_WAITING = 1024
"""How many events of a job wait for a client that reads slowly, before its job is cancelled."""

_QUICK = (Count, Tokenize, Detokenize)
_QUICK_AT_ONCE, _QUICK_WAITING = 4, 64

_DEADLINE, _CUT = "lampblack.deadline", "lampblack.cut"

TOKENS_KEY = "lampblack.tokens"
"""Where a request's scope has its tokens: of prompts and of texts."""

T = TypeVar("T")


class JobEvents:
    """The events of one job as they come; the last one is an `Answer`.

    Iterating or `next` raises the LampblackError of a job that failed. `tokens` are those read and
    written as far as they were told, of the prompt and of the text.
    """

    def __init__(self, number: int, turns: Turns, limit: int = MAX_WAITING) -> None:
        self.number = number
        self.turns = turns
        self.tokens = (0, 0)
        self.is_late = False
        self.is_left = False
        self.request: Request | None = None
        self._limit = limit
        self._waiting: deque[ServedEvent] = deque()
        self._came = asyncio.Event()
        self._is_over = False

    def __aiter__(self) -> AsyncIterator[ServedEvent]:
        return self

    async def __anext__(self) -> ServedEvent:
        if (event := await self.next()) is None:
            raise StopAsyncIteration
        return event

    async def next(self) -> ServedEvent | None:
        """The next event; None after the last one."""
        if self._is_over and not self._waiting:
            return None
        await self.wait()
        event = self._waiting.popleft()
        if not self._waiting and not isinstance(event, Answer | Failed):
            self._came.clear()
        self._count(event)
        if isinstance(event, Failed):
            self._is_over = True
            raise error_from(event.kind, event.message, event.hint)
        self._is_over = self._is_over or isinstance(event, Answer)
        return event

    async def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until `next` has something or is over; False after `timeout_s` seconds of silence.

        For a sign of life to the client while a long prompt is read.
        """
        try:
            await asyncio.wait_for(self._came.wait(), timeout_s)
        except TimeoutError:
            return False
        return True

    def _count(self, event: ServedEvent) -> None:
        prompt, text = self.tokens
        if isinstance(event, Done):
            prompt, text = event.stats.prompt_tokens, event.stats.completion_tokens
        elif isinstance(event, Prefill):
            prompt = event.total
        elif isinstance(event, Tokens):
            text += event.tokens
        elif isinstance(event, ChoicesScored):
            prompt = event.prompt_tokens
        elif isinstance(event, Classified):
            prompt = sum(event.tokens)
        elif isinstance(event, Scored):
            prompt = len(event.details) + 1
        self.tokens = prompt, text

    def put(self, event: ServedEvent) -> bool:
        """Add an event; False if too many wait, and the last one is now an error."""
        fits = len(self._waiting) < self._limit or isinstance(event, Answer | Failed)
        self._waiting.append(event if fits else _TOO_SLOW)
        self._came.set()
        return fits


_TOO_SLOW = Failed(
    job=0, kind="cancelled", message="The answer was read too slowly, so it was stopped."
)


class EngineAccess:
    """What the service's clients may ask of the engine, in the order in which they came.

    `send` hands a message to the program and never blocks; `limits` is what a request may take.
    """

    def __init__(self, send: Callable[[FromService], None], limits: ServiceLimits) -> None:
        self.limits = limits
        self.state = ModelState()
        self._send = send
        self._turns = Turns(limits.parallel, limits.queue)
        # what is answered in a moment has a line of its own, and no place in that of the jobs
        self._quick = Turns(_QUICK_AT_ONCE, _QUICK_WAITING)
        self._jobs: dict[int, JobEvents] = {}
        self._numbers = count(1)
        self._is_stopped = False

    async def run(self, command: ServedCommand, request: Request | None = None) -> Answer:
        """The last event of the command; raises the LampblackError that it failed with.

        The job is cancelled when the client of `request` leaves.
        """
        return await while_connected(request, self._answer(command, request))

    @asynccontextmanager
    async def events(
        self, command: ServedCommand, request: Request | None = None
    ) -> AsyncIterator[JobEvents]:
        """The command's events, once it is its turn; leaving before the last one cancels it.

        Until then the client of `request` is watched, afterwards whoever uses the events must.
        """
        quick = isinstance(command, _QUICK)
        events = JobEvents(next(self._numbers), self._quick if quick else self._turns)
        events.request = request
        timer: asyncio.TimerHandle | None = None
        try:  # from here on: the client may leave in the very moment in which the turn comes
            await while_connected(request, self._begin(command, events, request))
            loop = asyncio.get_running_loop()
            timer = loop.call_later(self._seconds_left(request), self._end_late, events)
            yield events
        finally:
            if timer is not None:
                timer.cancel()
            self._leave(events)
            if request is not None:
                note_tokens(request.scope, *events.tokens)

    @property
    def busy(self) -> int:
        """How many jobs the engine has and has not ended, without what is answered in a moment."""
        return sum(events.turns is self._turns for events in self._jobs.values())

    def cut_short(self, request: Request) -> None:
        """End the jobs of a request early: what they wrote is told, as after a cancel.

        What waits for its turn then raises CancelledError.
        """
        request.scope[_CUT] = True
        for number, events in self._jobs.items():
            if events.request is request:
                self._send(Cancel(job=number))

    def take(self, message: ModelState | ServedEvent) -> None:
        """Pass on what the program said."""
        if isinstance(message, ModelState):
            self.state = message
            return
        if (events := self._jobs.get(message.job)) is None:
            return
        if isinstance(message, Answer | Failed):
            del self._jobs[message.job]
            events.turns.give()
        if events.is_late and isinstance(message, Failed) and message.kind == CancelledError.kind:
            message = replace(message, kind=TimeLimitError.kind, message=self._late)
        if not events.is_left and not events.put(message):
            self._leave(events)

    def stop(self) -> None:
        """The program has gone: fail every job, and whatever comes."""
        self._is_stopped = True
        for number in list(self._jobs):
            self.take(Failed(job=number, kind=EngineStoppedError.kind, message=_STOPPED))

    async def _answer(self, command: ServedCommand, request: Request | None) -> Answer:
        async with self.events(command, request) as events:
            async for event in events:
                if isinstance(event, Answer):
                    return event
        raise AssertionError("a job's events end with an answer")

    async def _begin(
        self, command: ServedCommand, events: JobEvents, request: Request | None
    ) -> None:
        self._check()
        command = self._limited(command)
        await events.turns.take(request)
        try:
            self._check()  # it may have changed meanwhile
            if request is not None and request.scope.get(_CUT):
                raise CancelledError("The request was stopped.")
            self._send_checked(replace(command, job=events.number))
        except BaseException:  # whatever it was, the turn is free again
            events.turns.give()
            raise
        self._jobs[events.number] = events

    def _seconds_left(self, request: Request | None) -> float:
        """What is left of the time of a request, all its jobs together; raises TimeLimitError."""
        if request is None:
            return self.limits.max_seconds
        now = asyncio.get_running_loop().time()
        left: float = request.scope.setdefault(_DEADLINE, now + self.limits.max_seconds) - now
        if left <= 0:
            raise TimeLimitError(self._late)
        return left

    @property
    def _late(self) -> str:
        return f"The request took longer than {self.limits.max_seconds:g} s."

    def _check(self) -> None:
        if self._is_stopped:
            raise EngineStoppedError(_STOPPED)
        check_model(self.state)

    def _limited(self, command: ServedCommand) -> ServedCommand:
        """The command with the service's limits; raises ParameterError where it asks for more."""
        if not isinstance(command, Generate):
            return command
        limits, wanted = self.limits, command.sampling.max_tokens
        if command.n > limits.max_n:
            raise ParameterError(f"n is {command.n}; this service gives at most {limits.max_n}.")
        if wanted > limits.max_tokens:
            raise ParameterError(
                f"max_tokens is {wanted:,}; this service gives at most {limits.max_tokens:,}."
            )
        if wanted >= 0:
            return command
        return replace(command, sampling=replace(command.sampling, max_tokens=limits.max_tokens))

    def _send_checked(self, command: ServedCommand) -> None:
        try:
            self._send(command)
        except UnicodeEncodeError:
            raise ParameterError("The text holds half of a character.") from None
        except OverflowError:
            raise ParameterError("A number is too large for the engine.") from None

    def _leave(self, events: JobEvents) -> None:
        """Cancel the job if it still runs; its turn is over when the engine says so."""
        if events.number in self._jobs and not events.is_left:
            events.is_left = True
            self._send(Cancel(job=events.number))

    def _end_late(self, events: JobEvents) -> None:
        if events.number in self._jobs:
            events.is_late = True
            self._send(Cancel(job=events.number))


_STOPPED = "The service is ending."


def check_model(state: ModelState) -> None:
    """Raise where no model can be asked: while one is loaded, or none is."""
    if state.is_loading:
        raise ModelLoadingError("The model is being loaded.", "Try again in a moment.")
    if state.refusal:
        raise NoModelLoadedError(state.refusal, "Load a model of this machine in Lampblack first.")
    if state.model is None:
        raise NoModelLoadedError("No model is loaded.", "Load one in Lampblack first.")


def note_tokens(scope: Scope, prompt: int, text: int) -> None:
    """Add to the numbers of tokens that the request's line in the list of requests shows."""
    before = scope.get(TOKENS_KEY, (0, 0))
    scope[TOKENS_KEY] = (before[0] + prompt, before[1] + text)


async def while_connected(request: Request | None, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`; when the client leaves, it is cancelled, and CancelledError raised.

    The request's body must have been read.
    """
    if request is None:
        return await work
    doing, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({doing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not doing.done():
            raise CancelledError("The client has left.")
        return doing.result()
    finally:
        leaving.cancel()  # its end is not waited for: each wait is a turn of the loop
        if not doing.done():
            doing.cancel()
            await asyncio.gather(doing, return_exceptions=True)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
