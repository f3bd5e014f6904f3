"""What people call the parts of a prompt that drove a sentence, and what they did for it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.core.interpretability.influence import Influence, InfluencePlan
from app.core.interpretability.influence_parts import PromptPart
from app.ui.context.part_words import PartWords
from app.ui.numbers import number_text

_FIRST = 80  # characters of a paragraph
_MOST = 1_000_000  # times; beyond that a number says nothing
_FEW = 10


class InfluenceWords(QObject):
    """The words in the language that is spoken now."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._parts = PartWords(self)

    def name(self, part: PromptPart) -> str:
        """What a part is called: a paragraph by its first words."""
        if part.kind == "paragraph" or part.kind == "answer":
            words = " ".join(part.text.split())
            short = words[:_FIRST].rstrip()
            return self.tr("“{0}”").format(short + "…" if len(words) > len(short) else short)
        return self._parts.name(part.kind, part.name)

    def place(self, plan: InfluencePlan, number: int) -> str:
        """How far above the sentence a paragraph is; empty for other parts."""
        if plan.parts[number].kind not in ("paragraph", "answer"):
            return ""
        texts = [one for one in plan.parts[number:] if one.kind in ("paragraph", "answer")]
        above = len(texts) - plan.is_within
        if not above:
            return self.tr("the same paragraph")
        return self.tr("{0} paragraphs above", "", above).format(number_text(above))

    def nats(self, influence: Influence) -> str:
        """The number of a row, with its sign."""
        sign = ("−" if influence.nats < 0 else "+") if influence.matters else ""
        return self.tr("{0} nats").format(sign + number_text(abs(influence.nats), 2))

    def effect(self, influence: Influence) -> str:
        """What that number means."""
        if not influence.matters:
            return self.tr("hardly matters")
        if influence.nats > 0:
            said = self.tr("makes the sentence {0} times as likely")
            return said.format(_times(influence.factor))
        said = self.tr("makes the sentence less likely: without it, {0} times as likely")
        return said.format(_times(1 / max(influence.factor, 1e-300)))

    def about(self, plan: InfluencePlan, influence: Influence) -> str:
        """The second line of a row."""
        place, effect = self.place(plan, influence.number), self.effect(influence)
        return self.tr("{0}; {1}").format(effect, place) if place else effect

    def tokens(self, tokens: int) -> str:
        """How many tokens there are."""
        return self._parts.tokens(tokens)

    def duration(self, seconds: float) -> str:
        """How long something takes, about."""
        if seconds < 1:
            return self.tr("less than a second")
        if seconds < 100:
            whole = round(seconds)
            return self.tr("about {0} seconds", "", whole).format(number_text(whole))
        minutes = round(seconds / 60)
        return self.tr("about {0} minutes", "", minutes).format(number_text(minutes))


def _times(factor: float) -> str:
    if factor >= _MOST:
        return "> " + number_text(_MOST)
    return number_text(factor, 1 if factor < _FEW else 0)
