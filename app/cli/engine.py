"""The engine behind a word of the command line: planning a load, and running commands."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from app.cli import output
from app.cli.flags import is_given, load_options_from
from app.cli.long_task import LongTask
from app.core.errors import LampblackError
from app.core.formats.classifiers import writes_nothing
from app.core.models.drafts import with_draft
from app.core.models.model_file import engine_for
from app.engine.client import EngineClient
from app.engine.load_plan import gpu_crash, on_processor, plan_load
from app.engine.messages import (
    Describe,
    Described,
    Event,
    Finished,
    JobCommand,
    Load,
    Loaded,
    Loading,
    ModelInfo,
    Prefill,
    Working,
)

if TYPE_CHECKING:
    from app.core.models.metadata import MetadataStore
    from app.core.models.model_file import ModelFile
    from app.core.options.load_options import LoadOptions
    from app.program import Program

_WORKING = {"quantizing": "Making the copy", "measuring": "Measuring the perplexity"}


class EngineTask(LongTask):
    """Runs commands on a client with their progress; Ctrl+C cancels the one that runs.

    It can stand for the client where a `TaskEngine` is wanted.
    """

    def __init__(self, client: EngineClient) -> None:
        super().__init__(stop=lambda: client.cancel(self._job))
        self._client = client
        self._job = 0
        self._last = "\n"

    def __exit__(self, *error: object) -> None:
        """Leave a terminal at the beginning of a line; a file gets the text and no more."""
        super().__exit__(*error)
        if self._last != "\n" and sys.stdout.isatty():
            output.write("\n")

    @property
    def client(self) -> EngineClient:
        """The client, for those who run several commands at a time."""
        return self._client

    @property
    def model(self) -> ModelInfo | None:
        """What is loaded."""
        return self._client.model

    def next_job(self) -> int:
        """A job number; after Ctrl+C that of a job that is cancelled already."""
        self._job = self._client.next_job()
        if self.cancelled():  # before there was a job that could be cancelled
            self._client.cancel(self._job)
        return self._job

    def run(self, command: JobCommand, on_event: Callable[[Event], None] | None = None) -> Finished:
        """The last event of `command`, which needs no job number; its others go to both."""
        command = command if command.job else replace(command, job=self.next_job())
        if on_event is None:
            return self._client.run(command, self.on_event)

        def on_both(event: Event) -> None:
            self.on_event(event)
            on_event(event)

        return self._client.run(command, on_both)

    def cancel(self, job: int) -> None:
        """Stop a job."""
        self._client.cancel(job)

    def recover(self, job: int, on_event: Callable[[Event], None]) -> None:
        """Load the model again if it was lost with its process."""
        self._client.recover(job, on_event)

    def load(self, load: Load, model: ModelFile | None, program: Program) -> Loaded:
        """Load the model, say what had to be done otherwise than asked, and note its use."""
        loaded = self.run(load)
        assert isinstance(loaded, Loaded)
        self.line.clear()
        for note in loaded.model.notes:
            output.note(note)
        if model is None:  # a server's
            return loaded
        with suppress(LampblackError):  # the model can be used all the same
            program.metadata.change(model, used_at=time.time())
        return loaded

    def write(self, text: str) -> None:
        """Write more of the result to stdout."""
        self.line.clear()
        output.write(text)
        self._last = text[-1:] or self._last

    def on_event(self, event: Event) -> None:
        """Show how far the command is."""
        if isinstance(event, Loading):
            loading = f"Loading the model… {event.fraction:.0%}"
            self.line.show("Measuring the model…" if event.measuring else loading)
        elif isinstance(event, Prefill):
            self.line.show(f"Reading the prompt… {event.done} of {event.total} tokens")
        elif isinstance(event, Working):
            self.line.show(f"{_WORKING.get(event.what, event.what)}… {event.fraction:.0%}")


def planned(
    model: ModelFile,
    program: Program,
    metadata: MetadataStore | None = None,
    *,
    engine: str = "",
    options: LoadOptions | None = None,
    saves_prompts: bool = False,
    gpu_again: bool = False,
    may_classify: bool = False,
) -> Load:
    """The command that loads `model` as the settings say, with the adapters in `metadata`.

    Where the GPU crashed with this model the last time, the processor is used and a note says so,
    unless `gpu_again`. A classifier is refused unless it `may_classify`.
    """
    if model.labels and not may_classify:
        raise writes_nothing(model.name, model.labels)
    load = plan_load(model, program.settings, metadata, engine=engine, options=options)
    key = program.prompt_key
    saves_prompts = saves_prompts and (key is not None or not load.options.keep_prompts)
    load = replace(load, cache=program.engine_cache, saves_prompts=saves_prompts, key=key or "")
    if gpu_again or (mark := gpu_crash(load, program.gpu_crashes)) is None:
        return load
    output.note(
        f"The graphics card ({mark.gpu}) failed while it loaded {Path(load.path).name} last time, "
        "so the processor does it now; --gpu-layers -1 tries the card again."
    )
    return on_processor(load)


def asked_load(
    arguments: argparse.Namespace,
    program: Program,
    model: ModelFile | None = None,
    *,
    keeps: bool = False,
    may_classify: bool = False,
) -> tuple[Load, ModelFile]:
    """The command that loads a model as the flags of the word and the settings say, and the model.

    Without one it is that of `--model`, which is looked for once all flags are understood. Only a
    word that goes on for long `keeps` prompts on the disk; where the settings forbid that, those
    that are there are deleted by any.
    """
    options = load_options_from(arguments, program.settings.load)
    model = model or program.model(arguments.model)
    options = drafting(arguments, program, model, options, engine=arguments.engine)
    load = planned(
        model,
        program,
        engine=arguments.engine,
        options=options,
        saves_prompts=keeps or not options.keep_prompts,
        gpu_again=is_given(arguments, "gpu_layers"),
        may_classify=may_classify,
    )
    return load, model


def drafting(
    arguments: argparse.Namespace,
    program: Program,
    model: ModelFile,
    options: LoadOptions,
    *,
    engine: str = "",
) -> LoadOptions:
    """The options with the draft model of `--draft`, or that which was chosen for the model.

    The word none stands for no draft model.
    """
    if not is_given(arguments, "draft"):
        record = program.metadata.record(model)
        return with_draft(options, record, engine_for(model, engine or program.settings.engine))
    name = options.draft if options.draft != "none" else ""
    return replace(options, draft=program.model(name).path if name else "")


def describe(program: Program) -> tuple[Described | None, str]:
    """What the engines here are, or None and why they could not be asked."""
    try:
        with program.engine() as client:
            found = client.run(Describe(job=client.next_job()), lambda _event: None)
    except LampblackError as error:
        return None, str(error)
    assert isinstance(found, Described)
    return found, ""
