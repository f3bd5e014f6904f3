"""The box for a number, in the locale's writing; a point is understood for every decimal sign."""

from __future__ import annotations

import re

from PySide6.QtCore import QLocale, QSize, Qt
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QSizePolicy, QWidget

from app.ui.widgets.controls import QuietWheel

_PRECISION = 6
_GROUPED = re.compile(r"-?[1-9]\d{0,2}(?:[.,’'\s]\d{3})+")
"""A whole number with its digits in threes, as it stands elsewhere in the window."""


class NumberBox(QuietWheel, QDoubleSpinBox):
    """A box for one number; `words` are shown and understood for some values.

    The style sheet hides its buttons: without any, Qt gives the text no room.
    """

    def __init__(
        self,
        low: float,
        high: float,
        step: float,
        *,
        whole: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._words: dict[float, str] = {}
        self.setDecimals(0 if whole else _PRECISION)
        self.setRange(low, high)
        self.setSingleStep(step)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.lineEdit().setTextMargins(4, 0, 4, 0)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_words(self, words: dict[float, str]) -> None:
        """Call these numbers by words of the present language."""
        self._words = words
        self.updateGeometry()

    def textFromValue(self, value: float) -> str:  # noqa: N802 (Qt override)
        """The number without needless zeros, or its word."""
        return self._words.get(value, shown_number(value, self.locale()))

    def valueFromText(self, text: str) -> float:  # noqa: N802 (Qt override)
        """The number that `text` writes; the locale's decimal sign and the point both do."""
        for value, word in self._words.items():
            if text.strip() == word:
                return value
        number = self._number(text)
        return self.value() if number is None else number

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Refuse what can never become a number within the limits."""
        state = QValidator.State
        if text.strip() in self._words.values():
            return state.Acceptable, text, position
        number = self._number(text)
        if number is None:
            partial = any(word.startswith(text) for word in self._words.values())
            begun = partial or text.strip() in ("", "-", ".", ",", "-.", "-,")
            return (state.Intermediate if begun else state.Invalid), text, position
        inside = self.minimum() <= number <= self.maximum()
        return (state.Acceptable if inside else state.Intermediate), text, position

    def fixup(self, text: str) -> str:
        """A number beyond the limits becomes the nearest limit."""
        number = self._number(text)
        if number is None:
            return self.textFromValue(self.value())
        return self.textFromValue(min(max(number, self.minimum()), self.maximum()))

    def _number(self, text: str) -> float | None:
        plain = text.removesuffix(self.suffix()).strip()
        if not self.decimals() and _GROUPED.fullmatch(plain):
            plain = re.sub(r"[^-\d]", "", plain)
        return number_of(plain, self.locale())

    def sizeHint(self) -> QSize:
        """Wide enough for the usual numbers, whatever the limits are."""
        hint = super().sizeHint()
        texts = [*self._words.values(), "00000.0"]
        width = max(self.fontMetrics().horizontalAdvance(text) for text in texts)
        return QSize(width + 24, hint.height())

    def minimumSizeHint(self) -> QSize:
        """Never narrower than the usual numbers."""
        return self.sizeHint()


def shown_number(value: float, locale: QLocale) -> str:
    """A number in the locale's writing, at most six decimals, no needless zeros, no grouping."""
    text = f"{value:.{_PRECISION}f}".rstrip("0").rstrip(".")
    return ("0" if text == "-0" else text).replace(".", locale.decimalPoint())


def number_of(text: str, locale: QLocale) -> float | None:
    """The number that a text writes, with the locale's decimal sign, a point or a comma."""
    if "_" in text:  # which Python alone takes
        return None
    plain = text.strip().replace(locale.decimalPoint(), ".").replace(",", ".")
    try:
        number = float(plain)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None
