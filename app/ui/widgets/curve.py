"""A chart of lines: how numbers fall or rise over the steps of something, drawn as they come."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.ui.languages import on_language_change
from app.ui.numbers import number_text
from app.ui.sentences import Words, told
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.theme import Theme

_MARK = 22  # pixels of a line in the legend
_DOTS = 60  # with more points than these a line has no dots
_LINES = 4
_STYLES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine,
)


class CurveLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line: what it is called and its points, of which x rises.

    `is_faint` draws it as a thin background for the others, such as the noise of each step.
    """

    name: Words
    points: tuple[tuple[float, float], ...]
    is_faint: bool = False


class Curve(QWidget):
    """Lines over one pair of axes, told apart by their strokes as well as their colours.

    `title` is its accessible name; `across` and `upward` name the axes with their units. What is
    shown is told by the accessible description: of each line how it begins, ends, and its least.
    """

    def __init__(
        self, title: Words, across: Words, upward: Words, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._title, self._across, self._upward = title, across, upward
        self._lines: tuple[CurveLine, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._word()
        on_language_change(self._word)
        on_theme_change(self.update)

    def show_lines(self, lines: Sequence[CurveLine]) -> None:
        """Show these lines in place of those before; points that are no numbers are left out."""
        self._lines = tuple(
            msgspec.structs.replace(line, points=tuple(filter(_is_number, line.points)))
            for line in lines
        )
        self._word()
        self.update()

    def sizeHint(self) -> QSize:
        """High enough for the lines of the scale, the legend and the axis."""
        return QSize(480, self.fontMetrics().height() * 12)

    def minimumSizeHint(self) -> QSize:
        """Still readable."""
        return QSize(220, self.fontMetrics().height() * 8)

    def _word(self) -> None:
        self.setAccessibleName(told(self._title))
        shown = [self._told(line) for line in self._lines if line.points]
        self.setAccessibleDescription("\n".join(shown) or self.tr("Nothing to show yet."))
        self.update()

    def _told(self, line: CurveLine) -> str:
        """A line in words."""
        (start, first), (end, last) = line.points[0], line.points[-1]
        lowest = min(line.points, key=lambda point: point[1])
        numbers = (first, last, lowest[1])
        digits = _digits(max(map(abs, numbers)) / 100)
        shown = [number_text(number, digits) for number in numbers]
        return self.tr("{0}: {1} at {2}, {3} at {4}; the least is {5} at {6}.").format(
            told(line.name),
            shown[0],
            number_text(start),
            shown[1],
            number_text(end),
            shown[2],
            number_text(lowest[0]),
        )

    # Drawing

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the legend, the scales and the lines."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lines = sorted(
            (line for line in self._lines if line.points), key=lambda line: line.is_faint
        )
        if not lines:
            painter.setPen(Theme.current().muted)
            words = self.tr("Nothing to show yet.")
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)
            painter.end()
            return
        high = _Scale([y for line in lines for _x, y in line.points], _LINES)
        wide = _Scale([x for line in lines for x, _y in line.points], self._ticks(), is_tight=True)
        area = self._area(high)
        self._draw_legend(painter, lines)
        self._draw_scales(painter, area, wide, high)
        painter.setClipRect(area.adjusted(-4, -4, 4, 4))
        for number, line in reversed([*enumerate(lines)]):  # what is faint lies below
            self._draw_line(painter, area, (wide, high), line, number)
        painter.end()

    def _ticks(self) -> int:
        return max(2, self.width() // (12 * self.fontMetrics().averageCharWidth()))

    def _area(self, high: _Scale) -> QRectF:
        letters = self.fontMetrics()
        left = max(map(letters.horizontalAdvance, high.texts())) + 12
        top = letters.height() * 2 + 14
        below = letters.height() * 2 + 10
        return QRectF(left, top, self.width() - left - 14, self.height() - top - below)

    def _draw_legend(self, painter: QPainter, lines: Sequence[CurveLine]) -> None:
        """Name the upward axis, and below it each line beside its stroke."""
        letters, theme = self.fontMetrics(), Theme.current()
        painter.setPen(theme.muted)
        painter.drawText(QPointF(2, letters.ascent() + 2), told(self._upward))
        x, middle = 2.0, letters.height() * 1.5 + 5
        room = (self.width() - 4.0) / len(lines)
        for number, line in enumerate(lines):
            painter.setPen(_pen(line, number))
            painter.drawLine(QPointF(x, middle), QPointF(x + _MARK, middle))
            painter.setPen(theme.ink)
            elide = Qt.TextElideMode.ElideRight
            text = letters.elidedText(told(line.name), elide, int(room - _MARK - 16))
            painter.drawText(QPointF(x + _MARK + 6, middle + letters.ascent() / 2 - 1), text)
            x += min(room, _MARK + 24.0 + letters.horizontalAdvance(text))

    def _draw_scales(self, painter: QPainter, area: QRectF, wide: _Scale, high: _Scale) -> None:
        theme, letters = Theme.current(), self.fontMetrics()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for mark, text in zip(high.marks, high.texts(), strict=True):
            y = round(area.bottom() - high.share(mark) * area.height())
            painter.setPen(QPen(theme.line, 1))
            painter.drawLine(round(area.left()), y, round(area.right()), y)
            painter.setPen(theme.muted)
            place = QRectF(0, y - letters.height() / 2, area.left() - 6, letters.height())
            painter.drawText(place, side, text)
        painter.setPen(QPen(theme.edge, 1))
        bottom = round(area.bottom())
        painter.drawLine(round(area.left()), bottom, round(area.right()), bottom)
        below = bottom + letters.ascent() + 6
        for mark, text in zip(wide.marks, wide.texts(), strict=True):
            x = area.left() + wide.share(mark) * area.width()
            painter.setPen(QPen(theme.edge, 1))
            painter.drawLine(round(x), bottom, round(x), bottom + 4)
            painter.setPen(theme.muted)
            half = letters.horizontalAdvance(text) / 2
            painter.drawText(QPointF(min(x - half, self.width() - 2 * half - 1), below), text)
        name = told(self._across)
        at = area.right() - letters.horizontalAdvance(name)
        painter.drawText(QPointF(max(2.0, at), below + letters.height()), name)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _draw_line(
        self,
        painter: QPainter,
        area: QRectF,
        scales: tuple[_Scale, _Scale],
        line: CurveLine,
        number: int,
    ) -> None:
        wide, high = scales
        places = [
            QPointF(
                area.left() + wide.share(x) * area.width(),
                area.bottom() - high.share(y) * area.height(),
            )
            for x, y in _thinned(line.points, int(area.width()))
        ]
        pen = _pen(line, number)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF(places))
        if len(places) == 1 or (not line.is_faint and len(places) <= _DOTS):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(pen.color())
            for place in places:
                painter.drawEllipse(place, 2.6, 2.6)
            painter.setBrush(Qt.BrushStyle.NoBrush)

    def event(self, event: QEvent) -> bool:
        """Tell the numbers of the step below the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self._values_at(event.pos().x())
            if text:
                QToolTip.showText(event.globalPos(), text, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def _values_at(self, x: float) -> str:
        lines = [line for line in self._lines if line.points]
        if not lines:
            return ""
        high = _Scale([y for line in lines for _x, y in line.points], _LINES)
        wide = _Scale([x for line in lines for x, _y in line.points], 2, is_tight=True)
        area = self._area(high)
        wanted = wide.low + (x - area.left()) / max(1.0, area.width()) * (wide.high - wide.low)

        def distance(point: tuple[float, float]) -> float:
            return abs(point[0] - wanted)

        digits = _digits((high.high - high.low) / 1000)
        found = [(line, min(line.points, key=distance)) for line in lines]
        return "\n".join(
            f"{told(line.name)}: {number_text(y, digits)} ({number_text(at)})"
            for line, (at, y) in found
        )


class _Scale:
    """The ends of an axis and its marks, at round numbers.

    An axis that `is_tight` ends where the numbers do; the other at a mark.
    """

    def __init__(self, numbers: Sequence[float], count: int, *, is_tight: bool = False) -> None:
        self.low, self.high = min(numbers), max(numbers)
        if self.high - self.low < 1e-9:
            spare = abs(self.high) * 0.1 or 1.0
            self.low, self.high = self.low - (0 if is_tight else spare), self.high + spare
        step = _round_step((self.high - self.low) / count)
        step = max(step, 1.0) if is_tight else step
        if not is_tight:
            self.low = math.floor(self.low / step + 1e-9) * step
            self.high = math.ceil(self.high / step - 1e-9) * step
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        self.marks = [mark * step for mark in range(first, last + 1)]
        self._digits = _digits(step)

    def share(self, number: float) -> float:
        """How far along the axis a number lies, 0 to 1."""
        return (number - self.low) / (self.high - self.low)

    def texts(self) -> list[str]:
        """What stands at the marks."""
        return [number_text(mark, self._digits) for mark in self.marks]


def _is_number(point: tuple[float, float]) -> bool:
    return math.isfinite(point[0]) and math.isfinite(point[1])


def _round_step(least: float) -> float:
    """The first of 1, 2, 5 times a power of ten that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least * (1 - 1e-9))


def _digits(step: float) -> int:
    """How many decimals tell numbers apart that lie `step` from each other."""
    return max(0, min(6, -math.floor(math.log10(step) + 1e-9))) if step > 0 else 0


def _thinned(points: Sequence[tuple[float, float]], most: int) -> Sequence[tuple[float, float]]:
    """At most about `most` points: of each stretch the lowest and the highest, in order."""
    if len(points) <= max(4, most):
        return points
    size = math.ceil(2 * len(points) / max(4, most))
    found: list[tuple[float, float]] = []
    for at in range(0, len(points), size):
        part = points[at : at + size]
        ends = min(part, key=lambda one: one[1]), max(part, key=lambda one: one[1])
        found += sorted(set(ends))
    return found


def _pen(line: CurveLine, number: int) -> QPen:
    theme = Theme.current()
    colours: tuple[QColor, ...] = (theme.accent, theme.take_ink, theme.error_ink, theme.muted)
    if line.is_faint:
        return QPen(theme.faint, 1.0)
    pen = QPen(colours[number % len(colours)], 2.0, _STYLES[number % len(_STYLES)])
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen
