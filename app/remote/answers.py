"""The tokens of an answer with their probabilities, out of the shapes in which servers tell them.

- A list of objects in `content`: OpenAI's chats; llama-server and Lampblack in completions, too,
  with each token's number as `id`.
- Four lists side by side: OpenAI's completions. vLLM adds `token_ids` beside them.
- vLLM's `prompt_logprobs`: for each token an object by token number.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from app.engine.messages import Alternative, TokenDetail
from app.remote.web import NonsenseError, nonsense

UNKNOWN = -1
"""The number of a token whose number the server does not tell."""

_TORN = "\ufffd"
_ABOVE_ONE = 1e-3  # how far rounding may lift a logarithm of a probability above 0
_BYTES = re.compile(r"bytes:((?:\\x[0-9a-fA-F]{2})+)")
_LARGEST_TOKEN = 2**31


def details(choice: dict[str, Any], alternatives: int) -> tuple[TokenDetail, ...]:
    """The tokens of a choice or of a piece of one, each with up to `alternatives` others.

    Empty where there are none; raises ServerError for numbers that are no probabilities.
    """
    told = choice.get("logprobs")
    if not isinstance(told, dict):
        return ()
    if isinstance(content := told.get("content"), list):
        return tuple(token_detail(one, alternatives) for one in content)
    if not isinstance(told.get("tokens"), list):
        return ()
    found = side_by_side(told, choice.get("token_ids"), alternatives)
    return tuple(one for one in found if one is not None)


def of_whole_letters(told: TokenDetail) -> TokenDetail:
    """A token of llama-server's stream, which tells the last token of a letter as if it were all.

    Where it may be one of several, it has no number, and no alternatives, which are the last one's.
    """
    same = (one for one in told.alternatives if one.id == told.id)
    if told.text.isascii() or any(one.text == told.text for one in same):
        return told
    return TokenDetail(id=UNKNOWN, text=told.text, probability=told.probability)


def token_detail(told: Any, alternatives: int) -> TokenDetail:
    """A token as an object; raises ServerError."""
    if not isinstance(told, dict):
        raise _no_probabilities()
    others = told.get("top_logprobs")
    listed = others if isinstance(others, list) else []
    found = sorted((_alternative(one) for one in listed), key=lambda one: -one.probability)
    chosen = _alternative(told)
    return TokenDetail(
        id=chosen.id,
        text=chosen.text,
        probability=chosen.probability,
        torn=chosen.torn,
        alternatives=tuple(found[:alternatives]),
    )


def _alternative(told: Any) -> Alternative:
    if not isinstance(told, dict):
        raise _no_probabilities()
    text, torn = _text(told.get("token"), told.get("bytes"))
    return Alternative(
        id=_number(told.get("id")),
        text=text,
        probability=probability(told.get("logprob")),
        torn=torn,
    )


def _number(told: Any) -> int:
    return told if type(told) is int and 0 <= told < _LARGEST_TOKEN else UNKNOWN


def _text(told: Any, content: Any) -> tuple[str, bytes]:
    """A token's text, and its bytes where they are none by themselves."""
    if isinstance(content, list) and content:
        try:
            found = bytes(content)
        except (TypeError, ValueError):
            raise _no_probabilities() from None
        text = found.decode("utf-8", "replace")
        return text, found if _TORN in text else b""
    if not isinstance(told, str):
        raise _no_probabilities()
    if match := _BYTES.fullmatch(told):
        found = bytes.fromhex(match[1].replace("\\x", ""))
        text = found.decode("utf-8", "replace")
        return text, found if _TORN in text else b""
    return told.encode("utf-16", "surrogatepass").decode("utf-16", "replace"), b""


def probability(told: Any) -> float:
    """A probability out of its natural logarithm; raises ServerError for what cannot be one."""
    return math.exp(logarithm(told))


def logarithm(told: Any) -> float:
    """The natural logarithm of a probability; raises ServerError for what cannot be one."""
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise _no_probabilities()
    if told != told or told > _ABOVE_ONE:
        raise _no_probabilities()
    return float(min(0.0, max(told, -1e6)))


def side_by_side(
    told: dict[str, Any], numbers: Any, alternatives: int
) -> Sequence[TokenDetail | None]:
    """OpenAI's lists; None for the first token of a text, which has no probability."""
    tokens, scores = told.get("tokens"), told.get("token_logprobs")
    if not isinstance(tokens, list) or not isinstance(scores, list) or len(tokens) != len(scores):
        raise _no_probabilities()
    tops = told.get("top_logprobs")
    tops = tops if isinstance(tops, list) and len(tops) == len(tokens) else [None] * len(tokens)
    has_numbers = isinstance(numbers, list) and len(numbers) == len(tokens)
    ids = numbers if has_numbers else [None] * len(tokens)
    found: list[TokenDetail | None] = []
    for place, (token, score, top, number) in enumerate(
        zip(tokens, scores, tops, ids, strict=True)
    ):
        if score is None and not place:
            found.append(None)
            continue
        others = top.items() if isinstance(top, dict) else ()
        listed = [{"token": text, "logprob": one} for text, one in others]
        said = {"id": number, "token": token, "logprob": score, "top_logprobs": listed}
        found.append(token_detail(said, alternatives))
    return found


def by_number(told: Any, ids: Sequence[int], alternatives: int) -> tuple[TokenDetail, ...]:
    """VLLM's `prompt_logprobs` of these tokens: every one after the first; raises ServerError."""
    if not isinstance(told, list) or len(told) != len(ids):
        raise _no_probabilities()
    found = []
    for number, ranked in zip(ids[1:], told[1:], strict=True):
        if not isinstance(ranked, dict) or str(number) not in ranked:
            raise _no_probabilities()
        objects = {key: _ranked(key, one) for key, one in ranked.items()}
        said = {**objects[str(number)], "top_logprobs": list(objects.values())}
        found.append(token_detail(said, alternatives))
    return tuple(found)


def _ranked(key: Any, told: Any) -> dict[str, Any]:
    if not isinstance(told, dict) or not str(key).isdecimal():
        raise _no_probabilities()
    text = told.get("decoded_token")
    return {
        "id": int(str(key)[:12]),
        "token": text if isinstance(text, str) else "",
        "logprob": told.get("logprob"),
    }


def choices_of(answer: dict[str, Any]) -> Sequence[dict[str, Any]]:
    """The choices of a whole answer; raises ServerError."""
    listed = answer.get("choices")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise nonsense()
    return listed


def _no_probabilities() -> NonsenseError:
    return NonsenseError(
        "The server sent probabilities that cannot be right.",
        "Ask without them, or use another server.",
    )
