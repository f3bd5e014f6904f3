"""The theme: the few colours of the window, light, dark, sepia and in high contrast."""

from __future__ import annotations

import msgspec
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication


class Theme(msgspec.Struct, frozen=True):
    """The colours of the window, by what they are for.

    Text colours (`ink`, `muted`, `accent`, `take_ink`, `…_ink`) reach WCAG AA (4.5:1) on each
    background that they are used on, of which `heat` is the strongest of the heat view; `edge`, of
    what can be pressed or typed in and of the dots below a take, reaches 3:1.
    `is_high` draws lines where the others have a tint alone.
    """

    dark: bool
    page: QColor
    surround: QColor
    panel: QColor
    field: QColor
    ink: QColor
    muted: QColor
    faint: QColor
    line: QColor
    edge: QColor
    hover: QColor
    accent: QColor
    accent_ink: QColor
    selection: QColor
    selection_ink: QColor
    found_tint: QColor
    take_tint: QColor
    take_ink: QColor
    heat: QColor
    error: QColor
    error_ink: QColor
    warning: QColor
    warning_ink: QColor
    is_high: bool = False

    @staticmethod
    def current() -> Theme:
        """The theme that the application's palette shows now."""
        shown = QApplication.palette().window().color()
        for theme in (CONTRAST, SEPIA):
            if shown == theme.surround:
                return theme
        return DARK if shown.lightness() < 128 else LIGHT


LIGHT = Theme(
    dark=False,
    page=QColor("#fdfcf9"),
    surround=QColor("#efece6"),
    panel=QColor("#f6f4ef"),
    field=QColor("#fffefc"),
    ink=QColor("#26231f"),
    muted=QColor("#645e55"),
    faint=QColor("#9a9388"),
    line=QColor("#dfdad0"),
    edge=QColor("#8c857a"),
    hover=QColor("#e8e4db"),
    accent=QColor("#1d625d"),
    accent_ink=QColor("#ffffff"),
    selection=QColor("#cde3df"),
    selection_ink=QColor("#152d2b"),
    found_tint=QColor("#f5ecb4"),
    take_tint=QColor("#fbf0d9"),
    take_ink=QColor("#7a4a0c"),
    heat=QColor("#f3cdb4"),
    error=QColor("#fbe7e3"),
    error_ink=QColor("#8f2218"),
    warning=QColor("#fdf1cf"),
    warning_ink=QColor("#6a4a02"),
)

DARK = Theme(
    dark=True,
    page=QColor("#201f1e"),
    surround=QColor("#171615"),
    panel=QColor("#1c1b1a"),
    field=QColor("#282725"),
    ink=QColor("#e5e0d7"),
    muted=QColor("#a8a196"),
    faint=QColor("#736d64"),
    line=QColor("#37342f"),
    edge=QColor("#7b756b"),
    hover=QColor("#302e2b"),
    accent=QColor("#83c5bb"),
    accent_ink=QColor("#0e211f"),
    selection=QColor("#2c4b48"),
    selection_ink=QColor("#eef6f4"),
    found_tint=QColor("#3d381b"),
    take_tint=QColor("#34291a"),
    take_ink=QColor("#e8bd7c"),
    heat=QColor("#5a2f22"),
    error=QColor("#412421"),
    error_ink=QColor("#f5b3a9"),
    warning=QColor("#3b3119"),
    warning_ink=QColor("#ecca7d"),
)


CONTRAST = Theme(
    dark=True,
    is_high=True,
    page=QColor("#000000"),
    surround=QColor("#000000"),
    panel=QColor("#000000"),
    field=QColor("#000000"),
    ink=QColor("#ffffff"),
    muted=QColor("#ffffff"),
    faint=QColor("#a8a8a8"),
    line=QColor("#707070"),
    edge=QColor("#ffffff"),
    hover=QColor("#3d3d3d"),
    accent=QColor("#ffe14d"),
    accent_ink=QColor("#000000"),
    selection=QColor("#1aebff"),
    selection_ink=QColor("#000000"),
    found_tint=QColor("#4d4400"),
    take_tint=QColor("#00384d"),
    take_ink=QColor("#ffe14d"),
    heat=QColor("#000000"),
    error=QColor("#3d0000"),
    error_ink=QColor("#ffb8b0"),
    warning=QColor("#332b00"),
    warning_ink=QColor("#ffe14d"),
)

SEPIA = Theme(
    dark=False,
    page=QColor("#f5ecd9"),
    surround=QColor("#e9dec6"),
    panel=QColor("#f0e6d0"),
    field=QColor("#faf4e6"),
    ink=QColor("#3a2d1e"),
    muted=QColor("#625138"),
    faint=QColor("#9d8c70"),
    line=QColor("#dacdb2"),
    edge=QColor("#857455"),
    hover=QColor("#e2d6bb"),
    accent=QColor("#7a3d12"),
    accent_ink=QColor("#fff9ec"),
    selection=QColor("#dcc696"),
    selection_ink=QColor("#2a2013"),
    found_tint=QColor("#f1e09a"),
    take_tint=QColor("#e3e3c4"),
    take_ink=QColor("#36520f"),
    heat=QColor("#ecc5a0"),
    error=QColor("#f4dacd"),
    error_ink=QColor("#8a2015"),
    warning=QColor("#f3e3b2"),
    warning_ink=QColor("#604402"),
)

THEMES = (LIGHT, DARK, CONTRAST, SEPIA)


def palette_of(theme: Theme) -> QPalette:
    """The Qt palette of a theme."""
    role = QPalette.ColorRole
    palette = QPalette()
    for name, color in {
        role.Window: theme.surround,
        role.WindowText: theme.ink,
        role.Base: theme.field,
        role.AlternateBase: theme.panel,
        role.Text: theme.ink,
        role.Button: theme.panel,
        role.ButtonText: theme.ink,
        role.BrightText: theme.error_ink,
        role.ToolTipBase: theme.panel,
        role.ToolTipText: theme.ink,
        role.PlaceholderText: theme.muted,
        role.Highlight: theme.selection,
        role.HighlightedText: theme.selection_ink,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Light: theme.field,
        role.Midlight: theme.hover,
        role.Mid: theme.line,
        role.Dark: theme.edge,
        role.Shadow: theme.faint,
    }.items():
        palette.setColor(name, color)
    for name in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, theme.faint)
    return palette


def heading_font(base: QFont, step: float = 0.0, *, bold: bool = True) -> QFont:
    """`base`, `step` points larger, for headings and names."""
    font = QFont(base)
    if font.pointSizeF() > 0:
        font.setPointSizeF(font.pointSizeF() + step)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font
