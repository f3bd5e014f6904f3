"""The button in the status bar that shows how much of a goal is reached, as a ring and in words."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QToolButton, QWidget

from app.core.books.progress import share
from app.ui.languages import on_language_change
from app.ui.numbers import number_text
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.theme import Theme

_SIZE = 16
_WIDTH = 2.5
_WHOLE = 360 * 16  # Qt counts sixteenths of a degree
_STEPS = 72  # a ring is drawn again only where it would look different


class GoalButton(QToolButton):
    """Hidden without a goal. The ring only grows as one writes: nothing moves or flashes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoRaise(True)
        self.setProperty("kind", "here")
        self.setIconSize(QSize(_SIZE, _SIZE))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._shown = (0, 0, False)
        self._drawn: tuple[int, float] | None = None
        self._word()
        on_language_change(self._word)
        on_theme_change(self._redraw)

    def show_goal(self, words: int, goal: int, *, is_daily: bool) -> None:
        """Show so many words of a goal: one a day, or one of the book or the text."""
        shown = (words, goal, is_daily) if goal else (0, 0, False)
        if shown != self._shown:
            self._shown = shown
            self._word()

    def narrow(self, *, is_narrow: bool) -> None:
        """Show the ring alone where there is little room."""
        style = Qt.ToolButtonStyle
        self.setToolButtonStyle(
            style.ToolButtonIconOnly if is_narrow else style.ToolButtonTextBesideIcon
        )

    def _word(self) -> None:
        words, goal, is_daily = self._shown
        self.setVisible(goal > 0)
        numbers = number_text(words), number_text(goal)
        text = self.tr("{0} of {1}").format(*numbers)
        today = self.tr("Today: {0} of {1} words of your own").format(*numbers)
        whole = self.tr("{0} of {1} words wanted here").format(*numbers)
        told = today if is_daily else whole
        self.setText(text)
        self.setAccessibleName(told)
        self.setToolTip(told)
        self._draw()

    def _redraw(self) -> None:
        self._drawn = None
        self._draw()

    def _draw(self) -> None:
        words, goal, _is_daily = self._shown
        ratio = self.devicePixelRatioF()
        drawn = round(_STEPS * share(words, goal)), ratio
        if goal and drawn != self._drawn:
            self._drawn = drawn
            self.setIcon(QIcon(ring(share(words, goal), ratio)))


def ring(part: float, ratio: float) -> QPixmap:
    """A ring of which a `part`, 0 to 1, is drawn strongly, from its top on."""
    theme = Theme.current()
    drawing = QPixmap(round(_SIZE * ratio), round(_SIZE * ratio))
    drawing.setDevicePixelRatio(ratio)
    drawing.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawing)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = _WIDTH / 2 + 0.5
    circle = QRectF(edge, edge, _SIZE - 2 * edge, _SIZE - 2 * edge)
    painter.setPen(QPen(theme.faint, 1))
    painter.drawEllipse(circle)
    pen = QPen(theme.accent, _WIDTH)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.drawArc(circle, _WHOLE // 4, -round(_WHOLE * part))
    painter.end()
    return drawing
