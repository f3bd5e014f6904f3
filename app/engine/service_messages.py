"""The typed frames between the program and the child that serves HTTP.

Up go the commands of the child's clients, each with a job number of the child's own, and a line
for every request that is over; down go what the service is and what model there is, and the events
of those jobs. The frames are those of `app.engine.codec`.
"""

from __future__ import annotations

from functools import cache

import msgspec

from app.engine.commands import (
    Cancel,
    Classify,
    Count,
    Detokenize,
    Generate,
    Message,
    Score,
    ScoreChoices,
    Tokenize,
)
from app.engine.events import (
    ChoicesScored,
    Classified,
    Counted,
    Detokenized,
    Done,
    Failed,
    Prefill,
    Scored,
    Tokenized,
    Tokens,
)
from app.engine.values import ModelInfo


class ServiceLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one request and all of them may take; sizes in bytes, times in seconds.

    `parallel` jobs run and `queue` more wait. `max_n` takes and `max_tokens` tokens of each are the
    most that one request may ask for; after `max_seconds` a job is cut short. `header_s` and
    `body_s` are how long a request may take to arrive, `stall_s` how long a client may read nothing
    of its answer, `idle_s` how long a connection stays open between requests.
    """

    parallel: int = 1
    queue: int = 16
    max_n: int = 8
    max_tokens: int = 8192
    max_seconds: float = 600.0
    max_body: int = 1024 * 1024
    max_connections: int = 128
    header_s: float = 5.0
    body_s: float = 30.0
    stall_s: float = 30.0
    idle_s: float = 15.0


class Serve(Message, frozen=True):
    """The first frame down: what the service is, and whom it lets in.

    `hosts` are the exact values of Host, `origins` the web pages that may call. `certificate` and
    `key` are paths of PEM files; without them it is plain HTTP. `socket` is the listening socket as
    Windows shares it; elsewhere it is inherited.
    """

    version: int
    token: str
    hosts: tuple[str, ...]
    origins: tuple[str, ...] = ()
    allows_null_origin: bool = False
    allows_path_token: bool = False
    limits: ServiceLimits = ServiceLimits()
    certificate: str = ""
    key: str = ""
    socket: bytes = b""


class ModelState(Message, frozen=True):
    """The model that answers, or none, and whether one is being loaded.

    `name` is what it is called, `names` are all that a client may ask for by `model`. `refusal` is
    the sentence that answers every request while there is none for other programs.
    """

    name: str = ""
    model: ModelInfo | None = None
    is_loading: bool = False
    names: tuple[str, ...] = ()
    refusal: str = ""


class Listening(Message, frozen=True):
    """The service answers, and knows the last `ModelState`."""


class Seen(Message, frozen=True):
    """A request is over; `path` never holds a token, and there is no text in it.

    `at` is when it began, in seconds since 1970; `status` is 499 where the client left before.
    """

    at: float
    method: str
    path: str
    status: int
    seconds: float
    prompt_tokens: int = 0
    completion_tokens: int = 0


ServedCommand = Generate | Score | ScoreChoices | Classify | Count | Tokenize | Detokenize
Answer = Done | Scored | ChoicesScored | Classified | Counted | Tokenized | Detokenized
"""How a job ends that has not failed."""

ServedEvent = Prefill | Tokens | Failed | Answer

ToService = Serve | ModelState | ServedEvent
FromService = Listening | Seen | Cancel | ServedCommand

_encoder = msgspec.msgpack.Encoder()


@cache
def _down() -> msgspec.msgpack.Decoder[ToService]:
    return msgspec.msgpack.Decoder(ToService)


@cache
def _up() -> msgspec.msgpack.Decoder[FromService]:
    return msgspec.msgpack.Decoder(FromService)


def encode_service(message: ToService | FromService) -> bytes:
    """The frame content of a message; raises UnicodeEncodeError, OverflowError."""
    return _encoder.encode(message)


def decode_to_service(payload: bytes) -> ToService:
    """What the program says to the service; raises msgspec.MsgspecError on anything else."""
    return _down().decode(payload)


def decode_from_service(payload: bytes) -> FromService:
    """What the service says to the program; raises msgspec.MsgspecError on anything else."""
    return _up().decode(payload)
