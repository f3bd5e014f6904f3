"""Fonts: the page's, by the writer's choice, and the interface's, which is the system's own."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo

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


_HAN_SANS = (
    "Source Han Sans SC",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "PingFang SC",
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
)


def interface_font(system: QFont) -> QFont:
    """The system's font, with regular faces for Chinese: the one that is found may be a bold."""
    font = QFont(system)
    font.setFamilies([QFontInfo(system).family(), *_HAN_SANS])  # what an alias stands for
    return font


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
