"""How likely a given text is to the model of a server, and each of several choices after a prompt.

Four ways lead there, see `Way`. In each, a token is judged after all before it, by the model's own
distribution.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from app.core.errors import CancelledError, ParameterError, UnsupportedError
from app.engine.messages import (
    ChatMessage,
    ChoiceScore,
    ChoicesScored,
    Score,
    ScoreChoices,
    Scored,
    TokenDetail,
)
from app.remote.answers import by_number, choices_of, logarithm, side_by_side, token_detail
from app.remote.connections import OpenLine
from app.remote.tokens import Asker, turns
from app.remote.web import NonsenseError, nonsense

MOST_CHOICES = 1000

_LEAST = 5e-324  # a probability that is 0 only because it was too small for its number
_DRAW = {"temperature": 0, "stream": False}
_BIAS = 100_000  # above any difference of two logits
_MOST_LISTED = 256
_WHOLE_VOCABULARY = 1_000_000  # more than any model has


class _Choice(msgspec.Struct):
    log_probability: float
    tokens: int


class _Choices(msgspec.Struct):
    """What answers `/choices`."""

    choices: list[_Choice]
    prompt_tokens: int


@dataclass
class _Judged:
    """A text's tokens, by number or by text, each with its probability; None for the first."""

    tokens: Sequence[int | str]
    details: Sequence[TokenDetail | None]


class Judge:
    """Judges texts by one way for one job."""

    def __init__(self, asker: Asker, line: OpenLine) -> None:
        self._asker = asker
        self._way = asker.abilities.scores_by
        self._line = line

    def score(self, command: Score) -> Scored:
        """Every token after the first, or behind the prompt; raises ServerError, ParameterError."""
        if command.is_behind:
            return self._told(command, self._behind(command))
        if self._way == "own":
            return self._told(command, self._own_score(command))
        if command.tokens and self._way == "echo":
            raise UnsupportedError("The server cannot be given a text by its tokens' numbers.")
        if self._way == "echo":
            judged = self._echoed(command.text, command.probabilities)
        else:
            ids = command.tokens or self._ids(command.text, special=command.special)
            judged = self._by_numbers(ids, command.probabilities, 1)
        return self._told(command, tuple(one for one in judged.details if one is not None))

    def _told(self, command: Score, found: Sequence[TokenDetail]) -> Scored:
        """What is asked of the details of all tokens."""
        score = _score_of(found)
        told = found if command.told < 0 else found[: command.told]
        return Scored(
            job=command.job,
            details=tuple(told),
            log_probability=score.log_probability,
            tokens=score.tokens,
        )

    def _behind(self, command: Score) -> Sequence[TokenDetail]:
        """Every token of the text behind a prompt; raises UnsupportedError where that is no text.

        Where the prompt's last token goes on into the text, it is judged, too.
        """
        prompt = command.prompt or ""
        if command.messages or command.suffix is not None or command.tokens:
            raise UnsupportedError(
                "The server can only say how likely a text is behind a plain prompt.",
                "Use a model on this machine.",
            )
        if self._way == "echo":
            judged = self._echoed(prompt + command.text, command.probabilities)
            first = _tokens_inside(judged.tokens, len(prompt))
            return [one for one in judged.details[first:] if one is not None]
        ids = self._ids(prompt + command.text, special=command.special)
        first = max(1, _common(self._ids(prompt, special=command.special), ids))
        if self._way == "own":
            tokens = msgspec.structs.replace(command, tokens=ids)
            return self._own_score(tokens)[first - 1 :]
        judged = self._by_numbers(ids, command.probabilities, first)
        wanted = judged.details[-(len(ids) - first) :] if len(ids) > first else ()
        return [one for one in wanted if one is not None]

    def choose(self, command: ScoreChoices) -> ChoicesScored:
        """The log probability of each choice; raises ServerError, ParameterError."""
        if not 1 <= len(command.choices) <= MOST_CHOICES or not all(command.choices):
            raise ParameterError(f"There can be 1 to {MOST_CHOICES:,} choices, none of them empty.")
        if self._way == "own":
            return self._own_choices(command)
        if self._way == "echo":
            return self._echoed_choices(command)
        asked, *texts = map(self._laid_out(command), ("", *command.choices))
        shared = min(_common(texts[0], text) for text in (asked, *texts))
        shared = _checked_shared(min(shared, *(len(text) - 1 for text in texts)))
        found = [self._sum(text, shared) for text in texts]
        return ChoicesScored(job=command.job, choices=tuple(found), prompt_tokens=shared)

    # Lampblack's own requests

    def _own_score(self, command: Score) -> Sequence[TokenDetail]:
        fields: dict[str, Any] = {"n_probs": command.probabilities}
        if command.tokens:
            fields["tokens"] = list(command.tokens)
        else:
            fields |= {"content": command.text, "parse_special": command.special}
        listed = self._asker.ask("/score", fields).get("tokens")
        if not isinstance(listed, list):
            raise nonsense()
        return tuple(token_detail(one, command.probabilities) for one in listed)

    def _own_choices(self, command: ScoreChoices) -> ChoicesScored:
        fields: dict[str, Any] = {"choices": list(command.choices), "prompt": command.prompt}
        if command.messages:
            del fields["prompt"]
            fields["messages"] = turns(command.messages)
        try:
            found = msgspec.convert(self._asker.ask("/choices", fields), _Choices)
        except msgspec.ValidationError as error:
            raise nonsense() from error
        is_whole = len(found.choices) == len(command.choices) and found.prompt_tokens >= 0
        if not is_whole or any(one.tokens < 1 for one in found.choices):
            raise nonsense()
        scores = tuple(
            ChoiceScore(log_probability=logarithm(one.log_probability), tokens=one.tokens)
            for one in found.choices
        )
        return ChoicesScored(job=command.job, choices=scores, prompt_tokens=found.prompt_tokens)

    # By the tokens' numbers

    def _ids(self, text: str, *, special: bool) -> tuple[int, ...]:
        return self._asker.tokenize(text, special=special, begins=True)[0]

    def _laid_out(self, command: ScoreChoices) -> Any:
        """Gives the tokens of the prompt with a choice."""
        messages = command.messages
        if not messages:
            return lambda choice: self._ids(command.prompt + choice, special=False)
        if self._way == "forced":
            text = self._asker.templated(messages)
            return lambda choice: self._ids(text + choice, special=True)
        return lambda choice: self._asker.templated_ids(_with_choice(messages, choice))

    def _check_cut(self) -> None:
        if self._line.is_cut:
            raise CancelledError("Stopped.")

    def _sum(self, ids: Sequence[int], shared: int) -> ChoiceScore:
        self._check_cut()
        judged = self._by_numbers(ids, 0, shared)
        return _score_of(judged.details[-(len(ids) - shared) :])

    def _by_numbers(self, ids: Sequence[int], alternatives: int, first: int) -> _Judged:
        """The tokens from number `first` on; perhaps some before."""
        if len(ids) <= first:
            return _Judged(ids, ())
        if self._way == "forced":
            return _Judged(ids, self._forced(ids, alternatives, first))
        fields = {
            **_DRAW,
            "prompt": list(ids),
            "max_tokens": 1,
            "prompt_logprobs": max(1, alternatives),
        }
        choice = _only(self._asker.ask("/v1/completions", fields))
        return _Judged(ids, by_number(choice.get("prompt_logprobs"), ids, alternatives))

    def _forced(self, ids: Sequence[int], alternatives: int, first: int) -> Sequence[TokenDetail]:
        """What llama-server writes where a bias leaves it these tokens and nothing else.

        It tells each token's probability as it was before the bias, but of one that begins a letter
        and does not end it: that one is sought among the likeliest beside another.
        """
        found = []
        for place in range(first, len(ids)):
            self._check_cut()
            told = self._written(ids[:place], ids[place], max(1, alternatives))
            detail = (
                token_detail(told, alternatives) if told else self._sought(ids, place, alternatives)
            )
            if detail.id != ids[place]:
                raise NonsenseError(
                    "The server wrote another token than that which was to be judged.",
                    "Use a model on this machine.",
                )
            found.append(detail)
        return found

    def _sought(self, ids: Sequence[int], place: int, alternatives: int) -> TokenDetail:
        (letter,) = self._asker.tokenize("a")[0][-1:]
        for most in (max(alternatives, _MOST_LISTED), _WHOLE_VOCABULARY):
            told = self._written(ids[:place], letter, most) or {}
            every = told.get("top_logprobs")
            for one in every if isinstance(every, list) else ():
                if isinstance(one, dict) and one.get("id") == ids[place]:
                    return token_detail({**one, "top_logprobs": every}, alternatives)
        raise NonsenseError("The server does not tell how likely a part of a letter is.")

    def _written(self, before: Sequence[int], token: int, most: int) -> dict[str, Any] | None:
        fields = {
            **_DRAW,
            "prompt": list(before),
            "logit_bias": [[token, _BIAS]],
            "n_predict": 1,
            "n_probs": most,
            "cache_prompt": True,
        }
        listed = self._asker.ask("/completion", fields).get("completion_probabilities", [])
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            raise nonsense()
        return listed[0] if listed else None

    # By echo

    def _echoed(self, text: str, alternatives: int) -> _Judged:
        fields = {
            **_DRAW,
            "prompt": text,
            "max_tokens": 1,
            "echo": True,
            "logprobs": max(1, alternatives),
        }
        choice = _only(self._asker.ask("/v1/completions", fields))
        told = choice.get("logprobs")
        offsets = told.get("text_offset") if isinstance(told, dict) else None
        if not isinstance(told, dict) or not isinstance(offsets, list):
            raise nonsense()
        found = side_by_side(told, choice.get("token_ids"), alternatives)
        count = sum(type(one) is int and one < len(text) for one in offsets)
        texts = [str(one) for one in told["tokens"]]
        return _Judged(texts[:count], found[:count])

    def _echoed_choices(self, command: ScoreChoices) -> ChoicesScored:
        if command.messages:
            raise UnsupportedError(
                "The server cannot tell how likely an answer in a chat is.",
                "Ask in the plain form, or use a model on this machine.",
            )
        judged = []
        for choice in command.choices:
            self._check_cut()
            judged.append(self._echoed(command.prompt + choice, 0))
        inside = _tokens_inside(judged[0].tokens, len(command.prompt))
        shared = min(inside, *(_common(judged[0].tokens, one.tokens) for one in judged))
        shared = _checked_shared(min(shared, *(len(one.tokens) - 1 for one in judged)))
        scores = tuple(_score_of(one.details[shared:]) for one in judged)
        return ChoicesScored(job=command.job, choices=scores, prompt_tokens=shared)


def _only(answer: dict[str, Any]) -> dict[str, Any]:
    """The one choice of an answer."""
    found = choices_of(answer)
    if len(found) != 1:
        raise nonsense()
    return found[0]


def _with_choice(messages: Sequence[ChatMessage], choice: str) -> Sequence[ChatMessage]:
    begun = ""
    if messages[-1].role == "assistant":
        begun, messages = messages[-1].content, messages[:-1]
    if not begun + choice:
        return messages
    return (*messages, ChatMessage(role="assistant", content=begun + choice))


def _common(one: Sequence[Any], other: Sequence[Any]) -> int:
    """How many tokens two texts have in common at their beginning."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _tokens_inside(tokens: Sequence[int | str], length: int) -> int:
    """How many tokens end within the first `length` characters."""
    end = 0
    for place, token in enumerate(tokens):
        end += len(str(token))
        if end > length:
            return place
    return len(tokens)


def _checked_shared(shared: int) -> int:
    if shared < 1:
        raise ParameterError("The prompt before the choices is empty.", "Write a few words first.")
    return shared


def _score_of(found: Sequence[TokenDetail | None]) -> ChoiceScore:
    judged = [math.log(one.probability or _LEAST) for one in found if one is not None]
    return ChoiceScore(log_probability=sum(judged), tokens=len(judged))
