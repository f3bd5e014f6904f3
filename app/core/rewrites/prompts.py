"""How a model is asked for a rewrite: turns for its chat template, or examples to go on from."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from app.core.documents.letters import border_before
from app.core.documents.prompts import continuation, latest
from app.core.rewrites.table import Rewrite
from app.core.text.language_names import UNKNOWN, language_of_text, worked_examples

PLACES = ("selection", "before", "after", "instruction", "language", "memory")
"""What an action's prompt may hold in braces."""

_PLACE = re.compile(rf"\{{({'|'.join(PLACES)})\}}")
_ANY_PLACE = re.compile(r"\{([A-Za-z_]\w*)\}")
_PARAGRAPHS = re.compile(r"\n[^\S\n]*\n\s*")


class AskedPassage(msgspec.Struct, frozen=True, kw_only=True):
    """What an action works on: the text with what stands around it.

    `language` is the one an answer about it is written in, `memory` what the writer wants the model
    always to know.
    """

    selection: str
    before: str = ""
    after: str = ""
    instruction: str = ""
    language: str = ""
    memory: str = ""


class RewritePrompt(msgspec.Struct, frozen=True):
    """The turns, as (role, content), for a chat template, or a prompt to go on from.

    `stop` ends an answer; with `strip_leading_space` its first space is not part of it.
    """

    turns: tuple[tuple[str, str], ...] = ()
    prompt: str = ""
    stop: tuple[str, ...] = ()
    strip_leading_space: bool = False


def unknown_places(prompt: str) -> tuple[str, ...]:
    """The names in braces that no action can fill in."""
    return tuple(found for found in _ANY_PLACE.findall(prompt) if found not in PLACES)


def filled(template: str, values: dict[str, str]) -> str:
    """The template with its places filled in, without the paragraphs whose places are all empty.

    Braces around anything else stay, and nothing within a value is taken for a place.
    """
    parts = []
    for paragraph in _PARAGRAPHS.split(template.strip()):
        places = _PLACE.findall(paragraph)
        if not places or any(values.get(place, "").strip() for place in places):
            parts.append(_PLACE.sub(lambda place: values.get(place[1], ""), paragraph))
    return "\n\n".join(parts)


def asked(action: Rewrite, passage: AskedPassage, *, chat: bool, system: str = "") -> RewritePrompt:
    """The prompt that asks for `action` with this passage.

    `chat` says that the model has a template; a model without one gets the action's examples, which
    `app.core.rewrites.fitness.obstacle` was asked about before.
    """
    if chat:
        turns = [("system", system.strip())] if system.strip() else []
        return RewritePrompt(turns=(*turns, ("user", filled(action.prompt, _values(passage)))))
    if action.goes_on:
        begun = continuation(passage.before + passage.selection)
        return RewritePrompt(prompt=begun.prompt, strip_leading_space=begun.strip_leading_space)
    return _worked(action, passage)


def _values(passage: AskedPassage) -> dict[str, str]:
    values = {name: getattr(passage, name) for name in PLACES}
    return values | {"before": passage.before.lstrip("\n"), "after": passage.after.rstrip("\n")}


def _worked(action: Rewrite, passage: AskedPassage) -> RewritePrompt:
    """The worked examples, and the passage under the same headings."""
    given, label, examples = "Text", action.label, action.examples
    text = passage.selection.strip()
    if action.translates:
        given, label = language_of_text(text), passage.instruction.strip()
        examples = worked_examples(given, label)
        if given == UNKNOWN and label != "English":
            given = "English"
    elif passage.instruction.strip():
        text += f"\nInstruction: {passage.instruction.strip()}"
    parts = [f"{given}: {shown}\n{label}: {answer}" for shown, answer in examples]
    parts.append(f"{given}: {text}\n{label}:")
    ends = () if "\n\n" in text else ("\n\n",)  # an answer of one paragraph is over with it
    stop = (f"\n{given}:", *ends)
    return RewritePrompt(prompt="\n\n".join(parts), stop=stop, strip_leading_space=True)


def around(
    before: str,
    after: str,
    most_bytes: int,
    undivided: Callable[[str, int], int] = lambda _text, place: place,
) -> tuple[str, str]:
    """What a model sees of the text on both sides: at most so many bytes of UTF-8 of each.

    The text before begins with a paragraph or word, the text after ends with a whole letter.
    `undivided` gives the first place from one on at which a text may be cut.
    """
    data = after.encode("utf-8", "surrogatepass")
    if len(data) > most_bytes:
        begin = data[: max(0, most_bytes)].decode("utf-8", "ignore")
        paragraph = begin.rfind("\n")
        word = max(begin.rfind(" "), paragraph)
        end = paragraph if paragraph >= len(begin) // 2 else word if word > 0 else len(begin)
        after = after[: undivided(after, border_before(after, end))]
    place = len(before) - len(latest(before, most_bytes))
    return before[undivided(before, place) :] if place else before, after
