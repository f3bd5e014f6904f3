"""The other side: a bare loop around `llama_decode` in a process of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.benchmark.baseline import Child
from app.engine.messages import EngineSettings


@dataclass(frozen=True, slots=True)
class Prompt:
    """A text of so many tokens, the beginning token included."""

    text: str
    tokens: int


class Bare:
    """A child with the model, loaded as ours is, and nothing around it."""

    def __init__(self, child: Child) -> None:
        self._child = child
        self.ends: list[int] = []
        self.build = ""

    def open(self, path: Path, settings: EngineSettings, sequences: int = 1) -> None:
        """Load the model with the same threads, context, batches and attention as ours.

        Steps may have as many rows as there are `sequences`.
        """
        opened = self._child.ask(
            "open",
            path=str(path),
            threads=settings.threads,
            context=settings.context,
            batch=settings.batch,
            ubatch=settings.ubatch,
            flash_attention=settings.flash_attention,
            gpu_layers=settings.gpu_layers,
            sequences=sequences,
        )
        self.ends, self.build = opened["ends"], opened["build"]

    def cut(self, text: str, tokens: int) -> Prompt:
        """The beginning of `text` that has about so many tokens."""
        found = self._child.ask("cut", text=text, tokens=tokens)
        return Prompt(found["text"], found["tokens"])

    def step(
        self, prompt: str, tokens: int, *, skip: int = 0, threads: int = 0, rows: int = 1
    ) -> float:
        """Seconds per step over `tokens` steps that come `skip` steps after the prompt.

        With several `rows` each step goes on with as many sequences, which share the prompt.
        """
        answer = self._child.ask(
            "decode", prompt=prompt, tokens=tokens, skip=skip, threads=threads, rows=rows
        )
        return float(answer["seconds"]) / tokens

    def read(self, prompt: str) -> float:
        """Seconds for reading the prompt anew, up to the logits after it."""
        return float(self._child.ask("read", prompt=prompt)["seconds"])

    def quantize(self, source: Path, target: Path, kind: str) -> None:
        """Write a copy of a model in another quantization."""
        self._child.ask("quantize", source=str(source), target=str(target), kind=kind)
