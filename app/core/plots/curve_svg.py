"""Curves as a panel of SVG."""

from __future__ import annotations

from collections.abc import Iterator

from app.core.plots.curves import (
    SERIES,
    CurveLayout,
    CurvePlot,
    DrawnSeries,
    drawable,
    lay_out,
    y_scale_of,
)
from app.core.plots.svg import LETTER, Panel, safe_text, words
from app.core.units import columns, shortened

WIDTH = 640.0
_AREA = 250.0
_TITLE, _KEY, _BELOW, _RIGHT = 26.0, 20.0, 42.0, 16.0
_TITLE_LETTER = 9.0  # about how wide one of the title is
_LONGEST = 60  # columns of a name in the key


def curve_panel(plot: CurvePlot, width: float = WIDTH) -> Panel:
    """The curves with their axes; below the title a line names each of them."""
    plot = drawable(plot)
    names = _key_places(plot, width)
    top = _TITLE + _KEY * (names[-1][1] + 1) + 8 if names else _TITLE + 8
    scale = y_scale_of(plot)
    left = 22 + LETTER * max(columns(scale.label(tick)) for tick in scale.ticks)
    layout = lay_out(plot, (left, top, width - _RIGHT, top + _AREA), (8, 6))
    body = [
        words(0, 14, plot.title, kind="title"),
        words(10 + _TITLE_LETTER * columns(plot.title), 14, plot.y_name, kind="quiet"),
        *_key(plot, names),
        *_axes(plot, layout),
        *(part for one in layout.series for part in _drawn(one)),
    ]
    names_told = (plot.y_name, plot.x_name, *(one.name for one in plot.series))
    return Panel(
        width=width,
        height=layout.bottom + _BELOW,
        about=f"{plot.title}: {', '.join(filter(None, names_told))}",
        body="".join(body),
    )


def _key_places(plot: CurvePlot, width: float) -> list[tuple[float, int]]:
    """Where each name of the key begins, and in which line."""
    places, x, line = [], 0.0, 0
    for one in plot.series:
        wide = 34 + LETTER * columns(shortened(one.name, _LONGEST)) + 18
        if x and x + wide > width:
            x, line = 0.0, line + 1
        places.append((x, line))
        x += wide
    return places


def _key(plot: CurvePlot, places: list[tuple[float, int]]) -> Iterator[str]:
    for one, (x, line) in zip(plot.series, places, strict=True):
        y = _TITLE + _KEY * line + 10
        kind = "f" if one.faint else "l"
        yield (
            f'<path class="{kind}{one.colour % SERIES}" d="M{x:.1f} {y - 4:.1f}h26"/>'
            f"<g><title>{safe_text(one.name)}</title>"
        )
        yield words(x + 34, y, shortened(one.name, _LONGEST)) + "</g>"


def _axes(plot: CurvePlot, layout: CurveLayout) -> Iterator[str]:
    for y, label in layout.y_ticks:
        yield f'<path class="grid" d="M{layout.left:.1f} {y:.1f}H{layout.right:.1f}"/>'
        yield words(layout.left - 8, y + 4, label, "end", "quiet")
    for x, label in layout.x_ticks:
        yield f'<path class="axis" d="M{x:.1f} {layout.bottom:.1f}v5"/>'
        yield words(x, layout.bottom + 18, label, "middle", "quiet")
    yield f'<path class="axis" d="M{layout.left:.1f} {layout.bottom:.1f}H{layout.right:.1f}"/>'
    yield words(layout.right, layout.bottom + 36, plot.x_name, "end", "quiet")


def _drawn(one: DrawnSeries) -> Iterator[str]:
    colour = one.series.colour % SERIES
    if len(one.points) > 1:
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in one.points)
        yield f'<path class="{"f" if one.series.faint else "l"}{colour}" d="M{path}"/>'
    if one.series.dots or len(one.points) == 1:
        for x, y in one.points:
            yield f'<circle class="s{colour}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>'
