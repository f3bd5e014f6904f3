"""What came of an answer: nothing, the same text, half of it, or another language."""

from __future__ import annotations

from typing import Literal

from app.core.rewrites.table import Rewrite
from app.core.text.language_names import UNKNOWN, language_of_text

Outcome = Literal["new", "nothing", "same", "half", "foreign"]

_ENDS = ".!?…。！？”’\"'»」』)）*_—-:：;；"


def outcome(action: Rewrite, original: str, answer: str, finish_reason: str) -> Outcome:
    """What came of a clean `answer` to `action`; "new" where nothing is to be said.

    Half is what ended at its limit or in the middle of a sentence that ends in the original. A
    language is told apart by its letters only, and only where the answer should keep it.
    """
    answer, original = answer.strip(), original.strip()
    if not answer:
        return "nothing"
    if answer == original:
        return "same"
    if finish_reason == "length" or (action.goes == "change" and _is_half(original, answer)):
        return "half"
    if action.goes != "note" and not action.translates and _is_foreign(original, answer):
        return "foreign"
    return "new"


def _is_half(original: str, answer: str) -> bool:
    return original[-1] in _ENDS and answer[-1] not in _ENDS


def _is_foreign(original: str, answer: str) -> bool:
    """Whether the letters of the two belong to different languages."""
    one, other = language_of_text(original), language_of_text(answer)
    east = {"Japanese", "Chinese"}  # a Chinese sentence may be quoted in a Japanese text
    return one != other and {one, other} != east and (one != UNKNOWN or other != UNKNOWN)
