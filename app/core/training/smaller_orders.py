"""What a training child is told when a smaller model is to be made, and what it says of it.

A pruned model has lost layers or heads and learns from the pages what it lost; a distilled one
learns what a larger one, its teacher, would write at each place of the pages. The messages of
orders.py are said as well: the plan, the steps, and what ends it otherwise.
"""

from __future__ import annotations

from typing import Literal, TypeVar

import msgspec

from app.core.training.classifier_orders import require_limits

Column = Literal["teacher", "before", "cut", "after"]
"""Which model a figure is of: the teacher, the model as it was, cut and not healed, and made."""

MOST_ANSWERS = 4 << 30
"""Bytes that the answers of teachers may take on the disk, all together."""

MADE, MADE_GGUF = "model", "model.gguf"
"""What comes out, in the folder of the run."""


class HealingSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a smaller model learns: by adapters of this rank, which become part of its weights.

    `epochs` are passes over the pages at most, `rate` is the highest, `length` how many tokens are
    read at once, and `seed` decides every draw.
    """

    rank: int = 16
    epochs: int = 4
    rate: float = 5e-4
    length: int = 256
    seed: int = 1


class DistillSettings(HealingSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Also how it learns from a teacher: `temperature` flattens the chances of both.

    `hard` is the weight of the pages' own next token, from 0 to 1; the rest is the teacher's. Of
    the teacher's chances at each place the `top` largest are kept one by one.
    """

    temperature: float = 2.0
    hard: float = 0.3
    top: int = 64


LORA_LIMITS: dict[str, tuple[float, float]] = {
    "rank": (1, 256),
    "epochs": (1, 100),
    "rate": (1e-7, 0.1),
    "length": (32, 8192),
    "seed": (0, 2**31 - 1),
}
"""The least and the most of each setting of a training of adapters."""

_LIMITS = LORA_LIMITS | {
    "temperature": (0.5, 20),
    "hard": (0, 1),
    "top": (1, 4096),
}

Settings = TypeVar("Settings", bound=HealingSettings)


def check_healing(settings: Settings) -> Settings:
    """The settings, if every one lies within its limits; raises ParameterError."""
    names = {name: limits for name, limits in _LIMITS.items() if hasattr(settings, name)}
    require_limits(settings, names)
    return settings


class _SmallerOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What both have: the pages, and where the child may write.

    `folder` is the run's, `cache` the engine's, `name` what the model will be called. With `gguf`
    a file for llama.cpp is made, too. With `resumes` it goes on from the checkpoint in `folder`.
    `gpu_layers` 0 keeps it on the processor; `threads` 0 takes all cores.
    """

    model: str
    name: str
    texts: tuple[str, ...]
    folder: str
    cache: str = ""
    gguf: bool = False
    resumes: bool = False
    gpu_layers: int = 0
    threads: int = 0


class PruneOrder(_SmallerOrder, frozen=True, kw_only=True, tag="prune"):
    """Take `layers` layers, or `heads` heads of every layer, from a model; one of the two is 0."""

    settings: HealingSettings
    layers: int = 0
    heads: int = 0


class DistillOrder(_SmallerOrder, frozen=True, kw_only=True, tag="distill"):
    """Let the model, a student, learn from `teacher`, whose answers are kept in `answers`."""

    settings: DistillSettings
    teacher: str
    teacher_sha256: str
    answers: str


class AnswersPlanned(msgspec.Struct, frozen=True, kw_only=True, tag="answers planned"):
    """How many bytes the teacher's answers take, and how many of them are there already."""

    size: int
    present: int


class AtWork(msgspec.Struct, frozen=True, kw_only=True, tag="at work"):
    """Something beside the training is done, by `fraction`."""

    what: str
    fraction: float


class CopyFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What a model costs and gives.

    `perplexity` is on pages held out; `repeated` the share of 4-grams that a sampled text had
    before; `speed` tokens per second, 0 where it is that of the model made, whose form is the same.
    """

    column: Column
    parameters: int
    perplexity: float
    repeated: float
    speed: float = 0.0


class SmallerMade(msgspec.Struct, frozen=True, kw_only=True, tag="smaller made"):
    """The model is in the order's folder, and this is what came of it.

    `taken` says in words which layers or heads it lost; `gguf_problem` why there is no file for
    llama.cpp, empty where there is one or none was asked for.
    """

    figures: tuple[CopyFigures, ...]
    taken: tuple[str, ...]
    gguf_problem: str
    steps: int
    best_step: int
    stopped_early: bool
    loss_before: float
    loss_after: float
    seconds: float
    speed: float
    memory: int
    parameters: int
    versions: dict[str, str]
