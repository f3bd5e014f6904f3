"""Trying a chat template: what it makes of a conversation, without any computing."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import LampblackError, TemplateError
from app.core.passport import Finding, SystemFinding, TemplateFinding
from app.engine.messages import ChatMessage
from app.host.interface import Engine, TokenizedPrompt
from app.host.passport import texts

_SYSTEM = ChatMessage(role="system", content=texts.SYSTEM)
_QUESTION = ChatMessage(role="user", content=texts.QUESTION)
_BOTH = ChatMessage(role="user", content=f"{texts.SYSTEM}\n\n{texts.QUESTION}")
_ANSWER = ChatMessage(role="assistant", content=texts.ANSWER)
_NEXT = ChatMessage(role="user", content=texts.NEXT)


@dataclass(frozen=True)
class TemplateFindings:
    """What is right and wrong about a model's chat template, by the names of a passport."""

    template: TemplateFinding = "none"
    template_problem: str = ""
    system: SystemFinding = "not tried"
    ends_turn: Finding = "not tried"
    doubled_bos: Finding = "not tried"


def look_at_template(engine: Engine) -> TemplateFindings:
    """Lay a conversation out and see whether all of it is there."""
    if not engine.info.has_chat_template:
        return TemplateFindings(doubled_bos=_doubled(engine.lay_out(texts.QUESTION, ())))
    try:
        moved = engine.lay_out("", (_BOTH,))
    except TemplateError as error:
        return TemplateFindings(template="fails", template_problem=error.message)
    found = _with_system(engine)
    return TemplateFindings(
        template="right",
        system=_system(found, moved),
        ends_turn=_ends_turn(engine),
        doubled_bos=_doubled(found or moved),
    )


def _with_system(engine: Engine) -> TokenizedPrompt | None:
    """A question after a system text; None where the template loses something of it."""
    try:
        return engine.lay_out("", (_SYSTEM, _QUESTION))
    except TemplateError:
        return None


def _system(found: TokenizedPrompt | None, moved: TokenizedPrompt) -> SystemFinding:
    if found is None or texts.SYSTEM not in found.text:
        return "lost"
    return "moved" if found.ids == moved.ids else "kept"


def _doubled(found: TokenizedPrompt) -> Finding:
    """Whether the beginning token stands twice with nothing between; some begin each turn so."""
    places = [place for place, token in enumerate(found.ids) if token == found.bos]
    if len(places) < 2:
        return "no"
    between = b"".join(found.pieces[places[0] : places[1]])
    return "no" if between.strip() else "yes"


def _ends_turn(engine: Engine) -> Finding:
    """Whether a token at which the model stops lies between an answer and the next question."""
    try:
        found = engine.lay_out("", (_QUESTION, _ANSWER, _NEXT))
    except LampblackError:  # it may want something else of a conversation
        return "not tried"
    whole = b"".join(found.pieces)
    start, end = whole.find(texts.ANSWER.encode()), whole.find(texts.NEXT.encode())
    if start < 0 or end < start:
        return "not tried"
    start += len(texts.ANSWER.encode())
    offset = 0
    for token, piece in zip(found.ids, found.pieces, strict=True):
        if start <= offset <= end and token in found.ends:
            return "yes"
        offset += len(piece)
    return "no"
