"""A loaded model for Python programs: text as it is written, whole texts, conversations."""

from __future__ import annotations

import math
import queue
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from msgspec import ValidationError, convert
from msgspec.structs import replace

from app.core.errors import LampblackError, ParameterError
from app.core.options.load_options import LoadOptions
from app.core.options.rows import checked
from app.core.options.sampling import Sampling
from app.core.system.paths import Paths
from app.engine.client import EngineClient
from app.engine.load_plan import gpu_crash, on_processor, plan_load
from app.engine.messages import (
    ChatMessage,
    Count,
    Counted,
    Detokenize,
    Detokenized,
    Done,
    Event,
    Generate,
    Load,
    Loading,
    Score,
    Scored,
    Stats,
    Take,
    TokenDetail,
    Tokenize,
    Tokenized,
    Tokens,
)
from app.program import Program
from app.tasks.options import TaskOptions, TaskResult
from app.tasks.running import TaskRunner
from app.tasks.table import task

_CRASHED = "The graphics card failed with this model last time, so the processor does it now."

_LOOK_S = 0.05
_LEAST = 1e-300  # a probability that the logarithm can take

T = TypeVar("T")

OnProgress = Callable[[float, str], None]


@dataclass(frozen=True)
class Generation:
    """What one request wrote; `text`, `tokens` and `finish_reason` are the first take's."""

    takes: tuple[Take, ...]
    seed: int
    stats: Stats

    @property
    def text(self) -> str:
        """The text."""
        return self.takes[0].text

    @property
    def tokens(self) -> tuple[int, ...]:
        """The numbers of its tokens."""
        return self.takes[0].token_ids

    @property
    def finish_reason(self) -> str:
        """Why it ended."""
        return self.takes[0].finish_reason


@dataclass(frozen=True)
class Classification:
    """The most probable label, and the probability of each; they add up to 1."""

    label: str
    probabilities: Mapping[str, float]


@dataclass(frozen=True)
class Judgement:
    """How well a model foresees a text: every token after the first, and their perplexity."""

    perplexity: float
    tokens: tuple[TokenDetail, ...]


@dataclass(frozen=True)
class Begun(Generic[T]):
    """Something that `run` does, and `cancel` ends early from any thread once it goes on."""

    run: Callable[[], T]
    cancel: Callable[[], None]


class Prepared:
    """One request: `run` does it, `cancel` ends it early from any thread."""

    def __init__(self, client: EngineClient, command: Generate) -> None:
        self._client = client
        self._command = command

    def run(self, on_text: Callable[[str], None] = lambda _text: None) -> Generation:
        """Write, telling each piece of text; a request that was cancelled has what it wrote."""

        def on_event(event: Event) -> None:
            if isinstance(event, Tokens) and event.text:
                on_text(event.text)

        done = self._client.run(self._command, on_event)
        assert isinstance(done, Done)
        return Generation(done.takes, done.seed, done.stats)

    def cancel(self) -> None:
        """Stop with the next step."""
        self._client.cancel(self._command.job)


_Pieces = queue.SimpleQueue[str | BaseException | None]


class Stream(Iterator[str]):
    """The pieces of a text while it is written; `close`, or leaving a `with`, cancels the rest."""

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._pieces: _Pieces = queue.SimpleQueue()
        self._is_over = False
        # It knows nothing of the stream, so that one that is dropped is cancelled.
        self._thread = threading.Thread(
            target=_write, args=(prepared, self._pieces), name="lampblack stream", daemon=True
        )
        self._thread.start()

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.cancel()

    def __next__(self) -> str:
        piece = None if self._is_over else self._pieces.get()
        if isinstance(piece, str):
            return piece
        self._is_over = True
        self._thread.join()
        raise StopIteration if piece is None else piece

    def cancel(self) -> None:
        """Stop with the next step; what is written may still be read."""
        if not self._is_over:
            self._prepared.cancel()

    def close(self) -> None:
        """Stop, and wait until the engine has."""
        self.cancel()
        self._is_over = True
        self._thread.join()


def _write(prepared: Prepared, pieces: _Pieces) -> None:
    try:
        prepared.run(pieces.put)
    except BaseException as error:  # noqa: BLE001 - raised again where the text is read
        pieces.put(error)
    else:
        pieces.put(None)


class Model:
    """A model that `open` loaded; any thread may use it, also several at once."""

    def __init__(self, client: EngineClient) -> None:
        self._client = client

    @property
    def notes(self) -> tuple[str, ...]:
        """What was loaded otherwise than asked, in sentences."""
        return self._client.model.notes if self._client.model is not None else ()

    def generate(self, prompt: str, *, n: int = 1, **parameters: Any) -> Generation:
        """Continue `prompt` `n` times; raises ParameterError and the engine's LampblackError."""
        return self.prepared(prompt, n=n, **parameters).run()

    def stream(self, prompt: str, **parameters: Any) -> Stream:
        """The pieces of a continuation as they are written; leaving early cancels it."""
        return Stream(self.prepared(prompt, **parameters))

    def chat(
        self, messages: Sequence[Mapping[str, str]], *, n: int = 1, **parameters: Any
    ) -> Generation:
        """Answer a conversation of `role` and `content` by the model's chat template."""
        return self.prepared(messages=messages, n=n, **parameters).run()

    def chat_stream(self, messages: Sequence[Mapping[str, str]], **parameters: Any) -> Stream:
        """The pieces of an answer as they are written; leaving early cancels it."""
        return Stream(self.prepared(messages=messages, **parameters))

    def prepared(
        self,
        prompt: str = "",
        *,
        messages: Sequence[Mapping[str, str]] = (),
        n: int = 1,
        exact: bool = False,
        **parameters: Any,
    ) -> Prepared:
        """A request that is checked and not yet begun."""
        command = Generate(
            job=self._client.next_job(),
            prompt=prompt,
            messages=_turns(messages),
            n=n,
            exact=exact,
            sampling=_sampling(parameters),
        )
        return Prepared(self._client, command)

    def run(self, name: str, text: str, **options: Any) -> TaskResult:
        """Do a task of the table with `text`; `options` are the fields of `TaskOptions`.

        Raises UsageError for an unknown task, TypeError for an unknown option, and LampblackError.
        """
        return self.task(name, text, **options).run()

    def task(self, name: str, text: str, **options: Any) -> Begun[TaskResult]:
        """The same, not yet begun."""
        if "labels" in options:
            options["labels"] = tuple(options["labels"])
        runner, row, given = TaskRunner(self._client), task(name), TaskOptions(**options)
        return Begun(lambda: runner.run(row, text, given), runner.cancel)

    def classify(self, text: str, labels: Sequence[str] = ()) -> Classification:
        """Which of the `labels` fits `text`; a classifier has its own, and needs none."""
        value = self.run("classify", text, labels=labels).value
        return Classification(value["label"], value["probabilities"])

    def score(self, text: str) -> Judgement:
        """How well the model foresees `text`, with each token's probability."""
        return self.scoring(text).run()

    def scoring(self, text: str) -> Begun[Judgement]:
        """The same, not yet begun."""
        command = Score(job=self._client.next_job(), text=text)

        def run() -> Judgement:
            scored = self._client.run(command, _unheard)
            assert isinstance(scored, Scored)
            lost = -sum(math.log(max(one.probability, _LEAST)) for one in scored.details)
            mean = lost / max(1, len(scored.details))
            return Judgement(math.exp(mean), scored.details)

        return Begun(run, lambda: self._client.cancel(command.job))

    def batch(
        self, name: str, texts: Iterable[str], *, parallel: int = 4, **options: Any
    ) -> Iterator[TaskResult | LampblackError]:
        """A task with each of many texts, side by side; results in order as they come.

        An error stands where its text would be, and the others go on. `texts` is read as results
        are taken.
        """
        with ThreadPoolExecutor(parallel, "lampblack batch") as pool:
            running: deque[tuple[Begun[TaskResult], Future[TaskResult | LampblackError]]] = deque()
            try:
                for text in texts:
                    begun = self.task(name, text, **options)
                    running.append((begun, pool.submit(_result, begun)))
                    if len(running) >= 2 * parallel:
                        yield running.popleft()[1].result()
                while running:
                    yield running.popleft()[1].result()
            finally:
                for begun, future in running:
                    future.cancel()
                    stop(begun, future)

    def tokenize(self, text: str) -> tuple[int, ...]:
        """The numbers of the tokens of `text`."""
        found = self._client.run(Tokenize(job=self._client.next_job(), text=text), _unheard)
        assert isinstance(found, Tokenized)
        return found.ids

    def detokenize(self, ids: Sequence[int]) -> str:
        """The text of tokens."""
        command = Detokenize(job=self._client.next_job(), ids=tuple(ids))
        found = self._client.run(command, _unheard)
        assert isinstance(found, Detokenized)
        return found.text

    def count(self, text: str) -> int:
        """How many tokens `text` is."""
        counted = self._client.run(Count(job=self._client.next_job(), prompt=text), _unheard)
        assert isinstance(counted, Counted)
        return counted.tokens


def _result(begun: Begun[TaskResult]) -> TaskResult | LampblackError:
    try:
        return begun.run()
    except LampblackError as error:
        return error


def stop(begun: Begun[Any], future: Future[Any]) -> None:
    """Cancel what goes on until it has ended; what was cancelled before it began counts as such."""
    while not future.cancelled() and wait((future,), 0).not_done:
        begun.cancel()
        wait((future,), _LOOK_S)


@contextmanager
def open_model(
    model: str = "", *, engine: str = "", on_progress: OnProgress | None = None, **options: Any
) -> Iterator[Model]:
    """The model of that name or path, loaded; leaving ends its engine.

    Without a name it is the one used last. `options` are load options, such as `context`; the
    settings are used without any. `on_progress` gets a fraction from 0 to 1 and what is done.
    """
    asked = checked(LoadOptions, options) if options else None
    with closing(Program(Paths.here())) as program, program.engine() as client:
        load = plan_load(
            program.model(model), program.settings, program.metadata, engine=engine, options=asked
        )
        load = replace(load, job=client.next_job(), cache=program.engine_cache, saves_prompts=False)
        if gpu_crash(load, program.gpu_crashes) is not None:
            load = on_processor(load)
            warnings.warn(_CRASHED, stacklevel=3)
        _load(client, load, on_progress)
        yield Model(client)


def _load(client: EngineClient, load: Load, on_progress: OnProgress | None) -> None:
    def on_event(event: Event) -> None:
        if isinstance(event, Loading) and on_progress is not None:
            on_progress(event.fraction, "measuring" if event.measuring else "loading")

    client.run(load, on_event)


def _sampling(parameters: Mapping[str, Any]) -> Sampling:
    return checked(Sampling, dict(parameters))


def _turns(messages: Sequence[Mapping[str, str]]) -> tuple[ChatMessage, ...]:
    try:
        return convert(messages, tuple[ChatMessage, ...])
    except ValidationError as error:
        raise ParameterError(f"These are no chat messages: {error}.") from error


def _unheard(_event: Event) -> None:
    """For commands whose answer is enough."""


def models() -> list[str]:
    """The names of the models on this machine that can be used, classifiers included."""
    with closing(Program(Paths.here())) as program:
        return [found.name for found in program.library.list() if found.can_load]
