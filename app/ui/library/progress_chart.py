"""The chart of the words of each day: the writer's own, the model's above them, and the goal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.core.store import DayWords
from app.ui.languages import on_language_change
from app.ui.numbers import number_text
from app.ui.texts import day_text
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.theme import Theme

_TOP, _RIGHT = 10, 8
_GAP = 0.28  # of a day's place
_WIDEST = 26.0  # pixels of a bar
_WEEK = 7
_LEAST = 100  # words that the scale has at least

Height = Callable[[float], float]
"""Where a number of words lies, in pixels from above."""


class ProgressChart(QWidget):
    """One bar for each day; the table beside it has the same numbers for those who listen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._days: Sequence[DayWords] = ()
        self._goal = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._word()
        on_language_change(self._word)
        on_theme_change(self.update)

    def sizeHint(self) -> QSize:
        """High enough for four lines of the scale."""
        return QSize(560, self.fontMetrics().height() * 11)

    def minimumSizeHint(self) -> QSize:
        """Still readable."""
        return QSize(240, self.fontMetrics().height() * 7)

    def show_days(self, days: Sequence[DayWords], goal: int) -> None:
        """Show these days, the oldest first, and the goal a day, 0 for none."""
        self._days, self._goal = days, goal
        self._word()
        self.update()

    def _word(self) -> None:
        self.setAccessibleName(self.tr("Chart of the words of each day"))
        count = len(self._days)
        own = sum(day.own for day in self._days)
        told = self.tr("{0} words of your own in {1} days; the table has the numbers.")
        self.setAccessibleDescription(told.format(number_text(own), number_text(count)))

    # Places

    @property
    def _scale(self) -> tuple[int, int, int]:
        """The lowest and the highest number of words, and the step between two lines."""
        highest = max([*map(_top, self._days), self._goal, _LEAST])
        lowest = min([0, *(day.own for day in self._days)])
        step = _step((highest - lowest) / 4)
        return lowest // step * step, -(-highest // step) * step, step

    def _area(self) -> QRectF:
        letters = self.fontMetrics()
        low, high, step = self._scale
        numbers = [number_text(number) for number in range(low, high + 1, step)]
        left = max(map(letters.horizontalAdvance, numbers)) + 10
        below = letters.height() + 8
        return QRectF(left, _TOP, self.width() - left - _RIGHT, self.height() - _TOP - below)

    def _bar(self, area: QRectF, number: int) -> tuple[float, float]:
        """Where the bar of a day begins, and how wide it is."""
        place = area.width() / max(len(self._days), 1)
        width = min(place * (1 - _GAP), _WIDEST)
        return area.left() + place * number + (place - width) / 2, width

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the lines of the scale, the days, and the goal over them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        area = self._area()
        low, high, step = self._scale

        def y(words: float) -> float:
            return area.bottom() - (words - low) / (high - low) * area.height()

        self._draw_scale(painter, area, range(low, high + 1, step), y)
        for number, day in enumerate(self._days):
            left, width = self._bar(area, number)
            self._draw_day(painter, day, (left, width), y)
        self._draw_dates(painter, area)
        if self._goal:
            theme = Theme.current()
            painter.setPen(QPen(theme.take_ink, 1.5, Qt.PenStyle.DashLine))
            painter.drawLine(
                QPoint(round(area.left()), round(y(self._goal))),
                QPoint(round(area.right()), round(y(self._goal))),
            )
        painter.end()

    def _draw_scale(self, painter: QPainter, area: QRectF, numbers: range, y: Height) -> None:
        theme, letters = Theme.current(), self.fontMetrics()
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for number in numbers:
            at = round(y(number))
            painter.setPen(QPen(theme.edge if number == 0 else theme.line, 1))
            painter.drawLine(round(area.left()), at, round(area.right()), at)
            painter.setPen(theme.muted)
            place = QRectF(0, at - letters.height() / 2, area.left() - 6, letters.height())
            painter.drawText(place, side, number_text(number))

    def _draw_day(
        self, painter: QPainter, day: DayWords, place: tuple[float, float], y: Height
    ) -> None:
        theme, (left, width) = Theme.current(), place
        own = QRectF(left, y(day.own), width, y(0) - y(day.own)).normalized()
        painter.fillRect(own, theme.accent if day.own >= 0 else theme.error_ink)
        if day.by_model <= 0:
            return
        base = max(day.own, 0)
        top = y(base + day.by_model)
        model = QRectF(left, top, width, max(y(base) - top - 1, 1))
        painter.fillRect(model, theme.take_tint)
        painter.fillRect(model, QBrush(theme.take_ink, Qt.BrushStyle.BDiagPattern))
        painter.setPen(QPen(theme.take_ink, 1))
        painter.drawRect(model.adjusted(0.5, 0.5, -0.5, -0.5))

    def _draw_dates(self, painter: QPainter, area: QRectF) -> None:
        """Name a day in each week, as far as there is room, the last one surely."""
        letters, last = self.fontMetrics(), len(self._days) - 1
        painter.setPen(Theme.current().muted)
        free = float(self.width())
        for number in range(last, -1, -_WEEK):
            left, width = self._bar(area, number)
            text = day_name(self._days[number])
            wide = letters.horizontalAdvance(text)
            start = min(left + width / 2 - wide / 2, self.width() - wide - 1.0)
            if start + wide < free - 8 or number == last:
                painter.drawText(round(start), self.height() - letters.descent() - 2, text)
                free = start

    def event(self, event: QEvent) -> bool:
        """Tell the numbers of the day below the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._days:
            area = self._area()
            place = area.width() / len(self._days)
            number = int((event.pos().x() - area.left()) // place)
            if 0 <= number < len(self._days):
                day = self._days[number]
                counts = number_text(day.own), number_text(day.by_model)
                told = self.tr("{0}: {1} of your own, {2} by the model")
                QToolTip.showText(event.globalPos(), told.format(day_name(day), *counts), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)


def _top(day: DayWords) -> int:
    return max(day.own, 0) + max(day.by_model, 0)


def day_name(day: DayWords) -> str:
    """The day's date, short, as the locale writes it."""
    return day_text(datetime.combine(day.day, time(12)).timestamp())


def _step(least: float) -> int:
    """The first of 10, 20, 50, 100, 200, 500 and so on that is not below `least`."""
    step = 10
    while step < least:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step
