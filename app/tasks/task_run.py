"""One run of a task: its calls to the engine, what they read and wrote, and how it is stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

import msgspec
from msgspec.structs import asdict, replace

from app.core.errors import (
    CancelledError,
    NoModelLoadedError,
    PromptTooLongError,
)
from app.core.masking import Masker
from app.core.options.rows import checked
from app.core.options.sampling import Sampling
from app.engine.messages import (
    ChoicesScored,
    Classified,
    Classify,
    Count,
    Counted,
    Done,
    Event,
    Finished,
    Generate,
    JobCommand,
    ModelInfo,
    Score,
    ScoreChoices,
    Scored,
    Tokenize,
    Tokenized,
    Tokens,
)
from app.tasks.cutting import BLOCK, Ruler, Spans, cut
from app.tasks.options import TaskOptions
from app.tasks.prompts import TaskPrompt, asked
from app.tasks.table import Task

_MARGIN = 16
"""Tokens by which a part that is cut out may have more than it had in its text."""

_LEAST = 32
"""A part of fewer tokens is no passage."""

_REMEMBERED = 256
_TOGETHER = 64  # texts in one message

_BYTES = 2
"""Fewer than a token has on average in any text that a vocabulary was made for: with this, tokens
are estimated for a server that does not count them."""

_PER_TURN = 16  # tokens of a chat template around a turn, for the same estimate
_UNKNOWN = 2**31
"""The room in a context whose length a server does not tell: it refuses what is too long."""

Emit = Callable[[str], None]
F = TypeVar("F", bound=Finished)
V = TypeVar("V")


class TaskEngine(Protocol):
    """What a runner needs of an engine; `app.engine.client.EngineClient` offers it."""

    @property
    def model(self) -> ModelInfo | None:
        """What is loaded."""

    def next_job(self) -> int:
        """A job number that was never used."""

    def run(self, command: JobCommand, on_event: Callable[[Event], None]) -> Finished:
        """Do the command and return its last event; raises LampblackError."""

    def cancel(self, job: int) -> None:
        """Stop a job, from any thread, before or after it began."""

    def recover(self, job: int, on_event: Callable[[Event], None]) -> None:
        """Load the model again if it was lost with its process; raises LampblackError."""


class Remembered:
    """What later runs with the same options need not ask again of one model; for several threads.

    It is forgotten when another model is loaded, or the same one again.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.overheads: dict[bytes, int] = {}
        self.without_text: dict[bytes, tuple[float, ...]] = {}
        self._model: ModelInfo | None = None

    def begin(self, model: ModelInfo) -> None:
        """Forget all that was asked of another model."""
        with self.lock:
            if model is not self._model:
                self._model = model
                self.overheads.clear()
                self.without_text.clear()

    def find(self, model: ModelInfo, found: dict[bytes, V], key: bytes) -> V | None:
        """What is known of that model; None where another one has been asked since."""
        with self.lock:
            return found.get(key) if model is self._model else None

    def keep(self, model: ModelInfo, found: dict[bytes, V], key: bytes, value: V) -> V:
        """Remember the value; the oldest is forgotten.

        Of a model that is no longer the one that is asked, nothing is: the same file may be loaded
        again by then, whose keys are the same.
        """
        with self.lock:
            if model is not self._model:
                return value
            while len(found) >= _REMEMBERED:
                del found[next(iter(found))]
            found[key] = value
        return value


class TaskRun:
    """A task that is being done with its options: in the chat template if `chat`.

    `notes` are the sentences for the result; `prompt_tokens` and `completion_tokens` are counted.
    """

    def __init__(
        self,
        engine: TaskEngine,
        task: Task,
        options: TaskOptions,
        remembered: Remembered,
        *,
        background: bool,
    ) -> None:
        model = engine.model or _recovered(engine)
        if model is None:
            raise NoModelLoadedError("No model is loaded.", "Load one first.")
        remembered.begin(model)
        self.model = model
        self.task = task
        self.options = options
        self.chat = False
        self.sampling = sampling_of(task, options)
        self.seed = 0
        self.notes: list[str] = []
        self.prompt_tokens = 0
        self.completion_tokens = 0
        self.remembered = remembered
        self._engine = engine
        self._background = background
        self._lock = threading.Lock()
        self._job = 0
        self._cancelled = False

    def cancel(self) -> None:
        """Stop the job that runs, and begin no other."""
        with self._lock:
            self._cancelled = True
            job = self._job
        if job:
            self._engine.cancel(job)

    @property
    def cancelled(self) -> bool:
        """Whether it was stopped."""
        return self._cancelled

    def note(self, sentence: str) -> None:
        """Say something about how the result came about, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def asked(self, text: str) -> TaskPrompt:
        """The prompt for a text or a part of one; a classifier reads the text alone."""
        if self.model.labels:
            return TaskPrompt(prompt=text)
        return asked(self.task, text, self.options, chat=self.chat)

    @property
    def drops_head(self) -> bool:
        """Whether the beginning of a text that is too long is left out; a server refuses it."""
        return self.task.joining == "drop head" and self.model.engine != "server"

    @property
    def key(self) -> bytes:
        """What the remembered facts depend on."""
        parts = (self.model.path, self.model.settings, self.task.name, self.options, self.chat)
        return msgspec.msgpack.encode(parts)

    # Calls to the engine

    def generate(self, prompt: TaskPrompt, sampling: Sampling, emit: Emit) -> Done:
        """Write an answer; every answer of a run has the seed of the first."""
        sampling = replace(sampling, stop=(*sampling.stop, *prompt.stop))
        command = Generate(
            job=0,
            prompt=prompt.prompt,
            messages=prompt.messages,
            sampling=sampling,
            exact=self.options.exact,
            overflow="drop_head" if self.drops_head else "fail",
            background=self._background,
        )

        def on_event(event: Event) -> None:
            if isinstance(event, Tokens) and event.text:
                emit(event.text)

        done = self._do(command, Done, on_event)
        self.seed = done.seed
        self.sampling = replace(self.sampling, seed=done.seed)
        self.prompt_tokens += done.stats.prompt_tokens
        self.completion_tokens += done.stats.completion_tokens
        return done

    def score_choices(self, prompt: TaskPrompt, labels: tuple[str, ...]) -> tuple[float, ...]:
        """The log probability of each label as the answer."""
        command = ScoreChoices(
            job=0,
            choices=tuple(f"{prompt.before_label}{label}{prompt.after_label}" for label in labels),
            prompt=prompt.prompt,
            messages=prompt.messages,
            background=self._background,
        )
        scored = self._do(command, ChoicesScored)
        self.prompt_tokens += scored.prompt_tokens
        return tuple(choice.log_probability for choice in scored.choices)

    def classify(self, texts: Sequence[str]) -> Iterator[tuple[tuple[float, ...], int]]:
        """For each text the log probability of each of the classifier's labels, and its tokens."""
        for start in range(0, len(texts), _TOGETHER):
            group = tuple(texts[start : start + _TOGETHER])
            command = Classify(job=0, texts=group, background=self._background)
            found = self._do(command, Classified)
            self.prompt_tokens += sum(found.tokens)
            yield from zip(found.log_probabilities, found.tokens, strict=True)

    def score(self, tokens: tuple[int, ...], text: str = "") -> Scored:
        """The probability of each token after the first; of a `text` if there are no tokens."""
        command = Score(
            job=0,
            text=text,
            tokens=tokens,
            probabilities=self.options.alternatives,
            background=self._background,
        )
        found = self._do(command, Scored)
        self.prompt_tokens += len(tokens) or len(found.details) + 1
        return found

    def tokenize(self, text: str, *, begins: bool = False) -> Tokenized:
        """The tokens of a text of at most `BLOCK` characters."""
        return self._do(Tokenize(job=0, text=text, begins=begins), Tokenized)

    def can(self, ability: str) -> bool:
        """Whether the engine can do this; one on this machine can do it all."""
        return self.model.engine != "server" or ability in self.model.abilities

    @property
    def knows_tokens(self) -> bool:
        """Whether the tokens of a text can be had; a server has those of the masked one."""
        masks = self.model.server is not None and self.model.server.masks
        return self.can("tokenize") and not masks

    def _count(self, prompt: TaskPrompt) -> int:
        if not self.can("chat count" if prompt.messages else "count"):
            texts = (prompt.prompt, *(turn.content for turn in prompt.messages))
            return sum(estimate(text) + _PER_TURN for text in texts)
        command = Count(job=0, prompt=prompt.prompt, messages=prompt.messages)
        return self._do(command, Counted).tokens

    def _do(
        self, command: JobCommand, kind: type[F], on_event: Callable[[Event], None] | None = None
    ) -> F:
        with self._lock:
            if self._cancelled:
                raise CancelledError("Stopped.")
            self._job = job = self._engine.next_job()
        try:
            finished = self._engine.run(replace(command, job=job), on_event or _unheard)
        finally:
            with self._lock:
                self._job = 0
        assert isinstance(finished, kind)
        return finished

    # What fits

    @property
    def overhead(self) -> int:
        """The tokens of the prompt beside the text's own."""
        found = self.remembered.overheads
        key = self.key
        if (known := self.remembered.find(self.model, found, key)) is not None:
            return known
        return self.remembered.keep(self.model, found, key, self._count(self.asked("")))

    def room(self, answer: int, growth: float = 0.0) -> int:
        """How many tokens of a text fit, beside `answer` and `growth` for each of the text's."""
        if not self.model.context:
            return _UNKNOWN
        left = self.model.context - self.overhead - answer - _MARGIN
        return max(0, int(left / (1 + growth)))

    def parts(self, text: str, limit: int) -> list[str]:
        """The text in parts of at most `limit` tokens; a note says how many if they are several.

        Raises PromptTooLongError where there is no room for a passage.
        """
        if len(text.encode()) <= limit:  # a token has at least a byte
            return [text]
        context = f"the model's context of {self.model.context:,} tokens"
        if limit < _LEAST:
            raise PromptTooLongError(
                f"In {context} there is no room for the task {self.task.name} with these options.",
                "Load the model with a larger context, or give shorter options.",
            )
        every = blocks(text, self._masked(text) if len(text) > BLOCK else ())
        parts = [part for block in every for part in self._parts_of(block, limit)]
        if len(parts) > 1:
            self.note(
                f"The text is longer than {context} has room for: it was cut into {len(parts)} "
                "parts, at the ends of paragraphs and sentences where there are any."
            )
            if not self.knows_tokens:
                self.note("The parts were measured by an estimate: a token for every two bytes.")
        return parts

    def _parts_of(self, block: str, limit: int) -> list[str]:
        count = self.ruler(block).count
        whole = self._masked(block) if count(0, len(block)) > limit else ()
        return list(cut(block, limit, count, whole))

    def _masked(self, text: str) -> Spans:
        """What is masked in a text on its way to a server: half of it would be sent as it is."""
        place = self.model.server
        return Masker(place.names).spans(text) if place is not None and place.masks else ()

    def ruler(self, block: str) -> Ruler:
        """The tokens within a block of text, or an estimate of them."""
        if not self.knows_tokens:
            return Ruler(block, [_BYTES] * estimate(block))
        return Ruler(block, [len(piece) for piece in self.tokenize(block).pieces])

    def length(self, text: str) -> int:
        """The tokens of a text, or an estimate of them."""
        if self.model.engine == "server":
            return self._count(TaskPrompt(prompt=text))
        return sum(self.ruler(block).count(0, len(block)) for block in blocks(text))


def _recovered(engine: TaskEngine) -> ModelInfo | None:
    """The model, loaded again if it was lost with the process that had it."""
    engine.recover(engine.next_job(), _unheard)
    return engine.model


def estimate(text: str) -> int:
    """About how many tokens a text has, rather too many than too few."""
    return -(-len(text.encode()) // _BYTES)


def blocks(text: str, whole: Spans = ()) -> list[str]:
    """The text in blocks that can be tokenized at once; what is `whole` is not divided."""
    if len(text) <= BLOCK:
        return [text]
    return list(cut(text, BLOCK, lambda start, end: end - start, whole))


def sampling_of(task: Task, options: TaskOptions) -> Sampling:
    """The parameters of the task with those of the options; raises ParameterError."""
    given = dict(options.sampling)
    if options.seed is not None:
        given["seed"] = options.seed
    return checked(Sampling, asdict(task.sampling) | given)


def _unheard(_event: Event) -> None:
    """For commands whose answer is enough."""
