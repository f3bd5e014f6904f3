"""Apply the theme and the fonts: the writer's on the page, the system's in the interface."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo
from PySide6.QtWidgets import QApplication

from app.ui.widgets.stylesheet import stylesheet
from app.ui.widgets.theme import CONTRAST, DARK, LIGHT, SEPIA, Theme, palette_of

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


_SCHEMES = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
    "sepia": Qt.ColorScheme.Light,
    "contrast": Qt.ColorScheme.Dark,
}
_THEMES = {"light": LIGHT, "dark": DARK, "sepia": SEPIA, "contrast": CONTRAST}


def apply_theme(setting: str) -> None:
    """Show the theme of that setting; "system" follows the desktop's later changes."""
    _follower().follow(setting)


def on_theme_change(call: Callable[[], object]) -> None:
    """Call `call`, a widget's method, at each change of the theme until the widget is deleted."""
    _follower().changed.connect(call)


def _follower() -> _Follower:
    app = QApplication.instance()
    assert isinstance(app, QApplication), "there are widgets"
    return app.findChild(_Follower) or _Follower(app)


class _Follower(QObject):
    """Keeps the application in the theme that the setting and the system say."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        app.setStyle("Fusion")
        self._app = app
        self._setting = ""
        self._shown: Theme | None = None
        self._hints = app.styleHints()
        self._hints.colorSchemeChanged.connect(self._apply)
        self._wishes = self._hints.accessibility()
        self._wishes.contrastPreferenceChanged.connect(self._apply)

    def follow(self, setting: str) -> None:
        """Take over the setting and show it."""
        self._setting = setting
        self._app.styleHints().setColorScheme(_SCHEMES[setting])
        self._apply()

    def _apply(self) -> None:
        theme = self._wanted()
        if theme is self._shown and self._app.palette() == palette_of(theme):
            return
        self._shown = theme
        self._app.setPalette(palette_of(theme))
        self._app.setStyleSheet(stylesheet(theme))
        self.changed.emit()

    def _wanted(self) -> Theme:
        if self._setting != "system":
            return _THEMES[self._setting]
        if self._wishes.contrastPreference() == Qt.ContrastPreference.HighContrast:
            return CONTRAST
        return DARK if self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT
