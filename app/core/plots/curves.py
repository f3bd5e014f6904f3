"""Curves as numbers: what is drawn, and where each point, tick and line of it lies."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from app.core.plots.scales import Scale, is_drawable, scale_of

MOST_POINTS = 400
"""Of a curve that is drawn: with more of them the eye sees no more."""

SERIES = 6
"""How many colours there are for series; the next has the first one again."""

Point = tuple[float, float]


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """Points from left to right; `colour` is the number of one of `SERIES`.

    With `dots` each point is marked; a `faint` one lies behind the others and is thin, as a loss
    that jumps from step to step.
    """

    name: str
    points: tuple[Point, ...]
    colour: int = 0
    dots: bool = False
    faint: bool = False


class CurvePlot(msgspec.Struct, frozen=True, kw_only=True):
    """Curves over each other on the same axes; `x_name` and `y_name` have the units in them."""

    title: str
    x_name: str
    y_name: str
    series: tuple[Series, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(finite(one.points) for one in self.series)


class DrawnSeries(msgspec.Struct, frozen=True):
    """A series with its points in pixels, the origin at the upper left."""

    series: Series
    points: tuple[Point, ...]


class CurveLayout(msgspec.Struct, frozen=True, kw_only=True):
    """A plot in pixels: its area, ticks with their labels, and series, faint ones first."""

    left: float
    top: float
    right: float
    bottom: float
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    series: tuple[DrawnSeries, ...]
    x_scale: Scale
    y_scale: Scale


def y_scale_of(plot: CurvePlot, most: int = 6) -> Scale:
    """The scale of a plot's heights, by which the room for its labels can be measured."""
    return scale_of((y for one in plot.series for _x, y in finite(one.points)), most)


def lay_out(
    plot: CurvePlot, area: tuple[float, float, float, float], ticks: tuple[int, int] = (6, 6)
) -> CurveLayout:
    """Where everything lies in an area of left, top, right and bottom, in pixels.

    `ticks` are how many there may be, across and up.
    """
    left, top, right, bottom = area
    xs = [x for one in plot.series for x, _y in finite(one.points)]
    across = scale_of(xs, ticks[0], whole=all(x == int(x) for x in xs), tight=True)
    up = y_scale_of(plot, ticks[1])

    def at(point: Point) -> Point:
        x = left + across.share(point[0]) * (right - left)
        return x, bottom - up.share(point[1]) * (bottom - top)

    drawn = [DrawnSeries(one, tuple(map(at, thinned(finite(one.points))))) for one in plot.series]
    return CurveLayout(
        left=left,
        top=top,
        right=right,
        bottom=bottom,
        x_ticks=tuple((at((x, up.low))[0], across.label(x)) for x in across.ticks),
        y_ticks=tuple((at((across.low, y))[1], up.label(y)) for y in up.ticks),
        series=tuple(sorted(drawn, key=lambda one: not one.series.faint)),
        x_scale=across,
        y_scale=up,
    )


def thinned(points: Sequence[Point], most: int = MOST_POINTS) -> Sequence[Point]:
    """At most `most` of the points, with the lowest and the highest of each stretch and both ends.

    So that no peak is lost that the whole curve has.
    """
    if len(points) <= most:
        return points
    stretches = max(1, (most - 2) // 2)
    inner, kept = points[1:-1], [points[0]]
    for number in range(stretches):
        start = number * len(inner) // stretches
        part = inner[start : (number + 1) * len(inner) // stretches]
        ends = min(part, key=lambda one: one[1]), max(part, key=lambda one: one[1])
        kept += sorted(dict.fromkeys(ends))
    return [*kept, points[-1]]


def drawable(plot: CurvePlot) -> CurvePlot:
    """The plot with no more points than are drawn: one that is laid out again and again."""
    series = tuple(replace(one, points=tuple(thinned(finite(one.points)))) for one in plot.series)
    return replace(plot, series=series)


def nearest(layout: CurveLayout, plot: CurvePlot, x: float) -> list[tuple[Series, Point]]:
    """The point of each series that is nearest to a place across, which is in pixels.

    The layout may be that of the `drawable` plot; the points are those of the whole one.
    """
    share = (x - layout.left) / max(1.0, layout.right - layout.left)
    wanted = layout.x_scale.low + share * (layout.x_scale.high - layout.x_scale.low)
    found = []
    for one in sorted(plot.series, key=lambda one: not one.faint):
        points = finite(one.points)
        at = bisect_left(points, wanted, key=lambda point: point[0])
        around = points[max(0, at - 1) : at + 1]
        if around:
            found.append((one, min(around, key=lambda point: abs(point[0] - wanted))))
    return found


def finite(points: Sequence[Point]) -> list[Point]:
    """The points that can be drawn: those of which both are numbers."""
    return [(x, y) for x, y in points if is_drawable(x) and is_drawable(y)]
