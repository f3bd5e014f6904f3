"""Driving an engine directly, without the host's loop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.core.options.load_options import LoadOptions
from app.core.options.sampling import Sampling
from app.engine.messages import Done, Generate, HostEvent, Load, Prefill, Tokens
from app.host import llama_cpp as engine_module
from app.host.interface import Job
from app.host.llama_cpp.engine import LlamaCppEngine

OPTIONS = LoadOptions(context=2048, threads=2)
TORCH_OPTIONS = LoadOptions(context=2048, threads=1)  # a busy machine costs one thread least


class Runner:
    """Generates on an engine and keeps the events."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.events: list[HostEvent] = []
        self.on_event: Callable[[HostEvent, Job], None] | None = None
        self.job_kind: type[Job] = Job

    def __call__(self, prompt: str = "", **fields: Any) -> Done:
        names = Sampling.__struct_fields__
        sampling = Sampling(**{name: fields.pop(name) for name in names if name in fields})
        request = Generate(job=1, prompt=prompt, sampling=sampling, **fields)
        self.events = []
        self._job = self.job_kind(1, self._take)
        done: Done = self.engine.generate(request, self._job)
        return done

    def _take(self, event: HostEvent) -> None:
        self.events.append(event)
        if self.on_event is not None:
            self.on_event(event, self._job)

    def streamed(self, take: int = 0) -> str:
        return "".join(event.text for event in self.tokens if event.take == take)

    @property
    def tokens(self) -> list[Tokens]:
        return [event for event in self.events if isinstance(event, Tokens)]

    @property
    def prefills(self) -> list[Prefill]:
        return [event for event in self.events if isinstance(event, Prefill)]


def load_command(path: Path, options: LoadOptions = OPTIONS, **more: Any) -> Load:
    """The command that loads a model; the engine is the one that it is given to."""
    return Load(job=0, path=str(path), engine="llama.cpp", options=options, **more)


def silent() -> Job:
    """A job whose events are dropped."""
    return Job(0, lambda _event: None)


def load(
    path: Path, options: LoadOptions = OPTIONS, job: Job | None = None, **more: Any
) -> LlamaCppEngine:
    engine = engine_module.load(load_command(path, options, **more), job or silent())
    assert isinstance(engine, LlamaCppEngine)
    return engine


def load_torch(
    path: Path, cache: Path | None = None, options: LoadOptions = TORCH_OPTIONS, **more: Any
) -> Any:
    from app.host import torch_engine as torch_module

    return torch_module.load(load_command(path, options, cache=str(cache or ""), **more), silent())


def copy_of(folder: Path, target: Path, *, without: tuple[str, ...] = ()) -> Path:
    """A model's folder whose files are links."""
    target.mkdir()
    for part in folder.iterdir():
        if part.name not in without:
            (target / part.name).symlink_to(part)
    return target
