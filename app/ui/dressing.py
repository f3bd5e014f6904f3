"""Dressing: how the theme reaches Qt, and follows the setting and the system."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from app.ui.widgets.stylesheet import stylesheet
from app.ui.widgets.theme import DARK, LIGHT, Theme, palette_of

_SCHEMES = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
}


def dress(app: QApplication, setting: str) -> None:
    """Dress `app` by the setting "system", "light" or "dark"; "system" follows later changes."""
    follower = app.findChild(_Follower)
    if follower is None:
        app.setStyle("Fusion")
        follower = _Follower(app)
    follower.follow(setting)


class _Follower(QObject):
    """Keeps the application dressed as the setting and the system say."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._setting = ""
        self._shown: Theme | None = None
        app.styleHints().colorSchemeChanged.connect(self._dress)

    def follow(self, setting: str) -> None:
        """Take over the setting and show it."""
        self._setting = setting
        self._app.styleHints().setColorScheme(_SCHEMES[setting])
        self._dress()

    def _dress(self) -> None:
        theme = self._wanted()
        if theme is self._shown and self._app.palette() == palette_of(theme):
            return
        self._shown = theme
        self._app.setPalette(palette_of(theme))
        self._app.setStyleSheet(stylesheet(theme))

    def _wanted(self) -> Theme:
        if self._setting != "system":
            return DARK if self._setting == "dark" else LIGHT
        return DARK if self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT
