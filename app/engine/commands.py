"""What the app asks of its engine host: the commands, each with a job number."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from app.core.options.adapters import Adapter
from app.core.options.load_options import LoadOptions
from app.core.options.sampling import Sampling
from app.engine.values import ChatMessage, EngineName, PromptPiece


class Message(msgspec.Struct, frozen=True, kw_only=True, tag=True, forbid_unknown_fields=True):
    """A frame's content, of commands and events."""


class Load(Message, frozen=True):
    """Load the model at `path`, in place of the one that is loaded.

    `cache` is a folder for what an engine makes out of a model to load it faster the next time;
    empty for none. `saves_prompts` says whether what was read is saved there, too, and taken from
    there; a single run does without, so that the same request gives the same text. With a `key`, in
    hexadecimal digits, those prompts are encrypted. With `remeasure`, what the model runs best with
    is measured again. The `adapters` are attached to it. With a `server`, by the name that it was
    saved under, `path` is the name of a model there, empty where it has only one.
    """

    job: int
    path: str
    engine: EngineName
    options: LoadOptions = LoadOptions()
    cache: str = ""
    saves_prompts: bool = True
    key: str = ""
    remeasure: bool = False
    adapters: tuple[Adapter, ...] = ()
    server: str = ""

    @property
    def prompts(self) -> str:
        """The folder for prompts that were read; empty where none are saved."""
        return str(Path(self.cache) / "prompts") if self.cache and self.saves_prompts else ""


class Generate(Message, frozen=True):
    """Continue `prompt`, or answer `messages` by the model's chat template when there are any.

    If the last message is the assistant's, its text is continued. `n` takes share one reading
    of the prompt. With a `suffix`, which may be empty, the text between the prompt and it is
    written, by the model's own tokens for that; neither is read for control tokens then, and
    nothing of the prompt is dropped.
    `probabilities` > 0 asks for each token's details with that many alternatives: the model's own,
    or with `sampled` those that the sampling steps left to draw from.
    `special` turns texts of control tokens in `prompt` into those tokens; `tokens`, if there are
    any, are the prompt instead. `exact` reads all of it in fixed blocks, so that the same request
    gives the same text.
    `overflow` says what happens to a prompt that does not fit: fail, or drop its head (reported in
    `Stats.dropped_tokens`). A job in the `background` leaves most of the engine to the others.
    """

    job: int
    prompt: str = ""
    special: bool = False
    tokens: tuple[int, ...] = ()
    suffix: str | None = None
    messages: tuple[ChatMessage, ...] = ()
    sampling: Sampling = Sampling()
    n: int = 1
    probabilities: int = 0
    sampled: bool = False
    exact: bool = False
    overflow: Literal["fail", "drop_head"] = "fail"
    background: bool = False


class Read(Message, frozen=True):
    """Read the prompt that a `Generate` with the same fields would read, so that it begins at once.

    Nothing comes of it but a faster beginning: any command that arrives stops it. `max_tokens`
    decides with `overflow` how much of a prompt that is too long is dropped.
    """

    job: int
    prompt: str = ""
    suffix: str | None = None
    messages: tuple[ChatMessage, ...] = ()
    max_tokens: int = -1
    n: int = 1
    overflow: Literal["fail", "drop_head"] = "fail"


class Score(Message, frozen=True):
    """Give each token of `text` its probability, with `probabilities` alternatives.

    `special` turns texts of control tokens into those tokens; `tokens`, if there are any, are the
    text instead. With a `prompt`, which may be empty, or with `messages`, the text is judged behind
    what a `Generate` with the same fields (and `suffix`) would read; that is only read, out of the
    cache where it is known, and nothing of it is told. Only the first `told` tokens have details,
    all with -1; the sum is that of all.
    With `overflow`, of a prompt that is too long the head is dropped, and a text that is too long
    itself is judged in the windows of `app.engine.windows`.
    """

    job: int
    text: str
    special: bool = False
    tokens: tuple[int, ...] = ()
    prompt: str | None = None
    suffix: str | None = None
    messages: tuple[ChatMessage, ...] = ()
    probabilities: int = 0
    told: int = -1
    overflow: Literal["fail", "drop_head"] = "fail"
    background: bool = False

    @property
    def is_behind(self) -> bool:
        """Whether the text is judged behind something that is only read."""
        return self.prompt is not None or self.suffix is not None or bool(self.messages)


class ScoreChoices(Message, frozen=True):
    """Give the log probability of each of the `choices` as what follows the prompt.

    The prompt is `prompt`, or `messages` in the chat template with the choice as the beginning of
    the assistant's turn. It is read once for all choices.
    """

    job: int
    choices: tuple[str, ...]
    prompt: str = ""
    messages: tuple[ChatMessage, ...] = ()
    background: bool = False


class ScorePrompts(Message, frozen=True):
    """Give the log probability of `text` after a prompt, and after it without some of its pieces.

    The prompt is its `pieces` joined. Those with a role make the messages of a chat: pieces of one
    role that lie beside each other are one message, and after an assistant's the text goes on with
    it. Each of `without` names the pieces, by their numbers, that are left out; an empty one stands
    for the whole prompt. What prompts share is read once: they are done in the order in which
    least is read. `Prefill` counts the tokens of all of them, `PromptScored` comes for each.
    """

    job: int
    pieces: tuple[PromptPiece, ...]
    text: str
    without: tuple[tuple[int, ...], ...] = ((),)
    background: bool = False


class Classify(Message, frozen=True):
    """Give the log probability of each of a classifier's labels for each of the `texts`.

    Each text is read by itself and whole: none is cut to fit the context.
    """

    job: int
    texts: tuple[str, ...]
    background: bool = False


class Tokenize(Message, frozen=True):
    """Give the tokens of `text`.

    `special` turns texts of control tokens into those tokens, `begins` puts the token in front that
    the model's prompts begin with.
    """

    job: int
    text: str
    special: bool = False
    begins: bool = False


class Detokenize(Message, frozen=True):
    """Give the text of these tokens; bytes that are no text become U+FFFD."""

    job: int
    ids: tuple[int, ...]


class Count(Message, frozen=True):
    """Count the tokens of `prompt`, or of `messages` in the model's chat template.

    With a `suffix` they are those of what asks for the text between the two. Each of the `texts` is
    counted by itself as well, without the token that a prompt begins with. `seeks` asks how much
    of the prompt the engine has read already. With `overflow` what a `Generate` would drop of a
    prompt that is too long is not counted; `max_tokens` and `n` decide with it how much that is.
    """

    job: int
    prompt: str = ""
    special: bool = False
    suffix: str | None = None
    messages: tuple[ChatMessage, ...] = ()
    texts: tuple[str, ...] = ()
    seeks: bool = False
    max_tokens: int = -1
    n: int = 1
    overflow: Literal["", "drop_head"] = ""


class Preview(Message, frozen=True):
    """Say what a server would be sent for `asked`; nothing is sent."""

    job: int
    asked: Generate


class ListModels(Message, frozen=True):
    """Say which models the server of that name has."""

    job: int
    server: str


class Describe(Message, frozen=True):
    """Say which engines work here and which devices they see."""

    job: int


class Quantize(Message, frozen=True):
    """Make a copy of the GGUF model at `source` in another type; the model that is loaded stays.

    Nothing is ever written over: `target` must not be there yet. `type_name` is one of
    `app.core.formats.quantization.TYPES`.
    """

    job: int
    source: str
    target: str
    type_name: str


class Perplexity(Message, frozen=True):
    """Measure how well the model foresees `text`; see `app.host.generation.probabilities`."""

    job: int
    text: str


class Examine(Message, frozen=True):
    """Try the loaded model for its passport; any command that arrives stops it."""

    job: int


class Unload(Message, frozen=True):
    """Give the model's memory back."""

    job: int


class Cancel(Message, frozen=True):
    """Stop the job; it still ends with its own last event."""

    job: int


class Quit(Message, frozen=True):
    """End the host."""


SHARED = (Generate, Score, ScoreChoices, ScorePrompts, Classify, Count, Tokenize, Detokenize)
"""Commands that run side by side; a `Generate` that is `exact` runs alone all the same."""

JobCommand = (
    Load
    | Generate
    | Read
    | Score
    | ScoreChoices
    | ScorePrompts
    | Classify
    | Count
    | Tokenize
    | Detokenize
    | Preview
    | ListModels
    | Describe
    | Examine
    | Quantize
    | Perplexity
    | Unload
)
Command = JobCommand | Cancel | Quit
