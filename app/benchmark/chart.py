"""The chart of a run as SVG: each measure against its limit, with its spread."""

from __future__ import annotations

import math
from collections.abc import Iterator

from app.benchmark.report import BenchmarkReport, Result
from app.core.plots.svg import Panel, image, words

_WIDTH, _LEFT, _RIGHT, _ROW, _TOP = 880, 424, 20, 26, 44
_REACH = 4.0
"""The chart shows from a quarter of the goal to four times the goal."""

_COLOURS = {"met": "s2", "not met": "s4"}
_OTHER = "s5"


def chart(report: BenchmarkReport) -> str:
    """An SVG image with a row per measure.

    Every value is put in relation to its limit, the good side on the right, so that one line is
    the goal of all of them; the scale is logarithmic.
    """
    rows = [(goal.number, result) for goal in report.goals for result in goal.results]
    height = _TOP + _ROW * len(rows) + 30
    title = f"Lampblack on {report.machine.processor}, {report.model.name}"
    about = (
        f"median, middle half and range of {report.rounds} rounds; right of the line is better "
        "than the goal"
    )
    parts = [words(0, 12, title, kind="title"), words(0, 30, about, kind="quiet"), *_scale(height)]
    for place, (number, result) in enumerate(rows):
        parts += _row(number, result, _TOP + _ROW * place + _ROW / 2)
    return image([Panel(width=_WIDTH, height=height, about=about, body="".join(parts))], title)


def _scale(height: int) -> Iterator[str]:
    bottom = height - 24
    for mark, label in ((0.25, "¼"), (0.5, "½"), (1.0, "goal"), (2.0, "2 ×"), (4.0, "4 ×")):
        x, kind = _place(mark), "whisker" if mark == 1 else "grid"
        yield f'<path class="{kind}" d="M{x:.1f} {_TOP}V{bottom}"/>'
        yield words(x, bottom + 18, label, "middle", "quiet")


def _row(number: int, result: Result, y: float) -> Iterator[str]:
    yield words(0, y + 4, f"{number}. {result.title}")
    yield words(_LEFT - 20, y + 4, _figures(result), "end", "quiet")
    if result.spread is None:
        return
    spread, colour = result.spread, _COLOURS.get(result.verdict, _OTHER)
    yield _bar(result, spread.low, spread.high, y, colour, 1)
    yield _bar(result, spread.lower_quartile, spread.upper_quartile, y, colour, 6)
    x = _place(_against_limit(result, spread.median))
    yield f'<circle class="{colour}" cx="{x:.1f}" cy="{y:.1f}" r="5"/>'


def _figures(result: Result) -> str:
    """The median beside its limit, or why there is none."""
    if result.spread is None:
        return result.verdict
    sign = "≥" if result.better == "higher" else "≤"
    unit = "" if result.unit == "ratio" else f" {result.unit}"
    return f"{result.spread.median:.3g}{unit} ({sign} {result.limit:.3g})"


def _bar(result: Result, start: float, end: float, y: float, colour: str, height: int) -> str:
    ends = (_place(_against_limit(result, value)) for value in (start, end))
    left, right = sorted(ends)
    return (
        f'<rect class="{colour}" fill-opacity="0.7" x="{left:.1f}" y="{y - height / 2:.1f}" '
        f'width="{max(1.0, right - left):.1f}" height="{height}"/>'
    )


def _against_limit(result: Result, value: float) -> float:
    """How many times better than its limit a value is."""
    if result.better == "higher":
        return value / result.limit
    return result.limit / value if value > 0 else _REACH


def _place(times: float) -> float:
    """Where that lies on the logarithmic scale, values beyond it at its ends."""
    span = _WIDTH - _LEFT - _RIGHT
    share = math.log(max(times, 1e-9) * _REACH) / math.log(_REACH**2)
    return _LEFT + span * min(1.0, max(0.0, share))
