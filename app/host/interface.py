"""What every engine offers to the host's loop, and what the loop offers to an engine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from app.core.errors import ParameterError
from app.engine.messages import (
    ChatMessage,
    ChoicesScored,
    Classified,
    Classify,
    Count,
    Counted,
    Detokenize,
    Detokenized,
    Done,
    EngineReport,
    Generate,
    HostEvent,
    Load,
    Measured,
    ModelInfo,
    PromptsScored,
    Read,
    Score,
    ScoreChoices,
    Scored,
    ScorePrompts,
    Tokenize,
    Tokenized,
)

MAX_TAKES = 16
"""The most takes of one request."""

MAX_ALTERNATIVES = 1000
"""The most alternatives for one token: more would only fill frames."""

CHOICES_AT_ONCE = 8
"""How many choices are read at once: each is a text of its own in the engine's memory."""

LEAST_CONTEXT = 2 * MAX_TAKES
"""The smallest context in tokens: llama.cpp wants a position for every sequence, and ends the
process where there is none."""


def check_takes(count: int) -> None:
    """Raise ParameterError unless this many takes can be written at once."""
    if not 1 <= count <= MAX_TAKES:
        raise ParameterError(f"There can be 1 to {MAX_TAKES} takes, not {count}.")


def check_alternatives(count: int) -> None:
    """Raise ParameterError unless this many alternatives can be had for each token."""
    if not 0 <= count <= MAX_ALTERNATIVES:
        raise ParameterError(
            f"From 0 to {MAX_ALTERNATIVES:,} alternatives can be had for each token, not {count}."
        )


def check_context(context: int) -> None:
    """Raise ParameterError for a context that is too small to write in; 0 is the model's own."""
    if 0 < context < LEAST_CONTEXT:
        raise ParameterError(
            f"A context of {context} tokens is too small: it must hold at least {LEAST_CONTEXT}.",
            "Take 2048 or more for writing, or 0 for the model's own.",
        )


class Job:
    """One running command: engines report through it and ask it whether to go on.

    `cancelled` is set from the host's reader thread; the engine tests it between tokens and inside
    its abort callback. After a cancel an engine still returns what it has, with finish reason
    `cancelled`; only loading raises `CancelledError`. `shows` says whether text is sent after the
    step just computed, or waits for a later one's.
    """

    def __init__(self, number: int, emit: Callable[[HostEvent], None]) -> None:
        self.number = number
        self.emit = emit
        self.cancelled = False
        self.shows = True
        self.changed = threading.Event()
        self.on_cancel: Callable[[], None] | None = None

    def cancel(self) -> None:
        """Ask the engine to stop: call `on_cancel` and set `changed`."""
        self.cancelled = True
        on_cancel = self.on_cancel
        if on_cancel is not None:
            on_cancel()
        self.changed.set()


R = TypeVar("R")


class Rows:
    """What a job wants computed next; an engine has kinds of its own."""

    def __init__(self, job: Job) -> None:
        self.job = job

    @property
    def count(self) -> int:
        """How many rows there are."""
        return 1


class PreemptedError(Exception):
    """The job's memory went to others: what it held must be computed again."""


Answer = bool | None | Exception
"""Whether rows were computed, False after a cancel, None if not yet; or what the job must raise."""

Work = Generator[Rows, bool, R]
"""A job as a generator."""


@dataclass(frozen=True)
class TokenizedPrompt:
    """A prompt as the model reads it: tokens with the bytes that each adds to the text.

    Control tokens add none. `bos` is the token that the model wants first, `ends` are those at
    which it stops.
    """

    ids: tuple[int, ...]
    pieces: tuple[bytes, ...]
    bos: int | None
    ends: frozenset[int]

    @property
    def text(self) -> str:
        """The text without control tokens."""
        return b"".join(self.pieces).decode("utf-8", "replace")


class Engine(Protocol):
    """A loaded model. All calls come from one thread, one at a time; errors are LampblackErrors.

    `generate`, `score` and `score_choices` do a job alone; `writing`, `scoring` and `choosing` are
    the same a step at a time, so that several jobs can go on side by side; see `batching`.
    """

    @property
    def info(self) -> ModelInfo:
        """The loaded model, with the settings that it really runs with."""
        ...

    def generate(self, request: Generate, job: Job) -> Done:
        """Emit `Prefill` and `Tokens`, then return `Done`."""

    def writing(self, request: Generate, job: Job) -> Work[Done]:
        """What `generate` does."""
        ...

    def scoring(self, request: Score, job: Job) -> Work[Scored]:
        """What `score` does."""
        ...

    def choosing(self, request: ScoreChoices, job: Job) -> Work[ChoicesScored]:
        """What `score_choices` does."""
        ...

    def comparing(self, request: ScorePrompts, job: Job) -> Work[PromptsScored]:
        """How likely a text is after each of several prompts, a step at a time.

        Raises CancelledError.
        """
        ...

    def classifying(self, request: Classify, job: Job) -> Work[Classified]:
        """The probability of each of a classifier's labels for each text, a step at a time.

        Raises CancelledError, and UnsupportedModelError where the model has no labels.
        """
        ...

    def compute(self, rows: Sequence[Rows]) -> Sequence[Answer]:
        """Compute what jobs want, the most important first, and answer each."""
        ...

    def release(self, rows: Rows) -> None:
        """Free the memory that the job of `rows` writes in, before it is told so."""

    def watch(self, jobs: Sequence[Job]) -> None:
        """Stop what is computed once all `jobs` are cancelled; without jobs nothing is watched."""

    def read(self, request: Read, job: Job) -> Done:
        """Read the prompt as `generate` would and keep what was read; says how much that was."""

    def settle(self) -> None:
        """Nothing has been asked for a while: do what may make a later request faster."""

    def count(
        self, prompt: str, messages: tuple[ChatMessage, ...] = (), *, special: bool = False
    ) -> int:
        """The tokens of the prompt as `generate` would read it."""

    def counted(self, request: Count) -> Counted:
        """The same, the tokens of texts, and how much of the prompt need not be read again."""
        ...

    def tokenize(self, request: Tokenize) -> Tokenized:
        """The tokens of a text."""

    def detokenize(self, request: Detokenize) -> Detokenized:
        """The text of tokens."""

    def score(self, request: Score, job: Job) -> Scored:
        """Each token's probability after the ones before it; those so far when cancelled."""

    def score_choices(self, request: ScoreChoices, job: Job) -> ChoicesScored:
        """The probability of each choice after the prompt; raises CancelledError."""

    def perplexity(self, text: str, job: Job) -> Measured:
        """How well the model foresees the text; raises CancelledError."""

    def lay_out(self, prompt: str, messages: tuple[ChatMessage, ...]) -> TokenizedPrompt:
        """The prompt as `generate` would read it."""

    def guest(self) -> AbstractContextManager[None]:
        """While it is entered, nothing is known or kept; what was kept is there again after it."""

    @property
    def position_bytes(self) -> int:
        """The memory of one position of the context; 0 as long as that is not known."""
        ...

    def close(self) -> None:
        """Free the model and all its memory."""


class EngineModule(Protocol):
    """A package under `app.host` that can load models: `llama_cpp`, `transformers` or `fake`."""

    def load(self, command: Load, job: Job) -> Engine:
        """Load the model, emitting `Loading`; raises a LampblackError."""

    def describe(self) -> EngineReport:
        """Whether the engine's library is installed, its version and the devices it sees."""
