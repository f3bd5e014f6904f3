"""Announcements: what a screen reader is told when it happens, wherever the focus is."""

from __future__ import annotations

import re
import time

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from app.ui.numbers import per_cent

_PATIENCE_S = 2.0
_NUMBERS = re.compile(r"[\d.,\s]+")


def announce(widget: QWidget, text: str, *, is_urgent: bool = False) -> None:
    """Have `text` read aloud, after what is being read, or at once where it `is_urgent`.

    Nothing happens where no assistive program listens.
    """
    if not text or not QAccessible.isActive():
        return
    event = QAccessibleAnnouncementEvent(widget, text)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if is_urgent else politeness.Polite)
    _deliver(event)


def _deliver(event: QAccessibleAnnouncementEvent) -> None:
    QAccessible.updateAccessibility(event)


class SpokenProgress:
    """Announces how far something is: after two seconds, and then at each quarter."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._what = ""
        self._began = 0.0
        self._told = -1

    def tell(self, text: str, fraction: float | None) -> None:
        """Follow what goes on and how far it is, 0 to 1 (None: not known); no text ends it."""
        what, quarter = _NUMBERS.sub("", text), int(4 * max(0.0, fraction or 0.0))
        if what != self._what:
            self._what, self._began, self._told = what, time.monotonic(), -1
        if quarter > self._told and time.monotonic() - self._began >= _PATIENCE_S:
            self._told = quarter
            says_it = not quarter or "%" in text
            announce(self._widget, text if says_it else f"{text}, {per_cent(25 * quarter)}")
