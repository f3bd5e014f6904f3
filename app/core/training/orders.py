"""What a training child is told and what it says, as lines of JSON on its standard streams.

The first line is one of `AnyOrder`. The child answers with a `TrainingPlan` and waits for `Begin`;
its last line is one of `TrainingEnd`. Times are in seconds, sizes in bytes,
lengths in tokens.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal

import msgspec

from app.core.training.classifier_orders import (
    ClassifierOrder,
    ClassifierTrained,
    HeldOutScores,
    require_limits,
)
from app.core.training.smaller_orders import (
    LORA_LIMITS,
    AnswersPlanned,
    AtWork,
    DistillOrder,
    PruneOrder,
    SmallerMade,
)

WORD = "trainer"
"""The program's word for the child."""

LEAST_WORDS = 2_000
"""From fewer words a model learns the sentences by heart and not how they are written."""

MOST_WORDS = 5_000_000
"""More would train for weeks on any machine that this is for."""

ALPHA = 2.0
"""An adapter's alpha is this times its rank, so that the rate need not change with the rank."""

STEP_ROWS = 4
"""How many rows of the full length make one step of the optimizer."""


Numbers = Literal["", "bfloat16", "float32"]


class StyleSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a style is learned: the adapter's rank, passes over the pages, the highest rate.

    `length` is how many tokens are read at once, `seed` decides every draw.
    """

    rank: int = 8
    epochs: int = 3
    rate: float = 5e-4
    length: int = 512
    seed: int = 1


def check_style(settings: StyleSettings) -> StyleSettings:
    """The settings, if every one lies within its limits; raises ParameterError."""
    require_limits(settings, LORA_LIMITS)
    return settings


class TrainingOrder(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="style"
):
    """The model, what it learns from, and where the child may write: into `folder` alone.

    `texts` are the pages, one a text. `cache` is the engine's. With `resumes` it goes on from the
    checkpoint in `folder`. `pairs` prompts are written on from before and after, `samples` times
    in all to look for what was learned by heart. `gpu_layers` 0 keeps it on the processor;
    `threads` 0 takes all cores. `numbers` are PyTorch's name of what is computed with; empty for
    bfloat16 where the processor multiplies it by itself, else float32.
    """

    model: str
    texts: tuple[str, ...]
    settings: StyleSettings
    folder: str
    cache: str = ""
    resumes: bool = False
    pairs: int = 10
    samples: int = 50
    gpu_layers: int = 0
    threads: int = 0
    numbers: Numbers = ""


class TrainingPlan(msgspec.Struct, frozen=True, kw_only=True, tag="plan"):
    """What was found: tokens to learn and to test with, steps, and how long it will take here.

    `memory` is what the process has taken at most so far; `done` are steps that a checkpoint has.
    """

    tokens: int
    held_out: int
    steps: int
    done: int
    seconds: float
    memory: int
    numbers: str
    parameters: int
    network_denied: str


class TrainingStep(msgspec.Struct, frozen=True, kw_only=True, tag="step"):
    """A step is done: its loss (nats per token), the rate, the speed, and what is left."""

    step: int
    steps: int
    loss: float
    rate: float
    speed: float
    left: float


class HeldOutLoss(msgspec.Struct, frozen=True, kw_only=True, tag="held-out"):
    """The loss on pages that are not learned from, after `step` steps; `best` is the lowest."""

    step: int
    loss: float
    best: float


class SamplesWritten(msgspec.Struct, frozen=True, kw_only=True, tag="samples"):
    """The training is over, and samples are being written; `fraction` of them are."""

    fraction: float


class TrainingWaits(msgspec.Struct, frozen=True, kw_only=True, tag="waits"):
    """A text is being written with this program, and the training waits until that is done."""


class SamplePair(msgspec.Struct, frozen=True, kw_only=True):
    """How the model goes on from `prompt`, words of the held-out pages, without and with it."""

    prompt: str
    before: str
    after: str


class Trained(msgspec.Struct, frozen=True, kw_only=True, tag="trained"):
    """The adapter is in the order's folder, and this is what came of it.

    `loss_before` is the base's on the held-out pages, `loss_after` that of the best step.
    `gguf_problem` says why there is none for llama.cpp; empty where there is. `samples` are texts
    of the trained model, which took `sample_seconds`.
    """

    steps: int
    best_step: int
    stopped_early: bool
    loss_before: float
    loss_after: float
    seconds: float
    speed: float
    memory: int
    parameters: int
    pairs: tuple[SamplePair, ...]
    samples: tuple[str, ...]
    gguf_problem: str
    versions: dict[str, str]
    sample_seconds: float = 0.0


class Interrupted(msgspec.Struct, frozen=True, kw_only=True, tag="interrupted"):
    """It was stopped; a checkpoint holds the first `step` steps."""

    step: int


class TrainingFailed(msgspec.Struct, frozen=True, kw_only=True, tag="failed"):
    """It cannot go on: an error of core's by its kind."""

    kind: str
    message: str
    hint: str = ""


TrainingEnd = Trained | ClassifierTrained | SmallerMade | Interrupted | TrainingFailed
TrainingNews = (
    TrainingPlan
    | TrainingStep
    | HeldOutLoss
    | HeldOutScores
    | SamplesWritten
    | AnswersPlanned
    | AtWork
    | TrainingWaits
    | TrainingEnd
)
AnyOrder = TrainingOrder | ClassifierOrder | PruneOrder | DistillOrder


class TrainingWish(msgspec.Struct, frozen=True, kw_only=True):
    """What the child is asked for while it runs."""

    wish: Annotated[str, msgspec.Meta(pattern="^(begin|pause|go on|stop)$")]


def line_of(message: msgspec.Struct) -> bytes:
    """A message as a line."""
    return msgspec.json.encode(message) + b"\n"


@cache
def _news() -> msgspec.json.Decoder[TrainingNews]:
    return msgspec.json.Decoder(TrainingNews)


def read_news(line: bytes) -> TrainingNews:
    """The message in a line of the child's; raises msgspec.MsgspecError."""
    return _news().decode(line)
