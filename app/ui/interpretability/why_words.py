"""What the menu of a word says, in the language of the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.core.interpretability.why import Fit, ReadWord, WordChoice
from app.ui.numbers import number_text, per_cent

_LEAST = 0.001
_tr = QCoreApplication.translate


def share(probability: float) -> str:
    """A probability as people say it: whole per cents, of the small ones a decimal."""
    if probability < _LEAST:
        return _tr("Why", "under {0}").format(per_cent(100 * _LEAST, 1))
    if probability < 0.1:
        return per_cent(100 * probability, 1)
    return per_cent(min(100 * probability, 99.9) if probability < 1 else 100, 0)


def shown(text: str, beside: str = "") -> str:
    """A word as it is shown; what goes on a word where `beside` begins one has dots before it."""
    named = {
        "\n": _tr("Why", "(line end)"),
        " ": _tr("Why", "(space)"),
        "\t": _tr("Why", "(tab)"),
        "": _tr("Why", "(nothing)"),
    }
    if not text.strip():
        first = text[:1]
        if "\n" in text:
            count = text.count("\n")
            first = "\n"
            if count > 1:
                return _tr("Why", "(paragraph end)")
        return named.get(first, named[" "])
    goes_on = beside.startswith(" ") and text[0].isalpha() and ord(text[0]) < 0x2E80
    plain = " ".join(text.split())
    return f"…{plain}" if goes_on else plain


def choice_text(choice: WordChoice, beside: str) -> str:
    """What could have stood there, as it is shown."""
    if choice.kind == "end":
        return _tr("Why", "(the end)")
    if choice.kind == "part":
        return _tr("Why", "(part of a letter)")
    return shown(choice.text, beside)


def rank_text(word: ReadWord) -> str:
    """Which choice of the model's a word was."""
    if word.rank == 1:
        return _tr("Why", "{0}, the likeliest here").format(share(word.probability))
    if word.rank:
        words = _tr("Why", "{0}, number {1} of the likeliest here")
        return words.format(share(word.probability), number_text(word.rank))
    return _tr("Why", "{0}, not among the likeliest here").format(share(word.probability))


def refusal_of(choice: WordChoice) -> str:
    """Why something cannot be put in; empty where it can."""
    if choice.kind == "end":
        return _tr("Why", "Here the model would have ended: that is no word to put in.")
    if choice.kind == "part":
        return _tr(
            "Why",
            "This is the first part of a letter that the model writes in several: which letter it"
            " would have been is not known.",
        )
    return ""


def fit_text(fit: Fit, before: float, after: float) -> str:
    """How what follows fits now, for a note."""
    words = {
        "better": _tr("Why", "What follows fits better than before"),
        "same": _tr("Why", "What follows fits as well as before"),
        "worse": _tr("Why", "What follows fits a little worse than before"),
        "misfit": _tr("Why", "What follows fits much worse than before: read it again"),
    }[fit]
    numbers = _tr("Why", "{0}: on average {1} for each word or part of one, before it was {2}.")
    return numbers.format(words, share(after), share(before))
