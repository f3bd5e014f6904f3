"""The table of rewrites: a row says what a model is asked and where its answer goes.

Menu, palette and context menu derive from it; the writer's own actions are rows of the same kind.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from app.core.rewrites.texts import EXAMPLES, LABELS, PROMPTS

Goes = Literal["change", "after", "note"]
"""Where an answer goes: in the place of the selection as tracked changes, after the selection, or
into a note beside the text."""

Kind = Literal["rewrite", "write", "about"]
"""What is asked for, which the menu is grouped by."""


class Rewrite(msgspec.Struct, frozen=True, kw_only=True):
    """One action.

    `prompt` is for models with a chat template; its places are those of `app.core.rewrites.
    prompts.PLACES`. `asks` says what the field for the instruction wants; an action without it has
    no such field, and it may be left empty where the action `may_be_bare`. `examples` (texts with
    their answers) are for models without a template, and `label` stands before an answer there; one
    that `goes_on` needs none. `preset` is the name of a built-in one. An answer has at most
    `growth` times the tokens of the selection and `spare` more. `key` is in Qt's portable notation.
    """

    id: str
    name: str
    help: str
    prompt: str
    kind: Kind = "rewrite"
    goes: Goes = "change"
    asks: str = ""
    may_be_bare: bool = False
    suggestions: tuple[str, ...] = ()
    examples: tuple[tuple[str, str], ...] = ()
    label: str = "New text"
    goes_on: bool = False
    translates: bool = False
    preset: str = "Focused"
    growth: float = 1.5
    spare: int = 64
    key: str = ""
    is_own: bool = False


def _row(
    name: str,
    title: str,
    help_text: str,
    kind: Kind = "rewrite",
    goes: Goes = "change",
    *,
    asks: str = "",
    may_be_bare: bool = False,
    suggestions: str = "",
    goes_on: bool = False,
    translates: bool = False,
    preset: str = "Focused",
    growth: float = 1.5,
    spare: int = 64,
) -> Rewrite:
    return Rewrite(
        id=name,
        name=title,
        help=help_text,
        prompt=PROMPTS[name],
        kind=kind,
        goes=goes,
        asks=asks,
        may_be_bare=may_be_bare,
        suggestions=tuple(filter(None, suggestions.split("|"))),
        examples=EXAMPLES.get(name, ()),
        label=LABELS.get(name, "New text"),
        goes_on=goes_on,
        translates=translates,
        preset=preset,
        growth=growth,
        spare=spare,
    )


REWRITES: tuple[Rewrite, ...] = (
    _row(
        "rewrite",
        "Rewrite",
        "Say the same in other words",
        asks="What to change beyond the words (may stay empty)",
        may_be_bare=True,
        preset="Balanced",
    ),
    _row("shorten", "Shorten", "Say it in about half the words", growth=1.0),
    _row(
        "expand",
        "Expand",
        "Tell it with more detail",
        preset="Balanced",
        growth=3.0,
        spare=192,
    ),
    _row(
        "grammar",
        "Fix Grammar and Spelling",
        "Correct mistakes and change nothing else",
        preset="Exact",
        growth=1.3,
    ),
    _row(
        "tense",
        "Change Tense",
        "Put it into another tense",
        asks="The tense, for example: past",
        suggestions="past|present|future",
        preset="Exact",
    ),
    _row(
        "person",
        "Change Person",
        "Tell it in another person",
        asks="The person, for example: first person",
        suggestions="first person|second person|third person",
        preset="Exact",
    ),
    _row(
        "tone",
        "Change Tone",
        "Give it another tone",
        asks="The tone, for example: calmer",
        suggestions="calmer|tenser|warmer|more formal|plainer|ironic",
        preset="Balanced",
        growth=2.0,
    ),
    _row(
        "show",
        "Show Instead of Tell",
        "Let actions and things stand for what it names",
        preset="Balanced",
        growth=3.0,
        spare=192,
    ),
    _row(
        "senses",
        "Describe with the Senses",
        "Add what can be seen, heard, smelled, tasted and touched",
        preset="Balanced",
        growth=3.0,
        spare=192,
    ),
    _row(
        "translate",
        "Translate",
        "Put it into another language",
        asks="The language, for example: French",
        suggestions="English|Chinese|French|German|Spanish|Italian|Portuguese|Russian|Japanese",
        translates=True,
        preset="Exact",
        growth=2.5,
    ),
    _row(
        "continue",
        "Continue in This Voice",
        "Write on after the selection, as it is written",
        "write",
        "after",
        goes_on=True,
        preset="Balanced",
        growth=1.0,
        spare=256,
    ),
    _row(
        "title",
        "Title",
        "Find a title for it",
        "about",
        "note",
        growth=0.0,
        spare=48,
    ),
    _row("summarise", "Summarise", "Say in a few sentences what it says", "about", "note",
         growth=0.3, spare=200),
    _row("explain", "Explain", "Say what it means and how it works", "about", "note",
         growth=0.5, spare=400),
    _row("outline", "Outline", "List its steps in order", "about", "note",
         growth=0.5, spare=300),
    _row("questions", "Questions of a Reader", "List what a reader would ask", "about", "note",
         growth=0.2, spare=300, preset="Balanced"),
)  # fmt: skip
"""Every built-in action, in the order of the menu."""

SUMMARISE = next(action for action in REWRITES if action.id == "summarise")
"""What a text is made short by."""
