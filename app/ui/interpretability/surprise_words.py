"""What the window calls the surprise of a text, and how it draws its steps."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor, QTextCharFormat

from app.core.interpretability.surprise import STEPS, SurpriseRun, SurpriseSum, odds_of, step_of
from app.ui.numbers import number_text, per_cent
from app.ui.widgets.theme import Theme

_Line = QTextCharFormat.UnderlineStyle
_LINES = (_Line.DotLine, _Line.DashUnderline, _Line.SingleUnderline)


def step_format(step: int) -> QTextCharFormat:
    """How a step is drawn, from 1 on: a line that becomes closer, and a colour that gets stronger.

    In high contrast it is the line alone.
    """
    theme, form = Theme.current(), QTextCharFormat()
    if not theme.is_high:
        form.setBackground(_between(theme.page, theme.heat, step / len(STEPS)))
    form.setUnderlineStyle(_LINES[step - 1])
    form.setUnderlineColor(theme.muted)
    return form


def _between(first: QColor, second: QColor, share: float) -> QColor:
    def part(one: int, other: int) -> int:
        return round(one + (other - one) * share)

    return QColor(
        part(first.red(), second.red()),
        part(first.green(), second.green()),
        part(first.blue(), second.blue()),
    )


def odds_text(odds: int) -> str:
    """One in so many, as it is read aloud."""
    return QCoreApplication.translate("Surprise", "1 in {0}").format(number_text(odds))


def run_text(run: SurpriseRun) -> str:
    """How surprising a part of the text is, with its chance."""
    names = (
        QCoreApplication.translate("Surprise", "Expected"),
        QCoreApplication.translate("Surprise", "A little surprising"),
        QCoreApplication.translate("Surprise", "Surprising"),
        QCoreApplication.translate("Surprise", "Very surprising"),
    )
    return f"{names[step_of(run.surprise)]} · {odds_text(odds_of(run.surprise))}"


def sum_text(total: SurpriseSum) -> str:
    """What the scored text sums up to, in plain words."""
    share = QCoreApplication.translate("Surprise", "{0} of the scored words are surprising.")
    wavers = QCoreApplication.translate(
        "Surprise",
        "On average the model wavered as if between {0} equally likely ways to go on "
        "(its perplexity).",
    )
    perplexity = total.perplexity
    number = number_text(perplexity, 1 if perplexity < 10 else 0)
    return f"{share.format(per_cent(100 * total.share))} {wavers.format(number)}"
