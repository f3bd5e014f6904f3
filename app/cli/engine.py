"""The engine behind a word of the command line: planning a load, and running commands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from app.cli import output
from app.cli.long_task import LongTask
from app.core.errors import LampblackError
from app.engine.client import EngineClient
from app.engine.load_plan import gpu_crash, on_processor, plan_load
from app.engine.messages import (
    Describe,
    Described,
    Event,
    Finished,
    JobCommand,
    Load,
    Loading,
    Working,
)

if TYPE_CHECKING:
    from app.core.models.metadata import MetadataStore
    from app.core.models.model_file import ModelFile
    from app.core.options.load_options import LoadOptions
    from app.program import Program

_WORKING = {"quantizing": "Making the copy", "measuring": "Measuring the perplexity"}


class EngineTask(LongTask):
    """Runs commands on a client with their progress; Ctrl+C cancels the one that runs."""

    def __init__(self, client: EngineClient) -> None:
        super().__init__(stop=lambda: client.cancel(self._job))
        self._client = client
        self._job = 0

    def run(self, command: JobCommand) -> Finished:
        """The last event of `command`, which needs no job number."""
        self._job = self._client.next_job()
        if self.cancelled():  # before there was a job that could be cancelled
            self._client.cancel(self._job)
        return self._client.run(replace(command, job=self._job), self.on_event)

    def on_event(self, event: Event) -> None:
        """Show how far the command is."""
        if isinstance(event, Loading):
            loading = f"Loading the model… {event.fraction:.0%}"
            self.line.show("Measuring the model…" if event.measuring else loading)
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
) -> Load:
    """The command that loads `model` as the settings say, with the adapters in `metadata`.

    Where the GPU crashed with this model the last time, the processor is used and a note says so,
    unless `gpu_again`.
    """
    load = plan_load(model, program.settings, metadata, engine=engine, options=options)
    load = replace(load, cache=program.engine_cache, saves_prompts=saves_prompts)
    if gpu_again or (mark := gpu_crash(load, program.gpu_crashes)) is None:
        return load
    output.note(
        f"The graphics card ({mark.gpu}) failed while it loaded {Path(load.path).name} last time, "
        "so the processor does it now; --gpu-layers -1 tries the card again."
    )
    return on_processor(load)


def describe(program: Program) -> tuple[Described | None, str]:
    """What the engines here are, or None and why they could not be asked."""
    try:
        with program.engine() as client:
            found = client.run(Describe(job=client.next_job()), lambda _event: None)
    except LampblackError as error:
        return None, str(error)
    assert isinstance(found, Described)
    return found, ""
