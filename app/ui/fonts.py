"""The page's font: the writer's choice, or the first good serif of this machine."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase

_SERIFS = (
    "Literata",
    "Charter",
    "Source Serif 4",
    "Source Serif Pro",
    "Iowan Old Style",
    "Palatino",
    "Palatino Linotype",
    "P052",
    "Georgia",
    "Noto Serif",
    "Liberation Serif",
    "DejaVu Serif",
)
_HAN = (
    "Source Han Serif SC",
    "Noto Serif CJK SC",
    "Songti SC",
    "SimSun",
    "Noto Sans CJK SC",
    "Droid Sans Fallback",
)


def page_font(family: str, points: float) -> QFont:
    """The editor's font in `family`, or in a good serif if that is empty or not installed."""
    installed = set(QFontDatabase.families())
    wanted = [name for name in (family, *_SERIFS) if name in installed][:1]
    families = wanted + [name for name in _HAN if name in installed]
    font = QFont()
    if families:
        font.setFamilies(families)
    font.setStyleHint(QFont.StyleHint.Serif)
    font.setPointSizeF(points)
    return font
