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
        targets = [_first(part) for part in self._parts()]
        parts = [part for part, target in zip(self._parts(), targets, strict=True) if target]
        if not parts:
            return
        at = _place(parts, QApplication.focusWidget())
        start = at + by if at >= 0 else 0
        target = _first(parts[start % len(parts)])
        if target is not None:
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
