"""Runs tasks on an engine: one runner for a loaded model, also from several threads at once."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from app.core.errors import ParameterError, TemplateError, UnsupportedError
from app.core.formats.classifiers import writes_nothing
from app.core.options.json_schema import is_schema, read_schema
from app.core.options.rows import is_encodable, rows_by_name
from app.core.options.sampling import Sampling
from app.core.text.language_names import UNKNOWN, language_of_text
from app.engine.messages import FinishReason, ModelInfo
from app.tasks.choosing import answer_labels, choose
from app.tasks.extracting import extract
from app.tasks.options import MAX_LABELS, TaskOptions, TaskResult
from app.tasks.prompts import takes_chat
from app.tasks.scoring import score
from app.tasks.table import Task
from app.tasks.task_run import (
    Emit,
    Remembered as Remembered,
    TaskEngine as TaskEngine,
    TaskRun,
    sampling_of,
)
from app.tasks.writing import write

_OWN = ("labels", "language", "source_language", "schema", "instruction", "system", "alternatives")
_LONGEST_NAME = 100


class TaskRunner:
    """Runs tasks on the model that `engine` has loaded.

    With `background` its jobs leave most of the engine to others. What it has `remembered` may be
    shared with other runners of the engine. `run` may be called from several threads at once.
    """

    def __init__(
        self, engine: TaskEngine, remembered: Remembered | None = None, *, background: bool = False
    ) -> None:
        self._engine = engine
        self._background = background
        self._remembered = remembered or Remembered()
        self._lock = threading.Lock()
        self._runs: set[TaskRun] = set()

    @property
    def model(self) -> ModelInfo | None:
        """What is loaded."""
        return self._engine.model

    def run(
        self, task: Task, text: str, options: TaskOptions, on_piece: Emit | None = None
    ) -> TaskResult:
        """Do `task` with `text`; `on_piece` gets a text as it is written.

        Raises ParameterError for options that the task cannot take, and LampblackError. A text that
        is stopped is returned as far as it got; all else that is stopped raises CancelledError.
        """
        check_options(task, options)
        _check_text(task, text)
        run = TaskRun(self._engine, task, options, self._remembered, background=self._background)
        with self._lock:
            self._runs.add(run)
        try:
            return _done(run, text, on_piece or _unheard)
        finally:
            with self._lock:
                self._runs.discard(run)

    def cancel(self) -> None:
        """Stop every run that is going on; later ones are not touched."""
        with self._lock:
            runs = list(self._runs)
        for run in runs:
            run.cancel()


def check_options(task: Task, options: TaskOptions) -> None:
    """Raise ParameterError for what the task cannot take, or cannot do without."""
    for name in _OWN:
        given = bool(getattr(options, name))
        shown = name.replace("_", " ")
        if given and name not in task.takes:
            raise ParameterError(f"The task {task.name} takes no {shown}.")
        if not given and name in task.needs and name != "labels":  # a classifier has its own
            raise ParameterError(f"The task {task.name} needs the {shown}.")
    if options.sampling and task.gives not in ("text", "data"):
        raise ParameterError(
            f"The task {task.name} draws nothing, so it takes no sampling parameters."
        )
    sampling_of(task, options)
    _check_labels(options.labels)
    for name in ("language", "source_language"):
        if len(named := getattr(options, name)) > _LONGEST_NAME or not named.isprintable():
            raise ParameterError("A language is a name on one line, such as Chinese, or its code.")
    texts = (options.instruction, options.system, options.language, options.source_language)
    if not all(map(is_encodable, (*texts, *options.labels))):
        raise ParameterError("What a task is given must be valid Unicode text.")
    if options.schema:
        if not is_schema(options.schema):
            raise ParameterError("The schema is not a JSON schema.", "Begin it with a brace.")
        read_schema(options.schema)


def check_kind(task: Task, options: TaskOptions, name: str, labels: Sequence[str]) -> None:
    """Raise LampblackError for what a model of this kind cannot do; a classifier has `labels`."""
    if task.gives == "label":
        answer_labels(task, options, labels)
    elif labels:
        raise writes_nothing(name, labels)


def _check_labels(labels: tuple[str, ...]) -> None:
    if labels and not 2 <= len(labels) <= MAX_LABELS:
        raise ParameterError(f"There must be 2 to {MAX_LABELS} labels, not {len(labels)}.")
    for label in labels:
        if not label or label != label.strip() or not label.isprintable():
            raise ParameterError(f"A label is a word or more on one line, which {label!r} is not.")
    if len(set(labels)) < len(labels):
        raise ParameterError("Every label may be named only once.")


def _check_text(task: Task, text: str) -> None:
    if not is_encodable(text):
        raise ParameterError("The text holds a character that is not valid Unicode.")
    if not text.strip() and task.joining != "drop head":
        raise ParameterError("The text is empty.", "Give the words that the task is about.")


def _done(run: TaskRun, text: str, emit: Emit) -> TaskResult:
    """In the chat template if there is one that works, else in the plain form with a note."""
    check_model(run.task, run.options, run.model)
    run.chat = takes_chat(run.task, run.options, run.model)
    try:
        value, reason = _answered(run, text, emit)
    except TemplateError as error:
        if not run.chat or run.options.form != "auto" or run.task.plain is None:
            raise
        run.chat = False
        run.note(f"{error.message} The plain form was used instead.")
        value, reason = _answered(run, text, emit)
    return TaskResult(
        value=value,
        seed=run.seed,
        prompt_tokens=run.prompt_tokens,
        completion_tokens=run.completion_tokens,
        notes=tuple(run.notes),
        finish_reason=reason,
    )


def check_model(task: Task, options: TaskOptions, model: ModelInfo) -> None:
    """Raise LampblackError for what the model or its engine or server cannot do of the task."""
    check_kind(task, options, model.name, model.labels)
    if options.schema:
        unsupported = model.unsupported.get("grammar", "")
        if missing := rows_by_name(Sampling)["grammar"].missing(model.engine) or unsupported:
            raise UnsupportedError(f"The task {task.name} cannot be done here. {missing}")
    if model.engine != "server":
        return
    if task.gives in ("label", "measures") and "score" not in model.abilities:
        raise UnsupportedError(
            f"The task {task.name} needs the probabilities of a given text, and {model.name} on "
            "this server gives none.",
            "Use a model on this machine.",
        )
    sampling, default = sampling_of(task, options), Sampling()
    for name, reason in model.unsupported.items():
        if getattr(sampling, name) != getattr(default, name):
            what = name if name in options.sampling else f"{name}, which the task {task.name} sets,"
            raise UnsupportedError(f"{what} cannot be used here: {reason}", "Leave it as it is.")


def _guess_language(run: TaskRun, text: str) -> None:
    """Name the language of the text for worked examples, if its letters tell it."""
    wants = "source_language" in run.task.takes and not run.options.source_language
    if wants and not run.chat and (found := language_of_text(text)) != UNKNOWN:
        run.options = replace(run.options, source_language=found)
        run.note(f"The text was taken for {found} by its letters.")


def _answered(run: TaskRun, text: str, emit: Emit) -> tuple[dict[str, Any], FinishReason]:
    _guess_language(run, text)
    if run.task.gives == "label":
        return choose(run, text), "stop"
    if run.task.gives == "data":
        return {"data": extract(run, text)}, "stop"
    if run.task.gives == "measures":
        return score(run, text), "stop"
    written, reason = write(run, text, emit)
    return {"text": written}, reason


def _unheard(_piece: str) -> None:
    """For those who wait for the result."""
