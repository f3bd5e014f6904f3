"""Motion: whether anything moves by itself, such as a bar without a share or a blinking caret."""

from __future__ import annotations

import sys

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QProgressBar

_REDUCED = "lampblackReducedMotion"
_SETTING = "lampblackMotionSetting"
_STILL = "lampblackDesktopIsStill"
_FLASH = "lampblackFlashTime"
_MOVING = "lampblackEffects"
_EFFECTS = (
    Qt.UIEffect.UI_AnimateMenu,
    Qt.UIEffect.UI_FadeMenu,
    Qt.UIEffect.UI_AnimateCombo,
    Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeTooltip,
)
_WHOLE = 100  # a bar's number is read aloud: per cent


def apply_motion(setting: str) -> None:
    """Take over "system", "full" or "reduced".

    "system" is what Qt knows of the desktop's wish: a caret that does not blink, and on Windows the
    effects that are switched off. Elsewhere Qt reports no effects at all; see `follow_desktop`.
    """
    app = QApplication.instance()
    assert isinstance(app, QApplication), "there are widgets"
    hints = app.styleHints()
    if app.property(_FLASH) is None:
        app.setProperty(_FLASH, hints.cursorFlashTime())
        app.setProperty(_MOVING, [effect for effect in _EFFECTS if app.isEffectEnabled(effect)])
    app.setProperty(_SETTING, setting)
    is_still = app.property(_FLASH) <= 0 or bool(app.property(_STILL))
    if sys.platform == "win32":
        is_still = is_still or not app.isEffectEnabled(Qt.UIEffect.UI_General)
    is_reduced = is_still if setting == "system" else setting == "reduced"
    app.setProperty(_REDUCED, is_reduced)
    hints.setCursorFlashTime(0 if is_reduced else app.property(_FLASH))
    for effect in app.property(_MOVING):
        app.setEffectEnabled(effect, not is_reduced)


def follow_desktop() -> None:
    """On Linux, ask the desktop for its wish without waiting for it, and follow it from then on."""
    if sys.platform != "linux":
        return
    from app.ui.widgets.desktop_motion import DesktopMotion, has_bus  # not before the first paint

    if has_bus():
        desktop = DesktopMotion(QApplication.instance())
        desktop.told.connect(_on_told)
        desktop.begin()


def _on_told(moves: bool) -> None:
    app = QApplication.instance()
    assert app is not None, "it is the asking object's parent"
    app.setProperty(_STILL, not moves)
    apply_motion(app.property(_SETTING) or "system")


def show_share(bar: QProgressBar, share: float | None) -> None:
    """Show how far something is, 0 to 1; of what is not known (None) the bar moves, if it may."""
    app = QApplication.instance()
    is_still = app is not None and bool(app.property(_REDUCED))
    bar.setRange(0, 0 if share is None and not is_still else _WHOLE)
    bar.setValue(round(_WHOLE * min(max(share or 0.0, 0.0), 1.0)))
