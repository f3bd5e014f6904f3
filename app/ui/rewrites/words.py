"""The words of the actions in the language of the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.core.rewrites.cleaning import TakenOff
from app.core.rewrites.outcome import Outcome
from app.core.rewrites.table import Goes, Rewrite

_tr = QCoreApplication.translate


def rewrite_tr(text: str) -> str:
    """A text of the table of actions."""
    return QCoreApplication.translate("Rewrites", text) if text else ""


def name_of(action: Rewrite) -> str:
    """What an action is called; the writer's own as the writer called it."""
    return action.name if action.is_own else rewrite_tr(action.name)


def help_of(action: Rewrite) -> str:
    """What it does, in a few words."""
    if action.is_own:
        return action.help or _tr("Rewrites", "Your own action")
    return rewrite_tr(action.help)


def asks_of(action: Rewrite) -> str:
    """What the field for the instruction asks for."""
    return action.asks if action.is_own else rewrite_tr(action.asks)


def goes_text(goes: Goes) -> str:
    """Where the answer goes, in a few words."""
    return {
        "change": _tr("Rewrites", "as tracked changes"),
        "after": _tr("Rewrites", "after the selection"),
        "note": _tr("Rewrites", "as a note"),
    }[goes]


def outcome_text(outcome: Outcome) -> str:
    """What came of an answer, as a sentence; empty where nothing is to be said."""
    return {
        "new": "",
        "nothing": _tr("Rewrites", "The model gave no answer; the text is as it was."),
        "same": _tr("Rewrites", "The model changed nothing."),
        "half": _tr(
            "Rewrites", "The answer ends in the middle: what it did not come to stays as it was."
        ),
        "foreign": _tr(
            "Rewrites", "The answer seems to be in another language: look at it before you accept."
        ),
    }[outcome]


def taken_off_text(part: TakenOff) -> str:
    """What was taken off around an answer."""
    name = {
        "thoughts": _tr("Rewrites", "Thoughts"),
        "greeting": _tr("Rewrites", "Announcement"),
        "label": _tr("Rewrites", "Label"),
        "fence": _tr("Rewrites", "Code fence"),
        "quotes": _tr("Rewrites", "Quotation marks"),
        "closing": _tr("Rewrites", "Closing words"),
        "marks": _tr("Rewrites", "Marks"),
    }[part.what]
    return _tr("Rewrites", "{0}: {1}").format(name, part.text)


def key_trouble_text(trouble: str, key: str) -> str:
    """Why a key cannot be had, as a sentence."""
    return {
        "unknown": _tr("Rewrites", "{0} is no key that an action can have, as Ctrl+Alt+F5 is."),
        "letter": _tr(
            "Rewrites", "{0} writes a sign on many keyboards: take a function key in its place."
        ),
        "taken": _tr("Rewrites", "{0} is the key of something else."),
    }[trouble].format(key)
