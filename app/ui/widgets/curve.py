"""Lines over the steps of something, in a window: drawn as they come, told to those who listen."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.core.plots.curves import (
    SERIES,
    CurveLayout,
    CurvePlot,
    DrawnSeries,
    Point,
    Series,
    drawable,
    finite,
    lay_out,
    nearest,
    y_scale_of,
)
from app.core.plots.svg import DARK, DASHES, LIGHT
from app.ui.languages import on_language_change
from app.ui.numbers import local_number, number_text
from app.ui.sentences import Words, told
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.theme import Theme

_RIGHT, _GAP, _SAMPLE = 10, 6, 24
_WIDTH, _FAINT = 2.0, 0.6
_DOT = 2.6
_DOTS = 60  # with more points than these a line has no dots


class CurveLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line: what it is called and its points, of which x rises.

    `is_faint` draws it as a thin background for the others, such as the noise of each step.
    """

    name: Words
    points: tuple[Point, ...]
    is_faint: bool = False


class Curve(QWidget):
    """Lines over one pair of axes, told apart by their strokes as well as their colours.

    `title` is its accessible name; `across` and `upward` name the axes with their units. What is
    shown is told by the accessible description: of each line how it begins, ends, and its least.
    Where the title is to stand above the lines, set `shows_title`.
    """

    shows_title = False

    def __init__(
        self,
        title: Words = "",
        across: Words = "",
        upward: Words = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._title, self._across, self._upward = title, across, upward
        self._lines: tuple[CurveLine, ...] = ()
        self._given: tuple[Series, ...] = ()  # those of a whole plot, which are named already
        self._plot = self._drawn = CurvePlot(title="", x_name="", y_name="", series=())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._word()
        on_language_change(self._word)
        on_theme_change(self.update)

    @property
    def plot(self) -> CurvePlot:
        """What is shown."""
        return self._plot

    def show_lines(self, lines: Sequence[CurveLine]) -> None:
        """Show these lines in place of those before; points that are no numbers are left out."""
        self._lines, self._given = tuple(lines), ()
        self._word()

    def show_plot(self, plot: CurvePlot) -> None:
        """Show this in place of what was shown before, its title and axes as well."""
        self._lines, self._given = (), plot.series
        self._title, self._across, self._upward = plot.title, plot.x_name, plot.y_name
        self._show(plot)

    def _word(self) -> None:
        """Name everything in the language that is spoken now."""
        series = tuple(
            Series(
                name=told(line.name),
                points=line.points,
                colour=number,
                dots=not line.is_faint and len(line.points) <= _DOTS,
                faint=line.is_faint,
            )
            for number, line in enumerate(self._lines)
        )
        plot = CurvePlot(
            title=told(self._title),
            x_name=told(self._across),
            y_name=told(self._upward),
            series=series or self._given,
        )
        self._show(plot)

    def _show(self, plot: CurvePlot) -> None:
        self._plot, self._drawn = plot, drawable(plot)
        self.setAccessibleName(plot.title or self.tr("Curves"))
        shown = [self._told(one) for one in plot.series if one.points]
        self.setAccessibleDescription("\n".join(shown) or self.tr("Nothing to show yet."))
        self.update()

    def sizeHint(self) -> QSize:
        """Wide and high enough for six lines of the scale."""
        return QSize(480, self.fontMetrics().height() * 16)

    def minimumSizeHint(self) -> QSize:
        """Still readable."""
        return QSize(220, self.fontMetrics().height() * 9)

    def _told(self, series: Series) -> str:
        """A line in words."""
        points = finite(series.points)
        if not points:
            return ""
        (start, first), (end, last) = points[0], points[-1]
        lowest = min(points, key=lambda point: point[1])
        numbers = (first, last, lowest[1])
        digits = _digits(max(map(abs, numbers)) / 100)
        shown = [number_text(number, digits) for number in numbers]
        return self.tr("{0}: {1} at {2}, {3} at {4}; the least is {5} at {6}.").format(
            series.name,
            shown[0],
            number_text(start),
            shown[1],
            number_text(end),
            shown[2],
            number_text(lowest[0]),
        )

    # Places

    def layout_now(self) -> CurveLayout | None:
        """Where everything lies in the size that it has now; None where nothing is shown."""
        plot = self._drawn
        if plot.is_empty:
            return None
        letters = self.fontMetrics()
        line = letters.height()
        top = line * (1 + len({y for _series, _x, y in self._key()})) + 2 * _GAP
        bottom = self.height() - 2 * line - 2 * _GAP
        ticks = max(2, int((bottom - top) / (2.2 * line)))
        scale = y_scale_of(plot, ticks)
        labels = (local_number(scale.label(tick)) for tick in scale.ticks)
        left = max(map(letters.horizontalAdvance, labels)) + 2 * _GAP
        widest = 8 * letters.averageCharWidth()
        across = max(2, int((self.width() - left) / widest / 1.4))
        return lay_out(
            plot, (left, top, self.width() - _RIGHT, max(bottom, top + 1)), (across, ticks)
        )

    def _key(self) -> list[tuple[Series, int, int]]:
        """The series with the place of each name, in lines as wide as the widget."""
        letters, found = self.fontMetrics(), []
        x, y = 0, letters.height() + _GAP
        for one in self._plot.series:
            wide = _SAMPLE + _GAP + letters.horizontalAdvance(one.name) + 3 * _GAP
            if x and x + wide > self.width():
                x, y = 0, y + letters.height()
            found.append((one, x, y))
            x += wide
        return found

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the title and the key, the axes, and the curves over them."""
        layout = self.layout_now()
        painter = QPainter(self)
        theme = Theme.current()
        if layout is None:
            painter.setPen(theme.muted)
            middle = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), middle, self.tr("Nothing to show yet."))
            painter.end()
            return
        self._draw_key(painter, theme)
        self._draw_axes(painter, layout, theme)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for one in layout.series:
            self._draw_series(painter, one)
        painter.end()

    def _draw_key(self, painter: QPainter, theme: Theme) -> None:
        letters = self.fontMetrics()
        line, elide = letters.height(), Qt.TextElideMode.ElideRight
        font = painter.font()
        left = 0.0
        if self.shows_title:
            bold = painter.font()
            bold.setBold(True)
            painter.setFont(bold)
            painter.setPen(theme.ink)
            painter.drawText(QPointF(0, letters.ascent()), self._plot.title)
            left = painter.fontMetrics().horizontalAdvance(self._plot.title) + 2.0 * _GAP
            painter.setFont(font)
        painter.setPen(theme.muted)
        painter.drawText(QPointF(left, letters.ascent()), self._plot.y_name)
        for series, x, y in self._key():
            painter.setPen(_pen(series))
            middle = y + line / 2
            painter.drawLine(QPointF(x, middle), QPointF(x + _SAMPLE, middle))
            painter.setPen(theme.ink)
            left = x + _SAMPLE + _GAP
            name = letters.elidedText(series.name, elide, self.width() - left)
            painter.drawText(QPointF(left, y + letters.ascent()), name)

    def _draw_axes(self, painter: QPainter, layout: CurveLayout, theme: Theme) -> None:
        letters = self.fontMetrics()
        line, right = letters.height(), Qt.AlignmentFlag.AlignRight
        for y, label in layout.y_ticks:
            at = round(y)
            painter.setPen(QPen(theme.line, 1))
            painter.drawLine(round(layout.left), at, round(layout.right), at)
            painter.setPen(theme.muted)
            place = QRectF(0, y - line / 2, layout.left - _GAP, line)
            painter.drawText(place, right | Qt.AlignmentFlag.AlignVCenter, local_number(label))
        painter.setPen(QPen(theme.edge, 1))
        bottom = round(layout.bottom)
        painter.drawLine(round(layout.left), bottom, round(layout.right), bottom)
        for x, label in layout.x_ticks:
            painter.setPen(QPen(theme.edge, 1))
            painter.drawLine(round(x), bottom, round(x), bottom + 4)
            text = local_number(label)
            wide = letters.horizontalAdvance(text)
            left = min(max(0.0, x - wide / 2), self.width() - wide - 1.0)
            painter.setPen(theme.muted)
            painter.drawText(QPointF(left, bottom + _GAP + letters.ascent()), text)
        base = bottom + _GAP + line + letters.ascent() + 2
        wide = letters.horizontalAdvance(self._plot.x_name)
        painter.drawText(QPointF(layout.right - wide, base), self._plot.x_name)

    def _draw_series(self, painter: QPainter, one: DrawnSeries) -> None:
        points = [QPointF(x, y) for x, y in one.points]
        painter.setPen(_pen(one.series))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if len(points) > 1:
            painter.drawPolyline(QPolygonF(points))
        if one.series.dots or len(points) == 1:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(series_colour(one.series.colour))
            for point in points:
                painter.drawEllipse(point, _DOT, _DOT)

    def event(self, event: QEvent) -> bool:
        """Tell the numbers of each curve at the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self._values_at(event.pos().x())
            if text:
                QToolTip.showText(event.globalPos(), text, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def _values_at(self, x: float) -> str:
        """What the lines have nearest to a place across, in pixels."""
        layout = self.layout_now()
        if layout is None:
            return ""
        digits = _digits((layout.y_scale.high - layout.y_scale.low) / 1000)
        return "\n".join(
            f"{series.name}: {number_text(y, digits)} ({number_text(at)})"
            for series, (at, y) in nearest(layout, self._plot, x)
        )


def series_colour(number: int) -> QColor:
    """The colour of a series on the backgrounds of the theme."""
    colours = DARK if Theme.current().dark else LIGHT
    return QColor(colours[f"s{number % SERIES}"])


def _pen(series: Series) -> QPen:
    colour = series_colour(series.colour)
    if series.faint:
        colour.setAlphaF(1.0 if Theme.current().is_high else _FAINT)
        return QPen(colour, 1)
    pen = QPen(colour, _WIDTH)
    dashes = DASHES[series.colour % SERIES]
    if dashes:
        pen.setDashPattern([one / _WIDTH for one in dashes])
    return pen


def _digits(step: float) -> int:
    """How many decimals tell numbers apart that lie `step` from each other."""
    return max(0, min(6, -math.floor(math.log10(step) + 1e-9))) if step > 0 else 0
