"""What the window calls the origins of a text."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.core.provenance.passages import OriginPassage, Shown
from app.core.provenance.report import model_name
from app.core.store import TakeRecord
from app.ui.numbers import number_text
from app.ui.texts import moment_text


def kind_text(kind: Shown) -> str:
    """The name of a kind."""
    names: dict[Shown, str] = {
        "typed": QCoreApplication.translate("Origins", "Typed"),
        "generated": QCoreApplication.translate("Origins", "Generated"),
        "edited": QCoreApplication.translate("Origins", "Generated, then edited"),
        "rewrite": QCoreApplication.translate("Origins", "Rewritten by a model"),
        "pasted": QCoreApplication.translate("Origins", "Pasted"),
        "unknown": QCoreApplication.translate("Origins", "There before"),
    }
    return names[kind]


def passage_text(passage: OriginPassage, take: TakeRecord | None) -> str:
    """What a passage is, by which model and when, and how much of it was changed."""
    parts = [kind_text(passage.kind)]
    if passage.changed:
        changed = QCoreApplication.translate("Origins", "{0} % changed")
        parts.append(changed.format(number_text(max(1, round(100 * passage.changed)))))
    if take is not None and take.model:
        parts.append(model_name(take.model))
    if take is not None:
        parts.append(moment_text(take.created_at))
    return " · ".join(parts)
