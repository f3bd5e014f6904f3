"""Icons: our own line drawings, in the colour of the text beside them."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.core.resources import resource

ICONS = resource("icons")
"""The folder of the drawings; a frozen bundle keeps the same layout."""

_SIZES = (16, 20, 24, 32, 40, 48, 64)
_FADED = 0.35


def icon(name: str, color: QColor) -> QIcon:
    """The drawing `name` in `color`, sharp at every scale; empty if there is no such file."""
    return _icon(name, color.rgba())


def pixmap(name: str, color: QColor, size: int, ratio: float) -> QPixmap:
    """The drawing `name` as `size` logical pixels on a screen with that device pixel `ratio`."""
    drawn = _drawn(_svg(name), color, round(size * ratio))
    drawn.setDevicePixelRatio(ratio)
    return drawn


@lru_cache(maxsize=256)
def _icon(name: str, rgba: int) -> QIcon:
    svg = _svg(name)
    made = QIcon()
    if not svg:
        return made
    for size in _SIZES:
        drawn = _drawn(svg, QColor.fromRgba(rgba), size)
        made.addPixmap(drawn)
        made.addPixmap(_faded(drawn), QIcon.Mode.Disabled)
    return made


def _faded(picture: QPixmap) -> QPixmap:
    """The same picture, paler; copying it costs a tenth of drawing it again."""
    faded = QPixmap(picture.size())
    faded.fill(Qt.GlobalColor.transparent)
    painter = QPainter(faded)
    painter.setOpacity(_FADED)
    painter.drawPixmap(0, 0, picture)
    painter.end()
    return faded


@lru_cache(maxsize=128)
def _svg(name: str) -> str:
    try:
        return (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    except OSError:
        return ""


def _drawn(svg: str, color: QColor, size: int) -> QPixmap:
    drawn = QPixmap(size, size)
    drawn.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(svg.replace("currentColor", color.name()).encode()))
    painter = QPainter(drawn)
    painter.setOpacity(color.alphaF())
    renderer.render(painter)
    painter.end()
    return drawn
