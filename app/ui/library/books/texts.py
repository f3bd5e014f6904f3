"""What the window says of a book: kinds, states of the work, and their drawings."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

from app.core.books.book import STATUSES
from app.ui.widgets.theme import Theme

_SIZE = 48  # pixels in which the dot is drawn; it is shown at 12
_QUARTER = 16 * 90  # of a circle, as Qt counts
_SHARES = {status.id: place for place, status in enumerate(STATUSES)}


def kind_text(kind: str) -> str:
    """The name of a kind; that of a kind that is not known, as it is."""
    names = {
        "part": QCoreApplication.translate("Book", "Part"),
        "chapter": QCoreApplication.translate("Book", "Chapter"),
        "scene": QCoreApplication.translate("Book", "Scene"),
    }
    return names.get(kind, kind)


def status_text(status: str) -> str:
    """The name of a status; that of one that is not known, as it is."""
    names = {
        "": QCoreApplication.translate("Book", "No status"),
        "idea": QCoreApplication.translate("Book", "Idea"),
        "draft": QCoreApplication.translate("Book", "Draft"),
        "revised": QCoreApplication.translate("Book", "Revised"),
        "done": QCoreApplication.translate("Book", "Done"),
    }
    return names.get(status, status)


def status_dot(status: str) -> QIcon:
    """A circle that is the fuller, the further the work is; empty where there is no status."""
    if not status:
        return QIcon()
    theme, share = Theme.current(), _SHARES.get(status, 1) - 1
    return _dot(share, theme.accent.rgba(), theme.muted.rgba(), theme.selection_ink.rgba())


@lru_cache(maxsize=64)
def _dot(share: int, full: int, edge: int, selected: int) -> QIcon:
    """A circle filled by 0, 1, 2 or, for the last status, 4 quarters; `selected` in such a row."""
    quarters = 4 if share == len(STATUSES) - 2 else share
    dot = QIcon(_circle(quarters, full, full if quarters else edge))
    dot.addPixmap(_circle(quarters, selected, selected), QIcon.Mode.Selected)
    return dot


def _circle(quarters: int, full: int, edge: int) -> QPixmap:
    drawn = QPixmap(_SIZE, _SIZE)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    circle = QRectF(6, 6, _SIZE - 12, _SIZE - 12)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor.fromRgba(full))
    painter.drawPie(circle, _QUARTER, -quarters * _QUARTER)
    painter.setPen(QPen(QColor.fromRgba(edge), 4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(circle)
    painter.end()
    return drawn
