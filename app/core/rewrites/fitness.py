"""Whether a model can do an action, and what to doubt before it is asked."""

from __future__ import annotations

from collections.abc import Iterator

from app.core.passport import LANGUAGES, Passport
from app.core.rewrites.table import Rewrite
from app.core.text.language_names import language_name, worked_examples

_CODES = {name: code for code, name in LANGUAGES.items()}


def obstacle(action: Rewrite, model: str, *, has_template: bool, target: str = "") -> str:
    """Why the model named `model` cannot do the action, as a sentence; empty if it can.

    `target` is the language to translate into.
    """
    if has_template or action.goes_on or action.examples:
        return ""
    if action.translates:
        name = language_name(target)
        if not target or worked_examples("English" if name != "English" else "French", name):
            return ""
        return (
            f"{model} only goes on with text, and there are no examples of {name} to show it: "
            "translate with a model that follows instructions."
        )
    return (
        f"{model} only goes on with text, and there are no examples of this to show it: load a "
        "model that follows instructions."
    )


def uses_template(has_template: bool, passport: Passport | None) -> bool:
    """Whether the model is asked in its chat template: not where that was found to fail."""
    return has_template and (passport is None or passport.template != "fails")


def doubts(
    action: Rewrite, model: str, passport: Passport | None, *, chat: bool, language: str = ""
) -> tuple[str, ...]:
    """What may go wrong with this model, as sentences, by what was found when it was tried.

    `language` is the name of the one that the answer is to be in, empty where that is not known.
    """
    return tuple(_doubts(action, model, passport, chat=chat, language=language))


def _doubts(
    action: Rewrite, model: str, passport: Passport | None, *, chat: bool, language: str
) -> Iterator[str]:
    if passport is None:
        return
    if chat and not action.goes_on and _is_disobedient(passport):
        yield (
            f"{model} followed {passport.followed} of {passport.instructions} simple instructions "
            "when it was tried: it may do something else."
        )
    elif not chat and not action.goes_on:
        yield f"{model} was not made to follow instructions: it is shown examples instead."
    if chat and passport.kind == "base":
        yield f"{model} goes on with what it is told instead of answering, as base models do."
    code = _CODES.get(language_name(language), "")
    if code in passport.languages_tried and code not in passport.languages:
        yield f"{model} did not write {LANGUAGES[code]} when it was tried."
    if passport.repeats and action.growth >= 2:
        yield f"{model} soon repeats itself, which a long answer shows."


def _is_disobedient(passport: Passport) -> bool:
    return passport.instructions > 0 and 2 * passport.followed < passport.instructions
