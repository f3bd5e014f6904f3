"""The chart of a run as SVG: each measure against its limit, with its spread."""

from __future__ import annotations

import math
from collections.abc import Iterator
from xml.sax.saxutils import escape

from app.benchmark.report import BenchmarkReport, Result

_WIDTH, _LEFT, _RIGHT, _ROW, _TOP = 900, 440, 30, 26, 64
_REACH = 4.0
"""The chart shows from a quarter of the goal to four times the goal."""

_COLOURS = {"met": "#2e7d46", "not met": "#b3261e"}
_GREY = "#6b7280"


def chart(report: BenchmarkReport) -> str:
    """An SVG image with a row per measure.

    Every value is put in relation to its limit, the good side on the right, so that one line is
    the goal of all of them; the scale is logarithmic.
    """
    rows = [(goal.number, result) for goal in report.goals for result in goal.results]
    height = _TOP + _ROW * len(rows) + 40
    parts = [*_frame(report, height), *_scale(height)]
    for place, (number, result) in enumerate(rows):
        parts += _row(number, result, _TOP + _ROW * place + _ROW / 2)
    return "\n".join([*parts, "</svg>", ""])


def _frame(report: BenchmarkReport, height: int) -> Iterator[str]:
    title = f"Lampblack on {report.machine.processor}, {report.model.name}"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="12">'
    )
    yield f"<title>{escape(title)}</title>"
    yield f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>'
    yield f'<text x="16" y="24" font-size="14" fill="#111827">{escape(title)}</text>'
    yield (
        f'<text x="16" y="44" fill="{_GREY}">median, middle half and range of {report.rounds} '
        "rounds; right of the line is better than the goal</text>"
    )


def _scale(height: int) -> Iterator[str]:
    bottom = height - 30
    for mark, label in ((0.25, "¼"), (0.5, "½"), (1.0, "goal"), (2.0, "2 ×"), (4.0, "4 ×")):
        x, colour = _place(mark), "#111827" if mark == 1 else "#d1d5db"
        yield f'<line x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{bottom}" stroke="{colour}"/>'
        yield (
            f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle" fill="{_GREY}">'
            f"{label}</text>"
        )


def _row(number: int, result: Result, y: float) -> Iterator[str]:
    label = escape(f"{number}. {result.title}")
    yield f'<text x="16" y="{y + 4:.1f}" fill="#111827">{label}</text>'
    yield (
        f'<text x="{_LEFT - 20}" y="{y + 4:.1f}" text-anchor="end" fill="{_GREY}">'
        f"{escape(_figures(result))}</text>"
    )
    if result.spread is None:
        return
    spread, colour = result.spread, _COLOURS.get(result.verdict, _GREY)
    yield _line(result, spread.low, spread.high, y, colour, 1)
    yield _line(result, spread.lower_quartile, spread.upper_quartile, y, colour, 6)
    x = _place(_against_limit(result, spread.median))
    yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}" stroke="#ffffff"/>'


def _figures(result: Result) -> str:
    """The median beside its limit, or why there is none."""
    if result.spread is None:
        return result.verdict
    sign = "≥" if result.better == "higher" else "≤"
    unit = "" if result.unit == "ratio" else f" {result.unit}"
    return f"{result.spread.median:.3g}{unit} ({sign} {result.limit:.3g})"


def _line(result: Result, start: float, end: float, y: float, colour: str, width: int) -> str:
    ends = (_place(_against_limit(result, value)) for value in (start, end))
    x1, x2 = sorted(ends)
    return (
        f'<line x1="{x1:.1f}" y1="{y:.1f}" x2="{x2:.1f}" y2="{y:.1f}" stroke="{colour}" '
        f'stroke-width="{width}" stroke-opacity="0.7"/>'
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
