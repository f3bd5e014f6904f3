"""The typed messages between the app and its engine host, as frames.

Commands go to the host, events come back. Every command that starts work carries a `job` number
that its events repeat; a job ends with exactly one event of `Finished` or with `Failed`. Commands
of `SHARED` may run side by side; every other one waits until it is alone. Times are in seconds,
sizes in bytes, lengths in tokens. All messages and what they carry can be had from here.
"""

from __future__ import annotations

from functools import cache

import msgspec

from app.engine.commands import (
    SHARED as SHARED,
    Cancel as Cancel,
    Classify as Classify,
    Command as Command,
    Count as Count,
    Describe as Describe,
    Detokenize as Detokenize,
    Examine as Examine,
    Generate as Generate,
    JobCommand as JobCommand,
    ListModels as ListModels,
    Load as Load,
    Perplexity as Perplexity,
    Preview as Preview,
    Quantize as Quantize,
    Quit as Quit,
    Read as Read,
    Score as Score,
    ScoreChoices as ScoreChoices,
    ScorePrompts as ScorePrompts,
    Tokenize as Tokenize,
    Unload as Unload,
)
from app.engine.events import (
    ChoicesScored as ChoicesScored,
    Classified as Classified,
    Counted as Counted,
    Described as Described,
    Detokenized as Detokenized,
    Done as Done,
    Event as Event,
    Examined as Examined,
    Failed as Failed,
    Finished as Finished,
    Hello as Hello,
    HostDied as HostDied,
    HostEvent as HostEvent,
    Loaded as Loaded,
    Loading as Loading,
    Measured as Measured,
    ModelsListed as ModelsListed,
    Prefill as Prefill,
    Previewed as Previewed,
    PromptScored as PromptScored,
    PromptsScored as PromptsScored,
    Quantized as Quantized,
    Scored as Scored,
    Tokenized as Tokenized,
    Tokens as Tokens,
    Working as Working,
)
from app.engine.values import (
    Alternative as Alternative,
    ChatMessage as ChatMessage,
    ChoiceScore as ChoiceScore,
    DeviceKind as DeviceKind,
    DeviceReport as DeviceReport,
    EngineName as EngineName,
    EngineReport as EngineReport,
    EngineSettings as EngineSettings,
    FinishReason as FinishReason,
    ModelInfo as ModelInfo,
    Placed as Placed,
    PromptPiece as PromptPiece,
    Role as Role,
    ServerPlace as ServerPlace,
    Stats as Stats,
    Take as Take,
    TokenDetail as TokenDetail,
)

PROTOCOL_VERSION = 8
"""Raised whenever a message changes its meaning; both sides must agree."""

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
