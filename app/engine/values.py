"""The parts of messages: what a model, a device, a take or a generation is."""

from __future__ import annotations

from typing import Literal

import msgspec

from app.core.options.adapters import Adapter
from app.core.units import size_text

EngineName = Literal["llama.cpp", "torch", "server", "fake"]
Role = Literal["system", "user", "assistant"]
FinishReason = Literal["stop", "length", "cancelled", "banned"]
"""Why a take ended: an end or a stop text, its length, the user, banned phrases on every way."""

DeviceKind = Literal["CPU", "GPU", "integrated GPU", "accelerator"]


class _Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a message."""


class ChatMessage(_Value, frozen=True):
    """One turn of a conversation for the model's chat template."""

    role: Role
    content: str


class PromptPiece(_Value, frozen=True):
    """A piece of a prompt that can be left out; in a chat it belongs to a message of that role."""

    text: str
    role: Role | None = None


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
    """What one device holds of a model: how many layers, their weights and their KV cache.

    The output layer counts as one.
    """

    device: str
    layers: int = 0
    weights: int = 0
    cache: int = 0

    @property
    def description(self) -> str:
        """One line for people."""
        layers = "1 layer" if self.layers == 1 else f"{self.layers} layers"
        return f"{self.device}: {layers}, {size_text(self.weights + self.cache)}"


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
        memory = f", {size_text(self.free)} of {size_text(self.total)} free"
        return f"{self.name}: {self.title} ({self.kind}{memory if self.total else ''})"


class ServerPlace(_Value, frozen=True):
    """Where a server is: every connection goes to `ip`; `is_here` where that is this machine.

    `masks` says whether numbers and these `names` are masked before a text goes there; where it is
    cut on its way, none of them may be divided.
    """

    url: str
    ip: str
    is_here: bool
    masks: bool
    names: tuple[str, ...] = ()


class ModelInfo(_Value, frozen=True):
    """A loaded model: `context` is what it was loaded with, `trained_context` its own.

    `placement` says which device holds what, the processor last; `notes` are sentences about what
    had to be done otherwise than asked; `features` what the processor offers to the engine;
    `fills_middle` whether it has the tokens for writing between a prompt and a suffix; `adapters`
    which are attached; `devices` the graphics cards as they were before it was loaded, none where
    no layer was to go there. A classifier has `labels`: it chooses one for a text, and writes
    nothing. `unsupported` has a reason, a sentence, for each sampling parameter that a server
    cannot be told; where it is empty, all of them hold. `abilities` are what a server was found to
    be able to do, by the names in `app.remote.abilities`, and `unknown` has a sentence for each of
    which that could not be found out. `server` is None for a model of this
    program's own. `draft` is the name of the smaller model that guesses for it; empty without one.
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
    fills_middle: bool = False
    settings: EngineSettings = EngineSettings()
    placement: tuple[Placed, ...] = ()
    notes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    adapters: tuple[Adapter, ...] = ()
    devices: tuple[DeviceReport, ...] = ()
    labels: tuple[str, ...] = ()
    unsupported: dict[str, str] = {}
    abilities: tuple[str, ...] = ()
    unknown: dict[str, str] = {}
    server: ServerPlace | None = None
    draft: str = ""


class Alternative(_Value, frozen=True):
    """A token that could have been chosen, with its probability before any sampling step.

    `id` is -1 where a server does not tell it.
    `torn` are its bytes where they are no text by themselves, and `text` shows them as U+FFFD.
    """

    id: int
    text: str
    probability: float
    torn: bytes = b""


class TokenDetail(_Value, frozen=True):
    """A token with its probability (of the distribution asked for) and the top alternatives.

    `id` and `torn` are as in `Alternative`.
    """

    id: int
    text: str
    probability: float
    torn: bytes = b""
    alternatives: tuple[Alternative, ...] = ()


class ChoiceScore(_Value, frozen=True):
    """One of several texts after a prompt: the sum of its tokens' natural log probabilities."""

    log_probability: float
    tokens: int


class Take(_Value, frozen=True):
    """One finished take: its whole text and its tokens, end-of-generation token left out.

    `index` counts the takes of a request from 0. `stop_text` is the stop text that ended it, as it
    was about to be written; empty where none did.
    """

    index: int
    text: str
    finish_reason: FinishReason
    token_ids: tuple[int, ...] = ()
    stop_text: str = ""


class Stats(_Value, frozen=True):
    """How a generation went. `dropped_tokens` were cut from the prompt's head to make it fit.

    Of the tokens guessed ahead (`drafted_tokens`) the accepted ones are in the text. `draft_kept`
    is the share of the draft model's own guesses that were right, and `draft_gain` how many times
    as fast the text was written as without it, by the costs measured when it was loaded; both are
    0 without one.
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
    draft_kept: float = 0.0
    draft_gain: float = 0.0

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
