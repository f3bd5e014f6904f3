"""A text judged after a prompt and after the same prompt without parts of it.

The prompts share their beginnings: each is like the whole one up to the first piece that it lacks.
They are read in the order of that place, the last first, so that one memory serves all: it is only
ever cut shorter, and what is read of each is what comes after its gap.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from app.core.errors import GenerationError, ParameterError
from app.engine.messages import (
    ChatMessage,
    Prefill,
    PromptPiece,
    PromptScored,
    PromptsScored,
    ScorePrompts,
)
from app.host.generation.probabilities import log_probability
from app.host.generation.prompt import Prompter, too_long
from app.host.generation.vocabulary import Ids, Vocabulary, common_prefix
from app.host.interface import Job

MOST_PROMPTS = 4000
"""The most prompts of one request."""


class VariantText:
    """The tokens of a prompt with the text behind it, which begins at number `first`.

    `shared` is how many tokens it has in common with the one that is read before it, without the
    prompt's last, whose logits are needed.
    """

    def __init__(self, number: int, tokens: Ids, first: int) -> None:
        self.number, self.tokens, self.first = number, tokens, first
        self.shared = 0
        self._found: list[float] = []

    @property
    def left(self) -> int:
        """How many tokens are to be read where those that are shared are known."""
        return len(self.tokens) - 1 - self.shared

    @property
    def is_whole(self) -> bool:
        """Whether all of the text was judged."""
        return len(self._found) == len(self.tokens) - self.first

    @property
    def log_probability(self) -> float:
        """The sum over the text's tokens; raises GenerationError where it is no number."""
        found = math.fsum(self._found)
        if not math.isfinite(found):
            raise GenerationError("The model gave no usable numbers for the sentence.")
        return found

    def judge(self, place: int, logits: npt.NDArray[np.float32]) -> None:
        """Take up the logits after token number `place`."""
        self._found.append(log_probability(logits, int(self.tokens[place + 1])))


class PromptScores:
    """The texts of a request in the order in which they are read, and how far that is."""

    def __init__(
        self, request: ScorePrompts, prompter: Prompter, vocabulary: Vocabulary, size: int, job: Job
    ) -> None:
        if not request.text or not 1 <= len(request.without) <= MOST_PROMPTS:
            raise ParameterError(
                f"There can be 1 to {MOST_PROMPTS:,} prompts, and a text that is not empty."
            )
        self._job = job
        self.texts = _ordered(_judged_texts(request, prompter, vocabulary))
        if (longest := max(len(text.tokens) for text in self.texts)) > size:
            raise too_long(longest, size)
        self._total = sum(text.left for text in self.texts)
        self._done = self._reused = 0

    def begin(self, known: int) -> None:
        """So many tokens of the first text are known already."""
        self._done = self._reused = known
        self._tell(0)

    def reading(self, text: VariantText, length: int) -> None:
        """The memory holds `length` tokens of a text now."""
        self._tell(max(0, length - text.shared - (self._reused if text is self.texts[0] else 0)))

    def finish(self, text: VariantText) -> None:
        """All of a text was read."""
        self._done += text.left - (self._reused if text is self.texts[0] else 0)
        found = text.log_probability
        self._job.emit(
            PromptScored(job=self._job.number, number=text.number, log_probability=found)
        )
        self._tell(0)

    def answer(self) -> PromptsScored:
        """What was found, in the order that was asked for."""
        first = self.texts[0]
        by_number = sorted(self.texts, key=lambda text: text.number)
        return PromptsScored(
            job=self._job.number,
            log_probabilities=tuple(text.log_probability for text in by_number),
            tokens=len(first.tokens) - first.first,
            prompt_tokens=first.first,
            read=self._total - self._reused,
        )

    def _tell(self, more: int) -> None:
        done = min(self._total, self._done + more)
        self._job.emit(
            Prefill(job=self._job.number, done=done, total=self._total, reused=self._reused)
        )


def _ordered(texts: list[VariantText]) -> list[VariantText]:
    """The longest beginning that is shared with the fullest text first."""
    whole = max(texts, key=lambda text: len(text.tokens))
    found = sorted(texts, key=lambda text: -common_prefix(whole.tokens, text.tokens))
    for before, text in pairwise(found):
        text.shared = min(common_prefix(before.tokens, text.tokens), text.first - 1)
    return found


def _judged_texts(
    request: ScorePrompts, prompter: Prompter, vocabulary: Vocabulary
) -> list[VariantText]:
    """Each prompt with the text behind it.

    The text's tokens are those that it has behind the whole prompt, so that the same ones are
    judged each time; only where another prompt joins it otherwise it has its own.
    """
    whole = _tokens(request.pieces, request.text, prompter)
    start = common_prefix(_tokens(request.pieces, "", prompter), whole)
    usual = whole[start:]
    found = []
    for number, left_out in enumerate(request.without):
        gone = {*left_out}
        pieces = [one for place, one in enumerate(request.pieces) if place not in gone]
        tokens = _tokens(pieces, request.text, prompter)
        first = len(tokens) - len(usual)
        if first < 0 or not np.array_equal(tokens[first:], usual):
            first = common_prefix(_tokens(pieces, "", prompter), tokens)
        if first < 1:
            tokens, first = _begun(tokens, vocabulary), 1
        found.append(VariantText(number, tokens, first))
    return found


def _begun(tokens: Ids, vocabulary: Vocabulary) -> Ids:
    """With the token that stands for an empty prompt."""
    if vocabulary.start is None:
        raise ParameterError(
            "Without that part nothing is left before the sentence, and this model has no token "
            "to begin with.",
            "Choose a sentence with more text before it.",
        )
    return np.concatenate((np.array([vocabulary.start], np.int32), tokens))


def _tokens(pieces: Sequence[PromptPiece], text: str, prompter: Prompter) -> Ids:
    """The tokens of a prompt that goes on with a text."""
    if not any(one.role for one in pieces):
        return prompter.tokens("".join(one.text for one in pieces) + text)
    messages: list[ChatMessage] = []
    for one in pieces:
        role = one.role or "user"
        if messages and messages[-1].role == role:
            messages[-1] = ChatMessage(role=role, content=messages[-1].content + one.text)
        else:
            messages.append(ChatMessage(role=role, content=one.text))
    begun = messages.pop().content if messages[-1].role == "assistant" else ""
    answer = begun + text
    turn = (ChatMessage(role="assistant", content=answer),) if answer else ()
    return prompter.tokens("", (*messages, *turn))
