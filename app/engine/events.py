"""What the engine host answers: how far a job is, and how it ended."""

from __future__ import annotations

from typing import Literal

from app.core.passport import Passport
from app.engine.commands import Message
from app.engine.values import (
    ChoiceScore,
    EngineReport,
    EngineSettings,
    ModelInfo,
    Stats,
    Take,
    TokenDetail,
)


class Hello(Message, frozen=True):
    """The host is up. `network_denied` says how firmly: by the kernel, by a hook, or not at all."""

    version: int
    pid: int
    network_denied: Literal["kernel", "hook", "no"] = "no"


class Loading(Message, frozen=True):
    """Loading goes on; `fraction` from 0 to 1. `gpu` names the GPUs it goes onto, if any.

    `measuring` says that the model is loaded and what it runs best with is being measured.
    """

    job: int
    fraction: float
    gpu: str = ""
    measuring: bool = False


class Loaded(Message, frozen=True):
    """The model is ready."""

    job: int
    model: ModelInfo
    seconds: float


class Prefill(Message, frozen=True):
    """The prompt is being read: `done` of `total` tokens, `reused` of them out of the cache."""

    job: int
    done: int
    total: int
    reused: int = 0


class Tokens(Message, frozen=True):
    """More text of the take with this index. Details come only when asked for."""

    job: int
    take: int
    text: str
    tokens: int
    details: tuple[TokenDetail, ...] = ()


class Counted(Message, frozen=True):
    """The answer to Count: the prompt's `tokens`, and those of each of the texts.

    `known` are those of the prompt that need not be read again, where that was asked for, and
    `dropped` those of its head that are not in `tokens`.
    """

    job: int
    tokens: int
    texts: tuple[int, ...] = ()
    known: int = 0
    dropped: int = 0


class Scored(Message, frozen=True):
    """The answer to Score: every token after the first, in order, or behind a prompt all of them.

    `log_probability` is the sum of the natural logarithms of the probabilities of all `tokens`,
    also of those that have no details.
    """

    job: int
    details: tuple[TokenDetail, ...]
    log_probability: float = 0.0
    tokens: int = 0


class ChoicesScored(Message, frozen=True):
    """The answer to ScoreChoices, in their order; `prompt_tokens` are common to all."""

    job: int
    choices: tuple[ChoiceScore, ...]
    prompt_tokens: int = 0


class PromptScored(Message, frozen=True):
    """One of the prompts of ScorePrompts, by its number: what the text has after it."""

    job: int
    number: int
    log_probability: float


class PromptsScored(Message, frozen=True):
    """The answer to ScorePrompts, in the order of its `without`.

    `tokens` are those of the text, `prompt_tokens` those of the whole prompt, and `read` those that
    were read for all.
    """

    job: int
    log_probabilities: tuple[float, ...]
    tokens: int = 0
    prompt_tokens: int = 0
    read: int = 0


class Classified(Message, frozen=True):
    """The answer to Classify, text by text: the log probabilities in the order of the labels.

    `tokens` are those of each text, with those that the model puts around it.
    """

    job: int
    log_probabilities: tuple[tuple[float, ...], ...]
    tokens: tuple[int, ...]


class Tokenized(Message, frozen=True):
    """The answer to Tokenize: the tokens' numbers and the bytes that each stands for."""

    job: int
    ids: tuple[int, ...]
    pieces: tuple[bytes, ...]


class Detokenized(Message, frozen=True):
    """The answer to Detokenize."""

    job: int
    text: str


class Previewed(Message, frozen=True):
    """The answer to Preview: where it would go, and what is in it, with names and numbers masked.

    `texts` are the texts in their order, each with its role, empty for a plain prompt; `fields` is
    all of the request as JSON. `replaced` has each placeholder in it and the text that it stands
    for.
    """

    job: int
    url: str
    texts: tuple[tuple[str, str], ...]
    fields: str
    replaced: tuple[tuple[str, str], ...] = ()


class ModelsListed(Message, frozen=True):
    """The answer to ListModels."""

    job: int
    names: tuple[str, ...]


class Described(Message, frozen=True):
    """The answer to Describe."""

    job: int
    engines: tuple[EngineReport, ...]
    network_denied: Literal["kernel", "hook", "no"]


class Working(Message, frozen=True):
    """A long job goes on: what is done just now, and how far the whole is, from 0 to 1."""

    job: int
    what: str
    fraction: float


class Quantized(Message, frozen=True):
    """The answer to Quantize: where the copy is, and the sizes of the model and of the copy."""

    job: int
    path: str
    size_before: int
    size_after: int


class Measured(Message, frozen=True):
    """The answer to Perplexity; `tokens` were foreseen, the text's first one is not."""

    job: int
    perplexity: float
    tokens: int


class Examined(Message, frozen=True):
    """The answer to Examine."""

    job: int
    passport: Passport


class Done(Message, frozen=True):
    """The job is over: the takes of a generation, or none after Read and Unload."""

    job: int
    takes: tuple[Take, ...] = ()
    stats: Stats = Stats()
    seed: int = 0
    settings: EngineSettings = EngineSettings()


class Failed(Message, frozen=True):
    """The job failed; `kind` is a name out of `app.core.errors`."""

    job: int
    kind: str
    message: str
    hint: str = ""


class HostDied(Message, frozen=True):
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
    | ChoicesScored
    | PromptScored
    | PromptsScored
    | Classified
    | Tokenized
    | Detokenized
    | Previewed
    | ModelsListed
    | Described
    | Working
    | Quantized
    | Measured
    | Examined
    | Done
    | Failed
)
Event = HostEvent | HostDied
Finished = (
    Loaded
    | Counted
    | Scored
    | ChoicesScored
    | PromptsScored
    | Classified
    | Tokenized
    | Detokenized
    | Previewed
    | ModelsListed
    | Described
    | Examined
    | Quantized
    | Measured
    | Done
)
