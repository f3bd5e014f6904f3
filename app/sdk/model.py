"""A loaded model for Python programs: text as it is written, whole texts, conversations."""

from __future__ import annotations

import math
import os
import warnings
import weakref
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from typing import Any, Self

from msgspec import ValidationError, convert
from msgspec.structs import replace

from app.core.errors import EngineStoppedError, ParameterError, UsageError
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
    Event,
    Generate,
    Load,
    Loading,
    Score,
    Scored,
    Tokenize,
    Tokenized,
)
from app.program import Program
from app.sdk.batch import Outcome, TaskBatch
from app.sdk.progress import Progress, ShownProgress, check_progress
from app.sdk.requests import Begun, Prepared, Stream, plain_text, tell_reading
from app.sdk.results import Classification, Generation, Judgement
from app.tasks.options import TaskOptions, TaskResult
from app.tasks.running import Remembered, TaskRunner
from app.tasks.table import task

_CRASHED = "The graphics card failed with this model last time, so the processor does it now."

_LEAST = 1e-300  # a probability that the logarithm can take


class Model:
    """A model that `open` loaded; any thread may use it, also several at once.

    It belongs to the process that opened it: a forked one opens its own. `progress` says where long
    works are shown, unless they are told otherwise.
    """

    def __init__(
        self,
        client: EngineClient,
        close: Callable[[], object] = lambda: None,
        progress: Progress = "auto",
    ) -> None:
        self._engine = client
        self._progress = progress
        self._remembered = Remembered()
        self._owner = os.getpid()
        self._ending = weakref.finalize(self, _close_here, close, self._owner)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        model = self._engine.model
        return f"<Model {model.name}>" if model is not None and self.is_open else "<Model, closed>"

    @property
    def is_open(self) -> bool:
        """Whether it can be used."""
        return self._ending.alive

    def close(self) -> None:
        """End its engine and give the memory back; may be called twice.

        What other threads wait for raises EngineStoppedError.
        """
        self._ending()

    def check(self) -> None:
        """Raise UsageError in a forked process, EngineStoppedError once it is closed."""
        if os.getpid() != self._owner:
            raise UsageError(
                "This model was opened by another process, whose engine cannot be shared.",
                "Open it in the forked process.",
            )
        if not self.is_open:
            raise EngineStoppedError("The model is closed.", "Open it with lampblack.open.")

    @property
    def _client(self) -> EngineClient:
        self.check()
        return self._engine

    @property
    def notes(self) -> tuple[str, ...]:
        """What was loaded otherwise than asked, in sentences."""
        return self._engine.model.notes if self._engine.model is not None else ()

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
        suffix: str | None = None,
        n: int = 1,
        exact: bool = False,
        progress: Progress | None = None,
        **parameters: Any,
    ) -> Prepared:
        """A request that is checked and not yet begun.

        With a `suffix` what stands between the prompt and it is written, if the model was trained
        to; else ParameterError is raised when it runs.

        `progress` says where the reading of a long prompt is shown.
        """
        command = Generate(
            job=self._client.next_job(),
            prompt=plain_text(prompt),
            suffix=None if suffix is None else plain_text(suffix),
            messages=_turns(messages),
            n=n,
            exact=exact,
            sampling=_sampling(parameters),
        )
        return Prepared(self, self._client, command, self.shown_at(progress))

    def shown_at(self, progress: Progress | None) -> Progress:
        """Where a work is shown, that may have been told where; raises ParameterError."""
        return self._progress if progress is None else check_progress(progress)

    def run(self, name: str, text: str, **options: Any) -> TaskResult:
        """Do a task of the table with `text`; `options` are the fields of `TaskOptions`.

        Raises UsageError for an unknown task, TypeError for an unknown option, and LampblackError.
        """
        return self.task(name, text, **options).run()

    def task(self, name: str, text: str, **options: Any) -> Begun[TaskResult]:
        """The same, not yet begun."""
        runner, row, given = self._runner(), task(name), _task_options(options)
        asked = plain_text(text)
        return Begun(lambda: runner.run(row, asked, given), runner.cancel)

    def classify(self, text: str, labels: Sequence[str] = ()) -> Classification:
        """Which of the `labels` fits `text`; a classifier has its own, and needs none."""
        value = self.run("classify", text, labels=labels).value
        return Classification(value["label"], value["probabilities"])

    def score(self, text: str) -> Judgement:
        """How well the model foresees `text`, with each token's probability."""
        return self.scoring(text).run()

    def scoring(self, text: str) -> Begun[Judgement]:
        """The same, not yet begun."""
        client = self._client
        command = Score(job=client.next_job(), text=plain_text(text))

        def run() -> Judgement:
            with ShownProgress(self._progress) as shown:
                scored = client.run(command, lambda event: tell_reading(shown, event))
            assert isinstance(scored, Scored)
            lost = -sum(math.log(max(one.probability, _LEAST)) for one in scored.details)
            mean = lost / max(1, len(scored.details))
            return Judgement(math.exp(mean), scored.details)

        return Begun(run, lambda: client.cancel(command.job))

    def batch(
        self,
        name: str,
        texts: Iterable[str],
        *,
        parallel: int = 4,
        progress: Progress | None = None,
        **options: Any,
    ) -> Generator[Outcome, None, None]:
        """A task with each of many texts, side by side; results in order as they come.

        An error stands where its text would be, and the others go on; what is not of one text alone
        is raised. `texts` is read as results are taken, at most 16 ahead for each of `parallel`
        slots (1 to 256). Raises UsageError and ParameterError at once.
        """
        return self.task_batch(name, texts, parallel, progress, **options).outcomes()

    def task_batch(
        self,
        name: str,
        texts: Iterable[str],
        parallel: int,
        progress: Progress | None,
        **options: Any,
    ) -> TaskBatch:
        """The same, checked and not yet begun."""
        at, given = self.shown_at(progress), _task_options(options)
        return TaskBatch(self, self._runner(), name, texts, parallel, at, given)

    def _runner(self) -> TaskRunner:
        """One of its own for each call, which its `cancel` ends, with what all of them know."""
        return TaskRunner(self._client, self._remembered)

    def tokenize(self, text: str) -> tuple[int, ...]:
        """The numbers of the tokens of `text`."""
        command = Tokenize(job=self._client.next_job(), text=plain_text(text))
        found = self._client.run(command, _unheard)
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
        command = Count(job=self._client.next_job(), prompt=plain_text(text))
        counted = self._client.run(command, _unheard)
        assert isinstance(counted, Counted)
        return counted.tokens


def open_model(
    model: str = "", *, engine: str = "", progress: Progress = "auto", **options: Any
) -> Model:
    """The model of that name or path, loaded; `close`, or leaving a `with`, ends its engine.

    Without a name it is the one used last. `options` are load options, such as `context`; the
    settings are used without any. `progress` says where the loading is shown, and whatever else
    takes long: "auto" (a line in a notebook or on a terminal, else nothing), "terminal",
    "notebook", "off", or a function of a fraction from 0 to 1 and what is done.

    Raises ParameterError for an option or its value, ModelNotFoundError, and whatever
    LampblackError the loading ends with.
    """
    asked = checked(LoadOptions, options) if options else None
    check_progress(progress)
    with ExitStack() as stack:
        program = stack.enter_context(closing(Program(Paths.here())))
        client = stack.enter_context(program.engine())
        load = plan_load(
            program.model(model), program.settings, program.metadata, engine=engine, options=asked
        )
        load = replace(load, job=client.next_job(), cache=program.engine_cache, saves_prompts=False)
        if gpu_crash(load, program.gpu_crashes) is not None:
            load = on_processor(load)
            warnings.warn(_CRASHED, stacklevel=2)
        _load(client, load, progress)
        close = stack.pop_all().close
    return Model(client, close, progress)


def _close_here(close: Callable[[], object], owner: int) -> None:
    """Close what this process opened; a forked one leaves it to the other."""
    if os.getpid() == owner:
        close()


def _load(client: EngineClient, load: Load, progress: Progress) -> None:
    with ShownProgress(progress) as shown:

        def on_event(event: Event) -> None:
            if isinstance(event, Loading):
                shown.tell(event.fraction, "measuring" if event.measuring else "loading")

        client.run(load, on_event)


def _task_options(options: Mapping[str, Any]) -> TaskOptions:
    if "labels" in options:
        options = {**options, "labels": tuple(options["labels"])}
    return TaskOptions(**options)


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
