"""A loaded model for Python programs: text as it is written, whole texts, conversations."""

from __future__ import annotations

import queue
import threading
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from msgspec import ValidationError, convert
from msgspec.structs import replace

from app.core.errors import ParameterError
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
    Done,
    Event,
    Generate,
    Load,
    Loading,
    Stats,
    Take,
    Tokens,
)
from app.program import Program
from app.tasks.options import TaskOptions, TaskResult
from app.tasks.running import TaskRunner
from app.tasks.table import task

_CRASHED = "The graphics card failed with this model last time, so the processor does it now."

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


class Model:
    """A model that `open` loaded; any thread may use it, also several at once."""

    def __init__(self, client: EngineClient) -> None:
        self._client = client
        self._tasks = TaskRunner(client)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was loaded otherwise than asked, in sentences."""
        return self._client.model.notes if self._client.model is not None else ()

    def generate(self, prompt: str, *, n: int = 1, **parameters: Any) -> Generation:
        """Continue `prompt` `n` times; raises ParameterError and the engine's LampblackError."""
        return self._whole(Generate(job=0, prompt=prompt, n=n, sampling=_sampling(parameters)))

    def stream(self, prompt: str, **parameters: Any) -> Generator[str, None, None]:
        """The pieces of a continuation as they are written; leaving early cancels it."""
        return self._pieces(Generate(job=0, prompt=prompt, sampling=_sampling(parameters)))

    def chat(
        self, messages: Sequence[Mapping[str, str]], *, n: int = 1, **parameters: Any
    ) -> Generation:
        """Answer a conversation of `role` and `content` by the model's chat template."""
        turns = _turns(messages)
        return self._whole(Generate(job=0, messages=turns, n=n, sampling=_sampling(parameters)))

    def chat_stream(
        self, messages: Sequence[Mapping[str, str]], **parameters: Any
    ) -> Generator[str, None, None]:
        """The pieces of an answer as they are written; leaving early cancels it."""
        turns = _turns(messages)
        return self._pieces(Generate(job=0, messages=turns, sampling=_sampling(parameters)))

    def run(self, name: str, text: str, **options: Any) -> TaskResult:
        """Do a task of the table with `text`; `options` are the fields of `TaskOptions`.

        Raises UsageError for an unknown task, TypeError for an unknown option, and LampblackError.
        """
        if "labels" in options:
            options["labels"] = tuple(options["labels"])
        return self._tasks.run(task(name), text, TaskOptions(**options))

    def classify(self, text: str, labels: Sequence[str]) -> Classification:
        """Which of the `labels` fits `text`."""
        value = self.run("classify", text, labels=labels).value
        return Classification(value["label"], value["probabilities"])

    def count(self, text: str) -> int:
        """How many tokens `text` is."""
        counted = self._client.run(Count(job=self._client.next_job(), prompt=text), _unheard)
        assert isinstance(counted, Counted)
        return counted.tokens

    def _whole(self, command: Generate) -> Generation:
        done = self._client.run(replace(command, job=self._client.next_job()), _unheard)
        assert isinstance(done, Done)
        return Generation(done.takes, done.seed, done.stats)

    def _pieces(self, command: Generate) -> Generator[str, None, None]:
        command = replace(command, job=self._client.next_job())
        pieces: queue.SimpleQueue[str | BaseException | None] = queue.SimpleQueue()

        def work() -> None:
            try:
                self._client.run(command, lambda event: _pass_on(event, pieces))
            except BaseException as error:  # noqa: BLE001 - raised again where the text is read
                pieces.put(error)
            else:
                pieces.put(None)

        thread = threading.Thread(target=work, name="lampblack stream", daemon=True)
        thread.start()
        try:
            while (piece := pieces.get()) is not None:
                if isinstance(piece, BaseException):
                    raise piece
                yield piece
        finally:
            if thread.is_alive():
                self._client.cancel(command.job)
            thread.join()


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


def _pass_on(event: Event, pieces: queue.SimpleQueue[str | BaseException | None]) -> None:
    if isinstance(event, Tokens) and event.text:
        pieces.put(event.text)


def _sampling(parameters: Mapping[str, Any]) -> Sampling:
    return checked(Sampling, dict(parameters))


def _turns(messages: Sequence[Mapping[str, str]]) -> tuple[ChatMessage, ...]:
    try:
        return convert(messages, tuple[ChatMessage, ...])
    except ValidationError as error:
        raise ParameterError(f"These are no chat messages: {error}.") from error


def _unheard(_event: Event) -> None:
    """For commands whose answer is enough."""
