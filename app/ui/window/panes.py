"""The parts of the window that F6 goes through, where Tab would take long or is a letter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget


class Panes:
    """Moves the focus from part to part; those that are hidden or hold nothing are passed over."""

    def __init__(self, parts: Callable[[], Sequence[QWidget]]) -> None:
        self._parts = parts

    def move(self, by: int) -> None:
        """Put the focus into the next part (1) or the one before (-1), around the end."""
        found = [(part, target) for part in self._parts() if (target := _first(part)) is not None]
        if not found:
            return
        at = _place([part for part, _target in found], QApplication.focusWidget())
        _part, target = found[(at + by if at >= 0 else 0) % len(found)]
        target.setFocus(Qt.FocusReason.TabFocusReason)


def _place(parts: Sequence[QWidget], focus: QWidget | None) -> int:
    """Which of the parts has the focus; -1 if none has."""
    for number, part in enumerate(parts):
        if focus is not None and (focus is part or part.isAncestorOf(focus)):
            return number
    return -1


def _first(part: QWidget) -> QWidget | None:
    """What Tab would reach first in `part`."""
    one = part
    while True:
        if _takes_focus(one) and (one is part or part.isAncestorOf(one)):
            return one
        following = one.nextInFocusChain()
        if following is None or following is part:
            return None
        one = following


def _takes_focus(one: QWidget) -> bool:
    policy = one.focusPolicy().value & Qt.FocusPolicy.TabFocus.value
    return bool(policy) and one.isVisible() and one.isEnabled() and one.focusProxy() is None
