"""The words of examinations and other long work in the user's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def passport_tr(text: str) -> str:
    """A text of a model's passport."""
    return QCoreApplication.translate("Passport", text)


def work_text(what: str) -> str:
    """What the engine says it does (`Working.what`)."""
    return QCoreApplication.translate("Working", what)
