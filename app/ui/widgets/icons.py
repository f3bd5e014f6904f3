"""Icons: our own line drawings, in the colour of the text beside them."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRect, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.core.system.paths import resource

ICONS = resource("icons")
"""The folder of the drawings; a frozen bundle keeps the same layout."""

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
    return QIcon(_Drawing(svg, QColor.fromRgba(rgba))) if svg else QIcon()


class _Drawing(QIconEngine):
    """Draws one icon in the sizes that are asked for, when they are, and keeps them."""

    def __init__(self, svg: str, color: QColor) -> None:
        super().__init__()
        self._svg = svg
        self._color = color
        self._kept: dict[tuple[int, bool], QPixmap] = {}

    def clone(self) -> QIconEngine:
        """The same drawing for another icon."""
        return _Drawing(self._svg, self._color)

    def pixmap(self, size: QSize, mode: QIcon.Mode, _state: QIcon.State) -> QPixmap:
        """The drawing in device pixels, pale where it is disabled."""
        side = min(size.width(), size.height())
        faded = mode == QIcon.Mode.Disabled
        if side <= 0:
            return QPixmap()
        if (side, faded) not in self._kept:
            drawn = _drawn(self._svg, self._color, side)
            self._kept[side, faded] = _faded(drawn) if faded else drawn
        return self._kept[side, faded]

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw into the middle of `rect`, sharp on the painter's device."""
        side = min(rect.width(), rect.height())
        ratio = painter.device().devicePixelRatioF()
        square = QRect(0, 0, side, side)
        square.moveCenter(rect.center())
        painter.drawPixmap(square, self.pixmap(square.size() * ratio, mode, state))


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
