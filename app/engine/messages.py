"""The typed messages between the app and its engine host.

Commands go to the host, events come back. Every command that starts work carries a `job` number
that its events repeat; a job ends with exactly one of `Loaded`, `Counted`, `Scored`, `Described`,
`Quantized`, `Measured`, `Examined`, `Done` or `Failed`. Times are in seconds, sizes in bytes,
lengths in tokens. What messages carry is in `app.engine.values`, and can be had from here, too.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from app.core.options.adapters import Adapter
from app.core.options.load_options import LoadOptions
from app.core.options.sampling import Sampling
from app.core.passport import Passport
from app.engine.values import (
    Alternative as Alternative,
    ChatMessage as ChatMessage,
    DeviceKind as DeviceKind,
    DeviceReport as DeviceReport,
    EngineName as EngineName,
    EngineReport as EngineReport,
    EngineSettings as EngineSettings,
    FinishReason as FinishReason,
    ModelInfo as ModelInfo,
    Placed as Placed,
    Role as Role,
    Stats as Stats,
    Take as Take,
    TokenDetail as TokenDetail,
)

PROTOCOL_VERSION = 3
"""Raised whenever a message changes its meaning; both sides must agree."""


class _Message(msgspec.Struct, frozen=True, kw_only=True, tag=True, forbid_unknown_fields=True):
    """A frame's content."""


# Commands


class Load(_Message, frozen=True):
    """Load the model at `path`, in place of the one that is loaded.

    `cache` is a folder for what an engine makes out of a model to load it faster the next time;
    empty for none. `saves_prompts` says whether what was read is saved there, too, and taken from
    there; a single run does without, so that the same request gives the same text. With
    `remeasure`, what the model runs best with is measured again. The `adapters` are attached to it.
    """

    job: int
    path: str
    engine: EngineName
    options: LoadOptions = LoadOptions()
    cache: str = ""
    saves_prompts: bool = True
    remeasure: bool = False
    adapters: tuple[Adapter, ...] = ()

    @property
    def prompts(self) -> str:
        """The folder for prompts that were read; empty where none are saved."""
        return str(Path(self.cache) / "prompts") if self.cache and self.saves_prompts else ""


class Generate(_Message, frozen=True):
    """Continue `prompt`, or answer `messages` by the model's chat template when there are any.

    If the last message is the assistant's, its text is continued. `n` takes share one reading
    of the prompt. `probabilities` > 0 asks for each token's details with that many alternatives.
    `exact` reads the whole prompt in fixed blocks, so that the same request gives the same text.
    `overflow` says what happens to a prompt that does not fit: fail, or drop its head (reported in
    `Stats.dropped_tokens`).
    """

    job: int
    prompt: str = ""
    messages: tuple[ChatMessage, ...] = ()
    sampling: Sampling = Sampling()
    n: int = 1
    probabilities: int = 0
    exact: bool = False
    overflow: Literal["fail", "drop_head"] = "fail"


class Read(_Message, frozen=True):
    """Read the prompt that a `Generate` with the same fields would read, so that it begins at once.

    Nothing comes of it but a faster beginning: any command that arrives stops it. `max_tokens`
    decides with `overflow` how much of a prompt that is too long is dropped.
    """

    job: int
    prompt: str = ""
    messages: tuple[ChatMessage, ...] = ()
    max_tokens: int = -1
    n: int = 1
    overflow: Literal["fail", "drop_head"] = "fail"


class Score(_Message, frozen=True):
    """Give each token of `text` its probability, with `probabilities` alternatives."""

    job: int
    text: str
    probabilities: int = 0


class Count(_Message, frozen=True):
    """Count the tokens of `prompt`, or of `messages` in the model's chat template."""

    job: int
    prompt: str = ""
    messages: tuple[ChatMessage, ...] = ()


class Describe(_Message, frozen=True):
    """Say which engines work here and which devices they see."""

    job: int


class Quantize(_Message, frozen=True):
    """Make a copy of the GGUF model at `source` in another type; the model that is loaded stays.

    Nothing is ever written over: `target` must not be there yet. `type_name` is one of
    `app.core.formats.quantization.TYPES`.
    """

    job: int
    source: str
    target: str
    type_name: str


class Perplexity(_Message, frozen=True):
    """Measure how well the model foresees `text`; see `app.host.generation.probabilities`."""

    job: int
    text: str


class Examine(_Message, frozen=True):
    """Try the loaded model for its passport; any command that arrives stops it."""

    job: int


class Unload(_Message, frozen=True):
    """Give the model's memory back."""

    job: int


class Cancel(_Message, frozen=True):
    """Stop the job; it still ends with its own last event."""

    job: int


class Quit(_Message, frozen=True):
    """End the host."""


JobCommand = (
    Load | Generate | Read | Score | Count | Describe | Examine | Quantize | Perplexity | Unload
)
Command = JobCommand | Cancel | Quit


# Events


class Hello(_Message, frozen=True):
    """The host is up. `network_denied` says how firmly: by the kernel, by a hook, or not at all."""

    version: int
    pid: int
    network_denied: Literal["kernel", "hook", "no"] = "no"


class Loading(_Message, frozen=True):
    """Loading goes on; `fraction` from 0 to 1. `gpu` names the GPUs it goes onto, if any.

    `measuring` says that the model is loaded and what it runs best with is being measured.
    """

    job: int
    fraction: float
    gpu: str = ""
    measuring: bool = False


class Loaded(_Message, frozen=True):
    """The model is ready."""

    job: int
    model: ModelInfo
    seconds: float


class Prefill(_Message, frozen=True):
    """The prompt is being read: `done` of `total` tokens, `reused` of them out of the cache."""

    job: int
    done: int
    total: int
    reused: int = 0


class Tokens(_Message, frozen=True):
    """More text of the take with this index. Details come only when asked for."""

    job: int
    take: int
    text: str
    tokens: int
    details: tuple[TokenDetail, ...] = ()


class Counted(_Message, frozen=True):
    """The answer to Count."""

    job: int
    tokens: int


class Scored(_Message, frozen=True):
    """The answer to Score: every token after the first, in order."""

    job: int
    details: tuple[TokenDetail, ...]


class Described(_Message, frozen=True):
    """The answer to Describe."""

    job: int
    engines: tuple[EngineReport, ...]
    network_denied: Literal["kernel", "hook", "no"]


class Working(_Message, frozen=True):
    """A long job goes on: what is done just now, and how far the whole is, from 0 to 1."""

    job: int
    what: str
    fraction: float


class Quantized(_Message, frozen=True):
    """The answer to Quantize: where the copy is, and the sizes of the model and of the copy."""

    job: int
    path: str
    size_before: int
    size_after: int


class Measured(_Message, frozen=True):
    """The answer to Perplexity; `tokens` were foreseen, the text's first one is not."""

    job: int
    perplexity: float
    tokens: int


class Examined(_Message, frozen=True):
    """The answer to Examine."""

    job: int
    passport: Passport


class Done(_Message, frozen=True):
    """The job is over: the takes of a generation, or none after Read and Unload."""

    job: int
    takes: tuple[Take, ...] = ()
    stats: Stats = Stats()
    seed: int = 0
    settings: EngineSettings = EngineSettings()


class Failed(_Message, frozen=True):
    """The job failed; `kind` is a name out of `app.core.errors`."""

    job: int
    kind: str
    message: str
    hint: str = ""


class HostDied(_Message, frozen=True):
    """Made by the client, never sent: the host ended by itself with `code`; the end of its log."""

    code: int
    log_tail: str = ""


HostEvent = (
    Hello
    | Loading
    | Loaded
    | Prefill
    | Tokens
    | Counted
    | Scored
    | Described
    | Working
    | Quantized
    | Measured
    | Examined
    | Done
    | Failed
)
Event = HostEvent | HostDied
Finished = Loaded | Counted | Scored | Described | Examined | Quantized | Measured | Done

_encoder = msgspec.msgpack.Encoder()


@cache
def _command_decoder() -> msgspec.msgpack.Decoder[Command]:
    """Made when the first command comes: the window, which reads none, starts sooner without."""
    return msgspec.msgpack.Decoder(Command)


@cache
def _event_decoder() -> msgspec.msgpack.Decoder[HostEvent]:
    return msgspec.msgpack.Decoder(HostEvent)


def encode(message: Command | HostEvent) -> bytes:
    """The frame content of a message."""
    return _encoder.encode(message)


def decode_command(payload: bytes) -> Command:
    """The command in a frame; raises msgspec.DecodeError or ValidationError on anything else."""
    return _command_decoder().decode(payload)


def decode_event(payload: bytes) -> HostEvent:
    """The event in a frame; raises msgspec.DecodeError or ValidationError on anything else."""
    return _event_decoder().decode(payload)
