"""What a server can do beside writing, and why not, as it was found out by asking it."""

from __future__ import annotations

from typing import Literal

import msgspec

from app.core.errors import UnsupportedError
from app.remote.dialects import Dialect

Ability = Literal[
    "complete",
    "chat",
    "n",
    "probabilities",
    "chat probabilities",
    "count",
    "chat count",
    "tokenize",
    "score",
    "schema",
    "chat schema",
    "cancel",
]

WHAT: dict[Ability, str] = {
    "complete": "go on with a text",
    "chat": "answer a chat",
    "n": "write several answers to one request",
    "probabilities": "give the probabilities of what it writes",
    "chat probabilities": "give the probabilities of what it answers in a chat",
    "count": "count the tokens of a text",
    "chat count": "count the tokens of a chat",
    "tokenize": "give the tokens of a text",
    "score": "tell how likely a given text is",
    "schema": "hold a text to a JSON schema",
    "chat schema": "hold its answer in a chat to a JSON schema",
    "cancel": "stop writing when a request is left",
}
"""Each ability as it stands after “The server cannot”."""

Way = Literal["", "own", "forced", "numbers", "echo"]
"""How the probabilities of a given text are had: by Lampblack's own requests; by writing it, each
token forced by a bias (llama-server); with `prompt_logprobs` (vLLM); with `echo` (OpenAI)."""


class Abilities(msgspec.Struct, frozen=True, kw_only=True):
    """What the server answers to: its dialect, the model's name there, its context or 0.

    `cannot` has the reason, without a full stop, for every ability that it lacks, `unknown` for
    every one that could not be found out. `takes_turns` says that it drops what it writes when
    something else is asked.
    """

    dialect: Dialect
    model: str
    context: int = 0
    cannot: dict[Ability, str] = {}
    unknown: dict[Ability, str] = {}
    scores_by: Way = ""
    takes_turns: bool = False

    def can(self, ability: Ability) -> bool:
        """Whether the server can do it."""
        return ability not in self.cannot and ability not in self.unknown

    def check(self, ability: Ability, hint: str = "Use a model on this machine for it.") -> None:
        """Raise UnsupportedError, with the reason, unless the server can do it."""
        if not self.can(ability):
            raise UnsupportedError(self.reason(ability), hint)

    def reason(self, ability: Ability) -> str:
        """A sentence that says why it cannot, or why that is not known."""
        if ability in self.unknown:
            why = self.unknown[ability]
            return f"It is not known whether the server can {WHAT[ability]}: {why}."
        return f"The server cannot {WHAT[ability]}: {self.cannot[ability]}."

    @property
    def names(self) -> tuple[str, ...]:
        """Those that it has."""
        return tuple(name for name in WHAT if self.can(name))
