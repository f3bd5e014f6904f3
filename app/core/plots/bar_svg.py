"""Figures with their intervals as bars, and a confusion matrix, as panels of SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from app.core.plots.curve_svg import WIDTH
from app.core.plots.svg import LETTER, Panel, safe_text, words
from app.core.units import columns, shortened

_BAR, _ROW, _TOP = 14, 24, 30
_LONGEST = 28  # columns of a name
_CELL, _SMALLEST, _HIGH, _HEAD = 110, 22, 34, 26
_MOST_LABELS = 25


class Bar(msgspec.Struct, frozen=True):
    """A figure between 0 and 1 with the ends of its interval, which may be the figure itself."""

    name: str
    value: float
    low: float
    high: float


def bar_panel(title: str, bars: Sequence[Bar]) -> Panel:
    """The figures as bars, 0 at the left and 1 at the right."""
    left = 16 + LETTER * min(_LONGEST, max(columns(one.name) for one in bars))
    span, bottom = WIDTH - left - 60, _TOP + _ROW * len(bars)
    parts = [words(0, 14, title, kind="title")]
    for place in range(5):
        x = left + span * place / 4
        parts.append(f'<path class="grid" d="M{x:.1f} {_TOP - 4}V{bottom}"/>')
        parts.append(words(x, bottom + 16, f"{place / 4:g}", "middle", "quiet"))
    for place, one in enumerate(bars):
        parts += _bar(one, left, span, _TOP + _ROW * place)
    named = ", ".join(f"{one.name} {one.value:.3f}" for one in bars)
    return Panel(width=WIDTH, height=bottom + 24, about=f"{title}: {named}", body="".join(parts))


def _bar(one: Bar, left: float, span: float, y: float) -> Iterator[str]:
    middle = y + _BAR / 2
    yield f"<g><title>{safe_text(one.name)}</title>"
    yield words(left - 10, middle + 4, shortened(one.name, _LONGEST), "end") + "</g>"
    yield (
        f'<rect class="s0" x="{left:.1f}" y="{y:.1f}" width="{max(1.0, span * one.value):.1f}" '
        f'height="{_BAR}" rx="2"/>'
    )
    if one.low < one.high:
        ends = left + span * one.low, left + span * one.high
        yield f'<path class="whisker" d="M{ends[0]:.1f} {middle:.1f}H{ends[1]:.1f}"/>'
    yield words(WIDTH - 48, middle + 4, f"{one.value:.3f}")


def confusion_panel(
    title: str, about: str, labels: Sequence[str], counts: Sequence[Sequence[int]]
) -> Panel:
    """The matrix: a line for each right label, a column for each chosen; `about` says that.

    Of many labels the most frequent are shown.
    """
    order = sorted(range(len(labels)), key=lambda place: -sum(counts[place]))[:_MOST_LABELS]
    shown = sorted(order)
    names = [shortened(labels[place], _LONGEST) for place in shown]
    left = 16 + LETTER * max(columns(name) for name in names)
    size = min(float(_CELL), max(float(_SMALLEST), (WIDTH - left) / len(shown)))
    parts = [words(0, 14, title, kind="title"), words(0, 34, about, kind="quiet")]
    top = 44.0 + _HEAD
    for column, name in enumerate(names):
        short = shortened(name, max(1, int(size / LETTER) - 1))
        x = left + size * (column + 0.5)
        parts.append(f"<g><title>{safe_text(labels[shown[column]])}</title>")
        parts.append(words(x, top - 8, short, "middle", "quiet") + "</g>")
    for line, name in enumerate(names):
        y = top + _HIGH * line
        parts.append(f"<g><title>{safe_text(labels[shown[line]])}</title>")
        parts.append(words(left - 10, y + _HIGH / 2 + 4, name, "end") + "</g>")
        row = [counts[shown[line]][other] for other in shown]
        parts += _cells(row, sum(counts[shown[line]]), left, y, size)
    return Panel(
        width=max(WIDTH, left + size * len(shown)),
        height=top + _HIGH * len(shown) + 4,
        about=f"{title}: {about}",
        body="".join(parts),
    )


def _cells(row: Sequence[int], whole: int, left: float, y: float, size: float) -> Iterator[str]:
    for column, count in enumerate(row):
        x, share = left + size * column, count / max(1, whole)
        yield (
            f'<rect class="cell" fill-opacity="{0.6 * share:.3f}" x="{x + 1:.1f}" '
            f'y="{y + 1:.1f}" width="{size - 2:.1f}" height="{_HIGH - 2}" rx="2"/>'
        )
        yield words(x + size / 2, y + _HIGH / 2 + 4, f"{count:,}", "middle")
