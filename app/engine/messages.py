"""The typed messages between the app and its engine host.

Commands go to the host, events come back. Every command that starts work carries a `job` number
that its events repeat; a job ends with exactly one of `Loaded`, `Counted`, `Scored`, `Described`,
`Quantized`, `Measured`, `Examined`, `Done` or `Failed`. Times are in seconds, sizes in bytes,
lengths in tokens.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import msgspec

from app.core.adapters import Adapter
from app.core.load_options import LoadOptions
from app.core.parameters import Sampling
from app.core.passport import Passport

PROTOCOL_VERSION = 1
"""Raised whenever a message changes its meaning; both sides must agree."""

EngineName = Literal["llama.cpp", "torch", "fake"]
Role = Literal["system", "user", "assistant"]
FinishReason = Literal["stop", "length", "cancelled"]
DeviceKind = Literal["CPU", "GPU", "integrated GPU", "accelerator"]


class _Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a message."""


class _Message(msgspec.Struct, frozen=True, kw_only=True, tag=True, forbid_unknown_fields=True):
    """A frame's content."""


class ChatMessage(_Value, frozen=True):
    """One turn of a conversation for the model's chat template."""

    role: Role
    content: str


class EngineSettings(_Value, frozen=True):
    """What changes a model's numbers; recorded with every take.

    `adapters` are digests of the attached ones, each with its strength.
    """

    engine: str = ""
    build: str = ""
    device: str = "CPU"
    context: int = 0
    threads: int = 0
    batch: int = 0
    ubatch: int = 0
    gpu_layers: int = 0
    flash_attention: bool = False
    kv_type: str = "f16"
    adapters: tuple[str, ...] = ()


class Placed(_Value, frozen=True):
    """What one device holds of a model: so many layers, their weights and their KV cache.

    The output layer counts as one.
    """

    device: str
    layers: int = 0
    weights: int = 0
    cache: int = 0

    @property
    def description(self) -> str:
        """One line for people."""
        size = (self.weights + self.cache) / 2**20
        layers = "1 layer" if self.layers == 1 else f"{self.layers} layers"
        return f"{self.device}: {layers}, {size:,.0f} MiB"


class DeviceReport(_Value, frozen=True):
    """A device that an engine can compute on; memory in bytes, 0 where it is not known."""

    name: str
    title: str
    kind: DeviceKind
    free: int = 0
    total: int = 0

    @property
    def description(self) -> str:
        """One line for people."""
        memory = f", {self.free / 2**30:.1f} of {self.total / 2**30:.1f} GiB free"
        return f"{self.name}: {self.title} ({self.kind}{memory if self.total else ''})"


class ModelInfo(_Value, frozen=True):
    """A loaded model: `context` is what it was loaded with, `trained_context` its own.

    `placement` says which device holds what, the processor last; `notes` are sentences about what
    had to be done otherwise than asked; `features` what the processor offers to the engine;
    `adapters` which are attached; `devices` the graphics cards as they were before it was loaded,
    none where no layer was to go there.
    """

    name: str
    path: str
    engine: str
    architecture: str = ""
    quantization: str = ""
    parameters: int = 0
    size_bytes: int = 0
    layers: int = 0
    vocabulary: int = 0
    context: int = 0
    trained_context: int = 0
    has_chat_template: bool = False
    settings: EngineSettings = EngineSettings()
    placement: tuple[Placed, ...] = ()
    notes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    adapters: tuple[Adapter, ...] = ()
    devices: tuple[DeviceReport, ...] = ()


class Alternative(_Value, frozen=True):
    """A token that could have been chosen, with its probability before any sampling step."""

    id: int
    text: str
    probability: float


class TokenDetail(_Value, frozen=True):
    """A token with its probability (of the model's own distribution) and the top alternatives."""

    id: int
    text: str
    probability: float
    alternatives: tuple[Alternative, ...] = ()


class Take(_Value, frozen=True):
    """One finished variant: its whole text and its tokens, end-of-generation token left out."""

    variant: int
    text: str
    finish_reason: FinishReason
    token_ids: tuple[int, ...] = ()


class Stats(_Value, frozen=True):
    """How a generation went. `dropped_tokens` were cut from the prompt's head to make it fit.

    Of the tokens guessed ahead (`drafted_tokens`) the accepted ones are in the text.
    """

    prompt_tokens: int = 0
    reused_tokens: int = 0
    dropped_tokens: int = 0
    completion_tokens: int = 0
    prefill_s: float = 0.0
    first_token_s: float = 0.0
    decode_s: float = 0.0
    drafted_tokens: int = 0
    accepted_tokens: int = 0

    @property
    def tokens_per_s(self) -> float:
        """Decoding speed; 0 where nothing was decoded after the first token."""
        return self.completion_tokens / self.decode_s if self.decode_s > 0 else 0.0


class EngineReport(_Value, frozen=True):
    """One engine as the host sees it: whether it works, its version and its devices.

    `features` are what the processor offers to it.
    """

    engine: str
    available: bool
    version: str = ""
    problem: str = ""
    devices: tuple[DeviceReport, ...] = ()
    features: tuple[str, ...] = ()


# Commands


class Load(_Message, frozen=True):
    """Load the model at `path`, in place of the one that is loaded.

    `cache` is a folder for what an engine makes out of a model to load it faster the next time;
    empty for none. `saves_prompts` says whether what was read is saved there, too, and taken from
    there; a single run does without, so that the same request gives the same text. With
    `remeasure`, what the model runs best with is measured anew. The `adapters` are attached to it.
    """

    job: int
    path: str
    engine: EngineName
    options: LoadOptions = LoadOptions()
    cache: str = ""
    saves_prompts: bool = True
    remeasure: bool = False
    adapters: tuple[Adapter, ...] = ()


class Generate(_Message, frozen=True):
    """Continue `prompt`, or answer `messages` by the model's chat template when there are any.

    If the last message is the assistant's, its text is continued. `n` variants share one reading
    of the prompt. `probabilities` > 0 asks for each token's details with that many alternatives.
    `exact` reads the prompt anew in fixed blocks, so that the same request gives the same text.
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
    `app.core.quantization.TYPES`.
    """

    job: int
    source: str
    target: str
    type_name: str


class Perplexity(_Message, frozen=True):
    """Measure how well the loaded model foresees `text`; see `app.host.perplexity`."""

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
    """More text of one variant; `tokens` tokens went into it. Details come only when asked for."""

    job: int
    variant: int
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
