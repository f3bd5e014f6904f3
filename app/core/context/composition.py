"""What a composed prompt consists of: its parts with their reasons, and what was left out."""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec

from app.core.context.mentions import Mention

Turn = Literal["prompt", "suffix", "system", "user"]
PartKind = Literal["system", "frame", "memory", "lore", "following", "text", "note", "instruction"]
"""`frame` are the program's own words around the others."""

LeftOutReason = Literal["cut", "no_room", "not_named", "empty", "too_long"]


class ContextPart(msgspec.Struct, frozen=True):
    """A part of a prompt, exactly as it is sent; the parts of one `turn` are joined.

    `tokens` is -1 where it was not counted. Lore has its `mention`. `depth` is that of the note.
    `is_cut` says that the rest of it is not sent.
    """

    kind: PartKind
    turn: Turn
    text: str
    tokens: int = -1
    mention: Mention | None = None
    depth: int = 0
    is_cut: bool = False


class LeftOut(msgspec.Struct, frozen=True):
    """What is not sent: a part of that kind, or the rest of one; `name` is an entry's."""

    kind: PartKind
    reason: LeftOutReason
    name: str = ""
    tokens: int = -1


class ComposedPrompt(msgspec.Struct, frozen=True):
    """What the engine reads: a prompt, perhaps with a suffix, or the turns of a chat."""

    prompt: str = ""
    suffix: str | None = None
    turns: tuple[tuple[str, str], ...] = ()


class Composition(msgspec.Struct, frozen=True):
    """A prompt's parts in the order in which they are read; `before` is what is sent of the text.

    `tokens` are those of the whole, the beginning and a chat's template included, and `budget` is
    how many there may be; both are -1 where nothing was counted, because nothing had to be.
    """

    parts: tuple[ContextPart, ...]
    left_out: tuple[LeftOut, ...] = ()
    before: str = ""
    tokens: int = -1
    budget: int = -1

    @property
    def prompt(self) -> ComposedPrompt:
        """What the engine is given."""
        turns: dict[str, str] = {}
        for part in self.parts:
            turns[part.turn] = turns.get(part.turn, "") + part.text
        if "user" in turns:
            return ComposedPrompt(turns=(("system", turns["system"]), ("user", turns["user"])))
        return ComposedPrompt(turns.get("prompt", ""), turns.get("suffix"))

    @property
    def around(self) -> int:
        """The tokens that belong to no part: the beginning's and a template's; -1 if not known."""
        return self.tokens - sum(part.tokens for part in self.parts) if self.tokens >= 0 else -1


class ContextRequest(msgspec.Struct, frozen=True):
    """What is asked of the model, and how much it can read.

    `before` is the text before the cursor as a model reads it, `after` what follows, empty where
    it is not to be sent. `size` is the model's context and `answer` the room for what it writes,
    in tokens. `fills` says that the model has the tokens for writing between two texts. Without
    `cuts` nothing of the text before the cursor is left out.
    """

    before: str
    after: str = ""
    instruction: str = ""
    system: str = ""
    size: int = 0
    answer: int = 0
    fills: bool = False
    cuts: bool = True


class TokenCounter(Protocol):
    """Counts with the model's own tokenizer."""

    def texts(self, texts: tuple[str, ...]) -> tuple[int, ...]:
        """The tokens of each text by itself, without a beginning token."""

    def whole(self, prompt: ComposedPrompt) -> int:
        """The tokens of all that the engine would read."""
