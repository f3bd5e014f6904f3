"""The charts of an evaluation as SVG inside its page, whose style sheet names their colours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.core.plots.svg import Panel, inline, safe_text, words as _words
from app.core.units import columns, shortened
from app.tasks.evaluation.evaluation import LabelFigures
from app.tasks.evaluation.label_measures import ReliabilityBin

_WIDTH = 640
_BAR, _GROUP, _TOP = 12, 50, 26
_SIDE, _EDGE = 300, 44
_LONGEST = 24  # of a label beside its bars, in columns


def label_bars(labels: Sequence[LabelFigures]) -> str:
    """Precision, recall and F1 of each label as bars, with their intervals."""
    left = 20 + 8 * min(_LONGEST, max(columns(label.label) for label in labels))
    height = _TOP + _GROUP * len(labels) + 24
    parts = [*_key(left)]
    for place in range(5):
        share = place / 4
        x = left + share * (_WIDTH - left - 60)
        parts.append(
            f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{height - 22}"/>'
        )
        parts.append(_words(x, height - 6, f"{share:g}", "middle"))
    for place, label in enumerate(labels):
        parts += _label(label, left, _TOP + _GROUP * place)
    about = "Precision, recall and F1 of each label"
    return inline(Panel(width=_WIDTH, height=height, about=about, body="".join(parts)))


def _key(left: float) -> Iterator[str]:
    for place, name in enumerate(("precision", "recall", "F1")):
        x = left + 100 * place
        yield f'<rect class="s{place}" x="{x}" y="5" width="12" height="12" rx="2"/>'
        yield _words(x + 18, 15, name)


def _label(label: LabelFigures, left: float, y: float) -> Iterator[str]:
    yield f"<g><title>{safe_text(label.label)}</title>"
    yield _words(left - 10, y + _GROUP / 2 + 4, shortened(label.label, _LONGEST), "end") + "</g>"
    span = _WIDTH - left - 60
    for place, figure in enumerate((label.precision, label.recall, label.f1)):
        top = y + 6 + place * (_BAR + 1)
        yield (
            f'<rect class="s{place}" x="{left:.1f}" y="{top:.1f}" height="{_BAR}" rx="2" '
            f'width="{max(span * figure.value, 1):.1f}"/>'
        )
        x1, x2, middle = left + span * figure.low, left + span * figure.high, top + _BAR / 2
        yield f'<line class="whisker" x1="{x1:.1f}" x2="{x2:.1f}" y1="{middle}" y2="{middle}"/>'
        yield _words(_WIDTH - 46, top + 10, f"{figure.value:.3f}")


def reliability(bins: Sequence[ReliabilityBin]) -> str:
    """How often answers of about one probability were right, against that probability.

    A dot's area grows with the answers in it; on the dashed line they would be as good as said.
    """
    size = _SIDE + 2 * _EDGE
    total = sum(part.count for part in bins)
    parts = []
    for place in range(6):
        share = place / 5
        at, down = _EDGE + _SIDE * share, _EDGE + _SIDE * (1 - share)
        parts.append(
            f'<path class="grid" d="M{_EDGE} {down:.1f}H{_EDGE + _SIDE}M{at:.1f} {_EDGE}V'
            f'{_EDGE + _SIDE}"/>'
        )
        parts.append(_words(_EDGE - 8, down + 4, f"{share:g}", "end"))
        parts.append(_words(at, _EDGE + _SIDE + 18, f"{share:g}", "middle"))
    parts.append(
        f'<path class="ideal" d="M{_EDGE} {_EDGE + _SIDE}L{_EDGE + _SIDE} {_EDGE}"/>'
        + _words(_EDGE + _SIDE / 2, size - 8, "mean probability of the answer", "middle")
        + _words(_EDGE, _EDGE - 16, "part that was right")
    )
    for part in bins:
        x = _EDGE + _SIDE * part.confidence
        y = _EDGE + _SIDE * (1 - part.accuracy)
        about = (
            f"{part.count} answers: probability {part.confidence:.3f}, right {part.accuracy:.3f}"
        )
        parts.append(
            f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" '
            f'r="{4 + 14 * (part.count / total) ** 0.5:.1f}"><title>{about}</title></circle>'
        )
    about = "How often answers were right, by their probability"
    return inline(Panel(width=size, height=size, about=about, body="".join(parts)))
