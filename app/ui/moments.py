"""Moments of the past as people write them."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QLocale


def moment_text(seconds: float) -> str:
    """A moment, in seconds since 1970, as short as the user's locale writes it."""
    moment = QDateTime.fromMSecsSinceEpoch(round(seconds * 1000))
    return QLocale().toString(moment, QLocale.FormatType.ShortFormat)
